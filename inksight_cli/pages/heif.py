"""HEIC and AVIF, as phones write them, whatever the file is called.

Both are told by their first box (ISO/IEC 14496-12: size, ``ftyp``, brand). AVIF is Pillow's own;
HEIC needs the extra ``heic``, for its decoder is not everybody's to ship.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from inksight_cli.errors import MissingBackendError

if TYPE_CHECKING:
    from PIL import Image

HEIC = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
AVIF = (b"avif", b"avis")


def is_heif(data: bytes) -> bool:
    """Whether the first box says HEIC or AVIF."""
    return data[4:8] == b"ftyp" and data[8:12] in HEIC + AVIF


def open_heif(data: bytes) -> Image.Image:
    """Open a HEIC or AVIF picture; its pixels are read later, and come out upright.

    Raises:
        MissingBackendError: the decoder is not installed.
    """
    # Some writers put the neutral brand first and say AVIF only among the compatible ones.
    size = int.from_bytes(data[:4], "big")
    is_avif = data[8:12] in AVIF or any(brand in data[16 : min(size, 256)] for brand in AVIF)
    return _open_avif(data) if is_avif else _open_heic(data)


def _open_avif(data: bytes) -> Image.Image:
    from PIL import Image, features

    if "avif" not in features.get_supported_modules():
        raise MissingBackendError(
            "This Pillow cannot read AVIF.", "Install one that can: pip install -U 'pillow>=11.3'"
        )
    return Image.open(io.BytesIO(data), formats=("AVIF",))


def _open_heic(data: bytes) -> Image.Image:
    try:
        from pillow_heif import HeifImageFile
    except ImportError:
        raise MissingBackendError(
            "HEIC pictures need the package pillow-heif.",
            "Install it: pip install 'inksight-cli[heic]'",
        ) from None
    image: Image.Image = HeifImageFile(io.BytesIO(data))  # type: ignore[no-untyped-call]
    return image
