"""Paths of points: their length, points evenly along them, and as few points as do."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from inksight_cli.geometry import Points

Values: TypeAlias = NDArray[np.float64]

_TINY = 1e-100  # pixels


def path_length(points: Points) -> float:
    """Return the length of the polyline ``points`` (N, 2) in pixels; 0 for a single point."""
    return float(np.hypot(*np.diff(points, axis=0).T).sum()) if len(points) > 1 else 0.0


def resample(points: Points, step: float, *, at_most: bool = False) -> Points:
    """Return points about ``step`` pixels apart along the polyline, both ends kept.

    Args:
        points: (N, 2), N >= 1. One without length gives its first point.
        step: the distance wanted, in pixels, positive; the true one divides the path.
        at_most: take the nearest that is not longer, instead of the nearest.
    """
    if len(points) < 2:
        return points.copy()
    x, y = points[:, 0], points[:, 1]
    along = np.zeros(len(points))
    np.cumsum(np.hypot(x[1:] - x[:-1], y[1:] - y[:-1]), out=along[1:])
    length = float(along[-1])
    if length == 0:
        return points[:1].copy()
    count = max(math.ceil(length / step) if at_most else round(length / step), 1)
    at = np.arange(count + 1) * (length / count)
    placed = np.empty((count + 1, 2))
    placed[:, 0], placed[:, 1] = np.interp(at, along, x), np.interp(at, along, y)
    placed[-1] = points[-1]  # arange may end a hair before it
    return placed


def densify(points: Points, values: Values, step: float) -> tuple[Points, Values]:
    """Return a polyline's points with others between them, and what was measured at them.

    Args:
        points: (N, 2), N >= 1. All are kept but those that repeat the one before.
        values: (N,), of the points; between them they change evenly.
        step: the greatest distance between two points, in pixels, positive.
    """
    lengths = np.hypot(*np.diff(points, axis=0).T) if len(points) > 1 else np.empty(0)
    counts = np.ceil(lengths / step).astype(np.intp)
    piece = np.repeat(np.arange(len(counts)), counts)
    first = np.repeat(np.cumsum(counts) - counts, counts)
    share = (np.arange(len(piece)) - first + 1) / np.repeat(np.maximum(counts, 1), counts)
    placed = points[piece] * (1 - share[:, None]) + points[piece + 1] * share[:, None]
    between = values[piece] * (1 - share) + values[piece + 1] * share
    at = share == 1  # exactly where they were
    placed[at], between[at] = points[piece[at] + 1], values[piece[at] + 1]
    return np.concatenate([points[:1], placed]), np.concatenate([values[:1], between])


def simplify_all(paths: Sequence[Points], tolerance: float) -> list[Points]:
    """Return polylines without the points that Ramer-Douglas-Peucker drops, by GEOS.

    No dropped point is farther than ``tolerance`` from what is kept. Distances are to the
    *segment* (not the infinite line), so closed loops keep their shape. All paths go in one call:
    a page has thousands of short ones. Source: Douglas and Peucker 1973.

    Args:
        paths: each (N, 2), N >= 1.
        tolerance: in the points' unit.
    """
    # GEOS has no line of a single point, and nothing is dropped of two.
    which = [k for k, path in enumerate(paths) if len(path) > 2]
    if not which:
        return list(paths)
    import shapely

    long = [paths[k] for k in which]
    line = np.repeat(np.arange(len(long)), [len(path) for path in long])
    points = np.concatenate(long)
    # GEOS squares lengths: one that vanishes would make it drop what is far from it.
    points[np.abs(points) < _TINY] = 0.0
    lines = shapely.linestrings(points, indices=line)
    fewer = shapely.simplify(lines, tolerance, preserve_topology=False)
    kept, line = shapely.get_coordinates(fewer, return_index=True)
    parts = np.split(kept, np.searchsorted(line, np.arange(1, len(long))))
    done = dict(zip(which, parts, strict=True))
    return [done.get(k, path) for k, path in enumerate(paths)]


def simplify(points: Points, tolerance: float) -> Points:
    """Return one polyline (N, 2), N >= 1, simplified as by `simplify_all`."""
    return simplify_all([points], tolerance)[0]
