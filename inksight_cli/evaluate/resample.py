"""Points at even distances along strokes, the ground every measure stands on.

It looks like `inksight_cli.polylines` and is not shared with it: a ruler must not change with what
it measures.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
Strokes = Sequence[NDArray[np.floating]]


def resample_all(strokes: Strokes, spacing: float) -> list[Points]:
    """Points at most ``spacing`` pixels apart along every stroke that has points."""
    found = (np.asarray(stroke, np.float64).reshape(-1, 2) for stroke in strokes if len(stroke))
    return [_evenly(stroke, spacing) for stroke in found]


def _evenly(stroke: Points, spacing: float) -> Points:
    """Points as far apart as goes without exceeding ``spacing``, both ends kept."""
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(stroke, axis=0).T))])
    length = float(along[-1])
    if length == 0:
        return stroke[:1].copy()
    count = max(math.ceil(length / spacing), 1)
    at = np.arange(count + 1) * (length / count)
    placed = np.stack([np.interp(at, along, axis) for axis in stroke.T], axis=1)
    placed[-1] = stroke[-1]  # arange may end a hair before it
    return placed


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
