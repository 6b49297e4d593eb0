"""A page at the size at which it is looked at, and what was found there back on the page."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from inksight_cli.coordinates import mapped_page
from inksight_cli.document import Page
from inksight_cli.homography import Homography
from inksight_cli.ink.scale import find_scale
from inksight_cli.pages.page import PageImage


def at_pen_scale(image: PageImage) -> PageImage:
    """Return a page enlarged or made smaller until its pen is some three pixels wide.

    Everything that looks at pixels works on that page: words, strokes and boxes are found in its
    coordinates, and `as_loaded` brings them back.
    """
    scale = find_scale(image.pixels)
    return image if scale == 1.0 else scaled(image, scale)


def scaled(image: PageImage, scale: float) -> PageImage:
    """Return a page as it was loaded ``scale`` times as large, its ink not found yet."""
    import cv2

    size = max(round(image.width * scale), 1), max(round(image.height * scale), 1)
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    pixels = np.asarray(cv2.resize(image.pixels, size, interpolation=how), dtype=np.uint8)
    zoom = (size[0] / image.width, size[1] / image.height)
    return replace(image, pixels=pixels, zoom=zoom, _ink=None)


def as_loaded(page: Page, image: PageImage) -> Page:
    """Return ``page``, found on ``image`` (see `at_pen_scale`), in pixels of the loaded page."""
    if image.zoom == (1.0, 1.0):
        return page
    across, down = image.zoom
    back = Homography(np.diag([1 / across, 1 / down, 1.0]))
    width, height = round(image.width / across), round(image.height / down)
    return replace(mapped_page(page, back), width=width, height=height)
