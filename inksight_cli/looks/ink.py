"""Where on a page the centre lines of a line's ink run."""

from __future__ import annotations

import cv2
import numpy as np

from inksight_cli.geometry import Points, Quad, as_points
from inksight_cli.ink.types import Ink

_LINE = 128  # of 255: here a centre line surely is


def dots_in(quad: Quad, ink: Ink) -> Points:
    """Return the points (N, 2) on the centre lines of the ink in a quad, page pixels."""
    height, width = ink.mask.shape
    rows, columns = quad.bounds.clipped(width, height).pixels()
    part = ink.mask[rows, columns]
    if not part.size:
        return as_points([])
    inside = np.zeros(part.shape, np.uint8)
    corners = np.rint(quad.points - (columns.start + 0.5, rows.start + 0.5)).astype(np.int32)
    cv2.fillConvexPoly(inside, corners, 1)
    y, x = np.nonzero(part & (inside > 0))
    return on_lines(as_points(np.column_stack([x + columns.start, y + rows.start]) + 0.5), ink)


def on_lines(points: Points, ink: Ink) -> Points:
    """Return those of an ink's points (N, 2) that are on its centre lines; all if none is."""
    if not len(points):
        return points
    x, y = points.astype(np.intp).T
    near = ink.middle[y, x] >= _LINE
    return points[near] if near.any() else points
