"""Plain text: lines in reading order, paragraphs parted by the white between them."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import BinaryIO, ClassVar

import numpy as np

from inksight_cli.document import Document, Line, Page
from inksight_cli.formats.protocol import WriteOptions

APART = 1.5
"""So many usual steps from line to line, and a paragraph begins."""
LEVEL = 0.5
"""Less than so many line heights, and it is no step: a piece of the same line."""


class TextFormat:
    """What is written, without the ink: UTF-8, a blank line between paragraphs."""

    name: ClassVar[str] = "txt"
    suffixes: ClassVar[tuple[str, ...]] = (".txt",)
    summary: ClassVar[str] = "the text alone: lines, and paragraphs by the white between"
    pages: ClassVar[bool] = True

    def write(self, document: Document, stream: BinaryIO, options: WriteOptions) -> None:
        """Write the pages, form feeds between them; nothing where no texts are wanted."""
        texts = [text_of(page) for page in document.pages] if options.text else []
        stream.write("\f".join(texts).encode("utf-8", errors="replace"))


def text_of(page: Page) -> str:
    """Return a page's text: lines end with a newline, an empty one parts paragraphs."""
    return "\n".join(
        "".join(f"{line}\n" for line in paragraph) for paragraph in paragraphs(page.lines)
    )


def paragraphs(lines: Sequence[Line]) -> list[list[str]]:
    """Return the texts of lines by paragraph.

    A paragraph ends where the next line lies farther below than lines usually do, or not below:
    in the next column. Pieces of one line, side by side, are put together.
    """
    said = [line for line in lines if line.text]
    if not said:
        return []
    steps = [_step(a, b) for a, b in itertools.pairwise(said)]
    usual = float(np.median([step for step in steps if step > LEVEL] or [1.0]))
    found = [[said[0].text]]
    for line, before, step in zip(said[1:], said, steps, strict=False):
        if abs(step) <= LEVEL and _goes_on(before, line):
            found[-1][-1] += " " + line.text
        elif LEVEL < step <= APART * usual:
            found[-1].append(line.text)
        else:
            found.append([line.text])
    return found


def _along(line: Line, other: Line) -> tuple[float, float]:
    """Return how far ``other``'s middle lies along and below ``line``'s, in its heights."""
    angle, tall = line.quad.angle, max(line.quad.size[1], 1.0)
    way = other.quad.points.mean(axis=0) - line.quad.points.mean(axis=0)
    c, s = np.cos(angle), np.sin(angle)
    return float(c * way[0] + s * way[1]) / tall, float(c * way[1] - s * way[0]) / tall


def _step(line: Line, other: Line) -> float:
    return _along(line, other)[1]


def _goes_on(line: Line, other: Line) -> bool:
    return _along(line, other)[0] > 0
