"""Points at even distances along strokes, the ground every measure stands on."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
Strokes = Sequence[NDArray[np.floating]]


def resample(stroke: NDArray[np.floating], spacing: float) -> Points:
    """Points along `stroke` at most `spacing` px apart, both ends included.

    Args:
        stroke: (N, 2), N >= 1. A dot (no length) gives its single point.
        spacing: pixels, positive.
    """
    points = np.asarray(stroke, np.float64).reshape(-1, 2)
    steps = np.hypot(*np.diff(points, axis=0).T)
    travelled = np.concatenate([[0.0], np.cumsum(steps)])
    if travelled[-1] <= 0.0:
        return points[:1]
    count = int(np.ceil(travelled[-1] / spacing)) + 1
    at = np.linspace(0.0, travelled[-1], count)
    return np.stack([np.interp(at, travelled, points[:, axis]) for axis in (0, 1)], axis=1)


def resample_all(strokes: Strokes, spacing: float) -> list[Points]:
    """`resample` of every stroke that has points."""
    return [resample(stroke, spacing) for stroke in strokes if len(stroke)]


def nearest(points: Points, others: Points) -> tuple[NDArray[np.int64], Points]:
    """For each of `points` (N, 2) the index of the nearest of `others` (M, 2), and how far it is.

    Both must hold at least one point. Done in blocks, so memory stays within a few MB.
    """
    index = np.empty(len(points), np.int64)
    distance = np.empty(len(points), np.float64)
    block = max(1, 500_000 // len(others))
    for start in range(0, len(points), block):
        here = points[start : start + block]
        squared = ((here[:, None] - others[None]) ** 2).sum(axis=2)
        best = squared.argmin(axis=1)
        index[start : start + block] = best
        distance[start : start + block] = np.sqrt(squared[np.arange(len(here)), best])
    return index, distance
