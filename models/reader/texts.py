"""What is written: words of many languages by how often they are used, numbers, signs.

Frequencies come from the package `wordfreq` (its data: CC BY-SA 4.0). They are flattened, for
a reader that has seen "the" a thousand times reads it everywhere.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

LANGUAGES = {
    "en": 6, "fr": 5, "de": 4, "es": 3, "it": 2, "pt": 2, "nl": 2, "pl": 2, "cs": 1.5, "sv": 1.5,
    "da": 1, "nb": 1, "fi": 1, "hu": 1.5, "tr": 1.5, "ro": 1.5, "vi": 2, "lt": 1, "lv": 1,
    "sk": 1, "sl": 1, "is": 0.7, "ca": 0.7,
}  # fmt: skip
"""Languages and their shares."""
FLAT = 0.5  # power of a word's frequency
RAREST = 1e-8  # frequency of a word that is written in another way in the list
COUNT = 20_000  # words of a language
CAPITAL, UPPER = 0.18, 0.05
BEHIND = [(".", 30), (",", 30), (";", 3), (":", 5), ("!", 4), ("?", 5), ("'s", 3), ("-", 3)]
BEHIND_NUMBERS = [".", ")", "°", "th", "ème", "kg", "cm", "m²"]
AROUND = ["()", '""', "''", "[]", "«»"]


class Texts:
    """Draws words in the shares of `LANGUAGES`."""

    def __init__(self, knows: Callable[[str], bool]) -> None:
        import wordfreq

        self._words: dict[str, tuple[list[str], np.ndarray]] = {}
        for language in LANGUAGES:
            words = [w for w in wordfreq.top_n_list(language, COUNT) if knows(w)]
            known = wordfreq.get_frequency_dict(language, "best")
            use = np.array([known.get(word, RAREST) for word in words]) ** FLAT
            self._words[language] = (words, np.cumsum(use / use.sum()))
        share = np.array(list(LANGUAGES.values()))
        self._languages = list(LANGUAGES)
        self._share = np.cumsum(share / share.sum())

    def language(self, rng: np.random.Generator) -> str:
        """Return one of the languages."""
        return self._languages[int(np.searchsorted(self._share, rng.random()))]

    def word(self, rng: np.random.Generator, language: str | None = None) -> str:
        """Return a word with its capital and signs, or a number."""
        if rng.random() < 0.12:
            return number(rng)
        words, upto = self._words[language or self.language(rng)]
        word = words[min(int(np.searchsorted(upto, rng.random())), len(words) - 1)]
        return dressed(word, rng)


def dressed(word: str, rng: np.random.Generator) -> str:
    """Return a word with capitals and signs in about the proportions of prose."""
    kind = rng.random()
    if kind < CAPITAL:
        word = word[:1].upper() + word[1:]
    elif kind < CAPITAL + UPPER:
        word = word.upper()
    if rng.random() < 0.2:
        signs, weights = zip(*BEHIND, strict=True)
        word += str(rng.choice(signs, p=np.array(weights) / sum(weights)))
    elif rng.random() < 0.04:
        around = AROUND[rng.integers(len(AROUND))]
        word = around[0] + word + around[1]
    return word


def number(rng: np.random.Generator) -> str:
    """Return a count, a date, a time, a price, a share, a telephone number, a code."""
    small = int(10 ** rng.uniform(0, 4))
    day, month = rng.integers(1, 32), rng.integers(1, 13)
    year = rng.integers(1850, 2030)
    makers: list[Callable[[], str]] = [
        lambda: str(small),
        lambda: str(year),
        lambda: f"{day}{rng.choice(list('./-'))}{month}{rng.choice(list('./-'))}{year}",
        lambda: f"{rng.integers(0, 24)}:{rng.integers(0, 60):02d}",
        lambda: f"{small}{rng.choice(list('.,'))}{rng.integers(0, 100):02d}",
        lambda: str(rng.choice(list("$€£"))) + str(small),
        lambda: f"{small}{rng.choice(['', ' '])}{rng.choice(list('€%°'))}",
        lambda: f"({rng.integers(100, 999)})",
        lambda: f"{rng.integers(100, 999)}-{rng.integers(1000, 9999)}",
        lambda: f"{rng.integers(1, 99)}{rng.choice(list('+-×/='))}{rng.integers(1, 99)}",
        lambda: "".join(rng.choice(list("ABCDEFGHJKLMNPRSTUVWXYZ0123456789#&@*_"), 4)),
        lambda: f"{rng.integers(1, 20)}{rng.choice(BEHIND_NUMBERS)}",
    ]
    return makers[rng.integers(len(makers))]()
