"""PDF pages, drawn one at a time by PDFium (extra ``pdf``)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from inksight_cli.errors import MissingBackendError, UnreadableInputError
from inksight_cli.ink.types import Pixels
from inksight_cli.pages.page import PageImage
from inksight_cli.pages.page_range import PageRange

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument

POINTS_PER_INCH = 72.0


def is_pdf(data: bytes) -> bool:
    """Whether the header is there; PDF readers accept it anywhere in the first kilobyte."""
    return b"%PDF-" in data[:1024]


def open_pdf(
    data: bytes, name: str, max_pixels: int, pages: PageRange | None, dpi: float
) -> Iterator[PageImage]:
    """Yield the pages of a PDF, drawn at ``dpi``; other arguments as in `load.load_pages`.

    Only the page in hand is in memory.

    Raises:
        MissingBackendError: PDFium is not installed.
        UnreadableInputError: the file is encrypted, damaged, or has no pages; a page is too large.
    """
    document = _document(data, name)
    try:
        for number in range(1, len(document) + 1):
            if pages is None or number in pages:
                pixels = _drawn(document, number, name, max_pixels, dpi)
                yield PageImage(pixels, source=name, number=number, dpi=dpi)
    finally:
        document.close()


def count_pdf(data: bytes, name: str) -> int:
    """Return how many pages a PDF has; errors as in `open_pdf`."""
    document = _document(data, name)
    try:
        return len(document)
    finally:
        document.close()


def _document(data: bytes, name: str) -> PdfDocument:
    try:
        import pypdfium2
    except ImportError:
        raise MissingBackendError(
            "PDF files need the package pypdfium2.", "Install it: pip install 'inksight-cli[pdf]'"
        ) from None
    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise UnreadableInputError(
                f"'{name}' is encrypted.", "Remove its password first: qpdf --decrypt"
            ) from None
        raise UnreadableInputError(
            f"'{name}' is damaged: the PDF is broken, ends early or has no pages."
        ) from error


def _drawn(document: PdfDocument, number: int, name: str, max_pixels: int, dpi: float) -> Pixels:
    import pypdfium2

    try:
        page = document[number - 1]
        try:
            _check(page.get_size(), number, name, max_pixels, dpi)
            bitmap = page.render(scale=dpi / POINTS_PER_INCH, rev_byteorder=True)
            pixels = np.array(bitmap.to_numpy()[:, :, :3])
            bitmap.close()
        finally:
            page.close()
    except (pypdfium2.PdfiumError, ValueError, MemoryError) as error:
        raise UnreadableInputError(f"Page {number} of '{name}' cannot be drawn.") from error
    return pixels


def _check(size: tuple[float, float], number: int, name: str, max_pixels: int, dpi: float) -> None:
    width, height = (max(round(side * dpi / POINTS_PER_INCH), 1) for side in size)
    if width * height > max_pixels:
        raise UnreadableInputError(
            f"Page {number} of '{name}' would have {width} x {height} pixels at {dpi:g} dpi, "
            f"more than the limit of {max_pixels}.",
            f"Lower --dpi, or raise --max-pixels to {width * height}.",
        )
