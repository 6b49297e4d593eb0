"""What a page says, for formats of text: words and lines made plain, lines in paragraphs."""

from __future__ import annotations

import re

import numpy as np

from inksight_cli.document import Document, Line, Page, Word
from inksight_cli.formats.numbers import xml_text
from inksight_cli.formats.protocol import WriteOptions
from inksight_cli.geometry import Points, Quad

APART = 1.5
"""Times the usual distance of a page's lines: further apart, a paragraph ends."""

_CONTROLS = re.compile("[\x00-\x20\x7f-\xa0\u2028\u2029]+")


def word_text(word: Word, options: WriteOptions) -> str:
    """Return what a word says in one line, without what no text may hold; nothing if so asked."""
    return xml_text(_CONTROLS.sub(" ", word.text)).strip() if options.text else ""


def line_text(line: Line, options: WriteOptions) -> str:
    """Return what a line says, one blank between words."""
    return " ".join(filter(None, (word_text(word, options) for word in line.words)))


def paragraphs(page: Page) -> list[list[Line]]:
    """Return the page's lines in their order, split where the paper stays empty."""
    middles = [float(line.quad.points[:, 1].mean()) for line in page.lines]
    steps = np.diff(middles)
    usual = float(np.median(steps[steps > 0])) if (steps > 0).any() else 0.0
    found: list[list[Line]] = []
    for line, step in zip(page.lines, [np.inf, *steps.tolist()], strict=False):
        # What stands higher than the line before begins another column.
        if not 0 < step <= APART * usual:
            found.append([])
        found[-1].append(line)
    return found


def whole_box(quad: Quad) -> tuple[int, int, int, int]:
    """Return left, top, right, bottom in whole pixels of the picture; at least one each way."""
    low = np.maximum(np.floor(quad.points.min(axis=0)), 0)
    high = np.maximum(np.ceil(quad.points.max(axis=0)), low + 1)
    left, top, right, bottom = (int(side) for side in (*low, *high))
    return left, top, right, bottom


def outline(quad: Quad, decimals: int) -> Points:
    """Return the corners of ``quad`` (4, 2), rounded; those of its `whole_box` if it is no area."""
    points = np.round(quad.points, decimals)
    x, y = np.maximum(points, 0).T
    if abs(float(x @ np.roll(y, -1) - y @ np.roll(x, -1))) >= 1:
        return points
    left, top, right, bottom = whole_box(quad)
    return np.array([(left, top), (right, top), (right, bottom), (left, bottom)], dtype=float)


def around(lines: list[Line]) -> Quad:
    """Return the upright box around ``lines``."""
    points = np.vstack([line.quad.points for line in lines])
    (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
    return Quad.from_points([(left, top), (right, top), (right, bottom), (left, bottom)])


def software(document: Document) -> tuple[str, str]:
    """Return name and version of what made the document."""
    made = document.provenance
    return xml_text(made.tool) or "inksight", xml_text(made.version)
