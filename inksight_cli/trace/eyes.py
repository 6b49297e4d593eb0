"""Eyes that ran full of ink: the loop of a small e, and every blot the size of a letter.

Where a pen went round so narrowly that no paper is left inside, a skeleton has one line through
the middle: the loop is gone, and drawn with that pen the letter is another one. A place that lies
deeper in the ink than a pen reaches was gone round, so its middle counts as paper.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from inksight_cli.ink.types import Mask

_DEEP = 1.8
"""Depth of an eye, in half pen widths: lines that cross at right angles reach 1.4."""

_AROUND = 1.5
"""What is this deep and reaches a place that is deeper belongs to its eye."""

_LONGEST = 8.0
"""Longest eye, in pen widths: beyond, a stroke is thick, it was not gone round."""

_THIN = 1.0  # pixels: half of a pen so thin has steps of a whole pixel, which are no eyes
_RIM = 0.5  # pixels: distances are measured from pixel centres to pixel centres


def filled_eyes(distance: NDArray[np.float32], skeleton: Mask) -> Mask:
    """Return the middles of eyes that are full of ink, (h, w).

    Args:
        distance: how far each ink pixel's centre is from paper, (h, w); 0 on paper.
        skeleton: the ink's centre lines, from which the pen's width is taken.
    """
    eyes = np.zeros(skeleton.shape, dtype=bool)
    if not skeleton.any():
        return eyes
    half = max(float(np.median(distance[skeleton])) - _RIM, _THIN)
    depth = (distance - _RIM) / half
    around = (depth > _AROUND).astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(around, connectivity=8)
    for label in np.unique(labels[depth > _DEEP]).tolist():
        left, top, width, height, _ = stats[label].tolist()
        if max(width, height) <= 2.0 * _LONGEST * half:
            window = (slice(top, top + height), slice(left, left + width))
            eyes[window] |= labels[window] == label
    return eyes
