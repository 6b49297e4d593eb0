"""Pictures that Pillow opens: JPEG, PNG, WebP, BMP, TIFF (all its pages), GIF, PPM, AVIF, HEIC."""

from __future__ import annotations

import contextlib
import io
import threading
import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from inksight_cli.errors import InksightError, UnreadableInputError
from inksight_cli.ink.types import Pixels
from inksight_cli.pages.heif import is_heif, open_heif
from inksight_cli.pages.page import PageImage
from inksight_cli.pages.page_range import PageRange

if TYPE_CHECKING:
    from PIL import Image

FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "DIB", "TIFF", "GIF", "PPM")
ORIENTATION = 0x0112
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
    frame = 0
    while True:
        with _quiet_pillow(), _broken_is_unreadable(data, name), _open_frame(data, frame) as image:
            frames = _frame_count(image)
            thumbnail = frames > 1 and _is_thumbnail(image)
            number += not thumbnail
            page = None
            if not thumbnail and (pages is None or number in pages):
                check_size(image.size, name, max_pixels)
                page = _page(image, name, number)
                page.dpi = dpi or page.dpi
        if page is not None:
            yield page
        frame += 1
        if frame >= frames or (pages and pages.last is not None and number >= pages.last):
            return


def count_raster(data: bytes, name: str) -> int:
    """Return how many pages a picture file has; no pixel is decoded.

    Raises:
        UnreadableInputError: it is no picture, or damaged.
    """
    number = frame = 0
    frames = 1
    while frame < frames:
        with _quiet_pillow(), _broken_is_unreadable(data, name), _open_frame(data, frame) as image:
            frames = _frame_count(image)
            number += not (frames > 1 and _is_thumbnail(image))
        frame += 1
    return number


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


def believable_dpi(values: object, size: tuple[int, int]) -> float | None:
    """Return pixels per inch, or None when the file's claim is a default or absurd.

    72 and 96 are what cameras and editors write when they do not know; a real page is between
    half an inch and five feet long, and its pixels are square.
    """
    try:
        x, y = (float(v) for v in values)  # type: ignore[attr-defined]
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    if not (50 <= x <= 4800 and abs(x - y) <= 0.02 * x) or round(x) in (72, 96):
        return None
    return x if 0.5 <= max(size) / x <= 60 else None


def to_rgb(image: Image.Image) -> Pixels:
    """Return any Pillow picture as (H, W, 3) uint8 RGB; transparent parts become white."""
    from PIL import Image

    if image.mode.startswith(("I", "F")):
        grey = _to_8_bit(np.asarray(image))
        return np.repeat(grey[:, :, None], 3, axis=2)
    if image.mode == "LAB":
        image = image.getchannel(0)
    if image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info:
        layer = image.convert("RGBA")
        white = Image.new("RGBA", layer.size, (255, 255, 255, 255))
        image = Image.alpha_composite(white, layer)
    return np.array(image.convert("RGB"))


def _page(image: Image.Image, name: str, number: int) -> PageImage:
    image.load()
    turn = _orientation(image)
    dpi = believable_dpi(image.info.get("dpi"), image.size)
    return PageImage(_turned(to_rgb(image), turn), source=name, number=number, dpi=dpi)


def _to_8_bit(values: NDArray[np.generic]) -> Pixels:
    """Scale samples of 9 to 32 bits, or floats, to 0..255 by the bits that are in use."""
    array = np.nan_to_num(np.asarray(values, dtype=np.float64), posinf=0.0, neginf=0.0)
    top = float(array.max(initial=0.0))
    if top <= 0:
        return np.zeros(array.shape, dtype=np.uint8)
    is_float = np.issubdtype(values.dtype, np.floating)
    full = 1.0 if is_float and top <= 1 else 2.0 ** max(np.ceil(np.log2(top + 1)), 8) - 1
    return np.clip(array * (255.0 / full) + 0.5, 0, 255).astype(np.uint8)


def _orientation(image: Image.Image) -> int:
    try:
        value = image.getexif().get(ORIENTATION, 1)
    except Exception:  # damaged EXIF is no reason to refuse a good picture
        return 1
    return value if value in range(1, 9) else 1


def _turned(pixels: Pixels, orientation: int) -> Pixels:
    """Apply EXIF orientation 1..8 (TIFF 6.0, tag 274)."""
    if orientation in (2, 4):
        pixels = pixels[:, ::-1] if orientation == 2 else pixels[::-1]
    elif orientation in (5, 6, 7, 8):
        pixels = pixels.transpose(1, 0, 2)
        pixels = pixels[:, ::-1] if orientation in (6, 7) else pixels
        pixels = pixels[::-1] if orientation in (7, 8) else pixels
    elif orientation == 3:
        pixels = pixels[::-1, ::-1]
    return np.ascontiguousarray(pixels)


def _open_frame(data: bytes, frame: int) -> Image.Image:
    from PIL import Image

    if is_heif(data):
        return open_heif(data)
    image = Image.open(io.BytesIO(data), formats=FORMATS)
    if frame:
        image.seek(frame)
    return image


def _frame_count(image: Image.Image) -> int:
    """Only TIFF holds pages; other formats' further frames are films, previews, gain maps."""
    return int(getattr(image, "n_frames", 1)) if image.format == "TIFF" else 1


def _is_thumbnail(image: Image.Image) -> bool:
    tags = getattr(image, "tag_v2", {})
    return bool(int(tags.get(SUBFILE_TYPE, 0)) & 1)


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
        raise UnreadableInputError(_what_it_is(data, name)) from None
    except MemoryError:
        raise UnreadableInputError(
            f"'{name}' needs more memory than there is.", "Lower --max-pixels or shrink it."
        ) from None
    except Exception as error:  # decoders fail in every way on damaged bytes
        raise UnreadableInputError(
            f"'{name}' is damaged: the picture is broken or ends early."
        ) from error


def _what_it_is(data: bytes, name: str) -> str:
    """Say in one sentence what a file is that no decoder knows."""
    head = data[:1024]
    known = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"BM", b"II*\0", b"MM\0*", b"GIF8")
    if data.startswith(known) or is_heif(data):
        return f"'{name}' is damaged: the picture is broken or ends early."
    if head.lstrip()[:5].lower() in (b"<svg ", b"<?xml"):
        return f"'{name}' is not a picture of pixels but XML or SVG."
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        text = error.start > len(head) - 4 and len(head) == 1024
    else:
        text = True
    if text and b"\0" not in head:
        return f"'{name}' is not a picture but text."
    return f"'{name}' is none of JPEG, PNG, WebP, BMP, TIFF, GIF, HEIC, AVIF and PDF."
