"""Pages of ink become files in a format, for all commands that write ink."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from inksight_cli.document import Document, Page
from inksight_cli.errors import OutputError

if TYPE_CHECKING:
    from inksight_cli.commands.making import Result
    from inksight_cli.commands.outputs import Output


class InkEncoder:
    """Makes one output's files.

    Args:
        output: the format and its options.
        document: makes of pages, in order, the document that is written.
    """

    def __init__(self, output: Output, document: Callable[[Iterable[Page]], Document]) -> None:
        self.suffixes = output.writer.suffixes
        self.pages = output.writer.pages
        self._output = output
        self._document = document

    def encode(self, results: Sequence[Result]) -> bytes:
        """Return the pages in the output's format."""
        document = self._document(result.page for result in results)
        # In other colours or coordinates pages are others than those that were found.
        written = zip(document.pages, results, strict=True)
        pictures = {id(page): partial(_picture, page, result) for page, result in written}
        return self._output.encode(document, lambda page: pictures[id(page)]())


def amount_of_ink(page: Page) -> dict[str, object]:
    """Return what a report says of a page's ink."""
    return {"words": sum(1 for _ in page.words), "strokes": sum(1 for _ in page.strokes)}


def _picture(page: Page, result: Result) -> bytes:
    from inksight_cli.pages.picture import as_taken

    if result.picture is None:
        raise OutputError("The picture of this page was not kept.")
    flat = result.page.photo
    return as_taken(result.picture(), flat) if flat and not page.photo else result.picture()
