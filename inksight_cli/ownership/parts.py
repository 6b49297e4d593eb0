"""Connected ink, and the parts of it that lie in words' boxes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inksight_cli.geometry import Box, Points, as_points
from inksight_cli.ink.types import Mask
from inksight_cli.ownership.frame import Frame


@dataclass(frozen=True, slots=True, eq=False)
class Components:
    """8-connected patches of ink; number 0 is the paper.

    Attributes:
        labels: (H, W) int32.
        area: (N,) pixels; boxes: (N, 4) left, top, right, bottom; centres: (N, 2) x, y.
    """

    labels: NDArray[np.int32]
    area: NDArray[np.int64]
    boxes: NDArray[np.int64]
    centres: Points

    @classmethod
    def of(cls, mask: Mask) -> Components:
        """Label the ink of ``mask``."""
        import cv2

        _, labels, stats, centres = cv2.connectedComponentsWithStats(
            mask.astype(np.uint8), connectivity=8
        )
        boxes = stats[:, :4].astype(np.int64)
        boxes[:, 2:] += boxes[:, :2]
        area = stats[:, 4].astype(np.int64)
        return cls(np.asarray(labels, np.int32), area, boxes, as_points(centres) + 0.5)

    @property
    def count(self) -> int:
        """How many, the paper included."""
        return len(self.area)

    @property
    def extents(self) -> NDArray[np.int64]:
        """(N,) the longer side of each box."""
        sides = self.boxes[:, 2:] - self.boxes[:, :2]
        return np.asarray(sides.max(axis=1))

    def extent(self, component: int) -> int:
        """The longer side of one component's box."""
        left, top, right, bottom = self.boxes[component]
        return int(max(right - left, bottom - top))

    def box(self, component: int) -> Box:
        """One component's box."""
        return Box(*(float(v) for v in self.boxes[component]))

    def corners(self, component: int) -> Points:
        """The corners (4, 2) of one component's box."""
        left, top, right, bottom = (float(v) for v in self.boxes[component])
        return np.array([[left, top], [right, top], [right, bottom], [left, bottom]])

    def window(self, component: int) -> tuple[slice, slice]:
        """Rows and columns of one component's box."""
        left, top, right, bottom = (int(v) for v in self.boxes[component])
        return slice(top, bottom), slice(left, right)


@dataclass(frozen=True, slots=True, eq=False)
class Parts:
    """What each component has inside each word's box.

    Attributes:
        component, word: (P,) whose part; a component may have parts in several words.
        area: (P,) pixels.
        extent: (P, 2) size along the word's u and v axes, in pixels.
        leaves: (P,) the component goes on well beyond the box.
        totals: (number of words,) ink pixels inside each box.
    """

    component: NDArray[np.int64]
    word: NDArray[np.int64]
    area: NDArray[np.int64]
    extent: NDArray[np.float64]
    leaves: NDArray[np.bool_]
    totals: NDArray[np.int64]

    def of(self, component: int) -> NDArray[np.intp]:
        """The indices of one component's parts (``component`` is sorted)."""
        first, last = np.searchsorted(self.component, [component, component + 1])
        return np.arange(first, last)

    def share_of_word(self, part: int) -> float:
        """How much of all ink in the word's box this part is, 0..1."""
        return float(self.area[part] / max(self.totals[self.word[part]], 1))


def find_parts(components: Components, frames: Sequence[Frame], boxes: Sequence[Box]) -> Parts:
    """Cut the components by the words' boxes."""
    found = [
        _in_word(components, k, frame, box)
        for k, (frame, box) in enumerate(zip(frames, boxes, strict=True))
    ]
    component, word, area, extent = (np.concatenate(column) for column in zip(*found, strict=True))
    totals = np.bincount(word, weights=area, minlength=len(frames)).astype(np.int64)
    order = np.argsort(component, kind="stable")
    component, word, area, extent = component[order], word[order], area[order], extent[order]
    leaves = np.array(
        [_leaves(components, frames[w], c) for c, w in zip(component, word, strict=True)],
        dtype=bool,
    )
    return Parts(component, word, area, extent, leaves, totals)


def _in_word(
    components: Components, word: int, frame: Frame, box: Box
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    height, width = components.labels.shape
    rows, columns = box.clipped(width, height).pixels()
    patch = components.labels[rows, columns]
    ys, xs = np.nonzero(patch)
    points = np.stack([xs + columns.start + 0.5, ys + rows.start + 0.5], axis=1)
    u, v = frame.to_frame(points).T
    inside = (np.abs(u) <= frame.half_length) & (np.abs(v) <= frame.half_height)
    ids, where = np.unique(patch[ys[inside], xs[inside]], return_inverse=True)
    area = np.bincount(where, minlength=len(ids))
    extent = np.stack([_spread(a[inside], where, len(ids)) for a in (u, v)], axis=1)
    return ids.astype(np.int64), np.full(len(ids), word), area, extent


def _spread(
    values: NDArray[np.float64], group: NDArray[np.intp], count: int
) -> NDArray[np.float64]:
    low, high = np.full(count, np.inf), np.full(count, -np.inf)
    np.minimum.at(low, group, values)
    np.maximum.at(high, group, values)
    return np.asarray(high - low + 1.0, dtype=np.float64)


def _leaves(components: Components, frame: Frame, component: int) -> bool:
    du, dv = frame.excess(components.corners(component))
    return bool(max(du.max(), dv.max()) > 0.6 * frame.height)
