"""Where on a page the centre lines of a line's ink run."""

from __future__ import annotations

import cv2
import numpy as np

from inksight_cli.geometry import Points, Quad, as_points
from inksight_cli.ink.morphology import dilate
from inksight_cli.ink.types import Ink, Mask

_LINE = 128  # of 255: here a centre line surely is


def centre_lines(ink: Ink) -> Mask:
    """Return (H, W): the centre lines that are seen, and all ink that is far from any of them.

    The line over letters of Devanagari is whole in the ink, but looks like a rule.
    """
    seen = ink.mask & (ink.middle >= _LINE)
    side = 2 * round(ink.pen_width) + 1
    return np.asarray(seen | (ink.mask & ~dilate(seen, side, side)), dtype=np.bool_)


def dots_in(quad: Quad, lines: Mask) -> Points:
    """Return the points (N, 2) of a page's centre lines in a quad, page pixels."""
    height, width = lines.shape
    rows, columns = quad.bounds.clipped(width, height).pixels()
    part = lines[rows, columns]
    if not part.size:
        return as_points([])
    inside = np.zeros(part.shape, np.uint8)
    corners = np.rint(quad.points - (columns.start + 0.5, rows.start + 0.5)).astype(np.int32)
    cv2.fillConvexPoly(inside, corners, 1)
    y, x = np.nonzero(part & (inside > 0))
    return as_points(np.column_stack([x + columns.start, y + rows.start]) + 0.5)
