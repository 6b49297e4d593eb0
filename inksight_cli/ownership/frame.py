"""A word's own axes: u along the text, v across it, both in pixels from the quad's centre."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inksight_cli.geometry import Affine, Points, Quad

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Frame:
    """An upright rectangle in axes turned by the text's direction.

    Attributes:
        to_frame: page (x, y) -> (u, v), a turn and a shift: lengths stay.
        half_length, half_height: half of the size along u and v, at least half a pixel.
    """

    to_frame: Affine
    half_length: float
    half_height: float

    @classmethod
    def of(cls, quad: Quad) -> Frame:
        """Return the rectangle that best stands for ``quad`` (exact for true rectangles)."""
        turn = Affine.rotation(-quad.angle)
        points = turn(quad.points)
        middle = (points.min(axis=0) + points.max(axis=0)) / 2
        length, height = quad.size
        shift = Affine.scale_shift(1.0, -float(middle[0]), -float(middle[1]))
        return cls(shift @ turn, max(length / 2, 0.5), max(height / 2, 0.5))

    @property
    def height(self) -> float:
        """Size across the text in pixels."""
        return 2 * self.half_height

    @property
    def length(self) -> float:
        """Size along the text in pixels."""
        return 2 * self.half_length

    def excess(self, points: Points) -> tuple[Floats, Floats]:
        """How far ``points`` (N, 2) of the page lie beyond the sides, in pixels along u and v.

        Negative inside.
        """
        at = np.abs(self.to_frame(points))
        return at[:, 0] - self.half_length, at[:, 1] - self.half_height

    def distance(self, points: Points) -> Floats:
        """Distance of ``points`` to the rectangle in pixels; 0 inside."""
        du, dv = self.excess(points)
        return np.hypot(np.maximum(du, 0), np.maximum(dv, 0))

    def depth(self, points: Points) -> Floats:
        """0 at the centre, 1 on the sides, more outside."""
        at = np.abs(self.to_frame(points))
        return np.maximum(at[:, 0] / self.half_length, at[:, 1] / self.half_height)
