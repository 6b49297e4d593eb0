"""What a file is, as its first bytes tell."""

from __future__ import annotations

from inksight_cli.pages.heif import is_heif

KNOWN = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"II*\0", b"MM\0*", b"GIF8")


def is_picture(data: bytes) -> bool:
    """Whether it begins as a picture does, whatever is in it."""
    webp = data.startswith(b"RIFF") and data[8:12] == b"WEBP"
    return data.startswith(KNOWN) or webp or is_heif(data)


def what_it_is(data: bytes, name: str) -> str:
    """Say in one sentence what a file is that no decoder knows."""
    head = data[:1024]
    if data.startswith((*KNOWN, b"BM")) or is_heif(data):
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
