"""A page's picture as a file, for formats that show it beside the ink."""

from __future__ import annotations

import numpy as np

from inksight_cli.document import Photo
from inksight_cli.errors import OutputError
from inksight_cli.ink.types import Pixels
from inksight_cli.pages.warp import warped

QUALITY = 88
"""Of JPEG files: nothing to be seen is lost, at a tenth of a PNG file's bytes."""
LARGEST = 65_500
"""Pixels of a side that JPEG files hold."""


def jpeg(pixels: Pixels) -> bytes:
    """Return ``pixels`` (H, W, 3) RGB as a JPEG file.

    Raises:
        OutputError: it is larger than JPEG can hold.
    """
    import cv2

    height, width = pixels.shape[:2]
    if max(height, width) > LARGEST:
        raise OutputError(f"A picture of {width} x {height} pixels fits no JPEG file.")
    _, data = cv2.imencode(".jpg", pixels[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    return bytes(data)


def as_taken(flat: bytes, photo: Photo) -> bytes:
    """Return the picture of a flattened page as it lies on its photo; white where it is not.

    Args:
        flat: the flat page's picture, a JPEG file.
        photo: what it was flattened from.
    """
    import cv2

    flat_bgr = cv2.imdecode(np.frombuffer(flat, np.uint8), cv2.IMREAD_COLOR)
    pixels = np.asarray(flat_bgr, dtype=np.uint8)[:, :, ::-1]
    laid = warped(pixels, photo.to_photo.inverse(), photo.width, photo.height, white=True)
    return jpeg(laid)
