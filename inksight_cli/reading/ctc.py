"""From scores of columns to text: the best path, or the likeliest texts by prefix search.

Texts are spelled in Unicode's decomposed form while they are searched (a letter, then its marks)
and composed (NFC) when they are done; a composed character is as sure as its least sure part.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inksight_cli.reading.search import BEAMS, Expecting, search

Extra = Callable[[str], float]
"""Log of how much likelier a text is than its looks say; 0 for one like any other."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a drawing says.

    Attributes:
        text: composed (NFC).
        confidence: 0..1, the mean of its characters'; 0 where nothing was read.
        characters: the confidence of every character of ``text``, 0..1.
        alternatives: the likeliest texts and their shares among themselves, best first; empty
            where only the best was asked for.
    """

    text: str
    confidence: float
    characters: tuple[float, ...]
    alternatives: tuple[tuple[str, float], ...] = ()


def best_path(scores: NDArray[np.float32], symbols: str) -> Reading:
    """Return the reading of the likeliest symbol of every column.

    Args:
        scores: (columns, symbols + 1) log-probabilities; the first is CTC's blank.
        symbols: what the others stand for.
    """
    numbers = scores.argmax(axis=1)
    sure = np.exp(scores.max(axis=1))
    spelled: list[tuple[str, float]] = []
    before = 0
    for number, chance in zip(numbers.tolist(), sure.tolist(), strict=True):
        if number and number == before:
            spelled[-1] = (spelled[-1][0], max(spelled[-1][1], chance))
        elif number:
            spelled.append((symbols[number - 1], chance))
        before = number
    return _composed(spelled)


def _composed(spelled: Sequence[tuple[str, float]]) -> Reading:
    """Join marks to their letters."""
    parts: list[tuple[str, float]] = []
    for symbol, chance in spelled:
        joined = unicodedata.normalize("NFC", parts[-1][0] + symbol) if parts else symbol
        if parts and unicodedata.combining(symbol) and len(joined) == 1:
            parts[-1] = (joined, min(parts[-1][1], chance))
        elif not unicodedata.combining(symbol):
            parts.append((symbol, chance))
    first = next((k for k, part in enumerate(parts) if part[0] != " "), len(parts))
    last = max((k for k, part in enumerate(parts) if part[0] != " "), default=-1)
    kept = parts[first : last + 1]
    chances = tuple(chance for _, chance in kept)
    mean = float(np.mean(chances)) if chances else 0.0
    return Reading("".join(symbol for symbol, _ in kept), mean, chances)


def likeliest(
    scores: NDArray[np.float32],
    symbols: str,
    count: int = 5,
    *,
    beams: int = BEAMS,
    extra: Extra | None = None,
    expecting: Expecting | None = None,
) -> Reading:
    """Return the reading with its ``count`` likeliest texts.

    Args:
        scores: as `best_path` takes them.
        symbols: as well.
        count: texts to return at most.
        beams: prefixes kept after every column.
        extra: told the texts that are left at the end: a list of words.
        expecting: a language, heard while the texts are searched.
    """
    found: dict[str, float] = {}
    for prefix, worth in search(scores, max(beams, count), expecting).items():
        spelled = "".join(symbols[number - 1] for number in prefix)
        text = unicodedata.normalize("NFC", spelled).strip()
        found[text] = float(np.logaddexp(found.get(text, -np.inf), sum(worth)))
    ranked = sorted(
        ((value + (extra(text) if extra else 0.0), text) for text, value in found.items()),
        key=lambda each: (-each[0], each[1]),
    )
    values = np.array([value for value, _ in ranked])
    shares = np.exp(values - values.max())
    shares /= shares.sum()
    alternatives = [(text, float(share)) for (_, text), share in zip(ranked, shares, strict=True)]
    greedy = best_path(scores, symbols)
    text, share = alternatives[0]
    top = tuple(alternatives[:count])
    if text == greedy.text:
        return Reading(text, greedy.confidence, greedy.characters, top)
    return Reading(text, share, (share,) * len(text), top)
