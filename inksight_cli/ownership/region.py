"""A patch of ink cut out of a page: what the tracer and the refiner work on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inksight_cli.geometry import Box
from inksight_cli.ink.types import Mask

Windows = dict[int, tuple[slice, slice]]
"""Rows and columns of labels."""


@dataclass(frozen=True, slots=True, eq=False)
class Region:
    """Ink pixels of one owner.

    Attributes:
        mask: (h, w) bool, True where there is ink of this owner.
        left, top: page coordinates of the mask's top-left corner, whole pixels.
    """

    mask: Mask
    left: int
    top: int

    @property
    def box(self) -> Box:
        """The region's frame in page pixels."""
        height, width = self.mask.shape
        return Box(self.left, self.top, self.left + width, self.top + height)

    @property
    def area(self) -> int:
        """Number of ink pixels."""
        return int(self.mask.sum())


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
