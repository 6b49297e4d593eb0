"""Printed rules and grids, and how much darkness they add to the page.

Taking that darkness off leaves the strokes which cross a rule whole: ink over print is darker
than print. `lines` finds straight lines, `families` tells the printed ones.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from inksight_cli.ink.families import bridge_gaps, judge_print
from inksight_cli.ink.lines import CELL, Floats, find_lines
from inksight_cli.ink.types import Pixels

HALF_BAND = 6  # rows on either side of a rule's crest that may still be part of it


@dataclass(frozen=True, slots=True, eq=False)
class Rules:
    """The darkness that printed rules add, in units of the strength they were found in.

    Attributes:
        across: (H, W) uint8 from lines that run left to right; down: from those top to bottom.
    """

    across: Pixels
    down: Pixels

    @property
    def darkness(self) -> Pixels:
        """(H, W) uint8, both together."""
        return np.maximum(self.across, self.down)


def find_rules(strength: Pixels, sigma: float, pen_strength: float) -> Rules:
    """Find the printed rules of a page.

    Args:
        strength: (H, W) darkness against the paper, 0 = paper.
        sigma: standard deviation of the paper's grain in the same units.
        pen_strength: how dark the pen typically is.
    """
    across = _horizontal(strength, sigma, pen_strength)
    down = _horizontal(np.ascontiguousarray(strength.T), sigma, pen_strength).T
    return Rules(across, np.ascontiguousarray(down))


def _horizontal(strength: Pixels, sigma: float, pen_strength: float) -> Pixels:
    import cv2

    height, width = strength.shape
    cell = CELL if width >= 800 else CELL // 2
    cells = width // cell
    span = int(np.clip(width / 16, 32, 192)) // cell
    if cells < span or height < 4 * HALF_BAND:
        return np.zeros_like(strength)
    strip = cv2.resize(strength, (cells, height), interpolation=cv2.INTER_AREA).astype(np.float32)
    line, pieces = find_lines(strip, sigma, span, cell)
    printed = judge_print(pieces, strip, pen_strength)
    if not printed.darkness.any():
        return np.zeros_like(strength)
    darkness = np.concatenate([[0.0], printed.darkness]).astype(np.float32)
    crest = np.maximum(darkness[pieces.labels], bridge_gaps(pieces, printed, line, span))
    added = _spread(crest, strip)
    wide = cv2.resize(added, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.clip(wide, 0, 255).astype(np.uint8)


def _spread(crest: Floats, strip: Floats) -> Floats:
    """Return what the rules add in each cell: their mean cross-section around every crest.

    Never more than is there, and where a pen crosses no more than the rule has elsewhere.
    """
    on = crest > 0
    offsets = range(-HALF_BAND, HALF_BAND + 1)
    base = strip[on]
    shares = []
    for offset in offsets:
        moved = np.roll(strip, -offset, axis=0)[on]
        shares.append(float(np.median(moved / np.maximum(base, 1))))
    added = np.zeros_like(strip)
    for offset, share in zip(offsets, shares, strict=True):
        if share > 0.08:
            np.maximum(added, np.roll(crest, offset, axis=0) * np.float32(share), out=added)
    # Print is uneven, so up to a quarter more than its mean is still print; what is darker has
    # a pen in it, and there less than the mean comes off: better a crumb than a hole.
    penned = strip > 1.4 * added
    return np.where(penned, added * np.float32(0.85), np.minimum(added * np.float32(1.25), strip))
