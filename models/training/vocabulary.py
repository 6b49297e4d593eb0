"""The token layout of nano: one table for training, export and the manifest.

0 = padding and start, 1 = end, 2 = unknown character, then InkSight's ink tokens
(x = 0..224, y = 225..449, start of a stroke = 450), the prompts, and one id per character.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Final

START: Final = 0
END: Final = 1
UNKNOWN: Final = 2
INK: Final = 3
CANVAS: Final = 224
COORDINATES: Final = CANVAS + 1
X0: Final = INK
Y0: Final = INK + COORDINATES
STROKE: Final = INK + 2 * COORDINATES
PROMPTS: Final = ("<derender>", "<recognize_and_derender>", "<recognize>")
PROMPT0: Final = STROKE + 1
CHARACTER0: Final = PROMPT0 + len(PROMPTS)

_ASCII = "".join(map(chr, range(0x20, 0x7F)))
_LATIN_1 = "".join(map(chr, range(0xA1, 0x100))).replace("\u00ad", "")
_LATIN_EXTENDED_A = "".join(map(chr, range(0x100, 0x180)))
_TYPOGRAPHY = "‘’‚“”„–—…•‹›€ẞ"
CHARACTERS: Final = _ASCII + _LATIN_1 + _LATIN_EXTENDED_A + _TYPOGRAPHY
"""Every character nano reads and writes, in id order: ASCII, Western and Central European Latin."""

SIZE: Final = CHARACTER0 + len(CHARACTERS)


@cache
def _ids() -> dict[str, int]:
    return {character: CHARACTER0 + i for i, character in enumerate(CHARACTERS)}


def encode_text(text: str) -> list[int]:
    """Token ids of `text`, one per character; what is not in the table becomes `UNKNOWN`."""
    return [_ids().get(character, UNKNOWN) for character in text]


def decode_text(ids: Sequence[int]) -> str:
    """The characters among `ids`, in order; every other token is skipped."""
    return "".join(CHARACTERS[i - CHARACTER0] for i in ids if i >= CHARACTER0)
