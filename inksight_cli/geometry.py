"""Boxes, quads and affine maps of the plane.

Coordinates are those of `inksight_cli.document`: pixels, x right, y down, the origin at the
top-left corner of the top-left pixel. Points are float64 arrays of shape (N, 2).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

Points: TypeAlias = NDArray[np.float64]


def as_points(values: ArrayLike) -> Points:
    """Return ``values`` as a float64 array of shape (N, 2); an empty input gives (0, 2)."""
    return np.asarray(values, dtype=np.float64).reshape(-1, 2)


@dataclass(frozen=True, slots=True)
class Box:
    """An upright rectangle in pixels; ``right`` and ``bottom`` are edges, not last pixels."""

    left: float
    top: float
    right: float
    bottom: float

    @classmethod
    def around(cls, points: ArrayLike) -> Box:
        """Return the smallest box around ``points`` (N, 2), N >= 1."""
        array = as_points(points)
        (left, top), (right, bottom) = array.min(axis=0), array.max(axis=0)
        return cls(float(left), float(top), float(right), float(bottom))

    @classmethod
    def union(cls, boxes: Iterable[Box]) -> Box:
        """Return the smallest box around all ``boxes`` (at least one)."""
        corners = [(b.left, b.top, b.right, b.bottom) for b in boxes]
        left, top, right, bottom = zip(*corners, strict=True)
        return cls(min(left), min(top), max(right), max(bottom))

    @property
    def width(self) -> float:
        """Width in pixels."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """Height in pixels."""
        return self.bottom - self.top

    @property
    def area(self) -> float:
        """Area in square pixels; zero for an inverted box."""
        return max(self.width, 0.0) * max(self.height, 0.0)

    @property
    def center(self) -> tuple[float, float]:
        """Centre (x, y)."""
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2

    def grown(self, dx: float, dy: float | None = None) -> Box:
        """Return the box with every side moved outwards by ``dx`` / ``dy`` pixels."""
        dy = dx if dy is None else dy
        return Box(self.left - dx, self.top - dy, self.right + dx, self.bottom + dy)

    def clipped(self, width: float, height: float) -> Box:
        """Return the part of the box inside a page of ``width`` x ``height`` pixels."""
        left, right = np.clip((self.left, self.right), 0, width)
        top, bottom = np.clip((self.top, self.bottom), 0, height)
        return Box(float(left), float(top), float(right), float(bottom))

    def intersection(self, other: Box) -> float:
        """Return the area shared with ``other`` in square pixels."""
        width = min(self.right, other.right) - max(self.left, other.left)
        height = min(self.bottom, other.bottom) - max(self.top, other.top)
        return max(width, 0.0) * max(height, 0.0)

    def iou(self, other: Box) -> float:
        """Return intersection over union with ``other``, 0..1."""
        shared = self.intersection(other)
        total = self.area + other.area - shared
        return shared / total if total > 0 else 0.0

    def pixels(self) -> tuple[slice, slice]:
        """Return (row slice, column slice) of all pixels the box touches, clipped at zero."""
        top, left = max(int(np.floor(self.top)), 0), max(int(np.floor(self.left)), 0)
        bottom, right = int(np.ceil(self.bottom)), int(np.ceil(self.right))
        return slice(top, max(bottom, top)), slice(left, max(right, left))


@dataclass(frozen=True, slots=True)
class Quad:
    """Four corners, clockwise on the screen from the text's own top-left: a rotated word box."""

    corners: tuple[
        tuple[float, float], tuple[float, float], tuple[float, float], tuple[float, float]
    ]

    @classmethod
    def from_box(cls, box: Box) -> Quad:
        """Return ``box`` as a quad of upright text."""
        return cls.from_points(
            [
                (box.left, box.top),
                (box.right, box.top),
                (box.right, box.bottom),
                (box.left, box.bottom),
            ]
        )

    @classmethod
    def from_points(cls, points: ArrayLike) -> Quad:
        """Return the quad with corners ``points`` (4, 2), in the order of the class."""
        a, b, c, d = ((float(x), float(y)) for x, y in as_points(points))
        return cls((a, b, c, d))

    @property
    def points(self) -> Points:
        """The corners as an array (4, 2)."""
        return as_points(self.corners)

    @property
    def bounds(self) -> Box:
        """The smallest upright box around the quad."""
        return Box.around(self.points)

    @property
    def angle(self) -> float:
        """Direction of the text in radians: 0 = left to right, positive = turning clockwise."""
        (ax, ay), (bx, by) = self.corners[0], self.corners[1]
        return float(np.arctan2(by - ay, bx - ax))

    @property
    def size(self) -> tuple[float, float]:
        """Length along the text and across it, in pixels (means of opposite sides)."""
        p = self.points
        sides = np.hypot(*(np.roll(p, -1, axis=0) - p).T)
        return float((sides[0] + sides[2]) / 2), float((sides[1] + sides[3]) / 2)

    @property
    def upright(self) -> bool:
        """Whether the quad is an unrotated box (to a hundredth of a pixel)."""
        box = Quad.from_box(self.bounds)
        return bool(np.abs(self.points - box.points).max() < 0.01)


@dataclass(frozen=True, slots=True)
class Affine:
    """The map (x, y) -> (a x + b y + c, d x + e y + f)."""

    a: float
    b: float
    c: float
    d: float
    e: float
    f: float

    @classmethod
    def identity(cls) -> Affine:
        """Return the map that changes nothing."""
        return cls(1, 0, 0, 0, 1, 0)

    @classmethod
    def scale_shift(cls, scale: float, dx: float, dy: float) -> Affine:
        """Return (x, y) -> scale (x, y) + (dx, dy)."""
        return cls(scale, 0, dx, 0, scale, dy)

    @classmethod
    def rotation(cls, radians: float) -> Affine:
        """Return the turn about the origin that takes the x axis to direction ``radians``."""
        cos, sin = float(np.cos(radians)), float(np.sin(radians))
        return cls(cos, -sin, 0, sin, cos, 0)

    def __call__(self, points: ArrayLike) -> Points:
        """Map ``points`` (N, 2)."""
        x, y = as_points(points).T
        # No matrix product: its last bit depends on the processor, and ties are decided by it.
        moved = [self.a * x + self.b * y + self.c, self.d * x + self.e * y + self.f]
        return np.stack(moved, axis=1)

    def __matmul__(self, first: Affine) -> Affine:
        """Return the map that does ``first`` and then this one."""
        a, b, d, e, (f, g) = self.a, self.b, self.d, self.e, (first.c, first.f)
        return Affine(
            *(a * first.a + b * first.d, a * first.b + b * first.e, a * f + b * g + self.c),
            *(d * first.a + e * first.d, d * first.b + e * first.e, d * f + e * g + self.f),
        )

    @property
    def matrix(self) -> NDArray[np.float64]:
        """The 2 x 3 matrix, as OpenCV's ``warpAffine`` takes it."""
        return np.array([[self.a, self.b, self.c], [self.d, self.e, self.f]], dtype=np.float64)

    @property
    def square(self) -> NDArray[np.float64]:
        """The 3 x 3 matrix of homogeneous coordinates."""
        return np.vstack([self.matrix, [0.0, 0.0, 1.0]])

    @property
    def scale(self) -> float:
        """Mean factor by which lengths grow (square root of the area's factor)."""
        return float(np.sqrt(abs(self.a * self.e - self.b * self.d)))

    def inverse(self) -> Affine:
        """Return the exact inverse.

        Raises:
            ValueError: the map is not invertible.
        """
        det = self.a * self.e - self.b * self.d
        if abs(det) < 1e-12:
            raise ValueError("this affine map flattens the plane and has no inverse")
        a, b, d, e = self.e / det, -self.b / det, -self.d / det, self.a / det
        return Affine(a, b, -(a * self.c + b * self.f), d, e, -(d * self.c + e * self.f))
