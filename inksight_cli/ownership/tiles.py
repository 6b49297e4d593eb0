"""A wide word in pieces: overlapping crops for a model that was shown no wide ones.

InkSight's Small-p learned from crops between half and four times as wide as high; words of 4:1
and more collapse (a third of the ink, a dozen pen lifts too many). A tile sees some of its
neighbours' ink, and answers for what lies between two cuts, which run where the ink is thinnest.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inksight_cli.document import Word
from inksight_cli.geometry import Affine, Box
from inksight_cli.ownership.assign import Ownership
from inksight_cli.ownership.crops import MARGIN, Crop, crop_of, frame_of
from inksight_cli.ownership.region import Region
from inksight_cli.pages.page import PageImage

AROUND = 0.2  # of the height: what a tile sees beyond its cuts
SHIFT = 0.2  # of the height: how far a cut may be moved to where the ink is thin


@dataclass(frozen=True, slots=True, eq=False)
class Tiles:
    """A word's crops from left to right along its text; one where it is narrow.

    Attributes:
        crops: each upright, on a canvas of its own.
        upright: page coordinates -> those in which ``cuts`` count, x along the text.
        cuts: where each crop's share ends and the next one's begins, ascending.
    """

    crops: tuple[Crop, ...]
    upright: Affine
    cuts: tuple[float, ...]


def cut_tiles(
    page: PageImage, ownership: Ownership, index: int, word: Word, widest: float
) -> Tiles:
    """Cut word ``index`` into crops that are at most ``widest`` times as wide as high.

    Args:
        page: the picture.
        ownership: of the page's ink.
        index: the word's number in reading order, from 0.
        word: the word.
        widest: 0 for a model that takes words as wide as they are; else more than 1.
    """
    region = ownership.region(index)
    turn = Affine.rotation(-word.quad.angle)
    frame = frame_of(region, word, turn, MARGIN)
    cuts: tuple[float, ...] = ()
    if widest and frame.width > widest * frame.height:
        cuts = _cuts(_ink_by_column(region, turn, frame), frame, widest)
    around = AROUND * frame.height
    edges = [frame.left + around, *cuts, frame.right - around]
    crops = []
    for left, right in itertools.pairwise(edges):
        part = Box(math.floor(left - around), frame.top, math.ceil(right + around), frame.bottom)
        crops.append(crop_of(page, ownership, index, turn, part if cuts else frame))
    return Tiles(tuple(crops), turn, cuts)


def _ink_by_column(region: Region, turn: Affine, frame: Box) -> NDArray[np.intp]:
    """Return how many pixels of ink each whole pixel along the text has."""
    rows, columns = np.nonzero(region.mask)
    places = turn(np.stack([columns + region.left + 0.5, rows + region.top + 0.5], axis=1))
    count = int(frame.width)
    at = np.clip(np.floor(places[:, 0] - frame.left).astype(np.intp), 0, count - 1)
    return np.bincount(at, minlength=count)


def _cuts(ink: NDArray[np.intp], frame: Box, widest: float) -> tuple[float, ...]:
    """Return cuts near even ones, each where least ink is crossed, the nearest of several."""
    reach = SHIFT * frame.height
    share = max(widest * frame.height - 2 * (AROUND * frame.height + reach), 0.2 * frame.height)
    count = math.ceil(frame.width / share)
    reach = min(reach, 0.4 * frame.width / count)  # neighbouring cuts never meet
    found = []
    for even in np.arange(1, count) * (frame.width / count):
        near = np.arange(math.ceil(even - reach), math.floor(even + reach) + 1)
        near = near[(near > 0) & (near < len(ink))]
        crossed = np.maximum(ink[near - 1], ink[near])
        best = near[np.lexsort((np.abs(near - even), crossed))[0]]
        found.append(float(frame.left + best))
    return tuple(found)
