"""Whether ink is written as a hand wrote it: path distance, direction and order."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from inksight_cli.evaluate.resample import Points, Strokes, nearest, resample_all

PATH_SPACING = 2.0
ORDER_POINTS = 96


def dtw_distance(truth: Strokes, drawn: Strokes, spacing: float = PATH_SPACING) -> float:
    """Dynamic time warping distance in pixels per point of the true path.

    All strokes of a side are put one after another, `spacing` px between points (pen-up jumps add
    no points). The cheapest monotone alignment (Sakoe and Chiba 1978) is summed over Euclidean
    distances and divided by the number of true points, so 0 is the very same path and order.

    Returns:
        Pixels; infinity when exactly one side is empty, 0 when both are.
    """
    true_points, drawn_points = resample_all(truth, spacing), resample_all(drawn, spacing)
    if not true_points or not drawn_points:
        return 0.0 if not true_points and not drawn_points else float("inf")
    a, b = np.concatenate(true_points), np.concatenate(drawn_points)
    return warping(a, b)[0] / len(a)


def warping(a: Points, b: Points) -> tuple[float, int]:
    """Cost of the best alignment, and its steps; one anti-diagonal of the table at a time."""
    n, m = len(a), len(b)
    # A diagonal is indexed by the row in `a`, shifted by one so that row -1 is infinite.
    before = np.full(n + 1, np.inf)
    last = np.full(n + 1, np.inf)
    steps_before, steps = np.zeros(n + 1, np.int64), np.zeros(n + 1, np.int64)
    for diagonal in range(n + m - 1):
        low, high = max(0, diagonal - m + 1), min(n, diagonal + 1)
        rows = np.arange(low, high)
        offset = a[rows] - b[diagonal - rows]
        cost = np.hypot(offset[:, 0], offset[:, 1])
        # Both go on, or one of them waits; of equal ways the shortest.
        ways = np.stack([before[low:high], last[low:high], last[low + 1 : high + 1]])
        taken = ways.argmin(axis=0)
        best = np.take_along_axis(ways, taken[None], axis=0)[0]
        gone = np.stack([steps_before[low:high], steps[low:high], steps[low + 1 : high + 1]])
        current, current_steps = np.full(n + 1, np.inf), np.zeros(n + 1, np.int64)
        current[low + 1 : high + 1] = cost + (0.0 if diagonal == 0 else best)
        current_steps[low + 1 : high + 1] = np.take_along_axis(gone, taken[None], axis=0)[0] + 1
        before, last = last, current
        steps_before, steps = steps, current_steps
    return float(last[n]), int(steps[n])


def _tangents(points: Points) -> Points:
    """Unit directions of travel at every point (0 for dots)."""
    if len(points) < 2:
        return np.zeros_like(points)
    travel = np.gradient(points, axis=0)
    return travel / np.maximum(np.hypot(travel[:, 0], travel[:, 1]), 1e-9)[:, None]


def direction_share(truth: Strokes, drawn: Strokes, tolerance: float = 3.0) -> float | None:
    """Share of drawn strokes that run the way the pen ran.

    Every point of a drawn stroke is compared with the nearest true point (within `tolerance` px):
    the stroke runs the true way when the summed cosines of both directions are positive. Strokes
    no longer than twice the tolerance (dots) and strokes off the ink have no direction.

    Returns:
        0..1, or None when no drawn stroke has a direction.
    """
    true_points = resample_all(truth, 1.0)
    if not true_points:
        return None
    a = np.concatenate(true_points)
    along = np.concatenate([_tangents(points) for points in true_points])
    right = []
    for points in resample_all(drawn, 1.0):
        index, distance = nearest(points, a)
        near = distance <= tolerance
        if len(points) <= 2 * tolerance or not near.any():
            continue
        cosines = (_tangents(points) * along[index]).sum(axis=1)
        right.append(bool(cosines[near].sum() > 0))
    return float(np.mean(right)) if right else None


def order_agreement(truth: Strokes, drawn: Strokes, tolerance: float = 3.0) -> float | None:
    """Kendall's rank correlation between the true and the drawn order of the same places.

    Points spread evenly over the true path are looked up in the drawn path (nearest within
    `tolerance` px); the tau-b of Kendall (1945) over their two orders is 1 for the same order
    throughout and -1 for exactly the reverse. Order of strokes and direction within them both
    count.

    Returns:
        -1..1, or None when fewer than two places are found in the drawn ink.
    """
    true_points, drawn_points = resample_all(truth, 1.0), resample_all(drawn, 1.0)
    if not true_points or not drawn_points:
        return None
    a, b = np.concatenate(true_points), np.concatenate(drawn_points)
    chosen = a[np.unique(np.linspace(0, len(a) - 1, ORDER_POINTS).round().astype(int))]
    index, distance = nearest(chosen, b)
    return kendall_tau(np.flatnonzero(distance <= tolerance), index[distance <= tolerance])


def kendall_tau(a: NDArray[np.int64], b: NDArray[np.int64]) -> float | None:
    """Tau-b of two rankings of the same N things; None when one of them ranks nothing apart."""
    upper = np.triu_indices(len(a), 1)
    first = np.sign(a[:, None] - a[None])[upper]
    second = np.sign(b[:, None] - b[None])[upper]
    apart = float(np.sqrt(float((first != 0).sum()) * float((second != 0).sum())))
    return float((first * second).sum() / apart) if apart else None
