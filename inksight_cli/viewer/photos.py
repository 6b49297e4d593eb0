"""Pictures of pages on their way into the browser."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np

from inksight_cli.document import Page
from inksight_cli.pages.again import find_photo
from inksight_cli.pages.page import PageImage
from inksight_cli.pages.picture import jpeg

SMALL = 240
"""Pixels across of the pictures in the strip."""


class Photos:
    """Pictures of a shelf's pages; the last few are kept."""

    def __init__(self, most: int = 4) -> None:
        self.of = lru_cache(most)(self._of)

    def _of(self, key: PhotoKey) -> PageImage:
        return find_photo(key.page, key.folder)


class PhotoKey:
    """A page and its folder, alike if the page is made from the same picture in the same way."""

    def __init__(self, page: Page, folder: Path) -> None:
        self.page = page
        self.folder = folder
        photo = page.photo.to_photo.matrix.tobytes() if page.photo else None
        size = (page.width, page.height)
        self._facts = (page.source, page.number, page.sha256, size, page.dpi, photo, folder)

    def __hash__(self) -> int:
        return hash(self._facts)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PhotoKey) and self._facts == other._facts


def file_of(image: PageImage, most: int | None = None) -> bytes:
    """Return a picture as a JPEG file, ``most`` pixels across if it is larger.

    Raises:
        OutputError: it is larger than JPEG can hold.
    """
    import cv2

    if not most or image.width <= most:
        return jpeg(image.pixels)
    size = (most, max(round(image.height * most / image.width), 1))
    small = cv2.resize(image.pixels, size, interpolation=cv2.INTER_AREA)
    return jpeg(np.asarray(small, dtype=np.uint8))
