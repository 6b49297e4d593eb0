"""A line's ink drawn again for the network: an even pen, one height, white on black.

The centre lines that the eyes see are taken as dots a pixel apart; nothing is traced. What sets
the scale is how far the ink spreads around its middle, as for the reader (Frame of
`inksight_cli.reading.drawing`): tails of other lines in the picture hardly change it, and turned
by 180 degrees a line gives the same drawing, turned.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from inksight_cli.geometry import Affine, Points, as_points

HEIGHT = 40
"""Rows of a drawing."""
WIDEST = 768
"""Columns of a drawing at most: of a longer line its middle is looked at."""
SPREAD = 6.5
"""Rows that are one standard deviation of the ink's heights."""
_TALLEST = 36.0  # rows that ink covers, but for what is far from all other ink
_FAR = 0.01  # share of the ink that is far
_MARGIN = 4  # columns of black on either side
_FINE = 2  # drawn this much larger, then averaged
_PEN = 5  # rows of the pen, so much larger
_LEAST = 0.004  # of its length that a line's spread is taken for at least: dashes
_LONG = 4.0  # spreads: what is longer is laid level
_SKEW = 0.2  # what rises more than this was not meant to be level
_LARGEST = 3.0  # rows of a drawing a pixel at most: dots are no farther apart than the pen is wide

Drawing = NDArray[np.uint8]


def draw(dots: Points, angle: float = 0.0) -> Drawing:
    """Return (HEIGHT, W) uint8: ink 255 on 0, the line from left to right.

    Args:
        dots: (N, 2) points on the centre lines of a line's ink, x right, y down, about a pixel
            apart.
        angle: by which the line runs off the horizontal, radians.
    """
    if not len(dots):
        return np.zeros((HEIGHT, 2 * _MARGIN), np.uint8)
    level = _levelled(Affine.rotation(-angle)(dots))
    low, high = level.min(axis=0), level.max(axis=0)
    tall = float(np.subtract(*np.quantile(level[:, 1], (1 - _FAR, _FAR))))
    spread = max(float(level[:, 1].std()), _LEAST * float(high[0] - low[0]), 0.5)
    scale = min(SPREAD / spread, _TALLEST / max(tall, 1.0), _LARGEST)
    room = (WIDEST / 2 - _MARGIN) / scale
    centre = float(low[0] + high[0]) / 2, float(level[:, 1].mean())
    wide = min(float(high[0] - low[0]) / 2, room)
    columns = 2 * int(np.ceil(wide * scale)) + 2 * _MARGIN
    size = np.array([columns, HEIGHT]) * _FINE
    at = np.floor((level - centre) * (scale * _FINE) + size / 2).astype(np.intp)
    x, y = at[((at >= 0) & (at < size)).all(axis=1)].T
    picture = np.zeros(size[::-1], np.uint8)
    picture[y, x] = 255
    picture = cv2.dilate(picture, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (_PEN, _PEN)))
    return np.asarray(
        cv2.resize(picture, (columns, HEIGHT), interpolation=cv2.INTER_AREA), np.uint8
    )


def dots_of(strokes: Sequence[Points], step: float) -> Points:
    """Return points (N, 2) at most ``step`` apart on strokes (M, 2), each of one point or more."""
    parts = []
    for stroke in strokes:
        steps = np.hypot(*np.diff(stroke, axis=0).T)
        along = np.concatenate([[0.0], np.cumsum(steps)])
        at = np.linspace(0.0, along[-1], int(along[-1] / step) + 2)
        parts.append(np.column_stack([np.interp(at, along, v) for v in stroke.T]))
    return np.concatenate(parts) if parts else as_points([])


def _levelled(dots: Points) -> Points:
    """Take out what a long line rises or falls along its own way."""
    x, y = (dots - dots.mean(axis=0)).T
    if np.ptp(x) < _LONG * max(float(y.std()), 1.0):
        return dots
    slope = float((x * y).sum() / (x * x).sum())
    if abs(slope) > _SKEW:
        return dots
    return np.column_stack([dots[:, 0], dots[:, 1] - slope * x])
