"""What ``detect`` does with pages: files of word boxes."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from inksight_cli.detectors import find_detector
from inksight_cli.detectors.boxfile import write_boxes
from inksight_cli.document import Page

if TYPE_CHECKING:
    from inksight_cli.detectors.protocol import Detector
    from inksight_cli.images.page import PageImage


class BoxTask:
    """Finds words.

    Args:
        name: the detector's; options: handed to it.
    """

    suffix = ".json"
    pages = True

    def __init__(self, name: str, options: dict[str, str]) -> None:
        self._name = name
        self._options = options

    def open(self) -> _Finder:
        """Make the detector; it loads its own models at the first page."""
        return _Finder(find_detector(self._name, **self._options))

    def encode(self, pages: list[Page]) -> bytes:
        """Return the pages as a file of boxes."""
        stream = io.BytesIO()
        write_boxes(pages, stream)
        return stream.getvalue()

    def describe(self, page: Page) -> dict[str, object]:
        """Return how many words were found."""
        return {"words": sum(1 for _ in page.words), "warnings": page.warnings}


class _Finder:
    def __init__(self, detector: Detector) -> None:
        self._detector = detector

    def pages(self, images: Iterable[PageImage]) -> Iterator[Page]:
        """Yield a page of words without strokes for every image."""
        for image in images:
            page = Page(image.width, image.height, self._detector.detect(image))
            page.dpi, page.sha256 = image.dpi, image.sha256
            page.source, page.number = image.source, image.number
            yield page
