"""Where a word's base line lies and how tall its body is, told by which letters it has."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_TALL, _MIDDLING, _DEEP = set("bdhkl"), set("t"), set("gpqy")
_BODY = set("aceimnorsuvwxz")
ASCENDER, CAPITAL, MIDDLING, DESCENDER = 1.9, 1.75, 1.5, 0.85
"""Bodies above and below the base line that letters usually reach."""
_ROUNDS = 6


def reach(letter: str) -> tuple[float | None, float | None]:
    """Return how far a letter rises above and falls below the line, in bodies.

    None where that is not known: a dot or a mark lies above, or people differ.
    """
    plain = unicodedata.normalize("NFD", letter)
    marked, base = len(plain) > 1, plain[0]
    above: float | None = None
    below: float | None = None
    if base in _BODY or base in _DEEP:
        above = None if base == "i" else 1.0
    elif base in _TALL:
        above = ASCENDER
    elif base in _MIDDLING:
        above = MIDDLING
    elif base.isupper() or base.isdigit():
        above = CAPITAL
    if base in _DEEP:
        below = DESCENDER
    elif (
        base in _BODY
        or base in _TALL
        or base in _MIDDLING
        or (base.isupper() and base not in "JQ")
        or base.isdigit()
    ):
        below = 0.0
    return (None if marked else above), below


def guides(
    letters: Sequence[str],
    tops: NDArray[np.float64],
    bottoms: NDArray[np.float64],
    body: float | None = None,
) -> tuple[float, float] | None:
    """Return the base line's height (y down) and the body's, None where no letter tells.

    A line through what is known, in least absolute deviations: bad letters do not bend it.

    Args:
        letters: of a word.
        tops: (N,) where the ink of each ends above; NaN where it has none.
        bottoms: as well, below.
        body: known already; then the base line alone is looked for.
    """
    reaches, heights = [], []
    for letter, top, bottom in zip(letters, tops.tolist(), bottoms.tolist(), strict=True):
        above, below = reach(letter)
        if above is not None and top == top:
            reaches.append(-above)
            heights.append(top)
        if below is not None and bottom == bottom:
            reaches.append(below)
            heights.append(bottom)
    if not reaches or (body is None and max(reaches) - min(reaches) < 0.5):
        return None
    x, y = np.array(reaches), np.array(heights)
    if body is not None:
        return float(np.median(y - body * x)), body
    weight = np.ones(len(x))
    for _ in range(_ROUNDS):
        slope, base = np.polyfit(x, y, 1, w=np.sqrt(weight))
        weight = 1 / np.maximum(np.abs(y - slope * x - base), 0.05 * abs(slope) + 1e-9)
    return (float(base), float(slope)) if slope > 0 else None
