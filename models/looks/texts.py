"""What lines say, by script: words of many languages by the root of their frequency."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
import wordfreq

from inksight_cli.scripts import script_of_text

LANGUAGES = {
    "latin": ("en", "fr", "de", "es", "pt", "it", "pl", "cs", "hu", "tr", "sv", "vi", "nl", "fi"),
    "cyrillic": ("ru", "uk", "bg", "mk"),
    "greek": ("el",),
    "hebrew": ("he",),
    "arabic": ("ar", "fa", "ur"),
    "devanagari": ("hi",),
    "bengali": ("bn",),
    "thai": (),
    "han": ("zh", "ja"),
    "hangul": ("ko",),
}
CASED = {"latin", "cyrillic", "greek"}
CLOSE = {"thai"}  # no blanks between most words
_MANY = 15_000  # words of a language
_ALIKE = {"kana": "han"}


@cache
def words(script: str) -> list[tuple[list[str], np.ndarray]]:
    """Return the words of each language of a script, and how often each is drawn."""
    if script == "thai":
        from babel import Locale

        locale = Locale("th")
        names = [
            *locale.territories.values(),
            *locale.languages.values(),
            *locale.currencies.values(),
        ]
        names += [
            *locale.months["format"]["wide"].values(),
            *locale.days["format"]["wide"].values(),
        ]
        every = sorted({n for name in names for n in name.split() if script_of_text(n) == "thai"})
        return [(every, np.full(len(every), 1 / len(every)))]
    found = []
    for language in LANGUAGES[script]:
        every = [
            word
            for word in wordfreq.top_n_list(language, _MANY)
            if _ALIKE.get(script_of_text(word), script_of_text(word)) == script
        ]
        weight = 1.0 / np.sqrt(np.arange(1, len(every) + 1))  # by Zipf, the frequency's root
        found.append((every, weight / weight.sum()))
    return found


def line(script: str, rng: np.random.Generator, count: int) -> list[str]:
    """Return ``count`` words of one language, some with signs, some of them numbers."""
    languages = words(script)
    own, weight = languages[rng.integers(len(languages))]
    chosen = [own[k] for k in rng.choice(len(own), count, p=weight)]
    if script in CASED:
        chosen = _cased(chosen, rng)
    return [_signed(word, rng) for word in chosen]


def _cased(chosen: Sequence[str], rng: np.random.Generator) -> list[str]:
    kind = rng.random()
    if kind < 0.08:
        return [word.upper() for word in chosen]
    often = 1.0 if kind < 0.2 else 0.15
    return [
        word.capitalize() if k == 0 or rng.random() < often else word
        for k, word in enumerate(chosen)
    ]


def _signed(word: str, rng: np.random.Generator) -> str:
    kind = rng.random()
    if kind < 0.05:
        return str(rng.integers(0, 10 ** int(rng.integers(1, 5))))
    if kind < 0.17:
        return word + str(rng.choice([",", ".", "!", "?", ":", ";"]))
    return f'"{word}"' if kind < 0.18 else f"({word})" if kind < 0.19 else word
