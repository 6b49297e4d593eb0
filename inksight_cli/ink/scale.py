"""How large a page is to be looked at: so that its pen is some three pixels wide."""

from __future__ import annotations

import numpy as np

from inksight_cli.ink.morphology import resize
from inksight_cli.ink.network import LEAST, look_at
from inksight_cli.ink.types import Mask, Pixels

PEN = 3.0
"""Pixels: the width of the pen that the network knows best."""

THICKEST = 4.2
"""Pixels: a page whose pen is wider is made smaller, one whose pen is not may be enlarged."""

SIDE = 1800  # pixels of the longer side: an A4 page's pen of half a millimetre is 3 wide then
LARGER = 1.7  # times: a step in enlarging
WORTH_IT = 1.15  # times: less is not worth another look
LARGEST = 3.0  # no page is enlarged more than so
THIN = 2.0  # pixels: a pen so thin is looked at enlarged, however large the page gets
FINE = 3.0  # pixels: a page with a pen so thin is made less small than it would be
FAR = 1.8  # times too thick: the network knows such a pen badly, it is measured again
PATCH = 160  # side of the patches in which the pen is measured
PATCHES = 6
INKED = 128  # of 255
ENOUGH = 0.004  # of the patches' pixels: with less ink nothing is measured


def find_scale(pixels: Pixels) -> float:
    """Return by how much to enlarge a page (H, W, 3) RGB to look at it; 1 where it is right.

    The first guess is that the page is a sheet, seen whole. Then the pen is measured where the
    picture is busiest. A thick pen tells how much smaller the page may be. A thin one does not
    tell how thin it is, for blur makes all thin lines alike: small pages are enlarged as long as
    their lines do not get thick.
    """
    if min(pixels.shape[:2]) < LEAST:
        return 1.0
    scale = min(1.0, SIDE / max(pixels.shape))
    pen = _pen_at(pixels, scale)
    if pen is None:
        return 1.0 if scale == 1.0 else scale
    scale = _smaller(pixels, scale, pen) if pen > THICKEST else _larger(pixels, scale, pen)
    return 1.0 if abs(np.log(scale)) < 0.1 else scale


def _smaller(pixels: Pixels, scale: float, pen: float) -> float:
    """Make a page with a thick pen smaller; a very thick one is measured once more."""
    far = pen > FAR * PEN
    scale = _bounded(scale * PEN / pen, pixels)
    again = _pen_at(pixels, scale) if far else None
    return _bounded(scale * PEN / again, pixels) if again and again > THICKEST else scale


def _larger(pixels: Pixels, scale: float, pen: float) -> float:
    """Enlarge a small page, or one with a thin pen, as long as its lines stay thin.

    Where the picture has more pixels than are looked at, nothing is made up: the faint middles of
    letters come back, so a pen need not be as thin there.
    """
    longest = max(pixels.shape)
    most, thin = (min(1.0, 2 * SIDE / longest), FINE) if scale < 1 else (LARGEST, THIN)
    while scale * WORTH_IT < most:
        larger = min(scale * LARGER, most)
        if pen >= thin and larger * longest > SIDE:
            break
        wider = _pen_at(pixels, larger)
        if wider is None or wider > THICKEST:
            break
        scale, pen = larger, wider
    return scale


def _bounded(scale: float, pixels: Pixels) -> float:
    """Keep a scale within reason: pages are enlarged little, and never made tiny."""
    return float(np.clip(scale, min(1.0, 64 / min(pixels.shape[:2])), LARGEST))


def _pen_at(pixels: Pixels, scale: float) -> float | None:
    """Return the width of the pen in pixels of the scaled page, None where no ink is seen."""
    masks = [look_at(patch).cover >= INKED for patch in _busiest(pixels, scale)]
    if sum(map(np.count_nonzero, masks)) < ENOUGH * sum(mask.size for mask in masks):
        return None
    wide = max(mask.shape[1] for mask in masks)
    # One above the other, paper between: the ridges of all of them are measured together.
    return pen_width(np.vstack([np.pad(m, ((1, 1), (0, wide - m.shape[1]))) for m in masks]))


def pen_width(mask: Mask) -> float:
    """Return the typical width of strokes in pixels, from the ridge of the distance transform.

    The mean of the middle half of the ridge: loops that run full and crossings do not count.
    """
    import cv2

    if mask.size > 4_000_000:  # every fourth band of rows tells as much
        mask = np.concatenate([mask[k : k + 64] for k in range(0, len(mask), 256)])
    if not mask.any():
        return PEN
    distance = cv2.distanceTransform(mask.astype(np.uint8), cv2.DIST_L2, 5)
    ridge = (distance >= cv2.dilate(distance, np.ones((3, 3), np.uint8)) - 0.01) & mask
    # Where no paper is left, OpenCV's distance to it has no bounds: the page itself has.
    depths = np.sort(np.minimum(distance[ridge], min(mask.shape)))
    quarter = len(depths) // 4
    # A stroke 3 px wide has its ridge 2 px from paper, one of 4 px too: 2 d - 1/2 in the mean.
    return max(2.0 * float(depths[quarter : len(depths) - quarter].mean()) - 0.5, 1.0)


def _busiest(pixels: Pixels, scale: float) -> list[Pixels]:
    """Return patches (h, w, 3) of the scaled page: the busiest places, far from each other."""
    import cv2

    height, width = pixels.shape[:2]
    side = PATCH / scale
    rows, columns = max(round(height / side), 1), max(round(width / side), 1)
    grey = cv2.cvtColor(_thinned(pixels), cv2.COLOR_RGB2GRAY).astype(np.float32)
    edges = np.abs(cv2.Laplacian(grey, cv2.CV_32F, ksize=3))
    busy = cv2.resize(np.minimum(edges, 120), (columns, rows), interpolation=cv2.INTER_AREA)
    patches = []
    for at in np.argsort(-np.asarray(busy).ravel(), kind="stable")[:PATCHES].tolist():
        row, column = divmod(at, columns)
        top, left = (row * height // rows, column * width // columns)
        bottom, right = ((row + 1) * height // rows, (column + 1) * width // columns)
        part = pixels[top:bottom, left:right]
        size = max(round(part.shape[1] * scale), 8), max(round(part.shape[0] * scale), 8)
        patches.append(resize(part, *size))
    return patches


def _thinned(pixels: Pixels) -> Pixels:
    """Return a page small enough to look for edges in."""
    shrink = min(1.0, 2 * SIDE / max(pixels.shape))
    if shrink == 1.0:
        return pixels
    return resize(pixels, *(max(round(side * shrink), 1) for side in pixels.shape[1::-1]))
