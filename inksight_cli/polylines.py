"""Paths of points: their length, points evenly along them, and as few points as do."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from inksight_cli.geometry import Points


def path_length(points: Points) -> float:
    """Return the length of the polyline ``points`` (N, 2) in pixels; 0 for a single point."""
    return float(np.hypot(*np.diff(points, axis=0).T).sum()) if len(points) > 1 else 0.0


def resample(points: Points, step: float) -> Points:
    """Return points about ``step`` pixels apart along the polyline, both ends kept.

    Args:
        points: (N, 2), N >= 1.
        step: the distance wanted, in pixels; the true one is the nearest that divides the path.
    """
    if len(points) < 2:
        return points.copy()
    x, y = points[:, 0], points[:, 1]
    along = np.zeros(len(points))
    np.cumsum(np.hypot(x[1:] - x[:-1], y[1:] - y[:-1]), out=along[1:])
    length = float(along[-1])
    if length == 0:
        return points[:1].copy()
    count = max(round(length / step), 1)
    at = np.arange(count + 1) * (length / count)
    placed = np.empty((count + 1, 2))
    placed[:, 0], placed[:, 1] = np.interp(at, along, x), np.interp(at, along, y)
    placed[-1] = points[-1]  # arange may end a hair before it
    return placed


def simplify_all(paths: Sequence[Points], tolerance: float) -> list[Points]:
    """Return polylines without the points that Ramer-Douglas-Peucker drops.

    No dropped point is farther than ``tolerance`` from what is kept. Distances are to the
    *segment* (not the infinite line), so closed loops keep their shape. All spans of all paths
    are looked at in one go, level by level: a page has thousands of short ones.
    Source: Douglas and Peucker 1973.

    Args:
        paths: each (N, 2), N >= 1.
        tolerance: in the points' unit.
    """
    if not paths:
        return []
    points = np.concatenate(list(paths))
    ends = np.cumsum([len(path) for path in paths])
    first, last = np.concatenate([[0], ends[:-1]]), ends - 1
    keep = np.zeros(len(points), dtype=bool)
    keep[first] = keep[last] = True
    while len(first):
        middle, distance = _farthest(points, first, last)
        split = distance > tolerance
        first, middle, last = first[split], middle[split], last[split]
        keep[middle] = True
        first, last = np.concatenate([first, middle]), np.concatenate([middle, last])
    return [p[k] for p, k in zip(paths, np.split(keep, ends[:-1]), strict=True)]


def simplify(points: Points, tolerance: float) -> Points:
    """Return one polyline (N, 2), N >= 1, simplified as by `simplify_all`."""
    return simplify_all([points], tolerance)[0]


def _farthest(
    points: Points, first: NDArray[np.intp], last: NDArray[np.intp]
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Return each span's inner point farthest from its segment, and how far; itself and 0 if none.

    Args:
        points: (N, 2).
        first: (S,) where spans begin.
        last: (S,) where they end.
    """
    middle, distance = first.copy(), np.zeros(len(first))
    wide = np.flatnonzero(last - first > 1)
    if not len(wide):
        return middle, distance
    first, count = first[wide], (last - first)[wide] - 1
    begin = np.cumsum(count) - count
    inner = np.arange(count.sum()) + np.repeat(first + 1 - begin, count)
    start, end = (np.repeat(points[at], count, axis=0) for at in (first, last[wide]))
    off = _segment_distance(points[inner], start, end)
    distance[wide] = np.maximum.reduceat(off, begin)
    at_most = np.flatnonzero(off == np.repeat(distance[wide], count))
    span = np.searchsorted(begin, at_most, side="right") - 1
    spans, found = np.unique(span, return_index=True)
    middle[wide[spans]] = inner[at_most[found]]
    return middle, distance


def _segment_distance(points: Points, start: Points, end: Points) -> NDArray[np.float64]:
    """Distance of each point to its own segment; all (N, 2)."""
    along, offset = end - start, points - start
    squared = np.einsum("ij,ij->i", along, along)
    t = np.einsum("ij,ij->i", offset, along) / np.where(squared > 0, squared, 1.0)
    nearest = offset - np.clip(t, 0.0, 1.0)[:, None] * along
    return np.asarray(np.hypot(nearest[:, 0], nearest[:, 1]))
