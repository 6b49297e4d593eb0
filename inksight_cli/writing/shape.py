"""A letter as numbers: so many points along it, upright, one body tall for one of the letter's."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from inksight_cli.geometry import Points
from inksight_cli.polylines import path_length
from inksight_cli.writing.guides import CAPITAL, reach

POINTS = 32
"""Of a letter, shared among its strokes."""
MOST = 3
"""Strokes of a letter at most."""
_SIGNS = {".": (0.15, 0.0), ",": (0.15, 0.35), "'": (1.9, -1.3), "`": (1.9, -1.3),
          '"': (1.9, -1.3), "-": (0.55, -0.45), "_": (0.0, 0.1), "=": (0.75, -0.35),
          "~": (0.75, -0.4), "+": (1.0, -0.1), "*": (1.8, -0.9), ":": (0.8, 0.0),
          ";": (0.8, 0.3), "^": (1.9, -1.2), "<": (1.0, -0.1), ">": (1.0, -0.1), "f": (1.9, 0.3),
          "i": (1.5, 0.0), "j": (1.5, 0.85), "J": (1.75, 0.0), "Q": (1.75, 0.2)}  # fmt: skip
_TALLEST = (1.9, 0.3)

Shape = NDArray[np.float64]
"""(POINTS, 2) bodies from the middle of the letter's base line."""


def extent(letter: str) -> tuple[float, float]:
    """Return how far a letter usually reaches above and below its line, in bodies."""
    above, below = reach(letter)
    if letter in _SIGNS:
        return _SIGNS[letter]
    if above is None or below is None:
        return (CAPITAL, 0.0) if letter.isalnum() else _TALLEST
    return above, below


def shape(paths: Sequence[Points], slant: float) -> tuple[int, Shape] | None:
    """Return a letter's strokes and points, upright; None for one of too many strokes.

    Args:
        paths: (N, 2) in bodies, its base line at 0.
        slant: how far it leans.
    """
    if not 1 <= len(paths) <= MOST:
        return None
    points = np.concatenate(
        [_along(path, count) for path, count in zip(paths, shares(len(paths)), strict=True)]
    )
    points[:, 0] += slant * points[:, 1]
    points[:, 0] -= (points[:, 0].min() + points[:, 0].max()) / 2
    return len(paths), points


def shares(strokes: int) -> list[int]:
    """Return how many of the points each stroke has."""
    return [POINTS // strokes + (k < POINTS % strokes) for k in range(strokes)]


def paths_of(strokes: int, points: Shape, slant: float) -> list[Points]:
    """Return the strokes that `shape` made points of, leaning by ``slant``."""
    leaning = points.copy()
    leaning[:, 0] -= slant * points[:, 1]
    return np.split(leaning, np.cumsum(shares(strokes))[:-1])


def _along(path: Points, count: int) -> Points:
    length = path_length(path)
    if length == 0:
        return np.repeat(path[:1], count, axis=0)
    along = np.r_[0.0, np.cumsum(np.hypot(*np.diff(path, axis=0).T))]
    at = np.linspace(0, length, count)
    return np.stack([np.interp(at, along, path[:, k]) for k in range(2)], axis=1)
