"""Opening inputs as the user wants them."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, ClassVar, Literal

from inksight_cli.commands.inputs import PICTURES, STDIN
from inksight_cli.errors import UnreadableInputError

if TYPE_CHECKING:
    from inksight_cli.pages.page import PageImage


@dataclass(frozen=True, slots=True)
class Loader:
    """Opens inputs, ``-`` for stdin, as the user wants them."""

    endings: ClassVar[tuple[str, ...]] = PICTURES
    max_pixels: int | None = None
    pages: str | None = None
    dpi: float | None = None
    flatten: Literal["auto", "off"] = "off"

    def __call__(self, source: str) -> Iterator[PageImage]:
        """Yield the pages of an input."""
        from inksight_cli.flatten.sheet import flatten_page
        from inksight_cli.pages.load import MAX_PIXELS, load_pages

        pages = load_pages(
            stdin() if source == STDIN else source,
            name=source,
            max_pixels=self.max_pixels or MAX_PIXELS,
            pages=self.pages,
            dpi=self.dpi,
        )
        return (flatten_page(page, self.flatten) for page in pages)

    def origins(self, source: str) -> set[bytes]:
        """Return the SHA-256 of an input in hexadecimal, nothing where it cannot be read."""
        try:
            with Path(source).open("rb") as stream:
                return {hashlib.file_digest(stream, "sha256").hexdigest().encode()}
        except (OSError, ValueError):
            return set()

    def count(self, sources: Sequence[str]) -> int:
        """Return how many pages will come; stdin, not to be read twice, counts as one."""
        from inksight_cli.pages.load import count_pages

        return sum(1 if s == STDIN else count_pages(s, self.pages) for s in sources)


def stdin() -> BinaryIO:
    """Return stdin.

    Raises:
        UnreadableInputError: it is closed.
    """
    # None where the process was started with stdin closed.
    if sys.stdin is None:
        raise UnreadableInputError("Stdin is closed: there is nothing to read.")
    return sys.stdin.buffer
