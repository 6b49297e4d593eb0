"""What a decoder gives becomes upright RGB of 8 bits, with a resolution that can be believed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from inksight_cli.ink.types import Pixels

if TYPE_CHECKING:
    from PIL import Image

ORIENTATION = 0x0112
_BAND = 512  # rows


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
    """Return any Pillow picture as (H, W, 3) uint8 RGB; transparent parts become white.

    What is light on transparency is meant for a dark ground, and gets one.
    """
    from PIL import Image

    if image.mode.startswith(("I", "F")):
        grey = _to_8_bit(np.asarray(image))
        return np.repeat(grey[:, :, None], 3, axis=2)
    if image.mode == "LAB":
        image = image.getchannel(0)
    if image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info:
        layer = image.convert("RGBA")
        ground = Image.new("RGBA", layer.size, _ground(np.asarray(layer)))
        image = Image.alpha_composite(ground, layer)
    return _copied(image if image.mode == "RGB" else image.convert("RGB"))


def _copied(image: Image.Image) -> Pixels:
    """Return an RGB picture as an array, band by band: at once takes its memory three times."""
    width, height = image.size
    pixels = np.empty((height, width, 3), dtype=np.uint8)
    for top in range(0, height, _BAND):
        bottom = min(top + _BAND, height)
        pixels[top:bottom] = np.asarray(image.crop((0, top, width, bottom)))
    return pixels


def _to_8_bit(values: NDArray[np.generic]) -> Pixels:
    """Scale samples of 9 to 32 bits, or floats, to 0..255 by the bits that are in use.

    In bands of rows: as floats of 64 bits a large page would take eight times its own memory.
    """
    bands = [slice(top, top + _BAND) for top in range(0, len(values), _BAND)]
    top = max((float(_finite(values[band]).max(initial=0.0)) for band in bands), default=0.0)
    grey = np.zeros(values.shape, dtype=np.uint8)
    if top <= 0:
        return grey
    is_float = np.issubdtype(values.dtype, np.floating)
    full = 1.0 if is_float and top <= 1 else 2.0 ** max(np.ceil(np.log2(top + 1)), 8) - 1
    for band in bands:
        grey[band] = np.clip(_finite(values[band]) * (255.0 / full) + 0.5, 0, 255)
    return grey


def _finite(values: NDArray[np.generic]) -> NDArray[np.float64]:
    exact = np.asarray(values, dtype=np.float64)
    return np.asarray(np.nan_to_num(exact, posinf=0.0, neginf=0.0))


def orientation(image: Image.Image) -> int:
    """Return EXIF orientation 1..8 of a picture, 1 where it has none."""
    try:
        value = image.getexif().get(ORIENTATION, 1)
    except Exception:  # damaged EXIF is no reason to refuse a good picture
        return 1
    return value if value in range(1, 9) else 1


def turned(pixels: Pixels, how: int) -> Pixels:
    """Apply EXIF orientation 1..8 (TIFF 6.0, tag 274)."""
    if how in (2, 4):
        pixels = pixels[:, ::-1] if how == 2 else pixels[::-1]
    elif how in (5, 6, 7, 8):
        pixels = pixels.transpose(1, 0, 2)
        pixels = pixels[:, ::-1] if how in (6, 7) else pixels
        pixels = pixels[::-1] if how in (7, 8) else pixels
    elif how == 3:
        pixels = pixels[::-1, ::-1]
    return np.ascontiguousarray(pixels)


def _ground(layer: Pixels) -> tuple[int, int, int, int]:
    """Return what to lay under (H, W, 4) RGBA: white, or near black under light marks."""
    weight = layer[..., 3].astype(np.float32)
    shown = float(weight.sum())
    light = float((layer[..., :3].mean(axis=2) * weight).sum()) / max(shown, 1.0)
    # Where most is opaque, the picture has a paper of its own.
    marks = shown < 0.5 * 255 * weight.size
    return (32, 33, 36, 255) if marks and light > 160 else (255, 255, 255, 255)
