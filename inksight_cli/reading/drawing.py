"""Ink drawn again for the reader: an even pen, one height, white on black.

Paper, pen, light and rules are gone before anybody reads. What sets the scale is not the box of
a word but how far its ink spreads around its middle: "sums" and "fights" come out with bodies of
about one size, and a line of text is scaled as its words are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from inksight_cli.geometry import Points

HEIGHT = 40
"""Rows of a drawing."""
SPREAD = 6.5
"""Rows that are one standard deviation of the ink's heights."""
PEN = 2.3
"""Rows of the even pen."""
_TALLEST = 36.0  # rows that ink may cover
_MARGIN = 6  # columns of black on either side
_LEAST = 0.3  # of its height that a word's spread is taken for at least: dots
_FLAT = 0.03  # of its strokes' mean width as well: dashes
_FINE = 2  # drawn this much larger, then averaged
_SHIFT = 4  # OpenCV's fixed point, in bits
_ENDS = (slice(None, -1), slice(1, None))  # of a path's segments

Drawing = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Frame:
    """How ink of any unit is put on a drawing.

    Attributes:
        scale: rows of the drawing per unit.
        middle: the height, in units, that comes to the drawing's middle row.
        left: where the ink begins, in units; right: where it ends.
    """

    scale: float
    middle: float
    left: float
    right: float

    @property
    def width(self) -> int:
        """Columns of the drawing."""
        return int((self.right - self.left) * self.scale) + 2 * _MARGIN + 1

    def column(self, x: float) -> float:
        """Return where ``x`` comes to lie, in columns."""
        return (x - self.left) * self.scale + _MARGIN


def frame(strokes: Sequence[Points]) -> Frame:
    """Return the frame of a word or a line: strokes (N, 2), x right, y down, text level."""
    points = np.concatenate(strokes)
    low, high = points.min(axis=0), points.max(axis=0)
    wide, tall = (float(side) for side in high - low)
    middle, spread = _spread(strokes)
    strokes_wide = float(np.mean([np.ptp(stroke[:, 0]) for stroke in strokes]))
    spread = max(spread, _LEAST * tall * 0.5, _FLAT * strokes_wide, 1e-6)
    if max(wide, tall) <= 1e-6:
        return Frame(1.0, middle, float(low[0]), float(high[0]))
    scale = min(SPREAD / spread, _TALLEST / max(tall, 1e-6))
    room = 0.5 * _TALLEST / scale
    middle = float(np.clip(middle, high[1] - room, low[1] + room))
    return Frame(scale, middle, float(low[0]), float(high[0]))


def _spread(strokes: Sequence[Points]) -> tuple[float, float]:
    """Return mean and standard deviation of the ink's heights, every unit of path alike."""
    weight = np.concatenate([np.hypot(*np.diff(stroke, axis=0).T) for stroke in strokes])
    total = float(weight.sum())
    if total <= 0:
        y = np.concatenate(strokes)[:, 1]
        return float(y.mean()), float(y.std())
    a, b = (np.concatenate([stroke[part, 1] for stroke in strokes]) for part in _ENDS)
    middle = float((weight * (a + b)).sum()) / (2 * total)
    a, b = a - middle, b - middle
    return middle, float(np.sqrt((weight * (a * a + a * b + b * b)).sum() / (3 * total)))


def draw(strokes: Sequence[Points], at: Frame, pen: float = PEN) -> Drawing:
    """Return (HEIGHT, width) uint8: ink 255 on 0."""
    picture = np.zeros((HEIGHT * _FINE, at.width * _FINE), np.uint8)
    corner = np.array([at.left - _MARGIN / at.scale, at.middle - 0.5 * HEIGHT / at.scale])
    thick, unit = max(1, round(pen * _FINE)), at.scale * _FINE * (1 << _SHIFT)
    for stroke in strokes:
        path = np.round((stroke - corner) * unit).astype(np.int32)
        if len(path) == 1:
            path = np.repeat(path, 2, axis=0)
        cv2.polylines(picture, [path[:, None]], False, 255, thick, cv2.LINE_AA, _SHIFT)
    return np.asarray(
        cv2.resize(picture, (at.width, HEIGHT), interpolation=cv2.INTER_AREA), np.uint8
    )
