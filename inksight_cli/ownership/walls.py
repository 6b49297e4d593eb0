"""Drawn lines that stand across a word's end: what lies behind them is no letter of it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from inksight_cli.geometry import Box
from inksight_cli.ink.types import Mask
from inksight_cli.ownership.frame import Frame
from inksight_cli.ownership.parts import Components
from inksight_cli.ownership.region import windows_of

THICK = 0.3  # of the word's height: a wall may lean and bend so far
HIGH = 0.6  # of the word's height: so much of it a wall covers; arrows hide the rest
BEHIND = 0.2  # of the word's ink: more than this is no arrowhead, but the word
LETTER = 0.6  # of the word's height: what stands so high is a letter beside a line
SLICES = 16  # of the word's height, each covered or not; of a small word no more than its pixels


def drop_behind_walls(
    labels: NDArray[np.int32], drawn: Mask, frames: Sequence[Frame], boxes: Sequence[Box]
) -> None:
    """Take from every word the patches that a drawn line parts from the rest, before or after it.

    Frames around words have arrows that end at them; circles stand beside words.

    Args:
        labels: (H, W) int32, written to: k = word k - 1, 0 = nobody.
        drawn: (H, W) bool, ink of drawings.
        frames: of all words.
        boxes: of all words.
    """
    height, width = labels.shape
    for label, (rows, columns) in windows_of(labels).items():
        ink = Box(columns.start, rows.start, columns.stop, rows.stop)
        whole = Box.union([ink, boxes[label - 1].clipped(width, height)])
        window = whole.pixels()
        here = labels[window]
        lines = drawn[window] & (here != label)
        if lines.any():
            here[_behind(here == label, lines, frames[label - 1], whole)] = 0


def _behind(own: Mask, lines: Mask, frame: Frame, window: Box) -> Mask:
    """Return which of the word's ink (h, w) lies behind lines (h, w), in whole patches."""
    patches = Components.of(own)
    along, across = _along(own, frame, window)
    u, v = _along(lines, frame, window)
    near = np.abs(v) < frame.half_height
    first, last = _walls(u[near], v[near], frame)
    label = patches.labels[own]
    before = np.bincount(label, weights=along < first, minlength=patches.count)
    after = np.bincount(label, weights=along > last, minlength=patches.count)
    behind = np.maximum(before, after) > 0.5 * patches.area
    behind &= _spread(across, label, patches.count) < LETTER * frame.height
    behind[0] = False
    if patches.area[behind].sum() > BEHIND * own.sum():
        return np.zeros_like(own)
    return np.asarray(behind[patches.labels])


def _spread(
    values: NDArray[np.float64], label: NDArray[np.int32], count: int
) -> NDArray[np.float64]:
    """Return (count,) how far the values of every label lie apart; -inf without any."""
    low, high = np.full(count, np.inf), np.full(count, np.inf)
    np.minimum.at(low, label, values)
    np.minimum.at(high, label, -values)
    return np.asarray(-(high + low), dtype=np.float64)


def _along(mask: Mask, frame: Frame, window: Box) -> NDArray[np.float64]:
    """Return (2, N) u and v of the pixels of a mask (h, w) of a window."""
    rows, columns = np.nonzero(mask)
    at = np.stack([columns, rows], axis=1) + 0.5 + (int(window.left), int(window.top))
    return frame.to_frame(at).T


def _walls(u: NDArray[np.float64], v: NDArray[np.float64], frame: Frame) -> tuple[float, float]:
    """Return where the last wall before the word's middle ends, and the first after it begins."""
    thick = max(THICK * frame.height, 2.0)
    count = min(SLICES, int(frame.height))
    slices = np.floor((v / frame.height + 0.5) * count).astype(np.intp)
    steps = np.floor(u / (thick / 2)).astype(np.intp)
    first, last = -np.inf, np.inf
    for step in np.unique(steps):
        inside = (steps == step) | (steps == step + 1)
        if len(np.unique(slices[inside])) >= HIGH * count:
            at = u[inside]
            if at.max() < 0:
                first = max(first, float(at.max()))
            elif at.min() > 0:
                last = min(last, float(at.min()))
    return first, last
