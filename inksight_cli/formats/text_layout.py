"""What a page says, for formats of text: words and lines made plain, lines in paragraphs."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

import numpy as np

from inksight_cli.document import Document, Line, Word
from inksight_cli.formats.numbers import xml_text
from inksight_cli.formats.protocol import WriteOptions
from inksight_cli.geometry import Points, Quad

APART = 1.5
"""Times the usual distance of a page's lines: further apart, a paragraph ends."""
LEVEL = 0.5
"""Less than so many line heights lower, and it is no next line: a piece of the same one."""

_CONTROLS = re.compile("[\x00-\x20\x7f-\xa0\u2028\u2029]+")


def word_text(word: Word, options: WriteOptions) -> str:
    """Return what a word says in one line, without what no text may hold; nothing if so asked."""
    return xml_text(plain(word.text)).strip() if options.text else ""


def line_text(line: Line, options: WriteOptions) -> str:
    """Return what a line says, one blank between words."""
    return " ".join(filter(None, (word_text(word, options) for word in line.words)))


def plain(text: str) -> str:
    """Return ``text`` in one line: a blank in place of control characters and line ends."""
    return _CONTROLS.sub(" ", text).strip()


def paragraphs(lines: Sequence[Line]) -> list[list[Line]]:
    """Return lines in their order, split where the paper stays empty.

    A paragraph ends where the next line lies farther below than lines usually do, or not below:
    in the next column. Pieces of one line, side by side, stay together (`goes_on`).
    """
    steps = [_step(a, b) for a, b in itertools.pairwise(lines)]
    usual = float(np.median([step for step in steps if step > LEVEL] or [1.0]))
    found: list[list[Line]] = []
    for k, line in enumerate(lines):
        together = k > 0 and (LEVEL < steps[k - 1] <= APART * usual or goes_on(lines[k - 1], line))
        if not together:
            found.append([])
        found[-1].append(line)
    return found


def goes_on(line: Line, other: Line) -> bool:
    """Return whether ``other`` is a further piece of the same line of writing as ``line``."""
    along, below = _way(line, other)
    return along > 0 and abs(below) <= LEVEL


def _step(line: Line, other: Line) -> float:
    return _way(line, other)[1]


def _way(line: Line, other: Line) -> tuple[float, float]:
    """Return how far ``other``'s middle lies along and below ``line``'s, in its heights."""
    angle, tall = line.quad.angle, max(line.quad.size[1], 1.0)
    way = other.quad.points.mean(axis=0) - line.quad.points.mean(axis=0)
    c, s = np.cos(angle), np.sin(angle)
    return float(c * way[0] + s * way[1]) / tall, float(c * way[1] - s * way[0]) / tall


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
    return xml_text(made.maker) or "inksight", xml_text(made.version)
