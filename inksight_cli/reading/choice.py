"""Which of two readings of a word is rather right: the ink's, or another recogniser's.

Confidences of two networks cannot be compared as they are. A logistic rule weighs what is known
of both: `models/reader/calibrate.py` learns its weights from words and lines whose text is known.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from inksight_cli.reading.ctc import Reading
from inksight_cli.reading.network import Scores
from inksight_cli.reading.search import Expecting

_UNHEARD = 6.0  # nats a symbol: a text is at most so much less likely than the ink's own
_WIDE = 50.0  # columns a symbol, at most
_EDGE = 0.02  # confidences are taken for at least so far from 0 and 1
ALONE = (-0.818, 1.076, -0.99, 0.131, 0.0, 2.017, -2.195, 0.094)
"""Weights of `evidence` without a language."""
HEARD = (-1.719, 0.763, -0.555, -0.031, 0.57, 2.298, -1.785, 0.177)
"""The same with one."""


def likelihood(scores: Scores, numbers: Sequence[int]) -> float:
    """Return the log of CTC's probability of a text (Graves et al. 2006), -inf where it is none.

    Args:
        scores: (columns, symbols + 1) log-probabilities, blank first.
        numbers: of the text's symbols.
    """
    states = np.zeros(2 * len(numbers) + 1, np.intp)
    states[1::2] = numbers
    skips = np.full(len(states), -np.inf)
    skips[2:][(states[2:] != 0) & (states[2:] != states[:-2])] = 0.0
    worth = np.full(len(states), -np.inf)
    worth[:2] = scores[0, states[:2]]
    for column in scores[1:, states].astype(np.float64):
        one, two = np.roll(worth, 1), np.roll(worth, 2)
        one[:1], two[:2] = -np.inf, -np.inf
        worth = np.logaddexp(np.logaddexp(worth, one), two + skips) + column
    return float(np.logaddexp.reduce(worth[-2:]))


def evidence(
    scores: Scores,
    symbols: str,
    reading: Reading,
    text: str,
    confidence: float,
    expecting: Expecting | None = None,
) -> NDArray[np.float64]:
    """Return what speaks for the ink's reading of a word and against another, (8,).

    Args:
        scores: of the word's drawing.
        symbols: what their numbers stand for.
        reading: what the ink says.
        text: what the other recogniser says, in symbols of ``symbols``.
        confidence: its own, 0..1.
        expecting: a language that was heard.
    """
    own, other = (_numbers(each, symbols) for each in (reading.text, text))
    far = (likelihood(scores, own) - likelihood(scores, other)) / max(len(own), len(other), 1)
    heard = (_worth(own, expecting) - _worth(other, expecting)) if expecting else 0.0
    return np.array(
        [
            1.0,
            _odds(reading.confidence),
            _odds(confidence),
            min(far, _UNHEARD),
            heard,
            np.log(len(own) or 1),  # what one of them leaves out, the other has more letters for
            np.log(len(other) or 1),
            min(len(scores) / max(len(own), 1), _WIDE),
        ]
    )


def rather_ink(evidence: NDArray[np.float64], heard: bool) -> bool:
    """Whether the ink's reading is rather believed; ``heard``: a language was."""
    return bool(evidence @ np.array(HEARD if heard else ALONE) > 0)


def _numbers(text: str, symbols: str) -> list[int]:
    return [symbols.index(symbol) + 1 for symbol in unicodedata.normalize("NFD", text)]


def _worth(numbers: Sequence[int], expecting: Expecting) -> float:
    """Return what a language thinks of a text, a symbol."""
    return expecting.worth(numbers) / max(len(numbers), 1)


def _odds(chance: float) -> float:
    """Return the log of the odds."""
    kept = min(max(chance, _EDGE), 1.0 - _EDGE)
    return float(np.log(kept / (1.0 - kept)))
