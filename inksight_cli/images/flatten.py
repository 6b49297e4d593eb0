"""A photographed page made flat: its four corners found and pulled straight, its lines levelled.

Both only where the picture says so clearly: corners when the paper stands out from what it lies
on, levelling when lines of writing or rules agree on an angle. The map back to the photo is kept.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from inksight_cli.geometry import Points, as_points
from inksight_cli.images.corners import find_corners
from inksight_cli.images.page import PageImage, Pixels
from inksight_cli.images.skew import find_skew

Mode: TypeAlias = Literal["auto", "off"]

LEAST_SKEW = np.deg2rad(0.3)
"""A smaller angle is not worth resampling the picture."""


@dataclass(frozen=True, slots=True, eq=False)
class Homography:
    """A perspective map of the plane, in the coordinates of `inksight_cli.document`.

    Attributes:
        matrix: (3, 3) float64, acting on (x, y, 1).
    """

    matrix: NDArray[np.float64]

    @classmethod
    def identity(cls) -> Homography:
        """Return the map that changes nothing."""
        return cls(np.eye(3))

    @classmethod
    def between(cls, corners: Points, width: float, height: float) -> Homography:
        """Return the map from the rectangle ``width`` x ``height`` to ``corners`` (4, 2).

        Corners clockwise from the rectangle's top-left.
        """
        import cv2

        box = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float32)
        matrix = cv2.getPerspectiveTransform(box, np.asarray(corners, dtype=np.float32))
        return cls(np.asarray(matrix, dtype=np.float64))

    def __call__(self, points: ArrayLike) -> Points:
        """Map ``points`` (N, 2)."""
        array = as_points(points)
        mapped = np.column_stack([array, np.ones(len(array))]) @ self.matrix.T
        return np.asarray(mapped[:, :2] / mapped[:, 2:], dtype=np.float64)

    def __matmul__(self, first: Homography) -> Homography:
        """Return the map that does ``first`` and then this one."""
        return Homography(self.matrix @ first.matrix)

    def inverse(self) -> Homography:
        """Return the inverse."""
        return Homography(np.asarray(np.linalg.inv(self.matrix), dtype=np.float64))


@dataclass(frozen=True, slots=True, eq=False)
class Flattened:
    """A flat, level page, and the way back.

    Attributes:
        page: the page to work on.
        to_photo: its pixels -> those of the picture it came from.
    """

    page: PageImage
    to_photo: Homography


def flatten_page(page: PageImage, mode: Mode = "auto") -> Flattened:
    """Flatten and level a photographed page where its picture allows; else return it unchanged.

    Args:
        page: the picture as loaded.
        mode: ``off`` changes nothing.
    """
    if mode == "off":
        return Flattened(page, Homography.identity())
    flat = _pulled_straight(page)
    return _levelled(flat)


def _pulled_straight(page: PageImage) -> Flattened:
    corners = find_corners(page.pixels)
    if corners is None:
        return Flattened(page, Homography.identity())
    sides = np.hypot(*(np.roll(corners, -1, axis=0) - corners).T)
    width, height = round(max(sides[0], sides[2])), round(max(sides[1], sides[3]))
    to_photo = Homography.between(corners, width, height)
    pixels = _warped(page.pixels, to_photo, width, height)
    # Perspective has taken the scale away: how many pixels an inch has is no longer known.
    return Flattened(replace(page, pixels=pixels, dpi=None, _ink=None), to_photo)


def _levelled(flat: Flattened) -> Flattened:
    page = flat.page
    skew = find_skew(page.ink)
    if abs(skew) < LEAST_SKEW:
        return flat
    turn = _turn(skew, page.width, page.height)
    pixels = _warped(page.pixels, turn, page.width, page.height)
    return Flattened(replace(page, pixels=pixels, _ink=None), flat.to_photo @ turn)


def _turn(angle: float, width: int, height: int) -> Homography:
    """Return the turn by ``angle`` radians about the centre of a page."""
    cos, sin = np.cos(angle), np.sin(angle)
    x, y = width / 2, height / 2
    matrix = [[cos, -sin, x - cos * x + sin * y], [sin, cos, y - sin * x - cos * y], [0, 0, 1]]
    return Homography(np.array(matrix))


def _warped(pixels: Pixels, to_source: Homography, width: int, height: int) -> Pixels:
    """Resample ``pixels`` so that the new picture's (x, y) shows the old one's ``to_source``."""
    import cv2

    half = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1]])  # OpenCV counts from pixel centres
    matrix = np.linalg.inv(half) @ to_source.matrix @ half
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    border = cv2.BORDER_REPLICATE
    out = cv2.warpPerspective(pixels, matrix, (width, height), flags=flags, borderMode=border)
    return np.asarray(out, dtype=np.uint8)
