"""Which script a letter is of, by its name in Unicode."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence

SQUARED = frozenset({"han", "kana", "hangul"})
"""Scripts that put every character into a square of its own."""

_NAMES = {
    "CJK": "han",
    "IDEOGRAPHIC": "han",
    "HIRAGANA": "kana",
    "KATAKANA": "kana",
    "KATAKANA-HIRAGANA": "kana",
    "HALFWIDTH": "kana",
    "FULLWIDTH": "latin",
}
MOSTLY, PAGE, HERE = 0.6, 0.3, 0.2
"""Share of a line's letters that are squared for it to be such a line by itself; of a page's
letters for it to be such a page; of a line's letters on such a page."""
READ = 0.75
"""Confidence from which a line tells its script by itself."""


def script_of(letter: str) -> str:
    """Return "han", "kana", "hangul", "latin", "cyrillic", ...; "" for digits and punctuation."""
    if not letter.isalpha() and unicodedata.category(letter) != "Nl":
        return ""
    first = unicodedata.name(letter, "").split(" ")[0]
    return _NAMES.get(first, first.lower())


def squared_share(letters: Sequence[str]) -> float:
    """Return which share of the letters and digits stand in squares of their own."""
    known = [letter for letter in letters if letter.isalnum()]
    return sum(script_of(letter) in SQUARED for letter in known) / max(len(known), 1)


def joined(words: Iterable[str]) -> str:
    """Return words as one text: with blanks between them, but none beside squared characters."""
    text = ""
    for word in filter(None, words):
        close = not text or _is_square(text[-1]) or _is_square(word[0])
        text += word if close else f" {word}"
    return text


def _is_square(letter: str) -> bool:
    """Whether a character fills a square, as ideographic punctuation does; Korean has blanks."""
    return unicodedata.east_asian_width(letter) in "WF" and script_of(letter) != "hangul"
