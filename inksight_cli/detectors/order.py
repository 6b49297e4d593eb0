"""Reading order: columns from left to right, in them lines from top to bottom, then words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from inksight_cli.document import Line
from inksight_cli.geometry import Affine, Box, Quad


def union_quad(quads: Sequence[Quad], angle: float) -> Quad:
    """Return the smallest quad at ``angle`` radians around ``quads`` (at least one)."""
    turn = Affine.rotation(-angle)
    around = Box.around(turn(np.concatenate([quad.points for quad in quads])))
    return Quad.from_points(np.round(turn.inverse()(Quad.from_box(around).points), 6))


def ordered(lines: Sequence[Line]) -> list[Line]:
    """Return ``lines`` in reading order (recursive XY cut: Nagy and Seth 1984).

    Sets of lines that a white strip parts are read one after the other: strips across first
    where they are clearly wider than the space between lines, then columns, then lines.
    """
    return [lines[i] for i in _order([line.quad.bounds for line in lines])]


def _order(boxes: Sequence[Box]) -> list[int]:
    return _cut(list(range(len(boxes))), boxes)


def _cut(members: list[int], boxes: Sequence[Box]) -> list[int]:
    if len(members) < 2:
        return members
    rows = _strips([(boxes[i].top, boxes[i].bottom) for i in members])
    columns = _strips([(boxes[i].left, boxes[i].right) for i in members])
    tall = float(np.median([boxes[i].height for i in members]))
    wide_row = max((gap for _, gap in rows), default=0.0)
    wide_column = max((gap for _, gap in columns), default=0.0)
    # A column's white runs the whole height of the block, so even a narrow one is convincing;
    # lines lie close, so a white row only parts blocks when it is wider than a line is tall.
    if columns and wide_column > 0.8 * tall and wide_row < 2 * tall:
        return _apart(members, columns, [boxes[i].left for i in members], boxes)
    if rows:
        return _apart(members, rows, [boxes[i].top for i in members], boxes)
    if columns:
        return _apart(members, columns, [boxes[i].left for i in members], boxes)
    return sorted(members, key=lambda i: (boxes[i].center[1], boxes[i].center[0]))


def _strips(spans: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return the white strips between ``spans``: (where it ends, how wide it is)."""
    order = sorted(spans)
    strips, reach = [], order[0][1]
    for start, end in order[1:]:
        if start > reach:
            strips.append((start, start - reach))
        reach = max(reach, end)
    return strips


def _apart(
    members: list[int],
    strips: Sequence[tuple[float, float]],
    starts: Sequence[float],
    boxes: Sequence[Box],
) -> list[int]:
    bounds = [end for end, _ in strips]
    parts: dict[int, list[int]] = {}
    for member, start in zip(members, starts, strict=True):
        parts.setdefault(int(np.searchsorted(bounds, start, side="right")), []).append(member)
    return [i for key in sorted(parts) for i in _cut(parts[key], boxes)]
