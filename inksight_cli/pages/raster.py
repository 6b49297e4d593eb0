"""Pictures that Pillow opens: JPEG, PNG, WebP, BMP, TIFF (all its pages), GIF, PPM, AVIF, HEIC."""

from __future__ import annotations

import contextlib
import io
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from inksight_cli.errors import InksightError, UnreadableInputError
from inksight_cli.pages.heif import is_heif, open_heif
from inksight_cli.pages.kinds import what_it_is
from inksight_cli.pages.page import PageImage
from inksight_cli.pages.page_range import PageRange
from inksight_cli.pages.pixels import believable_dpi, orientation, to_rgb, turned
from inksight_cli.pages.tiff import MOST_PAGES, as_note, complaints, is_tiff, no_complaints, walk

if TYPE_CHECKING:
    from PIL import Image

FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "DIB", "TIFF", "GIF", "PPM")
SUBFILE_TYPE = 0x00FE
_PILLOW = threading.RLock()


def open_raster(
    data: bytes,
    name: str,
    max_pixels: int,
    pages: PageRange | None = None,
    dpi: float | None = None,
) -> Iterator[PageImage]:
    """Yield the pages of the picture file ``data``; arguments as in `load.load_pages`."""
    number = 0
    for image, guard in _frames(data, name, pages):
        with guard():
            number += 1
            wanted = pages is None or number in pages
            if wanted:
                check_size(image.size, name, max_pixels)
                page = _page(image, name, number)
                page.dpi = dpi or page.dpi
        if wanted:
            yield page
            del page
        if pages and pages.last is not None and number >= pages.last:
            return


def count_raster(data: bytes, name: str) -> int:
    """Return how many pages a picture file has; no pixel is decoded.

    Raises:
        UnreadableInputError: it is no picture, or damaged.
    """
    return sum(1 for _ in _frames(data, name, None))


_Guard = Callable[[], AbstractContextManager[None]]


def _frames(
    data: bytes, name: str, pages: PageRange | None
) -> Iterator[tuple[Image.Image, _Guard]]:
    """Yield the picture once for each of its pages, standing there, and what to decode it in.

    Only TIFF holds pages; other formats' further frames are films, previews, gain maps. Its
    frames are gone through with one open picture: each anew would walk the chain from its start.
    """

    @contextlib.contextmanager
    def guard() -> Iterator[None]:
        with _quiet_pillow(), _broken_is_unreadable(data, name):
            yield

    count = _whole_chain(data, name, pages) if is_tiff(data) else 1
    with guard():
        image = _open(data)
    for frame in range(count):
        with guard():
            if frame:
                image.seek(frame)
            thumbnail = count > 1 and _is_thumbnail(image)
        if not thumbnail:
            yield image, guard


def _whole_chain(data: bytes, name: str, pages: PageRange | None) -> int:
    """Return how many frames a TIFF has.

    Raises:
        UnreadableInputError: it is cut, and what is wanted is not all before the cut.
    """
    chain = walk(data)
    if chain.count > MOST_PAGES:
        raise UnreadableInputError(f"'{name}' has more than {MOST_PAGES} pages.")
    enough = pages is not None and pages.last is not None and pages.last <= chain.count
    if not chain.whole and chain.count and not enough:
        raise UnreadableInputError(
            f"'{name}' is damaged: it breaks off after page {chain.count}.",
            f"For those before: --pages 1-{chain.count}",
        )
    return max(chain.count, 1)


def check_size(size: tuple[int, int], name: str, max_pixels: int) -> None:
    """Refuse a page of more than ``max_pixels``.

    Raises:
        UnreadableInputError: it has more.
    """
    width, height = size
    if width * height > max_pixels:
        raise UnreadableInputError(
            f"'{name}' has {width} x {height} pixels, more than the limit of {max_pixels}.",
            f"Raise it with --max-pixels {width * height}.",
        )


def _page(image: Image.Image, name: str, number: int) -> PageImage:
    with complaints() if image.format == "TIFF" else no_complaints() as said:
        image.load()
    turn = orientation(image)
    dpi = believable_dpi(image.info.get("dpi"), image.size)
    pixels = turned(to_rgb(image), turn)
    return PageImage(pixels, source=name, number=number, dpi=dpi, notes=as_note(said))


def _open(data: bytes) -> Image.Image:
    from PIL import Image

    if is_heif(data):
        return open_heif(data)
    return Image.open(io.BytesIO(data), formats=FORMATS)


def _is_thumbnail(image: Image.Image) -> bool:
    try:
        return bool(int(getattr(image, "tag_v2", {}).get(SUBFILE_TYPE, 0)) & 1)
    except (TypeError, ValueError):  # a tag of another kind
        return False


@contextlib.contextmanager
def _quiet_pillow() -> Iterator[None]:
    """No warnings, and Pillow's own size limit off: ours is checked before any pixel is read."""
    from PIL import Image

    with _PILLOW, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        limit, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, None
        try:
            yield
        finally:
            Image.MAX_IMAGE_PIXELS = limit


@contextlib.contextmanager
def _broken_is_unreadable(data: bytes, name: str) -> Iterator[None]:
    from PIL import UnidentifiedImageError

    try:
        yield
    except InksightError:
        raise
    except UnidentifiedImageError:
        raise UnreadableInputError(what_it_is(data, name)) from None
    except MemoryError:
        raise UnreadableInputError(
            f"'{name}' needs more memory than there is.", "Lower --max-pixels or shrink it."
        ) from None
    except Exception as error:  # decoders fail in every way on damaged bytes
        raise UnreadableInputError(
            f"'{name}' is damaged: the picture is broken or ends early."
        ) from error
