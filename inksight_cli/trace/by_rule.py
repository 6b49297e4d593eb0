"""Direction and order: strokes as a Latin hand would write them.

Left to right and top to bottom; rings from the top, counter-clockwise; dots and bars right
after the stroke they belong to (in joined writing that is the whole word, in print one stem).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from inksight_cli.geometry import Affine, Box, Points
from inksight_cli.polylines import path_length

_DOWN = 0.7
"""A stroke runs along (1, `_DOWN`) rather than against it (x right, y down): a slash starts at its
top although it runs leftwards, a flat bar at its left."""

_TIE = 1e-6
"""What differs by less is equal: the last bits of a number depend on the processor."""


def order_strokes(strokes: list[Points], pen_width: float) -> list[Points]:
    """Return ``strokes`` turned into writing direction and put into writing order.

    Args:
        strokes: each (N, 2), in pixels of an upright word or drawing.
        pen_width: in pixels; what is hardly longer is a dot.
    """
    turned = [turn_stroke(stroke) for stroke in strokes]
    boxes = [Box.around(stroke) for stroke in turned]
    late = [_is_late(k, turned, boxes, pen_width) for k in range(len(turned))]
    hosts = [k for k in range(len(turned)) if not late[k]]
    hosts.sort(key=lambda k: _place(boxes[k], turned[k]))
    followers: dict[int, list[int]] = {k: [] for k in hosts}
    guests = (k for k in range(len(turned)) if late[k])
    for k in sorted(guests, key=lambda k: _place(boxes[k], turned[k])):
        followers[_host(boxes[k], hosts, boxes)].append(k)
    return [turned[k] for host in hosts for k in (host, *followers[host])]


def order_along(strokes: Sequence[Points], pen_width: float, angle: float) -> list[Points]:
    """Return ``strokes`` as by `order_strokes` for text that runs at ``angle`` (radians)."""
    if not angle:
        return order_strokes(list(strokes), pen_width)
    upright = Affine.rotation(-angle)
    ordered = order_strokes([upright(stroke) for stroke in strokes], pen_width)
    return [upright.inverse()(stroke) for stroke in ordered]


def turn_stroke(stroke: Points) -> Points:
    """Return ``stroke`` (N, 2) in the direction a Latin hand would most likely write it."""
    if len(stroke) < 2:
        return stroke
    if np.hypot(*(stroke[-1] - stroke[0])) < 0.1 * path_length(stroke) + 1e-9:
        return _turn_ring(stroke)
    right, down = (stroke[-1] - stroke[0]).tolist()
    return stroke if right + _DOWN * down >= -_TIE else stroke[::-1]


def _place(box: Box, stroke: Points) -> tuple[float, ...]:
    """Return what strokes are ordered by: of two as far left, the one that starts higher."""
    return _rounded(box.left), _rounded(float(stroke[0][1])), _rounded(box.right)


def _rounded(value: float) -> float:
    return round(value / _TIE) * _TIE


def _turn_ring(ring: Points) -> Points:
    x, y = ring.T
    # The shoelace sum is positive for a ring that turns clockwise on the screen (y down).
    clockwise = float(np.sum(x * np.roll(y, -1) - y * np.roll(x, -1))) > _TIE
    return ring[::-1] if clockwise else ring


def _is_late(index: int, strokes: list[Points], boxes: list[Box], pen_width: float) -> bool:
    """Whether a stroke is a dot, an accent or a bar that belongs to a larger one."""
    box = boxes[index]
    small = max(box.width, box.height) <= 3.0 * pen_width + 1.0
    flat = box.width > 2.0 * box.height and box.width > 2.0 * pen_width
    if not small and not flat:
        return False
    size = max(box.width, box.height)
    return any(
        max(other.width, other.height) > 1.3 * size and _belongs(box, other, small)
        for k, other in enumerate(boxes)
        if k != index
    )


def _belongs(box: Box, other: Box, small: bool) -> bool:
    x, y = box.center
    reach = box.width + _TIE  # a dot has no width, and may stand exactly on its stem
    beside = other.left - reach <= x <= other.right + reach
    if small:  # a dot stands above its stem, or inside a larger shape
        return beside and y < (other.top + other.bottom) / 2
    across = box.left < other.right and other.left < box.right
    return across and other.top - box.height <= y <= other.bottom - 0.2 * other.height


def _host(box: Box, hosts: list[int], boxes: list[Box]) -> int:
    """Return the stroke that ``box`` belongs to: the one nearest to its centre line."""
    x, _ = box.center
    return min(
        hosts,
        key=lambda k: (
            _rounded(max(boxes[k].left - x, x - boxes[k].right, 0.0)),
            _rounded(boxes[k].left),
        ),
    )
