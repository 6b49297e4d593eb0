"""Whose ink is it? Every core takes the writing it reaches, along the ink or beside it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from inksight_cli.detectors.embedded.segmentation import INKED, Maps
from inksight_cli.geometry import Points, as_points
from inksight_cli.ink.types import Mask

WRITING = 0.5
BEYOND = 5.0  # of the body's height: how far from its core a word's connected ink may reach,
SHARED = 3.0  # where it is connected with other words, too,
TAIL = 1.5  # how long an end may be that looks like a drawing,
NEAR = 0.9  # where it touches no core: accents and commas,
ABOVE = 1.8  # and the dots over the letters of quick hands


def owners(
    maps: Maps,
    labels: NDArray[np.int32],
    middles: NDArray[np.float64],
    bodies: NDArray[np.float64],
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return for each cell whose ink it is, and which connected piece it is in.

    The ink of drawings is nobody's (0); writing without a core has the number after the last.

    Args:
        maps: what the network says.
        labels: (H, W) numbers of the cores, from 1 on.
        middles: (C,) row of the middle of every core, in cells.
        bodies: (C,) its height in cells.
    """
    import cv2

    body = np.concatenate([[0.0], bodies])
    top = np.concatenate([[0.0], middles]) - 0.5 * body
    writing = _written(maps, float(np.median(bodies)) if len(bodies) else 0.0)
    if not len(bodies):
        return writing.astype(np.int32), np.zeros(writing.shape, dtype=np.int32)
    distance, owner = _nearest(labels)
    _, pieces = cv2.connectedComponents(writing.astype(np.uint8), connectivity=8)
    on = labels > 0
    pairs = np.unique(np.stack([pieces[on], labels[on]]), axis=1)
    cores = np.bincount(pairs[0], minlength=int(pieces.max()) + 1)
    steps, reached = _along_ink(labels, writing)
    distance = np.where(reached > 0, steps, distance)
    owner = np.where(reached > 0, reached, owner)
    reach = np.array([NEAR, BEYOND, SHARED])[np.minimum(cores, 2)][pieces]
    above = np.arange(len(labels))[:, None] < top[owner]
    reach = np.where(above, np.maximum(reach, ABOVE), reach) * body[owner]
    kept = np.where(distance <= reach, owner, len(body)) * writing
    # Pieces anew: one that two cores share is two.
    marks, mine = np.zeros(kept.shape, dtype=np.int32), kept > 0
    joint = kept[mine] * (int(pieces.max()) + 1) + pieces[mine]
    marks[mine] = np.unique(joint, return_inverse=True)[1]
    return kept.astype(np.int32), marks


def _written(maps: Maps, body: float) -> Mask:
    """Return which cells are writing: also short ends of it that look like drawings."""
    import cv2

    ink = maps.ink >= INKED
    writing = ink & (maps.writing >= WRITING)
    if not body:
        return writing
    _, labels, stats, _ = cv2.connectedComponentsWithStats(
        (ink & ~writing).astype(np.uint8), connectivity=8
    )
    short = stats[:, 2:4].max(axis=1) <= TAIL * body
    beside = cv2.dilate(writing.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    touching = np.zeros(len(stats), dtype=np.bool_)
    touching[np.unique(labels[beside])] = True
    touching[0] = False
    return np.asarray(writing | (short & touching)[labels])


def _nearest(labels: NDArray[np.int32]) -> tuple[NDArray[np.float32], NDArray[np.int32]]:
    """Return how far each cell is from the nearest core, and which that is."""
    import cv2

    distance, nearest = cv2.distanceTransformWithLabels(
        (labels == 0).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    of_label = np.zeros(int(nearest.max()) + 1, dtype=np.int32)
    on = labels > 0
    of_label[nearest[on]] = labels[on]
    return np.asarray(distance, dtype=np.float32), of_label[nearest]


def _along_ink(
    labels: NDArray[np.int32], writing: Mask
) -> tuple[NDArray[np.float32], NDArray[np.int32]]:
    """Walk from all cores along the ink; return the steps to each cell, and which core's it is.

    A tail that reaches between the words of the next line is its own word's nevertheless.
    """
    width = labels.shape[1] + 2
    owner = np.pad(labels * writing, 1).ravel()
    free = np.pad(writing, 1).ravel() & (owner == 0)
    steps = np.zeros(len(owner), dtype=np.float32)
    around = np.array([1, -1, width, -width, width + 1, width - 1, 1 - width, -width - 1])
    front, walked = np.flatnonzero(owner), 0
    while len(front):
        walked += 1
        to = (front + around[:, None]).ravel()
        new = free[to]
        cells, first = np.unique(to[new], return_index=True)
        owner[cells] = np.tile(owner[front], len(around))[new][first]
        steps[cells], free[cells] = walked, False
        front = cells
    shape = (labels.shape[0] + 2, width)
    inner = (slice(1, -1), slice(1, -1))
    return steps.reshape(shape)[inner], owner.reshape(shape)[inner]


def ink_of(
    owner: NDArray[np.int32],
    marks: NDArray[np.int32],
    mask: Mask,
    cell: tuple[float, float],
) -> Iterator[tuple[int, Points, NDArray[np.intp]]]:
    """Yield each owner with the page's ink pixels of it, and the piece that each is in."""
    height, width = owner.shape
    ys, xs = np.nonzero(mask)
    column = np.minimum(((xs + 0.5) / cell[0]).astype(np.intp), width - 1)
    row = np.minimum(((ys + 0.5) / cell[1]).astype(np.intp), height - 1)
    whose = owner[row, column]
    order = np.argsort(whose, kind="stable")
    order = order[np.searchsorted(whose[order], 1) :]
    starts = np.flatnonzero(np.diff(whose[order], prepend=0))
    points = as_points(np.stack([xs, ys], axis=1) + 0.5)
    for group in np.split(order, starts[1:]):
        if len(group):
            yield (
                int(whose[group[0]]),
                points[group],
                marks[row[group], column[group]].astype(np.intp),
            )
