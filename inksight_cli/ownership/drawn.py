"""Drawings that touch words: what is theirs of the ink, and what the words get back."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from inksight_cli.geometry import Box
from inksight_cli.ink.morphology import close_by, dilate
from inksight_cli.ink.types import Mask
from inksight_cli.ownership.frame import Frame
from inksight_cli.ownership.parts import Components, Parts
from inksight_cli.ownership.region import windows_of

CRUMB = 0.3  # of the word's height: what hangs on a drawing, is no larger
MIDDLE = 0.6  # and no nearer to the middle of the box (0: its centre, 1: its sides) is no letter


def leaving(drawn: Mask, boxes: Sequence[Box]) -> Mask:
    """Return the drawings that leave the boxes of words; a piece inside one is of its letters."""
    pieces = Components.of(drawn)
    around = np.array([(box.left, box.top, -box.right, -box.bottom) for box in boxes])
    corners = pieces.boxes * (1, 1, -1, -1)
    inside = np.zeros(pieces.count, dtype=np.bool_)
    for box in around:
        inside |= (corners >= box).all(axis=1)
    return np.asarray(drawn & ~inside[pieces.labels])


def crumbs(
    components: Components, parts: Parts, frames: Sequence[Frame], drawn: Mask | None
) -> NDArray[np.bool_]:
    """Return the components (N,) that are bits of the drawing they hang on.

    All that hang on one are, but for those in the middle of a word and the larger ones in it:
    those are its letters.
    """
    torn = np.zeros(components.count, dtype=np.bool_)
    if drawn is None:
        return torn
    torn[components.labels[dilate(drawn, 3, 3)]] = True
    for component, word in zip(parts.component, parts.word, strict=True):
        if torn[component]:
            middle = frames[word].depth(components.centres[component][None])[0] < MIDDLE
            small = components.extent(component) <= CRUMB * frames[word].height
            torn[component] = small and not middle
    return torn


def crossing(letters: Mask, pen: float) -> Mask:
    """Return letters (h, w) with the gaps closed that a line of the pen's width cuts."""
    side = 2 * (round(pen) // 2 + 1) + 1
    return close_by(letters, np.ones((side, side), np.uint8))


def bridge_gaps(labels: NDArray[np.int32], drawn: Mask, pen: float) -> None:
    """Give every word the bits of drawn ink between its own.

    Args:
        labels: (H, W) int32, written to: k = word k - 1, 0 = nobody.
        drawn: (H, W) bool, ink of drawings.
        pen: width of a stroke in pixels.
    """
    for label, window in windows_of(labels).items():
        here, own = labels[window], labels[window] == label
        gaps = drawn[window] & (here == 0)
        if gaps.any():
            here[gaps & crossing(own, pen)] = label
