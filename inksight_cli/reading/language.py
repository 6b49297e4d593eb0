"""What comes next in a word: letters expected from lists of words.

One sorted array of every word's endings answers how much of a language any piece of a word is.
From that come the chances of the next letter after all letters of the word so far, smoothed by
those after its last few (Dirichlet's prior, order by order: MacKay and Peto 1995), so that a name
that is on no list costs little.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from itertools import accumulate
from math import log

from inksight_cli.errors import MissingBackendError, UsageError

ORDER = 4
"""Letters that are looked back to in a word that is on no list."""
PRIOR = 10.0
"""How much the chances after fewer letters weigh, in words of the rarest kind."""
FLAT = 0.5  # power of a word's frequency: the text at hand is not the average text
RAREST = 1e-6  # frequency of a word whose mass is one
OWN = 60.0
"""Mass of a word of a person's own list."""
_BEGIN, _END = "\x02", "\x03"
_ANYTHING = 1 / 60  # chance of a letter of which nothing is known
_AFTER = "\U0010ffff"


class Language:
    """Chances of letters in words.

    Args:
        masses: of words: lower case, decomposed (NFD), letters and marks alone.
    """

    def __init__(self, masses: Mapping[str, float]) -> None:
        pieces: dict[str, float] = defaultdict(float)
        for word, mass in masses.items():
            whole = _BEGIN + word + _END
            pieces[whole] += mass
            for first in range(1, len(whole)):
                pieces[whole[first : first + ORDER + 1]] += mass
        self._pieces = sorted(pieces)
        self._upto = [0.0, *accumulate(pieces[piece] for piece in self._pieces)]
        self.chance = cache(self._chance)

    def _mass(self, piece: str) -> float:
        low, high = bisect_left(self._pieces, piece), bisect_left(self._pieces, piece + _AFTER)
        return self._upto[high] - self._upto[low]

    def _chance(self, before: str, letter: str) -> float:
        """Return the log of the chance of ``letter`` after ``before``; "": that the word ends.

        Args:
            before: all of the word so far, as `masses` spells it.
            letter: one letter or mark.
        """
        letter, chance = letter or _END, _ANYTHING
        tail = before[-ORDER:]
        for context in [tail[k:] for k in range(len(tail), -1, -1)] + [_BEGIN + before]:
            whole = self._mass(context)
            chance = (self._mass(context + letter) + PRIOR * chance) / (whole + PRIOR)
        return log(chance)


def language(codes: Iterable[str], own: Iterable[str] = ()) -> Language:
    """Return what is expected of languages (ISO 639: en, fr, deu), and of a person's own words.

    Raises:
        MissingBackendError: the package ``wordfreq`` is not installed.
        UsageError: it has no list of such a language.
    """
    masses: dict[str, float] = defaultdict(float)
    for code in codes:
        for word, frequency in frequencies(code).items():
            for part in parts(word):
                masses[part] += float((frequency / RAREST) ** FLAT)
    for word in own:
        for part in parts(word):
            masses[part] += OWN
    return Language(masses)


def parts(text: str) -> list[str]:
    """Return a text's words as a `Language` spells them: lower case, letters and marks alone."""
    spelled = unicodedata.normalize("NFD", text.lower())
    return "".join(c if is_letter(c) else " " for c in spelled).split()


def is_letter(symbol: str) -> bool:
    """Whether a symbol is a letter or a mark."""
    return unicodedata.category(symbol)[0] in "LM"


def frequencies(code: str) -> dict[str, float]:
    """Return how often words of a language are used, by their share; raises as `language` does."""
    try:
        import wordfreq
    except ImportError as error:
        raise MissingBackendError(
            "The package wordfreq is missing, which has lists of words.",
            "pip install 'inksight-cli[lang]'",
        ) from error
    try:
        return dict(wordfreq.get_frequency_dict(code, "small"))
    except (LookupError, ValueError) as error:  # no list; no code of a language
        known = ", ".join(sorted(wordfreq.available_languages("small")))
        raise UsageError(
            f"There are no words of a language '{code}'.", f"Known: {known}"
        ) from error
