"""Smooth curves through paths of points: chains of cubic Béziers.

Source: P. J. Schneider, "An Algorithm for Automatically Fitting Digitized Curves", Graphics Gems,
1990: least squares with given directions at both ends; where that is not near enough, the path is
cut at its worst point. The ends of a path and its sharp corners stay where they are.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from inksight_cli.geometry import Points
from inksight_cli.polylines import densify, path_length

_CORNER = np.cos(np.radians(50))  # a turn of more is a corner, not a bend
_ROUNDS = 4  # of moving parameters to where the curve is nearest
_DENSE = 4  # points along the path for every tolerance
_MOST_POINTS = 20_000
_AHEAD = 3  # tolerances along the path, over which directions are taken


def fit_curves(points: Points, tolerance: float) -> NDArray[np.float64]:
    """Return cubic Béziers (N, 4, 2), each beginning where the one before ends.

    Every point of the path has a point of the chain within ``tolerance``, and the other way
    round, in the same order along both. Without length there is no curve: N is 0.

    Args:
        points: (M, 2) a polyline, M >= 1.
        tolerance: in the points' unit, positive.
    """
    length = path_length(points)
    if length == 0:
        return np.empty((0, 4, 2))
    step = max(tolerance / _DENSE, length / _MOST_POINTS)
    # Half a step may lie between two points that are compared.
    doubt = max(tolerance - step / 2, tolerance / 2)
    dense, _ = densify(points, np.zeros(len(points)), step)
    ahead = max(round(_AHEAD * tolerance / step), 1)
    cuts = np.r_[0, _corners(dense, ahead), len(dense) - 1]
    pieces = [_fit(dense[a : b + 1], doubt, ahead) for a, b in pairwise(cuts.tolist())]
    return np.concatenate(pieces)


def _corners(points: Points, ahead: int) -> NDArray[np.intp]:
    """Return where dense ``points`` turn sharply, seen from ``ahead`` points on either side."""
    inner = np.arange(1, len(points) - 1)
    before = _unit(points[inner] - points[np.maximum(inner - ahead, 0)])
    after = _unit(points[np.minimum(inner + ahead, len(points) - 1)] - points[inner])
    turned = np.einsum("ij,ij->i", before, after)
    sharp = []
    while len(turned) and turned[at := int(turned.argmin())] < _CORNER:
        sharp.append(at + 1)
        turned[max(at - ahead, 0) : at + ahead + 1] = 1.0
    return np.array(sorted(sharp), dtype=np.intp)


def _unit(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    return vectors / np.maximum(np.hypot(vectors[..., 0], vectors[..., 1]), 1e-300)[..., None]


def _fit(points: Points, doubt: float, ahead: int) -> NDArray[np.float64]:
    """Return the chain along dense ``points``, (N, 2), that has no corner."""
    done = []
    waiting = [(0, len(points) - 1, _ahead(points, ahead), _ahead(points[::-1], ahead))]
    while waiting:
        first, last, start, end = waiting.pop()
        curve, worst = _one(points[first : last + 1], start, end, doubt)
        if curve is not None:
            done.append(curve)
            continue
        middle = first + worst
        low, high = max(middle - ahead, first), min(middle + ahead, last)
        along = _unit(points[low] - points[high])
        if not along.any():  # back to where it came from
            along = _unit(points[middle - 1] - points[middle])
        waiting.append((middle, last, -along, end))
        waiting.append((first, middle, start, along))
    return np.array(done)


def _ahead(points: Points, count: int) -> NDArray[np.float64]:
    """Return the direction in which ``points`` leave their first one."""
    direction = _unit(points[min(count, len(points) - 1)] - points[0])
    return direction if direction.any() else _unit(points[1] - points[0])


def _one(
    points: Points, start: NDArray[np.float64], end: NDArray[np.float64], doubt: float
) -> tuple[NDArray[np.float64] | None, int]:
    """Return a curve near all ``points``, else None and where to cut them."""
    if len(points) == 2:
        return _straight(points), 0
    places = np.r_[0.0, np.cumsum(np.hypot(*np.diff(points, axis=0).T))]
    places /= places[-1]
    worst = len(points) // 2
    for _ in range(_ROUNDS):
        curve = _least_squares(points, places, start, end)
        away = _at(curve, places) - points
        far = np.hypot(away[:, 0], away[:, 1])
        worst = int(far[1:-1].argmax()) + 1
        if far[worst] <= doubt:
            return curve, 0
        if far[worst] > 4 * doubt:  # moving parameters will not do
            break
        places = _nearer(curve, places, away)
    return None, worst


def _straight(points: Points) -> NDArray[np.float64]:
    first, last = points
    third = (last - first) / 3
    return np.array([first, first + third, last - third, last])


def _least_squares(
    points: Points,
    places: NDArray[np.float64],
    start: NDArray[np.float64],
    end: NDArray[np.float64],
) -> NDArray[np.float64]:
    first, last = points[0], points[-1]
    weights = _bernstein(places)
    a, b = weights[:, 1:2] * start, weights[:, 2:3] * end
    rest = points - weights[:, :2].sum(1)[:, None] * first - weights[:, 2:].sum(1)[:, None] * last
    aa, ab, bb = (a * a).sum(), (a * b).sum(), (b * b).sum()
    ar, br = (a * rest).sum(), (b * rest).sum()
    scale = aa * bb - ab * ab
    span = float(np.hypot(*(last - first)))
    reach = np.hypot(*np.diff(points, axis=0).T).sum()
    if scale > 1e-12 * aa * bb:
        left, right = (ar * bb - br * ab) / scale, (aa * br - ab * ar) / scale
    else:
        left = right = 0.0
    # Handles that point backwards, or reach beyond the path, make loops and cusps.
    if not (1e-3 * span < left <= reach and 1e-3 * span < right <= reach):
        left = right = span / 3
    return np.array([first, first + left * start, last + right * end, last])


def _bernstein(t: NDArray[np.float64]) -> NDArray[np.float64]:
    s = 1 - t
    return np.stack([s**3, 3 * s * s * t, 3 * s * t * t, t**3], axis=-1)


def _at(curve: NDArray[np.float64], t: NDArray[np.float64]) -> NDArray[np.float64]:
    return _bernstein(t) @ curve


def _nearer(
    curve: NDArray[np.float64], places: NDArray[np.float64], away: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Move parameters towards their nearest points by one Newton step, in order."""
    once = 3 * np.diff(curve, axis=0)
    twice = 2 * np.diff(once, axis=0)
    s, t = 1 - places[:, None], places[:, None]
    velocity = s * s * once[0] + 2 * s * t * once[1] + t * t * once[2]
    bend = s * twice[0] + t * twice[1]
    slope = (velocity * velocity).sum(1) + (away * bend).sum(1)
    step = np.divide((away * velocity).sum(1), slope, out=np.zeros_like(places), where=slope > 0)
    moved = np.maximum.accumulate(np.clip(places - step, 0, 1))
    moved[0], moved[-1] = 0.0, 1.0
    return moved
