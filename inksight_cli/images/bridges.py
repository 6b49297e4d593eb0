"""Letters that cross a line of a drawing get their middles back."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from inksight_cli.images.morphology import close_by
from inksight_cli.images.page import Mask

Windows = dict[int, tuple[slice, slice]]


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


def windows_of(labels: NDArray[np.int32]) -> Windows:
    """Return the tight window of every label > 0."""
    return dict(_windows(labels))


def _windows(labels: NDArray[np.int32]) -> Iterator[tuple[int, tuple[slice, slice]]]:
    ys, xs = np.nonzero(labels)
    if not len(ys):
        return
    values = labels[ys, xs]
    count = int(values.max()) + 1
    low = np.full((count, 2), np.iinfo(np.int64).max)
    high = np.full((count, 2), -1)
    for axis, at in enumerate((ys, xs)):
        np.minimum.at(low[:, axis], values, at)
        np.maximum.at(high[:, axis], values, at)
    for k in np.unique(values):
        first, last = low[k].tolist(), (high[k] + 1).tolist()
        yield int(k), (slice(first[0], last[0]), slice(first[1], last[1]))
