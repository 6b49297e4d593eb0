"""Words that another program, or a person, has found: ``--detector boxes --boxes FILE``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path, PurePath
from typing import ClassVar

import numpy as np

from inksight_cli.coordinates import mapped_quad
from inksight_cli.detectors.boxes.boxfile import read_boxes
from inksight_cli.detectors.boxes.given import (
    GivenLine,
    GivenPage,
    line_around,
    on_page,
    scaled,
)
from inksight_cli.document import Line, Word
from inksight_cli.errors import UnreadableInputError, UsageError
from inksight_cli.files import is_file, read_regular
from inksight_cli.geometry import Quad
from inksight_cli.homography import Homography
from inksight_cli.pages.page import PageImage

LARGEST_FILE = 1 << 26  # bytes
SAME_SHAPE = 0.02  # how far the two scales of a page may be apart for it to be the same picture


class BoxesDetector:
    """Takes the words from a file: our JSON, hOCR, ALTO or PAGE-XML.

    Lines of which the file knows no words are split by the ink. Boxes made on a smaller or
    larger copy of the picture are scaled to fit; those of a photo find their place on the page
    that was flattened from it.

    Args:
        boxes: the file.
    """

    name: ClassVar[str] = "boxes"
    summary: ClassVar[str] = "word boxes from a file: JSON, hOCR, ALTO, PAGE-XML"
    given: ClassVar[str] = "needs a file of word boxes: --boxes FILE"

    def __init__(self, boxes: str | Path | None = None) -> None:
        self.path = None if boxes is None else Path(boxes)
        self._pages: list[GivenPage] | None = None

    def missing(self) -> str | None:
        """Return None when there is a file to read, else what to give."""
        if self.path is None:
            return "No file of word boxes is given. Give one: --boxes FILE"
        return None if is_file(self.path) else f"There is no file {self.path}."

    def detect(self, page: PageImage) -> list[Line]:
        """Return the lines that the file has for ``page``, in the file's order.

        Raises:
            UsageError: no file is given.
            UnreadableInputError: the file is missing or broken, or has no boxes for this page.
        """
        given = self._find(page)
        to_page = self._place(given, page)

        def place(quad: Quad) -> Quad | None:
            return on_page(to_page(quad), page.width, page.height)

        lines, lost = [], 0
        for line in given.lines:
            quad = place(line.quad)
            words, off = _words(line, place)
            lost += off + (quad is None and not line.words)
            if quad is not None and not line.words:
                words = _split(line, quad, page)
            if words:
                lines.append(Line(words, quad or line_around(words)))
        page.notes += _notes(self.path, given, lost)
        return lines

    def _read(self) -> list[GivenPage]:
        if self._pages is None:
            if self.path is None:
                raise UsageError("No file of word boxes is given.", "Give one: --boxes FILE")
            try:
                data = read_regular(self.path, LARGEST_FILE)
            except OSError as error:
                raise UnreadableInputError(
                    f"The file {self.path} cannot be read: {error.strerror or error}."
                ) from error
            self._pages = read_boxes(data, self.path.name)
        return self._pages

    def _find(self, page: PageImage) -> GivenPage:
        pages = self._read()
        name = PurePath(page.source).name
        same = [p for p in pages if p.source and PurePath(p.source).name == name]
        # A file about one picture serves any name: people rename and convert their pictures.
        if not same and len({p.source for p in pages}) <= 1:
            same = pages
        for each in same:
            if each.number == page.number:
                return each
        raise UnreadableInputError(
            f"{self.path} has no boxes for page {page.number} of {page.source or 'the picture'}."
        )

    def _place(self, given: GivenPage, page: PageImage) -> Callable[[Quad], Quad]:
        """Return what brings a quad of the file to its place on ``page``."""
        photo = page.photo
        if given.flat and photo is None:
            raise UnreadableInputError(
                f"The boxes in {self.path} are of a flattened page.",
                "Flatten it here as well: --flatten auto",
            )
        across, down = page.zoom
        if given.flat or photo is None:
            sx, sy = self._scales(given, page, page.width / across, page.height / down)
            return lambda quad: scaled(quad, sx * across, sy * down)
        sx, sy = self._scales(given, page, photo.width, photo.height)
        to_page = Homography(np.diag([across, down, 1.0])) @ photo.to_photo.inverse()
        return lambda quad: mapped_quad(scaled(quad, sx, sy), to_page)

    def _scales(
        self, given: GivenPage, page: PageImage, width: float, height: float
    ) -> tuple[float, float]:
        if not given.width or not given.height:
            return 1.0, 1.0
        sx, sy = width / given.width, height / given.height
        if abs(sx / sy - 1) > SAME_SHAPE:
            raise UnreadableInputError(
                f"The boxes in {self.path} are of a page of {given.width:g} x {given.height:g}, "
                f"but {page.source or 'the picture'} has {width:g} x {height:g} pixels.",
                "They must come from the same picture, upright.",
            )
        return sx, sy


def _words(line: GivenLine, place: Callable[[Quad], Quad | None]) -> tuple[list[Word], int]:
    """Return a line's words where they lie on the page, and how many lie off it."""
    words = []
    for word in line.words:
        quad = place(word.quad)
        if quad is not None:
            words.append(Word(quad, text=word.text, confidence=word.confidence))
    return words, len(line.words) - len(words)


def _notes(path: Path | None, given: GivenPage, lost: int) -> list[str]:
    notes = []
    if given.of_lines:
        notes.append(f"the boxes in {path} are of lines, not of words: the ink parts the words")
    if lost:
        one = "1 box lies off the page and is left out"
        notes.append(one if lost == 1 else f"{lost} boxes lie off the page and are left out")
    return notes


def _split(line: GivenLine, quad: Quad, page: PageImage) -> list[Word]:
    from inksight_cli.detectors.embedded.marks import ink_of_lines
    from inksight_cli.detectors.embedded.reading import RawLine
    from inksight_cli.detectors.embedded.split import split_line

    letters = [letter for letter in line.text if not letter.isspace()]
    after = [i > 0 and line.text[i - 1].isspace() for i, c in enumerate(line.text) if c.strip()]
    places = tuple((letter, (i + 0.5) / len(letters)) for i, letter in enumerate(letters))
    inks, _ = ink_of_lines(page.ink.mask, [quad])
    words = split_line(RawLine(quad, places, tuple(after), 1.0), inks[0])
    said = line.text.split()
    for index, word in enumerate(words):
        word.confidence = None
        if len(said) == len(words):  # each place was a guess from the line's length
            word.text = said[index]
    return words or [Word(quad, text=line.text)]
