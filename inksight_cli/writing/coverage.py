"""Which letters a hand lacks, and how much more writing would bring them."""

from __future__ import annotations

import string
from dataclasses import dataclass

from inksight_cli.writing.hand import Hand

USUAL = string.ascii_lowercase + string.ascii_uppercase + string.digits + ".,!?'\"-:;()"
"""What a letter in English may need."""
_SHARE = {
    **dict(zip("etaoinshrdlcumwfgypbvkjxqz", (12.0, 9.1, 8.1, 7.7, 7.3, 7.0, 6.3, 6.1, 6.0, 4.3,
               4.0, 2.8, 2.8, 2.4, 2.4, 2.2, 2.0, 2.0, 1.9, 1.5, 1.0, 0.8, 0.15, 0.15, 0.1, 0.07),
               strict=True)),
    ",": 1.2, ".": 1.2, "-": 0.3, "'": 0.4, '"': 0.4,
}  # fmt: skip
"""Percent of the letters of English text (Lewand, "Cryptological Mathematics", 2000)."""
_LETTERS = 4.7  # of a word
_LEAST = 0.05  # percent: what is rarer does not count, a sheet brings it


@dataclass(frozen=True, slots=True)
class Coverage:
    """What a hand lacks.

    Attributes:
        missing: letters of `USUAL` that it does not have; rare: those that it has once.
        words: of running text that would bring most of the missing small letters and signs; 0:
            none of those is missing.
    """

    missing: list[str]
    rare: list[str]
    words: int


def coverage(hand: Hand) -> Coverage:
    """Return which letters of English a hand lacks."""
    counts = hand.counts()
    missing = [letter for letter in USUAL if not counts[letter]]
    rare = [letter for letter in USUAL if counts[letter] == 1]
    shares = [_SHARE[letter] for letter in missing if _SHARE.get(letter, 0.0) >= _LEAST]
    # After 100 / share letters a letter has come with 63 %, after twice as many with 86 %.
    words = round(2 * 100 / min(shares) / _LETTERS) if shares else 0
    return Coverage(missing, rare, -(-words // 10) * 10)
