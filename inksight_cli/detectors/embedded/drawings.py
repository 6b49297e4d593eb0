"""Which ink is a drawing's, to the pixel: what the network calls so, in long pieces."""

from __future__ import annotations

import numpy as np

from inksight_cli.detectors.embedded.reach import WRITING
from inksight_cli.detectors.embedded.segmentation import Maps
from inksight_cli.ink.types import Mask
from inksight_cli.ownership.parts import Components

LONG = 0.6  # of the lines' height: shorter pieces may as well be the tails of letters


def drawn_ink(maps: Maps, mask: Mask, line_height: float) -> Mask:
    """Return the ink of drawings: frames, arrows, circles, also where words touch them.

    Args:
        maps: what the network says.
        mask: (H, W) bool, the page's ink.
        line_height: of RapidOCR's lines, in pixels.
    """
    pieces = Components.of(mask & _unwritten(maps, mask.shape))
    long = pieces.extents > LONG * line_height
    long[0] = False
    return np.asarray(long[pieces.labels])


def _unwritten(maps: Maps, shape: tuple[int, ...]) -> Mask:
    """Return where a page of ``shape`` (H, W) is no writing, between cells interpolated."""
    import cv2

    # Bytes, not floats: a page has millions of pixels.
    cells = np.rint(255 * maps.writing).astype(np.uint8)
    across, down = maps.cell
    way = np.array([[1 / across, 0, 0.5 / across - 0.5], [0, 1 / down, 0.5 / down - 0.5]])
    at_pixels = cv2.warpAffine(
        cells,
        way,
        (shape[1], shape[0]),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return np.asarray(at_pixels < 255 * WRITING)
