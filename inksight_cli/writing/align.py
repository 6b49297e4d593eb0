"""Where the letters of a known text lie in the reader's columns.

The likeliest path through CTC's states that spells the text (Viterbi's search): every symbol gets
the columns in which it is seen. Source: Graves et al. 2006, section 4.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inksight_cli.reading.network import Scores
from inksight_cli.reading.page import TYPED


@dataclass(frozen=True, slots=True)
class Seen:
    """A letter with its marks, and where it is seen.

    Attributes:
        letter: composed (NFC).
        first, last: columns of the reader's scores, both its own.
        sure: probability of its surest column, the least of letter and marks.
    """

    letter: str
    first: int
    last: int
    sure: float


def spelled(text: str) -> list[str]:
    """Return the letters of ``text``, each with its marks, as the reader's alphabet has them."""
    letters: list[str] = []
    for symbol in unicodedata.normalize("NFD", text.translate(TYPED)):
        if letters and unicodedata.combining(symbol):
            letters[-1] += symbol
        else:
            letters.append(symbol)
    return letters


def align(scores: Scores, symbols: str, text: str) -> list[Seen] | None:
    """Return where every letter of ``text`` is seen, in order.

    None where the reader does not know a letter, or has fewer columns than the text needs.

    Args:
        scores: (columns, symbols + 1) log-probabilities, CTC's blank first.
        symbols: what the others stand for.
        text: without blanks, not empty.
    """
    letters = spelled(text)
    if not letters or any(symbol not in symbols for letter in letters for symbol in letter):
        return None
    numbers = [symbols.index(symbol) + 1 for letter in letters for symbol in letter]
    path = _path(scores, numbers)
    if path is None:
        return None
    found, at = [], 0
    for letter in letters:
        own = [np.flatnonzero(path == 2 * k + 1) for k in range(at, at + len(letter))]
        sure = min(
            float(np.exp(scores[columns, numbers[at + k]].max())) for k, columns in enumerate(own)
        )
        columns = np.concatenate(own)
        composed = unicodedata.normalize("NFC", letter)
        found.append(Seen(composed, int(columns.min()), int(columns.max()), sure))
        at += len(letter)
    return found


def _path(scores: Scores, numbers: list[int]) -> NDArray[np.intp] | None:
    """Return the state of every column: odd ones are symbols, even ones blanks around them."""
    states = np.zeros(2 * len(numbers) + 1, np.intp)
    states[1::2] = numbers
    skips = np.zeros(len(states), bool)  # over a blank, between symbols that differ
    skips[3::2] = states[3::2] != states[1:-2:2]
    worth = np.full(len(states), -np.inf)
    worth[:2] = scores[0, states[:2]]
    came = np.zeros((len(scores), len(states)), np.int8)
    for t in range(1, len(scores)):
        ways = np.full((3, len(states)), -np.inf)
        ways[0], ways[1, 1:] = worth, worth[:-1]
        ways[2, 2:] = np.where(skips[2:], worth[:-2], -np.inf)
        came[t] = ways.argmax(axis=0)
        worth = ways.max(axis=0) + scores[t, states]
    state = len(states) - 1 if worth[-1] >= worth[-2] else len(states) - 2
    if worth[state] == -np.inf:
        return None
    path = np.empty(len(scores), np.intp)
    for t in range(len(scores) - 1, -1, -1):
        path[t] = state
        state -= came[t, state]
    return path
