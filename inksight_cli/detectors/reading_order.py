"""Reading order: columns from left to right, in them lines from top to bottom, then words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from inksight_cli.document import Line, Word
from inksight_cli.geometry import Affine, Box, Quad

ALIKE = np.radians(15)  # directions of text this near to each other are one
LEVEL = np.radians(5)  # a smaller slope does not change what is above what


def union_quad(quads: Sequence[Quad], angle: float) -> Quad:
    """Return the smallest quad at ``angle`` radians around ``quads`` (at least one)."""
    turn = Affine.rotation(-angle)
    around = Box.around(turn(np.concatenate([quad.points for quad in quads])))
    return Quad.from_points(np.round(turn.inverse()(Quad.from_box(around).points), 6))


def ordered(lines: Sequence[Line]) -> list[Line]:
    """Return ``lines`` in reading order (recursive XY cut: Nagy and Seth 1984).

    Sets of lines that a white strip parts are read one after the other: strips across first
    where they are clearly wider than the space between lines, then columns, then lines. Down and
    across mean what they do to a reader of the page: a sheet that lies askew or upside down is
    read the way most of its text runs.
    """
    turn = Affine.rotation(-_way([line.quad for line in lines]))
    return [lines[i] for i in _order([Box.around(turn(line.quad.points)) for line in lines])]


def _way(quads: Sequence[Quad]) -> float:
    """Return the direction in radians of most text, by its length; 0 where it is nearly level."""
    if not quads:
        return 0.0
    angles = np.array([quad.angle for quad in quads])
    lengths = np.array([quad.size[0] for quad in quads])
    alike = np.cos(angles[:, None] - angles) > np.cos(ALIKE)
    best = int((alike * lengths).sum(axis=1).argmax())
    mine = alike[best]
    if lengths[mine].sum() <= 0.5 * lengths.sum():
        return 0.0
    along = np.array([np.cos(angles[mine]), np.sin(angles[mine])]) @ lengths[mine]
    way = float(np.arctan2(along[1], along[0]))
    return way if abs(way) > LEVEL else 0.0


def _order(boxes: Sequence[Box]) -> list[int]:
    return _cut(list(range(len(boxes))), boxes)


def _cut(members: list[int], boxes: Sequence[Box]) -> list[int]:
    if len(members) < 2:
        return members
    columns = _columns(members, boxes)
    if columns:
        return _apart(members, columns, [boxes[i].left for i in members], boxes)
    tops = [boxes[i].top for i in members]
    rows = _strips([(boxes[i].top, boxes[i].bottom) for i in members])
    if rows:
        tall = float(np.median([boxes[i].height for i in members]))
        wide = [strip for strip in rows if strip[1] >= 2 * tall]
        return _apart(members, wide or _above_columns(members, rows, boxes) or rows, tops, boxes)
    sides = _strips([(boxes[i].left, boxes[i].right) for i in members])
    if sides:
        return _apart(members, sides, [boxes[i].left for i in members], boxes)
    return sorted(members, key=lambda i: (boxes[i].center[1], boxes[i].center[0]))


def _columns(members: list[int], boxes: Sequence[Box]) -> list[tuple[float, float]]:
    """Return the white strips between columns, or nothing when these are not columns.

    A column's white runs the whole height of the block, so even a narrow one is convincing;
    but a white row wider than two lines parts blocks, and comes first.
    """
    tall = float(np.median([boxes[i].height for i in members]))
    rows = _strips([(boxes[i].top, boxes[i].bottom) for i in members])
    strips = _strips([(boxes[i].left, boxes[i].right) for i in members])
    if max((width for _, width in rows), default=0.0) >= 2 * tall:
        return []
    return strips if max((width for _, width in strips), default=0.0) > 0.8 * tall else []


def _above_columns(
    members: list[int], rows: list[tuple[float, float]], boxes: Sequence[Box]
) -> list[tuple[float, float]]:
    """Return the one white row that parts a heading from columns, or columns from a footer."""
    for strip in rows:
        below = [i for i in members if boxes[i].top >= strip[0]]
        if len(below) > 3 and _columns(below, boxes):
            return [strip]
    for strip in reversed(rows):
        above = [i for i in members if boxes[i].top < strip[0]]
        if len(above) > 3 and _columns(above, boxes):
            return [strip]
    return []


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


def lines_of_words(words: Sequence[Word]) -> list[Line]:
    """Join words that a detector gave without lines into lines, in reading order.

    A word continues a line when it lies at the same height as its last word, runs the same way
    and begins no farther than two line heights behind it.
    """
    lines: list[list[Word]] = []
    for word in sorted(words, key=lambda w: _start(w)):
        for line in lines:
            if _continues(line[-1], word):
                line.append(word)
                break
        else:
            lines.append([word])
    return ordered(
        [Line(each, union_quad([w.quad for w in each], each[0].quad.angle)) for each in lines]
    )


def _start(word: Word) -> float:
    corner = word.quad.points[0]
    return float(corner @ (np.cos(word.quad.angle), np.sin(word.quad.angle)))


def _continues(last: Word, word: Word) -> bool:
    turn = Affine.rotation(-last.quad.angle)
    before, box = Box.around(turn(last.quad.points)), Box.around(turn(word.quad.points))
    height = min(before.height, box.height)
    shared = min(before.bottom, box.bottom) - max(before.top, box.top)
    gap = box.left - before.right
    same_way = np.cos(word.quad.angle - last.quad.angle) > np.cos(np.radians(20))
    return bool(same_way and shared > 0.5 * height and -0.5 * height < gap < 2 * before.height)
