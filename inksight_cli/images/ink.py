"""The ink mask: what on a page is pen, and what is paper."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from inksight_cli.images.page import Ink, Mask, Pixels
from inksight_cli.images.paper import LEVEL, flatten_light


def find_ink(pixels: Pixels) -> Ink:
    """Tell the pen's ink from paper, shadows and printed rules on a page (H, W, 3) uint8 RGB."""
    import cv2

    flat = flatten_light(pixels)
    strength = _strength(flat.level)
    sigma = _noise(flat.level)
    smooth = np.asarray(cv2.GaussianBlur(strength, (3, 3), 0), dtype=np.uint8)
    rough = _hysteresis(smooth > max(3 * sigma, 12), smooth > max(6 * sigma, 24))
    width = pen_width(rough)
    mask = _body(smooth, sigma, width)
    mask = _without_specks(mask, width)
    return Ink(mask, np.zeros_like(mask), strength, flat.paper, pen_width(mask))


def pen_width(mask: Mask) -> float:
    """Return the median width of strokes in pixels, from the ridge of the distance transform."""
    import cv2

    if not mask.any():
        return 1.0
    distance = cv2.distanceTransform(mask.astype(np.uint8), cv2.DIST_L2, 5)
    ridge = (distance >= cv2.dilate(distance, np.ones((3, 3), np.uint8)) - 0.01) & mask
    # A stroke 3 px wide has its ridge 2 px from paper, one of 4 px too: 2 d - 1/2 in the mean.
    return max(2.0 * float(np.median(distance[ridge])) - 0.5, 1.0)


def _strength(level: Pixels) -> Pixels:
    import cv2

    return np.asarray(cv2.multiply(cv2.subtract(float(LEVEL), level), 255 / LEVEL), np.uint8)


def _noise(level: Pixels) -> float:
    """Standard deviation of the paper's grain in units of strength, from its brighter half."""
    step = max(int(np.sqrt(level.size / 500_000)), 1)
    above = level[::step, ::step].astype(np.int16) - LEVEL
    bright = above[above >= 0]
    return float(1.4826 * np.median(bright) * 255 / LEVEL) if len(bright) else 1.0


def _body(smooth: Pixels, sigma: float, width: float) -> Mask:
    """Cut each stroke at half of its own contrast, faint ends included."""
    import cv2

    reach = 2 * int(np.ceil(width / 2)) + 3
    peak = cv2.dilate(smooth, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach)))
    weak = smooth >= np.maximum(peak * np.float32(0.5), max(3 * sigma, 10))
    return _hysteresis(weak, smooth > max(6 * sigma, 24))


def _hysteresis(weak: Mask, strong: Mask) -> Mask:
    """Return the 8-connected components of ``weak`` that hold a pixel of ``strong``."""
    import cv2

    count, labels = cv2.connectedComponents(weak.astype(np.uint8), connectivity=8)
    keep = np.zeros(count, dtype=bool)
    keep[labels[strong & weak]] = True
    keep[0] = False
    return np.asarray(keep[labels], dtype=bool)


def _without_specks(mask: Mask, width: float) -> Mask:
    import cv2

    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    area: NDArray[np.int32] = stats[:, cv2.CC_STAT_AREA]
    keep = area >= max(0.4 * width * width, 3)
    keep[0] = False
    return np.asarray(keep[labels], dtype=bool)
