"""Plain text: lines in reading order, paragraphs parted by the white between them."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import BinaryIO, ClassVar

from inksight_cli.document import Document, Line, Page
from inksight_cli.formats.protocol import WriteOptions
from inksight_cli.formats.text_layout import goes_on, paragraphs


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
    return "\n".join("".join(f"{line}\n" for line in paragraph) for paragraph in said(page.lines))


def said(lines: Sequence[Line]) -> list[list[str]]:
    """Return the texts of lines by paragraph; pieces of one line, side by side, are one text."""
    return [
        [" ".join(line.text for line in row) for row in _rows(paragraph)]
        for paragraph in paragraphs([line for line in lines if line.text])
    ]


def _rows(lines: Sequence[Line]) -> list[list[Line]]:
    rows = [[lines[0]]]
    for before, line in itertools.pairwise(lines):
        if goes_on(before, line):
            rows[-1].append(line)
        else:
            rows.append([line])
    return rows
