"""A word's ink as the tracer looks at it: so large that its pen is some pixels wide.

A pen of three pixels has centre lines that stand on whole pixels, and eyes of letters that hold
one grey pixel or none. The darkness of that pixel still tells how much paper there is in it: the
picture is enlarged first and told into ink and paper then.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from inksight_cli.geometry import Points, as_points
from inksight_cli.ink.morphology import dilate
from inksight_cli.ink.types import Ink, Mask
from inksight_cli.ownership.region import Region

WIDE = 5.0
"""From this width in pixels on a pen is traced as it is."""

ZOOM = 2

_GRAIN = 0.6  # page pixels: finer than this is noise
_LINES = 1.5  # page pixels: coarser than this is the shade around lines
_SHARPER = 4  # how many times that shade is taken off: opens eyes that blur has closed
_AROUND = 1.5  # pen widths: the contrast of a stroke is that of the ink around
_SHARE = 0.5  # of its contrast, where the edge of a stroke is
_DOT = 2.5  # pen widths: what is no larger has no eye
_FULL = 0.95  # of the darkness around: the middle of a blot, which sharpening would hollow


@dataclass(frozen=True, slots=True, eq=False)
class Closeup:
    """The ink of a region, enlarged.

    Attributes:
        mask: (h * zoom, w * zoom) bool.
        zoom: its pixels per pixel of the page.
        left, top: page coordinates of its top-left corner.
    """

    mask: Mask
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
    """Return the ink of ``region`` so large that a pen is about `WIDE` pixels or wider.

    Ink with a grain of its own (pencil, ribbon, old paper) falls to pieces when it is looked at
    too sharply: then a softer look is taken, and at last the page's own.
    """
    if ink.pen_width < WIDE and region.area:
        for mask in _looks(ink, region):
            if not _torn(mask, region.mask):
                return Closeup(mask, ZOOM, region.left - 1, region.top - 1)
    return as_it_is(region)


def as_it_is(region: Region) -> Closeup:
    """Return the ink of ``region`` as the page's mask has it."""
    return Closeup(region.mask, 1, region.left, region.top)


def _looks(ink: Ink, region: Region) -> Iterator[Mask]:
    """Yield the region's ink enlarged: seen sharply, then softly."""
    # A pixel more all round: half a pixel of ink may lie beyond the mask.
    own = np.pad(region.mask, 1)
    dark, rules = (_cut(plane, region) for plane in (ink.strength, ink.rules.view(np.uint8)))
    size = own.shape[1] * ZOOM, own.shape[0] * ZOOM
    large = cv2.resize(dark, size, interpolation=cv2.INTER_CUBIC)
    plain = cv2.GaussianBlur(large, (0, 0), _GRAIN * ZOOM)
    shade = cv2.GaussianBlur(plain, (0, 0), _LINES * ZOOM)
    sharp = cv2.addWeighted(plain, 1 + _SHARPER, shade, -_SHARPER, 0)
    reach = round(_AROUND * ink.pen_width * ZOOM)
    full = _above(plain, reach, _FULL)
    there = _twice(dilate(own, 3, 3) & (rules == 0))
    dots = _twice(_dots(own, ink.pen_width))
    for seen in (sharp, plain):
        yield ((_above(seen, reach, _SHARE) | full) & there) | dots


def _torn(mask: Mask, own: Mask) -> bool:
    """Whether ``mask`` has many more patches or holes than the page's mask of the same ink."""
    patches, holes = _shape(mask)
    own_patches, own_holes = _shape(own)
    return patches > 1.2 * own_patches + 2 or holes > own_holes + 4


def _shape(mask: Mask) -> tuple[int, int]:
    """Return how many patches and how many holes a mask has."""
    _, tree = cv2.findContours(mask.astype(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    outer = int((tree[0, :, 3] < 0).sum()) if tree is not None else 0
    return outer, (len(tree[0]) - outer if tree is not None else 0)


def _dots(own: Mask, pen_width: float) -> Mask:
    """Return the patches of ink that a pen leaves where it only touches the paper."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(own.astype(np.uint8), connectivity=8)
    small = stats[:, 2:4].max(axis=1) <= _DOT * pen_width
    small[0] = False
    return np.asarray(small[labels], dtype=np.bool_)


def _twice(mask: Mask) -> Mask:
    return mask.repeat(ZOOM, axis=0).repeat(ZOOM, axis=1)


def _above(dark: cv2.typing.MatLike, reach: int, share: float) -> Mask:
    """Return where a picture is darker than a share of the darkest within ``reach`` pixels."""
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    return np.asarray(dark >= cv2.convertScaleAbs(cv2.dilate(dark, disc), alpha=share))


def _cut(plane: NDArray[np.uint8], region: Region) -> NDArray[np.uint8]:
    """Return the region's part of a page-wide picture with a pixel more all round."""
    height, width = region.mask.shape
    rows, columns = max(region.top - 1, 0), max(region.left - 1, 0)
    part = plane[rows : region.top + height + 1, columns : region.left + width + 1]
    before = rows - region.top + 1, columns - region.left + 1
    after = height + 2 - before[0] - part.shape[0], width + 2 - before[1] - part.shape[1]
    return np.pad(part, list(zip(before, after, strict=True)))
