"""Which word a patch of ink belongs to.

Connected ink mostly lies in one word's box and is that word's. The rest is decided by shape:
ink shared by touching words is cut between them, lines that merely pass (underlines, table
rules, arrows, boxes drawn around words) stay nobody's, and small marks go to the nearest word.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from inksight_cli.document import Word
from inksight_cli.geometry import Box
from inksight_cli.images.frame import Frame
from inksight_cli.images.page import Ink
from inksight_cli.images.parts import Components, Parts, find_parts
from inksight_cli.images.region import Region

MOSTLY = 0.8  # a component with this share inside one word's box is that word's
REACH = 0.75  # of the word's height: how far flourishes and descenders leave the box
NEAR = 0.4  # of the word's height: how far dots and accents may lie from the box


@dataclass(frozen=True, slots=True, eq=False)
class Ownership:
    """Who owns each pixel of ink.

    Attributes:
        labels: (H, W) int32: 0 = nobody's ink, or no ink; k = word k - 1 in reading order.
        mask: (H, W) bool, all ink of the page.
    """

    labels: NDArray[np.int32]
    mask: NDArray[np.bool_]
    _boxes: dict[int, tuple[slice, slice]] = field(default_factory=dict, repr=False)

    def region(self, index: int) -> Region:
        """Return the ink of word ``index`` (from 0), framed tightly; empty if it has none."""
        if not self._boxes:
            self._boxes.update(_frames(self.labels))
        rows, columns = self._boxes.get(index + 1, (slice(0, 0), slice(0, 0)))
        return Region(self.labels[rows, columns] == index + 1, columns.start, rows.start)

    def left_over(self) -> Region:
        """Return the ink that no word owns, in the frame of the whole page."""
        return Region(self.mask & (self.labels == 0), 0, 0)


def assign_ink(ink: Ink, words: Sequence[Word]) -> Ownership:
    """Give every connected patch of ink to the word it belongs to, or to nobody."""
    components = Components.of(ink.mask)
    frames = [Frame.of(word.quad) for word in words]
    boxes = [word.box for word in words]
    owner = np.zeros(components.count, dtype=np.int32)
    shared: dict[int, list[int]] = {}
    if words:
        parts = find_parts(components, frames, boxes)
        pen = ink.pen_width
        for component in np.unique(parts.component):
            owners = _owners(components, parts, frames, int(component), pen)
            if len(owners) == 1 and _whole(components, frames[owners[0]], int(component)):
                owner[component] = owners[0] + 1
            elif owners:
                shared[int(component)] = owners
        _add_marks(components, parts, frames, owner)
    labels = owner[components.labels]
    for component, owners in shared.items():
        _share(labels, components, frames, boxes, component, owners)
    return Ownership(labels, ink.mask)


def _owners(
    components: Components, parts: Parts, frames: Sequence[Frame], component: int, pen: float
) -> list[int]:
    """Return the words that a component belongs to: none, one, or several that share it."""
    mine = parts.of(component)
    share = parts.area[mine] / components.area[component]
    best = int(mine[share.argmax()])
    if components.extent(component) <= 0.8 * frames[parts.word[best]].height:
        return [int(parts.word[best])]
    real = [int(p) for p in mine if not _passes(parts, frames, int(p), pen)]
    if not real:
        return []
    if share.max() >= MOSTLY:
        return [int(parts.word[best])] if best in real else []
    if share.sum() >= 0.6:
        return [int(parts.word[p]) for p in real if _counts(parts, frames, p, pen)]
    # Most of it lies outside all words: a box or an arrow, unless a word would be lost with it.
    return [int(parts.word[p]) for p in real if parts.share_of_word(p) > 0.5]


def _passes(parts: Parts, frames: Sequence[Frame], part: int, pen: float) -> bool:
    """Whether a part is a line through the word: an underline, a strike, a rule, a box's side."""
    frame = frames[parts.word[part]]
    if parts.share_of_word(part) > 0.6:
        return False
    u, v = parts.extent[part]
    thin = max(3 * pen, 0.2 * frame.height)
    along = v <= thin and u >= max(0.6 * frame.length, 6 * pen) and u > 0.8 * frame.height
    across = u <= thin and v >= 0.9 * frame.height and parts.leaves[part]
    return bool(along or across)


def _counts(parts: Parts, frames: Sequence[Frame], part: int, pen: float) -> bool:
    """Whether a part is more than a neighbour's flourish that reaches into the box."""
    height = frames[parts.word[part]].height
    enough = parts.share_of_word(part) > 0.12 or parts.area[part] > pen * height
    return bool(enough and parts.extent[part].max() > 0.35 * height)


def _whole(components: Components, frame: Frame, component: int) -> bool:
    """Whether a component stays close enough to its word to go there entirely."""
    du, dv = frame.excess(components.corners(component))
    return bool(max(du.max(), dv.max()) <= REACH * frame.height)


def _add_marks(
    components: Components, parts: Parts, frames: Sequence[Frame], owner: NDArray[np.int32]
) -> None:
    """Give dots, accents and commas outside all boxes to the nearest word."""
    heights = np.array([frame.height for frame in frames])
    loose = np.ones(components.count, dtype=bool)
    loose[0] = False
    loose[parts.component] = False
    loose &= components.extents <= 0.6 * heights.max()
    marks = np.flatnonzero(loose)
    if not len(marks):
        return
    centres = components.centres[marks]
    distance = np.stack([frame.distance(centres) for frame in frames], axis=1) / heights
    nearest = distance.argmin(axis=1)
    close = distance.min(axis=1) <= NEAR
    close &= components.extents[marks] <= 0.6 * heights[nearest]
    owner[marks[close]] = nearest[close] + 1


def _share(
    labels: NDArray[np.int32],
    components: Components,
    frames: Sequence[Frame],
    boxes: Sequence[Box],
    component: int,
    owners: Sequence[int],
) -> None:
    """Cut a component between ``owners``: inside a box by depth, outside by distance."""
    rows, columns = components.window(component)
    score = np.full((rows.stop - rows.start, columns.stop - columns.start), np.inf)
    target = labels[rows, columns]
    reach = REACH / (1 if len(owners) > 1 else 3)
    for word in owners:
        frame = frames[word]
        part = _within(boxes[word].grown(reach * frame.height), rows, columns)
        ys, xs = np.nonzero(components.labels[rows, columns][part] == component)
        ys, xs = ys + part[0].start, xs + part[1].start
        points = np.stack([xs + columns.start + 0.5, ys + rows.start + 0.5], axis=1)
        beyond = frame.distance(points) / frame.height
        own = np.where(beyond > 0, 10 + beyond, frame.depth(points))
        better = (beyond <= reach) & (own < score[ys, xs])
        ys, xs = ys[better], xs[better]
        score[ys, xs] = own[better]
        target[ys, xs] = word + 1


def _within(box: Box, rows: slice, columns: slice) -> tuple[slice, slice]:
    """Return the part of a window that ``box`` touches, as slices of the window."""
    shift = Box(
        box.left - columns.start,
        box.top - rows.start,
        box.right - columns.start,
        box.bottom - rows.start,
    )
    return shift.clipped(columns.stop - columns.start, rows.stop - rows.start).pixels()


def _frames(labels: NDArray[np.int32]) -> dict[int, tuple[slice, slice]]:
    """Return the tight window of every label > 0."""
    ys, xs = np.nonzero(labels)
    if not len(ys):
        return {0: (slice(0, 0), slice(0, 0))}
    values = labels[ys, xs]
    count = int(values.max()) + 1
    low = np.full((count, 2), np.iinfo(np.int64).max)
    high = np.full((count, 2), -1)
    for axis, at in enumerate((ys, xs)):
        np.minimum.at(low[:, axis], values, at)
        np.maximum.at(high[:, axis], values, at)
    return {
        int(k): (
            slice(int(low[k, 0]), int(high[k, 0]) + 1),
            slice(int(low[k, 1]), int(high[k, 1]) + 1),
        )
        for k in np.unique(values)
    }
