"""A hand made whole for a text: what it lacks is made of what it has, or borrowed."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace

from inksight_cli.writing.borrow import Lender, kinds
from inksight_cli.writing.choose import whole_letters
from inksight_cli.writing.hand import Hand, Letter
from inksight_cli.writing.marks import marked, parts

_INSTEAD = {"…": "...", "–": "-", "—": "-", "−": "-", "‐": "-", "’": "'", "‘": "'", "“": '"',
            "”": '"', "„": '"', "«": '"', "»": '"', "ß": "ss", "æ": "ae", "œ": "oe", "Æ": "AE",
            "Œ": "OE", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "ı": "i",
            "\u00ad": ""}  # fmt: skip
_MARKED = 3  # plain letters of the hand that get a mark


@dataclass(frozen=True, slots=True)
class Completed:
    """A hand that can write a text.

    Attributes:
        hand: with more letters.
        spelled: characters of the text -> what is written for them; without an entry: themselves.
        borrowed: letters that another writer's kinds were taken for.
        missing: characters that nobody is known to write.
    """

    hand: Hand
    spelled: dict[str, str]
    borrowed: list[str]
    missing: list[str]


def letters_of(text: str) -> list[str]:
    """Return a word's characters with their marks, composed."""
    letters: list[str] = []
    for symbol in unicodedata.normalize("NFC", text):
        if letters and unicodedata.category(symbol).startswith("M"):
            letters[-1] += symbol
        else:
            letters.append(symbol)
    return letters


def completed(hand: Hand, wanted: Iterable[str]) -> Completed:
    """Return a hand that writes ``wanted``, as far as anybody is known to."""
    maker = _Maker(hand)
    spelled, missing = {}, []
    for character in sorted(set(wanted)):
        if maker.has(character):
            continue
        instead = _INSTEAD.get(character, "")
        if all(map(maker.has, instead)) and character in _INSTEAD:
            spelled[character] = instead
        else:
            spelled[character] = ""
            missing.append(character)
    words = [*hand.words, *([each] for each in maker.made)]
    return Completed(replace(hand, words=words), spelled, sorted(maker.borrowed), missing)


class _Maker:
    """Makes letters that a hand lacks."""

    def __init__(self, hand: Hand) -> None:
        self._hand = hand
        self._known = whole_letters(hand)
        self._lender: Lender | None = None
        self.made: list[Letter] = []
        self.borrowed: set[str] = set()

    def has(self, letter: str) -> bool:
        """Whether the hand has a letter, or has been made to."""
        if letter not in self._known:
            found = self._marked(letter) or self._lent(letter)
            self.made += found
            if found:
                self._known[letter] = found
        return letter in self._known

    def _marked(self, letter: str) -> list[Letter]:
        made_of = parts(letter)
        if made_of is None or not self.has(made_of[0]):
            return []
        plain = self._known[made_of[0]][:_MARKED]
        return [marked(each, made_of[1], self._hand.style.slant) for each in plain]

    def _lent(self, letter: str) -> list[Letter]:
        self._lender = self._lender or Lender(self._hand, kinds())
        found = self._lender.lend(letter)
        if found:
            self.borrowed.add(letter)
        return found
