"""Points at even distances along strokes, the ground every measure stands on."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from inksight_cli.polylines import resample

Points = NDArray[np.float64]
Strokes = Sequence[NDArray[np.floating]]


def resample_all(strokes: Strokes, spacing: float) -> list[Points]:
    """Points at most ``spacing`` pixels apart along every stroke that has points."""
    found = (np.asarray(stroke, np.float64).reshape(-1, 2) for stroke in strokes if len(stroke))
    return [resample(stroke, spacing, at_most=True) for stroke in found]


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
