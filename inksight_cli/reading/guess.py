"""In which language a page is written: by its words, misread as they may be."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from math import inf, log

from inksight_cli.reading.language import frequencies, language, parts
from inksight_cli.reading.search import Expecting

AUTO = "auto"
"""In place of languages: the one that a page reads like."""
LANGUAGES = (
    "en", "fr", "de", "es", "it", "nl", "pt", "pl", "cs", "sk", "sl", "sh", "hu", "ro", "tr", "da",
    "nb", "sv", "fi", "is", "lv", "lt", "ca", "vi",
)  # fmt: skip
"""Those of the reader's letters that there are lists of."""
_KNOWN, _ENOUGH = 0.2, 3  # share of a page's words, and how many, that its language knows
_UNKNOWN = 3e-7  # frequency of a word that a list lacks


def guess(texts: Iterable[str]) -> str | None:
    """Return the language that texts are likeliest in; None: hard to say.

    Raises:
        MissingBackendError: the package ``wordfreq`` is not installed.
    """
    said = [unicodedata.normalize("NFC", word) for text in texts for word in parts(text)]
    words = [word for word in said if len(word) > 1]
    best, code = -inf, None
    for each in LANGUAGES:
        known = frequencies(each)
        count = sum(word in known for word in words)
        worth = sum(log(known.get(word, _UNKNOWN)) for word in words)
        if worth > best and count >= max(_ENOUGH, _KNOWN * len(words)):
            best, code = worth, each
    return code


@dataclass(frozen=True, slots=True)
class Guess:
    """What to expect of a page, by what its words look like.

    Attributes:
        symbols: what number k + 1 of a network stands for.
        own: a person's own words.
    """

    symbols: str
    own: tuple[str, ...] = ()

    def __call__(self, texts: Sequence[str]) -> Expecting | None:
        """Return the language that texts are likeliest in, with one's own words."""
        code = guess(texts)
        codes = (code,) if code else ()
        return _expecting(codes, self.own, self.symbols) if codes or self.own else None


@cache
def _expecting(codes: tuple[str, ...], own: tuple[str, ...], symbols: str) -> Expecting:
    return Expecting(language(codes, own), symbols)
