"""Pages of Chinese, Japanese and Korean are looked at once more, closer, where strokes stand close.

With a pen of three pixels no paper is left between the strokes of a dense character. That there
are such characters is known only when the page has been read.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from inksight_cli.coordinates import mapped_line
from inksight_cli.document import Line
from inksight_cli.homography import Homography
from inksight_cli.ink.morphology import dilate
from inksight_cli.ink.scale import LARGEST, SIDE, WORTH_IT
from inksight_cli.ink.types import Mask
from inksight_cli.pages.page import PageImage
from inksight_cli.pages.zoom import scaled
from inksight_cli.scripts import MOSTLY, squared_share

PEN = 5.0
"""Pixels: the width of the pen then. Hanzi whose pen is a twelfth to a seventh of their height,
drawn along their true way over the lines that were seen: DTW 4.1, 2.9, 2.5 and 2.5 px at pens of
3, 4, 5 and 6 pixels."""
CLOSE = 14.0  # pens: in smaller characters strokes stand close


def seen_closer(
    loaded: PageImage, looked: PageImage, lines: list[Line]
) -> tuple[PageImage, list[Line]]:
    """Return a page at the size at which its strokes are told apart, and its lines there.

    What of the ink is print, or a drawing's, stays so. Pages of other scripts, thin pens and large
    characters come back as they are.

    Args:
        loaded: the page as it was loaded.
        looked: the same, at the size at which it was looked at.
        lines: what was found on ``looked``.
    """
    scale = looked.zoom[0]
    if stand_close(lines, looked.ink.pen_width):
        scale *= PEN / looked.ink.pen_width
    scale = min(scale, LARGEST, 2 * SIDE / max(loaded.pixels.shape))
    if scale < WORTH_IT * looked.zoom[0]:
        return looked, lines
    again = scaled(loaded, scale)
    _tell_what_is_no_writing(again, looked)
    across, down = np.divide(again.zoom, looked.zoom)
    way = Homography(np.diag([across, down, 1.0]))
    return again, [mapped_line(line, way) for line in lines]


def stand_close(lines: Sequence[Line], pen: float) -> bool:
    """Whether most of a page is characters in squares, each only a few pens wide."""
    words = [word for line in lines for word in line.words]
    if squared_share("".join(word.text for word in words)) < MOSTLY:
        return False
    return float(np.median([max(w.box.width, w.box.height) for w in words])) < CLOSE * pen


def _tell_what_is_no_writing(again: PageImage, looked: PageImage) -> None:
    ink = looked.ink
    around = dilate(ink.rules, 3, 3) & ~dilate(ink.mask, 3, 3)
    again.take_off(_resized(around, again))
    if ink.drawn is not None:
        again.call_drawn(_resized(ink.drawn, again))


def _resized(mask: Mask, to: PageImage) -> Mask:
    import cv2

    size = to.width, to.height
    return cv2.resize(mask.view(np.uint8), size, interpolation=cv2.INTER_NEAREST).astype(np.bool_)
