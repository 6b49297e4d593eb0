"""The picture of one word as an ink model sees it, and the way back to the page.

As in InkSight's notebook: the word's box, scaled by min(224 / w, 224 / h), pasted centred on a
224 x 224 canvas of black. Shrinking averages areas (no aliasing), enlarging is bilinear.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inksight_cli.document import Word
from inksight_cli.geometry import Affine, Box
from inksight_cli.ink.morphology import dilate, dilate_round, resize
from inksight_cli.ink.types import Mask, Pixels
from inksight_cli.ownership.assign import Ownership
from inksight_cli.ownership.region import Region
from inksight_cli.pages.page import PageImage

CANVAS = 224
MARGIN = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class Crop:
    """One word on its canvas.

    Attributes:
        pixels: (224, 224, 3) uint8 RGB, black outside ``content``.
        content: (left, top, right, bottom) of the picture on the canvas, whole pixels.
        to_page: canvas coordinates -> page coordinates, exact.
    """

    pixels: NDArray[np.uint8]
    content: tuple[int, int, int, int]
    to_page: Affine


def cut_crop(
    page: PageImage, ownership: Ownership, index: int, word: Word, margin: float = MARGIN
) -> Crop:
    """Cut word ``index`` upright out of the page, with nobody else's ink in it.

    Args:
        page: the picture.
        ownership: of the page's ink.
        index: the word's number in reading order, from 0.
        word: the word; its quad gives the direction, and the frame where it has no ink.
        margin: paper around the ink, as a share of the word's height.
    """
    turn = Affine.rotation(-word.quad.angle)
    frame = frame_of(ownership.region(index), word, turn, margin)
    return crop_of(page, ownership, index, turn, frame)


def crop_of(page: PageImage, ownership: Ownership, index: int, turn: Affine, frame: Box) -> Crop:
    """Cut what of word ``index`` lies in a frame of whole pixels, in axes turned by ``turn``."""
    width, height = int(frame.width), int(frame.height)
    to_frame = Affine.scale_shift(1.0, -frame.left, -frame.top) @ turn
    upright = _cleaned(page, ownership, index, to_frame, (width, height))
    ratio = min(CANVAS / width, CANVAS / height)
    size = max(round(width * ratio), 1), max(round(height * ratio), 1)
    left, top = (CANVAS - size[0]) // 2, (CANVAS - size[1]) // 2
    pixels = np.zeros((CANVAS, CANVAS, 3), dtype=np.uint8)
    pixels[top : top + size[1], left : left + size[0]] = resize(upright, *size)
    sx, sy = width / size[0], height / size[1]
    to_upright = Affine(sx, 0.0, -left * sx, 0.0, sy, -top * sy)
    content = (left, top, left + size[0], top + size[1])
    return Crop(pixels, content, to_frame.inverse() @ to_upright)


def frame_of(region: Region, word: Word, turn: Affine, margin: float) -> Box:
    """Return whole-pixel bounds, in turned axes, of the word's ink (its quad without ink)."""
    box = _turned_bounds(region, turn) if region.area else Box.around(turn(word.quad.points))
    # A dash or a dot has no height of its own: never less than a sixth of its length.
    space = margin * max(box.height, 0.15 * box.width, 4.0)
    left, top = np.floor((box.left - space, box.top - space))
    right, bottom = np.ceil((box.right + space, box.bottom + space))
    return Box(float(left), float(top), float(max(right, left + 1)), float(max(bottom, top + 1)))


def _turned_bounds(region: Region, turn: Affine) -> Box:
    ys, xs = np.nonzero(region.mask)
    points = turn(np.stack([xs + region.left + 0.5, ys + region.top + 0.5], axis=1))
    return Box.around(points).grown(0.5)


def _cleaned(
    page: PageImage, ownership: Ownership, index: int, to_frame: Affine, size: tuple[int, int]
) -> Pixels:
    """Return the frame's picture at the page's resolution, others' ink painted over."""
    import cv2

    width, height = size
    corners = to_frame.inverse()([[0, 0], [width, 0], [width, height], [0, height]])
    around = Box.around(corners).grown(2).clipped(page.width, page.height)
    rows, columns = around.pixels()
    if rows.start >= rows.stop or columns.start >= columns.stop:
        return np.full((height, width, 3), 255, dtype=np.uint8)
    picture = page.pixels[rows, columns].copy()
    paper = page.ink.paper_at(rows, columns)
    hide = _others(page, ownership, index, rows, columns)
    picture[hide] = paper[hide]
    # warpAffine counts from pixel centres, we from corners: shift by half a pixel on both sides.
    half = Affine.scale_shift(1.0, 0.5 + columns.start, 0.5 + rows.start)
    back = Affine.scale_shift(1.0, -0.5, -0.5)
    matrix = (back @ to_frame @ half).matrix
    fill = tuple(float(v) for v in np.median(paper.reshape(-1, 3), axis=0))
    warped = cv2.warpAffine(
        picture,
        matrix,
        (width, height),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=fill,
    )
    return np.asarray(warped, dtype=np.uint8)


def _others(page: PageImage, ownership: Ownership, index: int, rows: slice, columns: slice) -> Mask:
    """Return what to paint over: rules and others' ink with their soft edges, never our own."""
    ink = page.ink
    own = ownership.labels[rows, columns] == index + 1
    others = (ink.mask[rows, columns] & ~own) | ink.rules[rows, columns]
    spread = dilate_round(others, 2 * (1 + round(0.25 * ink.pen_width)) + 1)
    return np.asarray((spread & ~dilate(own, 3, 3)) | (others & ~own), dtype=np.bool_)
