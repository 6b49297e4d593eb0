"""Ink that is not one word's alone, cut pixel by pixel."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from inksight_cli.geometry import Box
from inksight_cli.ink.morphology import components, dilate, open_by
from inksight_cli.ink.types import Ink, Mask
from inksight_cli.ownership.drawn import crossing
from inksight_cli.ownership.frame import Frame
from inksight_cli.ownership.parts import Components


def share_component(
    labels: NDArray[np.int32],
    all_ink: Components,
    component: int,
    frames: Sequence[Frame],
    boxes: Sequence[Box],
    owners: Sequence[int],
    reach: float,
) -> None:
    """Cut a component between ``owners``: inside a box by depth, outside by distance.

    Args:
        labels: (H, W) int32, written to.
        all_ink: all components.
        component: which of it.
        frames: of all words.
        boxes: of all words.
        owners: the words that share.
        reach: how far beyond a box its word may own, as a share of the word's height.
    """
    rows, columns = all_ink.window(component)
    score = np.full((rows.stop - rows.start, columns.stop - columns.start), np.inf)
    target = labels[rows, columns]
    for word in owners:
        frame = frames[word]
        part = _within(boxes[word].grown(reach * frame.height), rows, columns)
        ys, xs = np.nonzero(all_ink.labels[rows, columns][part] == component)
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


def pick_letters(
    labels: NDArray[np.int32],
    all_ink: Components,
    component: int,
    frame: Frame,
    box: Box,
    word: int,
    ink: Ink,
) -> None:
    """Take a word's letters out of a drawing they touch: a box around them, an arrow, a rule.

    Long straight lines stay with the drawing; what else of it lies in the word's box is the
    word's.

    Args:
        labels: (H, W) int32, written to.
        all_ink: all components.
        component: the drawing.
        frame: the word's, and ``box`` its bounds.
        box: see ``frame``.
        word: the word's number, from 0.
        ink: of the page.
    """
    pen = ink.pen_width
    text = min(frame.height, frame.length)  # boxes of text that runs down are drawn upright
    line = round(max(1.5 * text, 8 * pen))
    height, width = labels.shape
    rows, columns = box.grown(line).clipped(width, height).pixels()
    own = np.asarray(all_ink.labels[rows, columns] == component, dtype=np.bool_)
    lines = _straight(own, line, round(0.5 * pen) + 1)
    beyond = _beyond(frame, rows, columns)
    letters = own & ~lines & (beyond <= 0.05 * text)
    count, pieces = components(crossing(letters, pen) & own)
    area = np.bincount(pieces.ravel(), minlength=count)
    # Sides and corners of a box keep to the edge of the word's box; letters come inside.
    core = np.bincount(pieces[beyond < -0.2 * text], minlength=count) > 0
    keep = core & (area > 1.5 * pen * pen)
    keep[0] = False
    labels[rows, columns][keep[pieces]] = word + 1


def _straight(own: Mask, length: int, grow: int) -> Mask:
    """Return what is part of an upright or level line at least ``length`` pixels long."""
    level = dilate(open_by(own, 1, length), 2 * grow + 1, 1)
    upright = dilate(open_by(own, length, 1), 1, 2 * grow + 1)
    return np.asarray((level | upright) & own, dtype=np.bool_)


def _beyond(frame: Frame, rows: slice, columns: slice) -> NDArray[np.float32]:
    """How far each pixel (h, w) of a window lies beyond the word's box; negative inside."""
    m = frame.to_frame.matrix.astype(np.float32)
    x = np.arange(columns.start, columns.stop, dtype=np.float32) + 0.5
    y = np.arange(rows.start, rows.stop, dtype=np.float32)[:, None] + 0.5
    du = np.abs(m[0, 0] * x + (m[0, 1] * y + m[0, 2])) - np.float32(frame.half_length)
    dv = np.abs(m[1, 0] * x + (m[1, 1] * y + m[1, 2])) - np.float32(frame.half_height)
    return np.asarray(np.maximum(du, dv), dtype=np.float32)
