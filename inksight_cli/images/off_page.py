"""What is not the page: a dark table around the paper, its edge, punch holes."""

from __future__ import annotations

import numpy as np

from inksight_cli.images.page import Mask, Pixels

DARK = 0.42  # of the page's own brightness in any channel: no shadow on paper goes that far
MARGIN = 0.07  # of the picture: how near to its border solid spots are holes, not ink


def off_page(paper: Pixels, ink: Mask, width: float) -> Mask:
    """Return (H, W) bool: surroundings of the page, and solid spots along its border.

    Args:
        paper: (h, w, 3) the paper on any smaller scale, dark ink or none.
        ink: (H, W) everything that was taken for ink.
        width: of the pen in pixels.
    """
    import cv2

    size = ink.shape[::-1]
    around = _surroundings(paper)
    out = np.zeros(ink.shape, dtype=np.uint8)
    if around.any():
        out = cv2.resize(around.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST)
    spots = _solid_spots(ink, width)
    if spots.any():
        out |= cv2.resize(spots.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST)
    return np.asarray(out, dtype=np.bool_)


def _surroundings(paper: Pixels) -> Mask:
    """Much darker than the page in some channel, and connected to the picture's border."""
    import cv2

    usual = np.maximum(np.percentile(paper.reshape(-1, 3), 70, axis=0), 1)
    dark = (paper < DARK * usual).any(axis=2)
    if not dark.any():
        return dark
    reached = _touching_border(dark, 1)
    # The paper's edge is a line of its own (its shadow, its thickness): take it along.
    reach = 2 * max(round(0.006 * max(paper.shape)), 2) + 1
    return np.asarray(cv2.dilate(reached.astype(np.uint8), np.ones((reach, reach), np.uint8)) > 0)


def _solid_spots(ink: Mask, width: float) -> Mask:
    """Spots several pens thick, near the border, on a scale of a pixel per pen width."""
    import cv2

    step = max(int(width), 1)
    size = (max(ink.shape[1] // step, 1), max(ink.shape[0] // step, 1))
    small = cv2.resize(ink.astype(np.uint8) * 255, size, interpolation=cv2.INTER_AREA) > 200
    kernel = np.ones((4, 4), np.uint8)
    solid = cv2.morphologyEx(
        small.astype(np.uint8), cv2.MORPH_OPEN, kernel, borderType=cv2.BORDER_REPLICATE
    )
    margin = max(round(MARGIN * min(size)), 1)
    near = _touching_border(solid.astype(bool), margin)
    return np.asarray(cv2.dilate(near.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0)


def _touching_border(mask: Mask, margin: int) -> Mask:
    """Return the components of ``mask`` that come within ``margin`` pixels of the border."""
    import cv2

    count, labels = cv2.connectedComponents(mask.astype(np.uint8), connectivity=8)
    keep = np.zeros(count, dtype=bool)
    for side in (labels[:margin], labels[-margin:], labels[:, :margin], labels[:, -margin:]):
        keep[np.unique(side)] = True
    keep[0] = False
    return np.asarray(keep[labels], dtype=bool)
