"""Pictures of every format, damaged in every way, and files that are none; 700 and more."""

from __future__ import annotations

import io
import random
import struct
import zlib
from collections.abc import Iterator

import numpy as np
from PIL import Image, features

from tests.broken.evil import QUICK, Case, damaged

EACH = 24


def cases() -> Iterator[Case]:
    """Yield them all."""
    for name, data in {**bases(), **phones()}.items():
        for how, broken in damaged(data, f"picture {name}", EACH):
            yield _case(f"{name} {how}", broken)
    for name, data in specials().items():
        yield _case(name, data)


def _case(name: str, data: bytes) -> Case:
    words = ("derender", "page.png", "-o", "out/", "--format", "json", *QUICK)
    return Case(f"picture {name}", words, {"page.png": data})


def drawing(side: int = 40) -> np.ndarray:
    """A small page with a stroke and a dot, RGB."""
    pixels = np.full((side, 2 * side, 3), 250, np.uint8)
    rows = np.arange(side // 4, 3 * side // 4)
    for shift in (10, 11, 12):
        pixels[rows, rows + shift] = (30, 30, 90)
    pixels[8:11, 60:63] = 20
    return pixels


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    """Return a picture's file."""
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def bases() -> dict[str, bytes]:
    """Good pictures, by what is special about them."""
    rgb = Image.fromarray(drawing())
    grey, bits = rgb.convert("L"), rgb.convert("1")
    deep = Image.fromarray((np.asarray(grey).astype(np.uint16)) * 257)
    exif = Image.Exif()
    exif[0x0112] = 6
    found = {
        "png": saved(rgb, "PNG"),
        "png grey": saved(grey, "PNG"),
        "png 16": saved(deep, "PNG"),
        "png palette": saved(rgb.convert("P"), "PNG"),
        "png alpha": saved(rgb.convert("RGBA"), "PNG", dpi=(300, 300)),
        "png bits": saved(bits, "PNG"),
        "jpeg": saved(rgb, "JPEG", quality=90, dpi=(300, 300)),
        "jpeg progressive": saved(rgb, "JPEG", progressive=True, exif=exif),
        "jpeg cmyk": saved(rgb.convert("CMYK"), "JPEG"),
        "webp": saved(rgb, "WEBP"),
        "webp lossless": saved(rgb, "WEBP", lossless=True),
        "bmp": saved(rgb, "BMP"),
        "bmp bits": saved(bits, "BMP"),
        "gif": saved(rgb.convert("P"), "GIF"),
        "ppm": saved(rgb, "PPM"),
    }
    pages = [rgb, grey.convert("RGB"), rgb]
    for how in (None, "tiff_lzw", "tiff_adobe_deflate", "jpeg", "packbits"):
        found[f"tiff {how}"] = saved(
            rgb, "TIFF", compression=how, save_all=True, append_images=pages
        )
    for how in ("group3", "group4"):
        found[f"tiff {how}"] = saved(bits, "TIFF", compression=how)
    found["tiff 16"] = saved(deep, "TIFF")
    found["tiff big"] = saved(rgb, "TIFF", big_tiff=True)
    return found


def phones() -> dict[str, bytes]:
    """AVIF and HEIC, where they can be made."""
    rgb, found = Image.fromarray(drawing()), {}
    if features.check("avif"):
        found["avif"] = saved(rgb, "AVIF")
    try:
        import pillow_heif
    except ImportError:
        return found
    stream = io.BytesIO()
    pillow_heif.from_pillow(rgb).save(stream, quality=90)
    return found | {"heic": stream.getvalue()}


def specials() -> dict[str, bytes]:
    """Files that lie about themselves, or are no pictures."""
    noise = random.Random("noise").randbytes
    most = 2**31 - 1
    bmp = struct.pack("<IHHIIiiHHI", 70, 0, 0, 54, 40, most, ~most, 1, 24, 0)
    one = struct.pack("<HHHHIIHII", 0x4949, 42, 8, 0, 0, 0, 0, 0, 0)
    return {
        "nothing": b"",
        "a byte": b"\x89",
        "text": b"just a text",
        "noise": noise(5000),
        "zeros": bytes(5000),
        "zip": b"PK\x03\x04" + noise(500),
        "svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        "html": b"<html><script>alert(1)</script></html>",
        "json": b"{}",
        "tiff in a circle": b"II*\0\x08\0\0\0\0\0\x08\0\0\0" + one,
        "tiff of nothing": b"II*\0\0\0\0\0",
        "tiff that points away": b"II*\0\xff\xff\xff\x7f",
        "png 2e5 x 2e5": promising(200_000, 200_000),
        "png 2^31": promising(2**31 - 1, 2**31 - 1),
        "png 0 x 0": promising(0, 0),
        "png 65000 x 1": promising(65_000, 1),
        "png less than said": promising(400, 400),
        "jpeg head": b"\xff\xd8\xff\xe0" + bytes(50),
        "gif head": b"GIF89a" + bytes([255] * 30),
        "webp head": b"RIFF\xff\xff\xff\xffWEBPVP8 " + noise(60),
        "bmp 2^31": b"BM" + bmp + bytes(20),
        "ppm 1e9": b"P6 1000000000 1000000000 255\n" + bytes(9),
        "ppm words": b"P6 x y z\n",
        "avif head": b"\0\0\0\x18ftypavif\0\0\0\0mif1miaf" + noise(100),
        "heic head": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + noise(100),
        "a pdf's mark": saved(Image.fromarray(drawing()), "JPEG", comment=b"%PDF-1.4"),
    }  # fmt: skip


def promising(width: int, height: int) -> bytes:
    """A PNG of a few bytes that claims to be ``width`` x ``height`` pixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + body))
        return struct.pack(">I", len(body)) + kind + body + check

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(1000)))
    return b"\x89PNG\r\n\x1a\n" + body + chunk(b"IEND", b"")
