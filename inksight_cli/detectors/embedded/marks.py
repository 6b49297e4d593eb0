"""The page's marks (connected pieces of ink) and which line of text each belongs to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inksight_cli.detectors.embedded.letters import are_letters
from inksight_cli.geometry import Box, Points, Quad, as_points
from inksight_cli.ink.types import Mask

Labels = NDArray[np.int32]

MOST = 0.5  # share of a mark above which a line owns all of it ...
SHARED = 0.25  # ... unless another line holds this much: then each gets what lies inside it
SMALL = 0.5  # of the line's height: the size up to which a mark outside it may belong to it
DRAWING = 2.2  # of the line's height: only marks larger than this have sides of boxes to remove
TRIM = 0.42  # of the height, from the middle: what is cut out of a passing mark ends here
REACH = 0.35  # of the line's height: dots, accents and commas lie no farther from their line


@dataclass(frozen=True, slots=True, eq=False)
class LineInk:
    """The ink of one line.

    Attributes:
        points: (N, 2) page coordinates of pixel centres.
        marks: (N,) int, the mark each pixel belongs to; a number of this line only.
        cut: (N,) bool, whether the pixel was cut out of a mark that runs on beyond the line.
    """

    points: Points
    marks: NDArray[np.intp]
    cut: NDArray[np.bool_]


def label_marks(mask: Mask) -> tuple[Labels, NDArray[np.int32]]:
    """Return the 8-connected components of ``mask``: labels (H, W) and OpenCV's statistics."""
    import cv2

    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    return np.asarray(labels, dtype=np.int32), np.asarray(stats, dtype=np.int32)


def ink_of_lines(
    mask: Mask, quads: Sequence[Quad], squared: Sequence[bool] = ()
) -> tuple[list[LineInk], Mask]:
    """Share the page's marks out to lines.

    A mark belongs to the line whose quad holds most of it; a mark that runs on beyond every
    line (a drawn box, a long arrow, letters of two touching lines) gives each line only the
    piece inside. Small marks just outside a quad go to it too.

    Args:
        mask: (H, W) bool, the page's ink.
        quads: of the lines, page pixels.
        squared: which lines are characters in squares; () for none.

    Returns:
        The ink of each line, and the ink (H, W) that no line took.
    """
    labels, stats = label_marks(mask)
    owner = _owners(labels, stats, quads)
    left = mask.copy()
    lines = []
    for index, quad in enumerate(quads):
        line = _take(labels, stats, owner, quad, index, left, bool(squared) and squared[index])
        lines.append(line)
    return lines, left


def _owners(labels: Labels, stats: NDArray[np.int32], quads: Sequence[Quad]) -> NDArray[np.intp]:
    """Return for each mark the line that owns all of it, or -1."""
    owner = np.full(len(stats), -1, dtype=np.intp)
    first, second = np.zeros(len(stats)), np.zeros(len(stats))
    for index, quad in enumerate(quads):
        found, part = _shares(labels, stats, quad)
        better = part > first[found]
        second[found] = np.where(better, first[found], np.maximum(second[found], part))
        owner[found[better]] = index
        first[found[better]] = part[better]
    owner[(first <= MOST) | (second > SHARED)] = -1
    free = first <= MOST
    near = np.zeros(len(stats))
    for index, quad in enumerate(quads):
        found, part = _shares(labels, stats, _grown(quad, REACH))
        # Only marks smaller than a letter may join a line from outside its quad.
        small = stats[found, 2:4].max(axis=1) < SMALL * min(quad.size)
        better = (part > MOST) & (part > near[found]) & small & free[found]
        owner[found[better]] = index
        near[found[better]] = part[better]
    return owner


def _shares(
    labels: Labels, stats: NDArray[np.int32], quad: Quad
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Return the marks that ``quad`` touches and which share of each it holds."""
    rows, columns, inside = quad_window(quad, labels.shape)
    held = np.bincount(labels[rows, columns][inside], minlength=len(stats))
    held[0] = 0
    found = np.flatnonzero(held)
    return found, held[found] / stats[found, 4]


def _grown(quad: Quad, share: float) -> Quad:
    if not share:
        return quad
    length, height = quad.size
    centre = quad.points.mean(axis=0)
    along, across = _axes(quad)
    offset = quad.points - centre
    factor = (1 + share * height / max(length, 1), 1 + 2 * share)
    u, v = offset @ along * factor[0], offset @ across * factor[1]
    return Quad.from_points(centre + u[:, None] * along + v[:, None] * across)


def _axes(quad: Quad) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    angle = quad.angle
    return (
        np.array([np.cos(angle), np.sin(angle)]),
        np.array([-np.sin(angle), np.cos(angle)]),
    )


def quad_window(quad: Quad, shape: tuple[int, ...]) -> tuple[slice, slice, Mask]:
    """Return the rows and columns around ``quad`` and which of their pixels lie inside it."""
    import cv2

    rows, columns = quad.bounds.clipped(shape[1], shape[0]).pixels()
    inside = np.zeros((rows.stop - rows.start, columns.stop - columns.start), dtype=np.uint8)
    if inside.size:
        corners = np.rint(quad.points - (columns.start + 0.5, rows.start + 0.5))
        cv2.fillConvexPoly(inside, corners.astype(np.int32), 1)
    return rows, columns, inside.astype(bool)


def _take(
    labels: Labels,
    stats: NDArray[np.int32],
    owner: NDArray[np.intp],
    quad: Quad,
    index: int,
    left: Mask,
    squared: bool,
) -> LineInk:
    import cv2

    height = min(quad.size)
    rows, columns, _ = quad_window(_around(quad, stats[owner == index]), labels.shape)
    # One table instead of many: 1 = this line's, 2 = nobody's, 3 = nobody's and large.
    table = np.where(owner == index, 1, np.where(owner < 0, 2, 0)).astype(np.uint8)
    table[(table == 2) & (stats[:, 2:4].max(axis=1) > DRAWING * height)] = 3
    table[0] = 0
    kinds = table[labels[rows, columns]]
    if not kinds.size:  # a line off the page; OpenCV ends the process over no pixels
        return LineInk(as_points([]), np.zeros(0, np.intp), np.zeros(0, np.bool_))
    mine, passing = kinds == 1, kinds >= 2
    drawing = kinds == 3
    if drawing.any():
        passing &= ~drawn_lines(drawing, 1.2 * height)
    y, x = np.nonzero(mine | passing)
    points = as_points(np.stack([x + columns.start + 0.5, y + rows.start + 0.5], axis=1))
    frame = _in_frame(points, quad)
    cut = passing[y, x]
    inside = np.abs(frame) <= np.array(quad.size) * (0.5, TRIM)
    near = ~cut | inside.all(axis=1)
    kept = np.zeros(mine.shape, dtype=np.uint8)
    kept[y[near], x[near]] = 1
    _, pieces = cv2.connectedComponents(kept, connectivity=8)
    points, frame, cut, y, x = points[near], frame[near], cut[near], y[near], x[near]
    marks = np.asarray(pieces[y, x], dtype=np.intp)
    writing = are_letters(frame, marks, cut, quad.size, squared=squared)[marks]
    left[rows, columns][y[writing], x[writing]] = False
    return LineInk(points[writing], marks[writing], cut[writing])


def _around(quad: Quad, own: NDArray[np.int32]) -> Quad:
    """Return the upright quad around a line's quad, with room, and around all its own marks."""
    box = quad.bounds.grown(min(quad.size))
    if len(own):
        left, top, width, height = own[:, :4].T
        tight = Box(
            float(left.min()),
            float(top.min()),
            float((left + width).max()),
            float((top + height).max()),
        )
        box = Box.union([box, tight])
    return Quad.from_box(box)


def _in_frame(points: Points, quad: Quad) -> Points:
    """Return ``points`` as (along, across) from the middle of the quad."""
    return as_points((points - quad.points.mean(axis=0)) @ np.stack(_axes(quad), axis=1))


def drawn_lines(ink: Mask, length: float) -> Mask:
    """Return the part of ``ink`` (h, w) that runs straight on, across or down, for ``length``.

    Sides of drawn boxes are never quite straight: a line may wander by two pixels to each side.
    """
    import cv2

    reach = max(round(length), 3)
    grey = ink.astype(np.uint8)
    across = cv2.morphologyEx(
        cv2.dilate(grey, np.ones((5, 1), np.uint8)), cv2.MORPH_OPEN, np.ones((1, reach), np.uint8)
    )
    down = cv2.morphologyEx(
        cv2.dilate(grey, np.ones((1, 5), np.uint8)), cv2.MORPH_OPEN, np.ones((reach, 1), np.uint8)
    )
    # What the opening leaves at a wavering line's edges goes with it.
    lines = cv2.dilate(np.bitwise_or(across, down), np.ones((5, 5), np.uint8))
    return np.asarray(np.asarray(lines, bool) & ink)
