"""A picture seen through a homography."""

from __future__ import annotations

import numpy as np

from inksight_cli.homography import Homography
from inksight_cli.ink.types import Pixels


def warped(
    pixels: Pixels, to_source: Homography, width: int, height: int, white: bool = False
) -> Pixels:
    """Resample ``pixels`` so that the new picture's (x, y) shows the old one's ``to_source``.

    Where that lies beyond the old picture its border goes on, or it is ``white``.
    """
    import cv2

    half = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1]])  # OpenCV counts from pixel centres
    out = cv2.warpPerspective(
        pixels,
        np.linalg.inv(half) @ to_source.matrix @ half,
        (width, height),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_CONSTANT if white else cv2.BORDER_REPLICATE,
        borderValue=(255, 255, 255),
    )
    return np.asarray(out, dtype=np.uint8)
