"""The symbols of the reader: letters without their marks, marks, digits, signs.

Text is spelled in Unicode's decomposed form (NFD): an e with an acute is the letter, then the
mark. Vietnamese and Czech share their hooks with French, marks are learned once, and the table
stays short. What has no decomposition (o with a stroke, sharp s) is a letter of its own.
"""

from __future__ import annotations

import unicodedata

LETTERS = "abcdefghijklmnopqrstuvwxyz"
SPECIAL = "æœøßłđðþıħŋ" + "ÆŒØŁĐÐÞ"
DIGITS = "0123456789"
SIGNS = " .,;:!?'\"()-/&+*=%#@<>[]{}_~^|\\`$€£¥¢§°«»¿¡×÷±µ²³½…–—•"
MARKS = "".join(
    map(
        chr,
        [0x300, 0x301, 0x302, 0x303, 0x304, 0x306, 0x307, 0x308, 0x309, 0x30A, 0x30B, 0x30C]
        + [0x31B, 0x323, 0x326, 0x327, 0x328],
    )
)
LATIN = LETTERS + LETTERS.upper() + SPECIAL + DIGITS + SIGNS + MARKS

_PLAIN = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "„": '"', "\u00a0": " ", "′": "'"})


def spell(text: str) -> str:
    """Return text as the reader spells it: quotes made plain, marks behind their letters."""
    return unicodedata.normalize("NFD", text.translate(_PLAIN))


class Alphabet:
    """Symbols by number; nought is CTC's blank."""

    def __init__(self, symbols: str = LATIN) -> None:
        self.symbols = symbols
        self._numbers = {symbol: k + 1 for k, symbol in enumerate(symbols)}

    def __len__(self) -> int:
        """How many numbers there are, the blank included."""
        return len(self.symbols) + 1

    def knows(self, text: str) -> bool:
        """Whether every symbol of ``text``, once spelled, has a number."""
        return all(symbol in self._numbers for symbol in spell(text))

    def encode(self, text: str) -> list[int]:
        """Return the numbers of ``text``."""
        return [self._numbers[symbol] for symbol in spell(text)]
