"""The audit: how much of the ink the strokes explain, and what they leave.

What is left is not lost: it comes back as regions, for the tracer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import cv2
import numpy as np

from inksight_cli.document import Stroke
from inksight_cli.ink.types import Mask
from inksight_cli.ownership.region import Region
from inksight_cli.polylines import resample
from inksight_cli.refine.measure import draw_strokes

_FRINGE = 2.0  # pixels added to a stroke's width: ink within them is its own ragged rim


def covered(region: Region, strokes: Sequence[Stroke]) -> Mask:
    """Return where ``strokes`` explain ink, in the region's frame."""
    return draw_strokes(region.box, strokes, _FRINGE).astype(bool)


def ink_explained(region: Region, drawn: Mask) -> float:
    """Return the share of the region's ink pixels that are ``drawn`` (see `covered`), 0..1."""
    return float((region.mask & drawn).sum() / region.area) if region.area else 1.0


def on_ink(region: Region, strokes: Sequence[Stroke], doubt: int = 1) -> float:
    """Return the share of the strokes' length that lies on ink, ``doubt`` pixels allowed."""
    # A frame as wide as the doubt, and a pixel of paper for whatever lies farther off.
    frame, side = doubt + 1, 2 * doubt + 1
    near = cv2.dilate(np.pad(region.mask.astype(np.uint8), frame), np.ones((side, side), np.uint8))
    hit = total = 0
    for stroke in strokes:
        points = resample(stroke.points, 1.0) - (region.left - frame, region.top - frame)
        columns = np.clip(np.floor(points[:, 0]).astype(int), 0, near.shape[1] - 1)
        rows = np.clip(np.floor(points[:, 1]).astype(int), 0, near.shape[0] - 1)
        hit += int(near[rows, columns].sum())
        total += len(points)
    return hit / total if total else 1.0


def unexplained(region: Region, drawn: Mask, pen_width: float) -> Iterator[Region]:
    """Yield the patches of ink that are not ``drawn`` and that a pen may have made.

    A patch in which no disc of half the pen's width fits is a rim that the strokes' round
    shape does not reach, not a stroke.
    """
    left = Region(region.mask & ~drawn, region.left, region.top)
    for patch in split_patches(left, pen_width):
        framed = np.pad(patch.mask.astype(np.uint8), 1)
        if 2.0 * cv2.distanceTransform(framed, cv2.DIST_L2, 3).max() - 1.0 >= 0.5 * pen_width:
            yield patch


def split_patches(region: Region, pen_width: float) -> Iterator[Region]:
    """Yield the connected patches of ``region`` that are at least as large as a dot.

    Args:
        region: any ink.
        pen_width: in pixels; a dot has the area of a disc three quarters as wide.
    """
    mask = region.mask.astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    smallest = max(0.44 * pen_width**2, 3.0)
    for label, (left, top, width, height, area) in enumerate(stats.tolist()):
        if label and area >= smallest:
            window = labels[top : top + height, left : left + width]
            patch: Mask = np.asarray(window == label, dtype=bool)
            yield Region(patch, region.left + left, region.top + top)
