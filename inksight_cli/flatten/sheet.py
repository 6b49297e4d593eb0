"""A photographed page made flat: its four corners found and pulled straight, its lines levelled.

Both only where the picture says so clearly: corners when the paper stands out from what it lies
on, levelling when lines of writing or rules agree on an angle. The map back to the photo is kept.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal, TypeAlias

import numpy as np

from inksight_cli.document import Photo
from inksight_cli.flatten.corners import find_corners
from inksight_cli.flatten.skew import find_skew
from inksight_cli.homography import Homography
from inksight_cli.pages.page import PageImage
from inksight_cli.pages.warp import warped

Mode: TypeAlias = Literal["auto", "off"]

LEAST_SKEW = np.deg2rad(0.3)
"""A smaller angle is not worth resampling the picture."""


def flatten_page(page: PageImage, mode: Mode = "auto") -> PageImage:
    """Flatten and level a photographed page where its picture allows; else return it unchanged.

    A page that was changed knows its photo, and how it lies on it.

    Args:
        page: the picture as loaded.
        mode: ``off`` changes nothing.
    """
    return page if mode == "off" else _levelled(_pulled_straight(page))


def _pulled_straight(page: PageImage) -> PageImage:
    corners = find_corners(page.pixels)
    if corners is None:
        return page
    sides = np.hypot(*(np.roll(corners, -1, axis=0) - corners).T)
    width, height = round(max(sides[0], sides[2])), round(max(sides[1], sides[3]))
    to_photo = Homography.between(corners, width, height)
    pixels = warped(page.pixels, to_photo, width, height)
    # Perspective has taken the scale away: how many pixels an inch has is no longer known.
    photo = Photo(page.width, page.height, to_photo, page.dpi)
    return replace(page, pixels=pixels, dpi=None, photo=photo, _ink=None)


def _levelled(page: PageImage) -> PageImage:
    skew = find_skew(page.pixels)
    if abs(skew) < LEAST_SKEW:
        return page
    turn = _turn(skew, page.width, page.height)
    pixels = warped(page.pixels, turn, page.width, page.height)
    photo = page.photo or Photo(page.width, page.height, Homography.identity(), page.dpi)
    photo = replace(photo, to_photo=photo.to_photo @ turn)
    return replace(page, pixels=pixels, photo=photo, _ink=None)


def _turn(angle: float, width: int, height: int) -> Homography:
    """Return the turn by ``angle`` radians about the centre of a page."""
    cos, sin = np.cos(angle), np.sin(angle)
    x, y = width / 2, height / 2
    matrix = [[cos, -sin, x - cos * x + sin * y], [sin, cos, y - sin * x - cos * y], [0, 0, 1]]
    return Homography(np.array(matrix))
