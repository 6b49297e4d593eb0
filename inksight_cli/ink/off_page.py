"""What is not the page: a dark table around the paper, its edge, punch holes."""

from __future__ import annotations

import numpy as np

from inksight_cli.ink.morphology import dilate, open_by, reached, resize
from inksight_cli.ink.types import Mask, Pixels

DARK = 0.42  # of the page's own brightness in any channel: no shadow on paper goes that far
MARGIN = 0.07  # of the picture: how near to its border solid spots are holes, not ink


def off_page(paper: Pixels, ink: Mask, width: float) -> Mask:
    """Return (H, W) bool: surroundings of the page, and solid spots along its border.

    Args:
        paper: (h, w, 3) the paper on any smaller scale, dark ink or none.
        ink: (H, W) everything that was taken for ink.
        width: of the pen in pixels.
    """
    height, width_of = ink.shape
    out = np.zeros(ink.shape, dtype=np.bool_)
    for found in (_surroundings(paper), _solid_spots(ink, width)):
        if found.any():
            grown = resize(found.astype(np.uint8), width_of, height, smooth=False)
            out |= grown.astype(np.bool_)
    return out


def _surroundings(paper: Pixels) -> Mask:
    """Much darker than the page in some channel, and connected to the picture's border."""
    usual = np.maximum(np.percentile(paper.reshape(-1, 3), 70, axis=0), 1)
    dark = np.asarray((paper < DARK * usual).any(axis=2), dtype=np.bool_)
    if not dark.any():
        return dark
    # The paper's edge is a line of its own (its shadow, its thickness): take it along.
    reach = 2 * max(round(0.006 * max(paper.shape)), 2) + 1
    return dilate(_near_border(dark, 1), reach, reach)


def _solid_spots(ink: Mask, width: float) -> Mask:
    """Spots several pens thick, near the border, on a scale of a pixel per pen width."""
    step = max(round(width), 2)
    size = (max(ink.shape[1] // step, 1), max(ink.shape[0] // step, 1))
    small = resize(ink.astype(np.uint8) * 255, *size) > 200
    margin = max(round(MARGIN * min(size)), 1)
    return dilate(_near_border(open_by(small, 4, 4), margin), 5, 5)


def _near_border(mask: Mask, margin: int) -> Mask:
    """Return the components of ``mask`` that come within ``margin`` pixels of the border."""
    border = np.ones(mask.shape, dtype=np.bool_)
    border[margin:-margin, margin:-margin] = False
    return reached(mask, border)
