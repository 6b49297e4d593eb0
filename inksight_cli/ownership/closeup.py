"""A word's ink as the tracer looks at it: enlarged, with the centre lines that were seen.

A pen of three pixels has centre lines that lie between pixels; between the pixels of what the
network says of them they are found again.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from inksight_cli.geometry import Points, as_points
from inksight_cli.ink.morphology import dilate, reached
from inksight_cli.ink.types import Ink, Mask, Pixels
from inksight_cli.ownership.region import Region

ZOOM = 2

_INKED = 128  # of 255
_LINE, _SURE = 70, 128  # of 255: a centre line is as sure as this all along, and somewhere surer
_DEEP, _STEP = 30, 20  # of 255: a counter that ran full is so much less sure than its letter


@dataclass(frozen=True, slots=True, eq=False)
class Closeup:
    """The ink of a region, enlarged.

    Attributes:
        mask: (h * zoom, w * zoom) bool.
        lines: of the same shape, narrow bands around the strokes' centre lines; all of the
            mask where nobody saw any.
        zoom: its pixels per pixel of the page.
        left, top: page coordinates of its top-left corner.
    """

    mask: Mask
    lines: Mask
    zoom: int
    left: int
    top: int

    def inside(self, points: Points) -> Points:
        """Map points (N, 2) of the page into the close-up."""
        return (as_points(points) - (self.left, self.top)) * self.zoom

    def to_page(self, points: Points) -> Points:
        """Map points (N, 2) of the close-up to the page."""
        return as_points(points) / self.zoom + (self.left, self.top)


def look_closely(ink: Ink, region: Region) -> Closeup:
    """Return the ink of ``region`` enlarged, with its centre lines."""
    # A pixel more all round: half a pixel of ink may lie beyond the mask.
    own = np.pad(region.mask, 1)
    size = own.shape[1] * ZOOM, own.shape[0] * ZOOM
    cover, middle = (
        np.asarray(cv2.resize(_cut(plane, region), size, interpolation=cv2.INTER_CUBIC), np.uint8)
        for plane in (ink.cover, ink.middle)
    )
    there = dilate(own, 3, 3).repeat(ZOOM, axis=0).repeat(ZOOM, axis=1)
    mask = (cover >= _INKED) & there
    lines = _lines(middle, mask, ink.pen_width * ZOOM)
    return Closeup(mask, lines, ZOOM, region.left - 1, region.top - 1)


def _lines(middle: Pixels, mask: Mask, pen: float) -> Mask:
    """Return bands around the centre lines of ``mask``, and all ink far from any of them."""
    likely = (middle >= _LINE) & mask
    seen = reached(likely & ~_counters(middle, likely), middle >= _SURE)
    side = 2 * round(pen) + 1
    unseen = mask & ~dilate(seen, side, side)
    if not unseen.any():
        return seen
    # What has no line of its own keeps its whole width, and touches the lines around.
    return np.asarray(seen | (dilate(unseen, side, side) & mask), dtype=np.bool_)


def _counters(middle: Pixels, likely: Mask) -> Mask:
    """Return the eyes of letters that ran full: basins that surer centre lines enclose.

    A thick pen leaves no paper in an "e"; the network still doubts that a line runs there. Each
    basin is opened at the lowest level at which it is deep, so that its lines stay wide.
    """
    opened = np.zeros_like(likely)
    for level in range(_LINE + _DEEP, 255, _STEP):
        deep = likely & (middle <= level - _DEEP) & ~opened
        if not deep.any():
            continue
        below = (middle < level).view(np.uint8)
        count, labels = cv2.connectedComponents(below, connectivity=4)
        basin = np.zeros(count, np.bool_)
        basin[labels[deep]] = True
        # Paper is no basin, nor is what goes on beyond the region.
        edges = labels[[0, -1]], labels[:, [0, -1]], labels[~likely | opened]
        basin[np.concatenate([edge.ravel() for edge in edges])] = False
        opened |= basin[labels]
    return opened


def _cut(plane: NDArray[np.uint8], region: Region) -> NDArray[np.uint8]:
    """Return the region's part of a page-wide picture with a pixel more all round."""
    height, width = region.mask.shape
    rows, columns = max(region.top - 1, 0), max(region.left - 1, 0)
    part = plane[rows : region.top + height + 1, columns : region.left + width + 1]
    before = rows - region.top + 1, columns - region.left + 1
    after = height + 2 - before[0] - part.shape[0], width + 2 - before[1] - part.shape[1]
    return np.pad(part, list(zip(before, after, strict=True)))
