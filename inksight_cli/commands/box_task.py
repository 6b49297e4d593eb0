"""What ``detect`` does with pages: files of word boxes."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from inksight_cli.commands.loader import source_hash
from inksight_cli.commands.notices import notices
from inksight_cli.coordinates import Coordinates, in_coordinates
from inksight_cli.detectors import find_detector
from inksight_cli.detectors.boxes.boxfile import write_boxes
from inksight_cli.document import Page
from inksight_cli.pipeline import find_words

if TYPE_CHECKING:
    from inksight_cli.commands.making import Encoder, Result
    from inksight_cli.detectors.protocol import Detector
    from inksight_cli.pages.page import PageImage


class BoxTask:
    """Finds words.

    Args:
        name: the detector's; options: handed to it.
        coordinates: whose pixels the boxes are in.
    """

    suffixes: tuple[str, ...] = (".json",)
    pages = True
    reads_pictures = True

    def __init__(self, name: str, options: dict[str, Any], coordinates: Coordinates) -> None:
        self._name = name
        self._coordinates: Coordinates = coordinates
        self._options = options
        self.encoders: Sequence[Encoder] = (self,)

    def announce(self, pages: Callable[[], int]) -> Iterator[str]:
        """Yield where pictures go and what that costs, if they go anywhere."""
        return notices(self._name, self._options, pages)

    def open(self) -> Finder:
        """Make the detector; it loads its own models at the first page."""
        detector = find_detector(self._name, **self._options)
        return Finder(detector, self._options.get("script", ""))

    def notes(self) -> list[str]:
        """Return nothing: detectors say what they have to say of a page."""
        return []

    def choices(self) -> dict[str, object]:
        """Return all that decides what is written."""
        boxes = source_hash(self._options.get("boxes", "")).decode()
        return {
            **self._options,
            "detector": self._name,
            "boxes": boxes,
            "coordinates": self._coordinates,
        }

    def encode(self, results: Sequence[Result]) -> bytes:
        """Return the pages as a file of boxes."""
        stream = io.BytesIO()
        write_boxes([in_coordinates(each.page, self._coordinates) for each in results], stream)
        return stream.getvalue()

    def picture(self, image: PageImage) -> None:
        """Return nothing: boxes are written without their picture."""

    def describe(self, page: Page) -> dict[str, object]:
        """Return how many words were found."""
        return {"words": sum(1 for _ in page.words), "warnings": page.warnings}


class Finder:
    """Finds words, and leaves it at that."""

    def __init__(self, detector: Detector, script: str) -> None:
        self._detector, self._script = detector, script

    def pages(self, images: Iterable[PageImage]) -> Iterator[Page]:
        """Yield a page of words without strokes for every image."""
        for image in images:
            yield find_words(self._detector, image, self._script)
