"""When a hand would have been where: times for ink whose photo tells none.

The pen slows down in bends: its speed goes with the cube root of the bend's radius (the two-thirds
power law; Lacquaniti, Terzuolo and Viviani 1983). Large writing is not slower than small: speeds
are counted in heights of a line. Lifted, the pen is faster, and rests a little before it goes on.
The constants are round numbers that look right, not measurements of a hand.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inksight_cli.document import Page, Stroke
from inksight_cli.formats.protocol import Amount, WriteOptions
from inksight_cli.geometry import Points
from inksight_cli.polylines import densify

SPEED = Amount("speed", "how many times as fast as a hand", 1, 0.1, 100)
_WRITING, _LIFTED = 5.0, 12.0  # heights of a line in a second
_SLOWEST, _FASTEST = 0.4, 2.0  # of the usual speed
_REST, _DOT = 0.08, 0.08  # seconds
_STEP = 0.05  # of a line's height, between two points
_USUAL = 0.25  # radius of a bend that is written at the usual speed, in heights of a line


@dataclass(frozen=True, slots=True, eq=False)
class Written:
    """A stroke, and when it is written.

    Attributes:
        stroke: as in the document.
        points: (N, 2) along it, close together; widths: (N,) or None.
        times: (N,) seconds from the page's beginning, rising.
    """

    stroke: Stroke
    points: Points
    widths: NDArray[np.float64]
    times: NDArray[np.float64]

    @property
    def start(self) -> float:
        """When the pen comes down."""
        return float(self.times[0])

    @property
    def end(self) -> float:
        """When it goes up."""
        return float(self.times[-1])


def written(page: Page, options: WriteOptions) -> list[Written]:
    """Return the strokes of ``page`` in pen order with their times."""
    return list(_written(page, SPEED.of(options)))


def _written(page: Page, speed: float) -> Iterator[Written]:
    height = _height(page)
    now, at = 0.0, None
    for stroke in page.strokes:
        first = stroke.points[0]
        if at is not None:
            now += (_REST + float(np.hypot(*(first - at))) / (_LIFTED * height)) / speed
        yield (one := _one(stroke, now, height, speed))
        now, at = one.end, stroke.points[-1]


def _height(page: Page) -> float:
    heights = [word.quad.size[1] for word in page.words if word.strokes]
    # A page of drawings has no writing to compare with; a line is some fortieth of a page.
    usual = float(np.median(heights)) if heights else page.height / 40
    return max(usual, (page.width + page.height) / 400, 1.0)


def _one(stroke: Stroke, now: float, height: float, speed: float) -> Written:
    widths = np.full(len(stroke.points), 2.0) if stroke.widths is None else stroke.widths
    points, widths = densify(stroke.points, widths, max(_STEP * height, 0.5))
    if len(points) == 1:
        return Written(stroke, points[[0, 0]], widths[[0, 0]], now + np.array([0, _DOT / speed]))
    lengths = np.hypot(*np.diff(points, axis=0).T)
    pace = _WRITING * height * speed * _in_bends(points, lengths / height)
    return Written(stroke, points, widths, now + np.r_[0.0, np.cumsum(lengths / pace)])


def _in_bends(points: Points, lengths: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the speed in every piece between ``points``, in shares of the usual one."""
    angles = np.unwrap(np.arctan2(*np.diff(points, axis=0).T[::-1]))
    turned = np.abs(np.gradient(angles)) if len(angles) > 1 else np.zeros(1)
    around = np.pad(turned / lengths, 1, mode="edge")
    bend = 0.25 * around[:-2] + 0.5 * around[1:-1] + 0.25 * around[2:]  # 1 / radius
    radius = 1 / np.maximum(bend, 1e-6)
    return np.clip(np.cbrt(radius / _USUAL), _SLOWEST, _FASTEST)


def shares(one: Written, count: int) -> list[float]:
    """Return how much of a stroke's length is written after equal parts of its time.

    Args:
        one: the stroke.
        count: of times, the first is its beginning, the last its end.
    """
    along = np.r_[0.0, np.cumsum(np.hypot(*np.diff(one.points, axis=0).T))]
    if along[-1] == 0:
        return [k / (count - 1) for k in range(count)]
    at = np.interp(np.linspace(one.start, one.end, count), one.times, along / along[-1])
    at[0], at[-1] = 0.0, 1.0  # of a stroke too short to take any time, too
    return [float(share) for share in at]
