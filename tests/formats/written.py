"""A page of real ink, and files of it."""

import io
from functools import cache
from pathlib import Path

import numpy as np

from inksight_cli.document import Document, Line, Page, Stroke, Word
from inksight_cli.formats import find_writer
from inksight_cli.formats.protocol import WriteOptions
from inksight_cli.geometry import Box, Quad
from inksight_cli.pages.picture import jpeg
from tests.helpers.written_pages import cursive

DARK = "#20306a"


@cache
def page_of_ink() -> Page:
    """Six lines of four words of loops with their dots, an underline; widths vary."""
    rng = np.random.default_rng(3)
    lines = []
    for row in range(6):
        words = []
        for column in range(4):
            x, y = 60 + 180 * column, 90 + 80 * row
            path = cursive(x, y, 120, 34, 7)
            widths = 3 + np.sin(np.arange(len(path)) / 9)
            dot = Stroke([(x + 60, y - 45)], widths=[4.0], color=DARK)
            text = f"word{row}{column}"
            box = Quad.from_box(Box(x - 6, y - 48, x + 132, y + 12))
            confidence = float(rng.uniform(0.5, 1))
            words.append(Word(box, text, confidence, [Stroke(path, widths, DARK), dot]))
        low, high = words[0].box, words[-1].box
        lines.append(Line(words, Quad.from_box(Box(low.left, low.top, high.right, high.bottom))))
    underline = Stroke([(60, 530), (700, 533)], widths=[2.5, 2.5], color="#802020")
    return Page(800, 600, lines, [underline], 150.0, "page.jpg", 1, "ab" * 32)


def written(document: Document, name: str, **own: str) -> bytes:
    """Return ``document`` in a format; its photo is grey paper with a dark bar at the left."""
    stream = io.BytesIO()
    options = WriteOptions(own=own, picture=photo_of)
    find_writer(name).write(document, stream, options)
    return stream.getvalue()


def photo_of(page: Page) -> bytes:
    pixels = np.full((page.height, page.width, 3), 210, np.uint8)
    pixels[:, :20] = 40
    return jpeg(pixels)


def save(folder: Path, name: str, document: Document | None = None, **own: str) -> Path:
    path = folder / f"page.{name}"
    path.write_bytes(written(document or Document([page_of_ink()]), name, **own))
    return path
