"""PDF pages, drawn one at a time by PDFium (extra ``pdf``)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from inksight_cli.errors import MissingBackendError, UnreadableInputError
from inksight_cli.ink.types import Pixels
from inksight_cli.pages.kinds import is_picture
from inksight_cli.pages.page import PageImage
from inksight_cli.pages.page_range import PageRange
from inksight_cli.pages.pdf_process import SECONDS, FellError, Pdf, open_process
from inksight_cli.pages.pdf_worker import POINTS_PER_INCH


def is_pdf(data: bytes) -> bool:
    """Whether the header is there; PDF readers accept it anywhere in the first kilobyte.

    A picture may hold it in a comment, and stays a picture.
    """
    return b"%PDF-" in data[:1024] and not is_picture(data)


def open_pdf(
    data: bytes, name: str, max_pixels: int, pages: PageRange | None, dpi: float
) -> Iterator[PageImage]:
    """Yield the pages of a PDF, drawn at ``dpi``; other arguments as in `load.load_pages`.

    Only the page in hand is in memory.

    Raises:
        MissingBackendError: PDFium is not installed.
        UnreadableInputError: the file is encrypted, damaged, or has no pages; a page is too large,
            cannot be drawn, or only with more time and memory than a page may take.
    """
    with _opened(data, name) as pdf:
        for number in range(1, pdf.pages + 1):
            if pages is None or number in pages:
                pixels = _drawn(pdf, number, name, max_pixels, dpi)
                yield PageImage(pixels, source=name, number=number, dpi=dpi)


def count_pdf(data: bytes, name: str) -> int:
    """Return how many pages a PDF has; errors as in `open_pdf`."""
    with _opened(data, name) as pdf:
        return pdf.pages


@contextmanager
def _opened(data: bytes, name: str) -> Iterator[Pdf]:
    try:
        import pypdfium2  # noqa: F401
    except ImportError:
        raise MissingBackendError(
            "PDF files need the package pypdfium2.", "Install it: pip install 'inksight-cli[pdf]'"
        ) from None
    try:
        pdf = open_process(data)
    except FellError:
        raise UnreadableInputError(
            f"'{name}' cannot be opened: PDFium falls over it, or needs more than {SECONDS} s."
        ) from None
    try:
        if pdf.error == "password":
            raise UnreadableInputError(
                f"'{name}' is encrypted.", "Remove its password first: qpdf --decrypt"
            )
        if pdf.error or not pdf.pages:
            raise UnreadableInputError(
                f"'{name}' is damaged: the PDF is broken, ends early or has no pages."
            )
        yield pdf
    finally:
        pdf.close()


def _drawn(pdf: Pdf, number: int, name: str, max_pixels: int, dpi: float) -> Pixels:
    try:
        said, _ = pdf.ask(0, page=number)
        if "error" not in said:
            width, height = said["size"]
            _check((width, height), number, name, max_pixels, dpi)
            said, pixels = pdf.ask(_pixels((width, height), dpi), page=number, dpi=dpi)
    except FellError:
        raise UnreadableInputError(
            f"Page {number} of '{name}' cannot be drawn within {SECONDS} s and 1 GB of memory."
        ) from None
    if "error" in said:
        raise UnreadableInputError(f"Page {number} of '{name}' cannot be drawn.")
    width, height, stride = said["shape"]
    rows = np.frombuffer(pixels, np.uint8).reshape(height, stride)
    return np.ascontiguousarray(rows[:, : 3 * width].reshape(height, width, 3))


def _pixels(size: tuple[float, float], dpi: float) -> int:
    width, height = (max(round(side * dpi / POINTS_PER_INCH), 1) for side in size)
    return width * height


def _check(size: tuple[float, float], number: int, name: str, max_pixels: int, dpi: float) -> None:
    width, height = (max(round(side * dpi / POINTS_PER_INCH), 1) for side in size)
    if width * height > max_pixels:
        raise UnreadableInputError(
            f"Page {number} of '{name}' would have {width} x {height} pixels at {dpi:g} dpi, "
            f"more than the limit of {max_pixels}.",
            f"Lower --dpi, or raise --max-pixels to {width * height}.",
        )
