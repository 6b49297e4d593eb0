"""What telling ink from paper gives: the mask, and what else is known of a page's ink."""

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
        rules: (H, W) bool, the printed lines that were taken out (for painting over them).
        strength: (H, W) uint8, darkness against the local paper, 0 = paper; kept so that
            thin strokes can be measured below the resolution of the mask.
        paper: (H, W, 3) uint8 RGB, the paper alone: what is painted over removed ink.
        pen_width: typical width of a stroke in pixels (median over the skeleton).
        drawn: (H, W) bool, ink that whoever found the words knows to be a drawing's, not a
            word's; None where there is none, or nobody looked.
    """

    mask: Mask
    rules: Mask
    strength: Pixels
    paper: Pixels
    pen_width: float
    drawn: Mask | None = None
