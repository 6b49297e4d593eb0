"""OpenCV's operations on masks and grey pictures, with types and in our words."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from inksight_cli.ink.types import Mask, Pixels


def components(mask: Mask) -> tuple[int, NDArray[np.int32]]:
    """Return how many 8-connected components there are, paper included, and their labels."""
    import cv2

    count, labels = cv2.connectedComponents(mask.astype(np.uint8), connectivity=8)
    return count, np.asarray(labels, dtype=np.int32)


def reached(mask: Mask, seeds: Mask) -> Mask:
    """Return the components of ``mask`` that hold a pixel of ``seeds``."""
    count, labels = components(mask)
    keep = np.zeros(count, dtype=np.bool_)
    keep[labels[seeds & mask]] = True
    keep[0] = False
    return np.asarray(keep[labels], dtype=np.bool_)


def dilate(mask: Mask, height: int, width: int) -> Mask:
    """Grow a mask by a rectangle of odd ``height`` x ``width``."""
    import cv2

    grown = cv2.dilate(mask.astype(np.uint8), np.ones((height, width), np.uint8))
    return np.asarray(grown, dtype=np.bool_)


def dilate_round(mask: Mask, diameter: int) -> Mask:
    """Grow a mask by a disc of odd ``diameter``."""
    import cv2

    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (diameter, diameter))
    return np.asarray(cv2.dilate(mask.astype(np.uint8), disc), dtype=np.bool_)


def open_by(mask: Mask, height: int, width: int) -> Mask:
    """Keep what a rectangle of ``height`` x ``width`` fits into; the mask goes on at borders."""
    import cv2

    kernel = np.ones((height, width), np.uint8)
    border = cv2.BORDER_REPLICATE
    out = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_OPEN, kernel, borderType=border)
    return np.asarray(out, dtype=np.bool_)


def close_by(mask: Mask, kernel: Pixels) -> Mask:
    """Fill what ``kernel`` cannot get between."""
    import cv2

    out = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_CLOSE, kernel)
    return np.asarray(out, dtype=np.bool_)


def resize(picture: Pixels, width: int, height: int, *, smooth: bool = True) -> Pixels:
    """Scale a picture: areas averaged downwards; upwards bilinear, or nearest if not smooth."""
    import cv2

    if not smooth:
        how = cv2.INTER_NEAREST
    else:
        how = cv2.INTER_AREA if width < picture.shape[1] else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(picture, (width, height), interpolation=how), dtype=np.uint8)
