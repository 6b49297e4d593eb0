"""Files, bytes and streams become upright RGB pages.

What a file is, its content says; its suffix is never asked. Pages come one at a time, so a long
document never lies in memory as pictures.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, TypeAlias

from inksight_cli.errors import TooManyPagesError, UnreadableInputError, UsageError
from inksight_cli.pages.page import PageImage
from inksight_cli.pages.page_range import PageRange

Source: TypeAlias = str | Path | bytes | BinaryIO

MAX_PIXELS = 52_000_000
"""Pixels of the largest page opened unless told otherwise: a phone's 50 MP, A4 at 600 dpi; to find
its ink takes up to 2 GB."""

MOST_BYTES = 1 << 30
"""Bytes of the largest file."""

PDF_DPI = 300.0
"""What a scanner would take: a pen of 0.5 mm is 6 pixels wide."""


def load_pages(
    source: Source,
    *,
    name: str | None = None,
    max_pixels: int = MAX_PIXELS,
    pages: PageRange | str | None = None,
    dpi: float | None = None,
) -> Iterator[PageImage]:
    """Yield the pages of one file, upright, in order.

    Args:
        source: a path, the file's bytes, or an open binary stream (read to its end).
        name: what messages and `PageImage.source` call it; by default the path as given, ``-``
            for a stream without a name.
        max_pixels: the most pixels one page may have.
        pages: which pages, as ``3-7,9``; all by default.
        dpi: pixels per inch: those at which a PDF is drawn, else 300; of a picture, which keeps
            its pixels, those that count instead of what the file says.

    Raises:
        UnreadableInputError: the input is missing, empty, broken, too large, no picture, or has
            none of the pages asked for.
        MissingBackendError: this kind of file needs an extra that is not installed.
        UsageError: ``pages`` is no page range, or a limit makes no sense.
    """
    wanted = PageRange.parse(pages) if isinstance(pages, str) else pages
    if max_pixels < 1:
        raise UsageError("--max-pixels must be at least 1.")
    if dpi is not None and not 10 <= dpi <= 4800:
        raise UsageError("--dpi must be between 10 and 4800.")
    label = _label(source) if name is None else name
    data = _read(source, label)
    digest = hashlib.sha256(data).hexdigest()
    found = False
    for page in _open(data, label, max_pixels, wanted, dpi):
        found = True
        page.sha256 = digest
        yield page
    if not found:
        raise UnreadableInputError(f"'{label}' has no page {wanted}.")


def page_numbers(source: Source, pages: PageRange | str | None = None) -> list[int]:
    """Return the numbers of the pages that `load_pages` would yield, none of them drawn.

    Of what is neither PDF nor TIFF only the first bytes are looked at: it has one page.

    Raises:
        UnreadableInputError: it cannot be read, or has no pages.
        TooManyPagesError: more than `MOST_PAGES` are asked for.
    """
    from inksight_cli.pages.pdf import count_pdf, is_pdf
    from inksight_cli.pages.raster import count_raster
    from inksight_cli.pages.tiff import MOST_PAGES, is_tiff

    wanted = PageRange.parse(pages) if isinstance(pages, str) else pages
    label = _label(source)
    head = _head(source) if isinstance(source, str | Path) else None
    count = 1
    if head is None or is_pdf(head) or is_tiff(head):
        data = _read(source, label)
        count = (count_pdf if is_pdf(data) else count_raster)(data, label)
    numbers = [number for number in range(1, count + 1) if wanted is None or number in wanted]
    if len(numbers) > MOST_PAGES:
        raise TooManyPagesError(
            f"'{label}' has more than {MOST_PAGES} pages.", "Say which: --pages 1-100"
        )
    return numbers


def _head(path: str | Path) -> bytes | None:
    """Return the first kilobyte of a regular file, None for everything else."""
    try:
        if not stat.S_ISREG(Path(path).stat().st_mode):
            return None
        with Path(path).open("rb") as stream:
            return stream.read(1024)
    except (OSError, ValueError):
        return None


def read_stream(stream: BinaryIO, name: str) -> bytes:
    """Return all that is in a binary stream.

    Raises:
        UnreadableInputError: it cannot be read, is empty or too large.
    """
    return _read(stream, name)


def _open(
    data: bytes, name: str, max_pixels: int, pages: PageRange | None, dpi: float | None
) -> Iterator[PageImage]:
    from inksight_cli.pages.pdf import is_pdf, open_pdf
    from inksight_cli.pages.raster import open_raster

    if is_pdf(data):
        return open_pdf(data, name, max_pixels, pages, dpi or PDF_DPI)
    return open_raster(data, name, max_pixels, pages, dpi)


def _label(source: Source) -> str:
    if isinstance(source, str | Path):
        return str(source)
    stream_name = getattr(source, "name", None)
    return stream_name if isinstance(stream_name, str) and "<" not in stream_name else "-"


def _read(source: Source, name: str) -> bytes:
    """Return all bytes of ``source``; never an empty answer."""
    try:
        if isinstance(source, bytes):
            data = source
        elif isinstance(source, str | Path):
            data = _read_path(Path(source), name)
        else:
            data = source.read(MOST_BYTES + 1)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise UnreadableInputError(f"'{name}' cannot be read: {reason}.") from error
    except ValueError as error:  # a NUL in a path, a closed stream
        raise UnreadableInputError(f"'{name}' cannot be read: {error}.") from error
    if not isinstance(data, bytes):
        raise UsageError(f"'{name}' is a text stream.", "Open it in binary mode.")
    if not data:
        raise UnreadableInputError(f"'{name}' is empty (0 bytes).")
    if len(data) > MOST_BYTES:
        raise _too_large(name)
    return data


def _read_path(path: Path, name: str) -> bytes:
    try:
        status = path.stat()
    except FileNotFoundError:
        raise UnreadableInputError(f"There is no file '{name}'.") from None
    mode = status.st_mode
    if stat.S_ISDIR(mode) and not os.access(path, os.R_OK | os.X_OK):
        raise UnreadableInputError(f"The folder '{name}' cannot be looked into.")
    if stat.S_ISDIR(mode):
        raise UnreadableInputError(f"'{name}' is a folder, not a picture.")
    if stat.S_ISCHR(mode) or stat.S_ISBLK(mode):  # /dev/zero never ends
        raise UnreadableInputError(f"'{name}' is a device, not a picture.")
    if status.st_size > MOST_BYTES:  # perhaps all holes
        raise _too_large(name)
    # Asking for the most would take as much memory at once, whatever there is to read.
    ask = status.st_size if stat.S_ISREG(mode) and status.st_size else MOST_BYTES
    with path.open("rb") as stream:
        return stream.read(ask + 1)


def _too_large(name: str) -> UnreadableInputError:
    return UnreadableInputError(f"'{name}' has more than {MOST_BYTES >> 20} MB.")
