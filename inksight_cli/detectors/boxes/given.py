"""Word boxes that come from a file: what every such format boils down to."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from inksight_cli import incoming
from inksight_cli.document import Word
from inksight_cli.geometry import Affine, Box, Points, Quad, as_points

LONG = 8.0  # times its height: no word is as long, as a rule


@dataclass(slots=True)
class GivenLine:
    """A line from a file.

    Attributes:
        quad: in the file's own units.
        words: in reading order; empty when the file knows only the line.
        text: of the whole line, where the file has no words.
    """

    quad: Quad
    words: list[Word] = field(default_factory=list)
    text: str = ""


@dataclass(slots=True)
class GivenPage:
    """A page from a file.

    Attributes:
        lines: in the file's order, which is taken for the reading order.
        width, height: of the page in the file's units, None where it does not say.
        source: the picture's file name as the file gives it, or empty.
        number: 1-based page.
        flat: whether the places are those of the flattened page; else of the photo, which is all
            that other programs see.
        of_lines: whether the file calls words what are lines.
    """

    lines: list[GivenLine] = field(default_factory=list)
    width: float | None = None
    height: float | None = None
    source: str = ""
    number: int = 1
    flat: bool = False
    of_lines: bool = False

    @property
    def count(self) -> int:
        """How many boxes it has."""
        return sum(max(len(line.words), 1) for line in self.lines)


def side(value: object) -> float:
    """Return the width or height of a page that a file tells.

    Raises:
        ValueError: it is none.
    """
    return incoming.number(value, "side of a page", 0.01)


def as_lines(page: GivenPage) -> None:
    """Take what a file calls words for lines where they are lines.

    Programs that read whole lines (eScriptorium) write one ``String`` a line, with blanks in it,
    which no word has; where they have read nothing yet, each is as long as a line.
    """
    lone = [line for line in page.lines if len(line.words) == 1]
    texts = [line.words[0].text for line in lone]
    if any(len(text.split()) > 1 for text in texts) or _long_and_silent(page.lines, texts):
        for line in lone:
            line.text, line.words = line.words[0].text, []
        page.of_lines = True


def _long_and_silent(lines: list[GivenLine], texts: list[str]) -> bool:
    if len(texts) < max(len(lines), 2) or any(texts):
        return False
    lengths = [length / max(height, 0.01) for length, height in (x.quad.size for x in lines)]
    return float(np.median(lengths)) > LONG


def line_around(words: list[Word]) -> Quad:
    """Return the upright quad around ``words`` (at least one)."""
    return Quad.from_box(Box.union(word.box for word in words))


def quad_of_polygon(points: Points) -> Quad:
    """Return the quad of a polygon (N, 2), N >= 3, that some other program drew.

    A proper rectangle keeps its corners and so its direction; anything else gives the smallest
    rectangle around it, turned by less than an eighth where that loses little.
    """
    if len(points) == 4 and _is_rectangle(points):
        return Quad.from_points(points)
    import cv2

    upright = Box.around(points)
    (cx, cy), (width, height), degrees = cv2.minAreaRect(points.astype(np.float32))
    if width * height > 0.75 * upright.area:
        return Quad.from_box(upright)
    angle = float(np.radians(degrees))
    if angle > np.pi / 4:
        angle, width, height = angle - np.pi / 2, height, width
    half = Box(-width / 2, -height / 2, width / 2, height / 2)
    turn = Affine(1, 0, cx, 0, 1, cy) @ Affine.rotation(angle)
    return Quad.from_points(turn(Quad.from_box(half).points))


def on_page(quad: Quad, width: int, height: int) -> Quad | None:
    """Return the part of ``quad`` on a page, None where that is less than a pixel.

    A box that is not level is left whole where it reaches over the edge.
    """
    part = quad.bounds.clipped(width, height)
    if part.width < 1 or part.height < 1:
        return None
    return Quad.from_box(part) if quad.upright else quad


def _is_rectangle(points: Points) -> bool:
    sides = np.roll(points, -1, axis=0) - points
    lengths = np.hypot(*sides.T)
    if lengths.min() <= 0:
        return False
    (ax, ay), (bx, by) = sides[0], sides[1]
    clockwise = ax * by - ay * bx > 0
    slack = 0.15 * lengths.min()
    closed = np.abs(points[0] + points[2] - points[1] - points[3]).max() <= slack
    square = abs(float(sides[0] @ sides[1])) <= 0.15 * lengths[0] * lengths[1]
    return bool(clockwise and closed and square)


def scaled(quad: Quad, sx: float, sy: float) -> Quad:
    """Return ``quad`` with x multiplied by ``sx`` and y by ``sy``."""
    return Quad.from_points(as_points(quad.points * (sx, sy)))
