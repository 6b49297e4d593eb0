"""Which script a letter is of, by its name in Unicode."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Literal, TypeAlias, get_args

SQUARED = frozenset({"han", "kana", "hangul"})
"""Scripts that put every character into a square of its own."""

RIGHT_TO_LEFT = frozenset({"arabic", "hebrew"})
"""Scripts whose words follow one another to the left."""

ScriptChoice: TypeAlias = Literal[
    "auto",
    "latin",
    "cyrillic",
    "greek",
    "han",
    "kana",
    "hangul",
    "arabic",
    "hebrew",
    "devanagari",
    "bengali",
    "thai",
]
SCRIPTS: tuple[str, ...] = get_args(ScriptChoice)[1:]
"""What can be asked for."""

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


def script_of_text(text: str) -> str:
    """Return the script of most letters of a text, "" where it has none."""
    counts = Counter(filter(None, map(script_of, text)))
    return counts.most_common(1)[0][0] if counts else ""


def may_be_in(text: str, script: str) -> bool:
    """Whether a text has no letters of other scripts than ``script``; Japanese mixes two."""
    alike = {"han", "kana"} if script in {"han", "kana"} else {script}
    return {script_of(letter) for letter in text} <= {*alike, ""}


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


def is_worded(text: str) -> bool:
    """Whether a text has letters or digits that stand in no squares: a word, or a number."""
    return any(letter.isalnum() and script_of(letter) not in SQUARED for letter in text)
