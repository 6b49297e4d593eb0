"""What looking at a page gives: where there is ink, where its centre lines run, what is paper."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]
Pixels = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class Ink:
    """What on a page is pen, and what is paper.

    Attributes:
        mask: (H, W) bool, True where the pen left ink; ruled lines and grids are not in it.
        cover: (H, W) uint8, how much of a pixel is ink, 255 = all of it.
        middle: (H, W) uint8, 255 on the centre lines of strokes, falling off within a pixel.
        drawing: (H, W) uint8, how surely the ink is a drawing's; 0 where it is writing.
        rules: (H, W) bool, printed lines and what else is no ink (painted over in crops).
        strength: (H, W) uint8, contrast against the local paper, 0 = paper.
        paper: (h, w, 3) uint8 RGB, the paper alone, on a coarser grid (see `paper_at`).
        pen_width: typical width of a stroke in pixels.
        drawn: (H, W) bool, ink that whoever found the words knows to be a drawing's, not a
            word's; None where there is none, or nobody looked.
    """

    mask: Mask
    cover: Pixels
    middle: Pixels
    drawing: Pixels
    rules: Mask
    strength: Pixels
    paper: Pixels
    pen_width: float
    drawn: Mask | None = None

    def paper_at(self, rows: slice, columns: slice) -> Pixels:
        """Return the paper (h, w, 3) RGB of a window of the page."""
        import cv2

        top, bottom, _ = rows.indices(self.mask.shape[0])
        left, right, _ = columns.indices(self.mask.shape[1])
        size = right - left, bottom - top
        down, across = np.divide(self.paper.shape[:2], self.mask.shape)
        # From pixel centres of the window to pixel centres of the coarse grid.
        way = np.array(
            [
                [across, 0, (left + 0.5) * across - 0.5],
                [0, down, (top + 0.5) * down - 0.5],
            ]
        )
        how = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        border = cv2.BORDER_REPLICATE
        return np.asarray(
            cv2.warpAffine(self.paper, way, size, flags=how, borderMode=border), dtype=np.uint8
        )
