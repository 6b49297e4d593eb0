"""The order of strokes that a plotter draws fastest: the pen travels little between them.

Nearest neighbour first, then 2-opt: stretches of the order are turned round, with the strokes in
them, as long as that shortens the way (Croes 1958).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from inksight_cli.document import Stroke
from inksight_cli.geometry import Points

_ROUNDS = 8
_MOST = 4_000  # strokes; beyond, 2-opt costs more time than a plotter saves
_LITTLE = 1e-6


def least_travel(strokes: Sequence[Stroke]) -> list[Stroke]:
    """Return ``strokes`` in an order, and each in a direction, with little way between them.

    The pen begins at the page's origin. Orders are the same on every machine and every run.
    """
    if not strokes:
        return []
    ends = np.array([[s.points[0], s.points[-1]] for s in strokes])
    order, turned = _nearest(ends)
    if len(order) <= _MOST:
        order, turned = _untangled(ends, order, turned)
    drawn = zip(order.tolist(), turned.tolist(), strict=True)
    return [_turned(strokes[k]) if back else strokes[k] for k, back in drawn]


def travel(strokes: Sequence[Stroke]) -> float:
    """Return the way of a lifted pen from the origin along ``strokes``, in pixels."""
    at = np.zeros(2)
    way = 0.0
    for stroke in strokes:
        way += float(np.hypot(*(stroke.points[0] - at)))
        at = stroke.points[-1]
    return way


def _turned(stroke: Stroke) -> Stroke:
    widths = None if stroke.widths is None else stroke.widths[::-1]
    times = None if stroke.times is None else stroke.times[-1] - stroke.times[::-1]
    return replace(stroke, points=stroke.points[::-1], widths=widths, times=times)


def _nearest(ends: NDArray[np.float64]) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Return an order of strokes with ``ends`` (N, 2, 2), and which are drawn backwards."""
    x, y = ends.reshape(-1, 2).T.copy()
    order = np.empty(len(ends), dtype=np.intp)
    turned = np.empty(len(ends), dtype=bool)
    at: Points = np.zeros(2)
    for k in range(len(ends)):
        east, south = x - at[0], y - at[1]
        nearest = int((east * east + south * south).argmin())
        order[k], turned[k] = nearest // 2, nearest % 2
        at = ends[order[k], 1 - nearest % 2]
        x[2 * order[k] : 2 * order[k] + 2] = np.inf
    return order, turned


def _untangled(
    ends: NDArray[np.float64], order: NDArray[np.intp], turned: NDArray[np.bool_]
) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    # Where strokes begin and end as they are drawn, after the pen's first place.
    ways = np.where(turned[:, None, None], ends[order][:, ::-1], ends[order])
    for _ in range(_ROUNDS):
        if not sum(_turn_best(k, order, turned, ways) for k in range(len(order))):
            break
    return order, turned


def _turn_best(
    first: int,
    order: NDArray[np.intp],
    turned: NDArray[np.bool_],
    ways: NDArray[np.float64],
) -> bool:
    """Turn the stretch from ``first`` to where it saves most; say whether it saves anything."""
    before = ways[first - 1, 1] if first else np.zeros(2)
    begins, finishes = ways[first:, 0], ways[first:, 1]
    saved = _between(before, begins[0]) - _between(before, finishes)
    saved[:-1] += _between(finishes[:-1], begins[1:]) - _between(begins[0], begins[1:])
    last = int(saved.argmax())
    if saved[last] <= _LITTLE:
        return False
    stretch = slice(first, first + last + 1)
    order[stretch] = order[stretch][::-1]
    turned[stretch] = ~turned[stretch][::-1]
    ways[stretch] = ways[stretch][::-1, ::-1]
    return True


def _between(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    away = a - b
    return np.asarray(np.hypot(away[..., 0], away[..., 1]))
