"""Opening inputs as the user wants them."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal

from inksight_cli.commands.inputs import PICTURES, STDIN
from inksight_cli.errors import TooManyPagesError, UnreadableInputError
from inksight_cli.files import is_pipe

if TYPE_CHECKING:
    from inksight_cli.commands.units import PageUnit
    from inksight_cli.pages.page import PageImage
    from inksight_cli.pages.page_range import PageRange


@dataclass(frozen=True, slots=True)
class Loader:
    """Opens inputs, ``-`` for stdin, as the user wants them."""

    endings: ClassVar[tuple[str, ...]] = PICTURES
    max_pixels: int | None = None
    pages: str | None = None
    dpi: float | None = None
    flatten: Literal["auto", "off"] = "off"

    def __call__(self, source: str, pages: PageRange | None = None) -> Iterator[PageImage]:
        """Yield the pages of an input: those the user wants, or ``pages``."""
        from inksight_cli.flatten.sheet import flatten_page
        from inksight_cli.pages.load import MAX_PIXELS, load_pages

        images = load_pages(
            _content(source),
            name=source,
            max_pixels=self.max_pixels or MAX_PIXELS,
            pages=pages or self.pages,
            dpi=self.dpi,
        )
        return (flatten_page(image, self.flatten) for image in images)

    def numbers(self, source: str) -> list[int]:
        """Return the numbers of the pages that the user wants; of a broken input none.

        Only PDFs and TIFFs are read for it: nothing else has more than one.
        """
        from inksight_cli.pages.load import page_numbers

        try:
            return page_numbers(_content(source), self.pages)
        except TooManyPagesError:
            raise
        except UnreadableInputError:
            return []

    def reader(self, ahead: bool) -> PageReader:
        """Return what opens pages one by one (`PageReader`)."""
        return PageReader(self, ahead)

    def choices(self) -> dict[str, object]:
        """Return all that decides what is loaded."""
        return asdict(self)

    def origins(self, source: str) -> set[bytes]:
        """Return the SHA-256 of an input in hexadecimal, nothing where it cannot be read."""
        return {source_hash(source)} - {b""}

    def count(self, sources: Sequence[str]) -> int:
        """Return how many pages will come."""
        return sum(len(self.numbers(source)) for source in sources)


class PageReader:
    """Opens pages one by one.

    Args:
        load: opens inputs.
        ahead: whether the pages of an input are asked for in their order, by nobody else: then
            the input is opened once.
    """

    def __init__(self, load: Loader, ahead: bool) -> None:
        self._load = load
        self._ahead = ahead
        self._open: Iterator[PageImage] = iter(())
        self._source = ""

    def __call__(self, unit: PageUnit) -> Iterator[PageImage]:
        """Yield the page that is asked for."""
        if unit.number is None:  # which tells why
            return self._load(unit.source)
        return self._page(unit.source, unit.number)

    def _page(self, source: str, number: int) -> Iterator[PageImage]:
        page = next(self._open, None) if source == self._source else None
        if page is None or page.number != number:
            last = None if self._ahead else number
            self._open = self._load(source, self._from(number, last))
            self._source = source
            page = next(self._open)
        if not self._ahead:
            self._source = ""
            next(self._open, None)  # which closes it
        yield page

    def _from(self, first: int, last: int | None) -> PageRange:
        """Return those of the user's pages that are between ``first`` and ``last``."""
        from inksight_cli.pages.page_range import PageRange

        if last is not None or self._load.pages is None:
            return PageRange(((first, last),))
        spans = PageRange.parse(self._load.pages).spans
        return PageRange(tuple((max(a, first), b) for a, b in spans if b is None or b >= first))


def source_hash(source: str) -> bytes:
    """Return the SHA-256 of an input in hexadecimal, empty where it cannot be read."""
    try:
        with Path(source).open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest().encode()
    except (OSError, ValueError):
        return b""


def _content(source: str) -> str | bytes:
    """Return what to read: the name of a file, or what came through a stream, read once."""
    if source == STDIN:
        return stdin()
    return _piped(source) if is_pipe(source) else source


@cache
def _piped(source: str) -> bytes:
    from inksight_cli.pages.load import read_stream

    with Path(source).open("rb") as stream:
        return read_stream(stream, source)


@cache
def stdin() -> bytes:
    """Return all that stdin has to say; it is read once, and the pages are counted as well.

    Raises:
        UnreadableInputError: it is closed, or empty.
    """
    from inksight_cli.pages.load import read_stream

    if sys.stdin is None:  # closed before the process began
        raise UnreadableInputError("Stdin is closed: there is nothing to read.")
    return read_stream(sys.stdin.buffer, STDIN)
