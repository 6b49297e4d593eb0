"""Thinning: the centre line of ink, one pixel wide.

Guo and Hall (CACM 1989, algorithm A1) decide each pixel from its eight neighbours alone, and
unlike Zhang and Suen never thin a small dot away. The neighbours
are packed into one byte by a 3x3 filter, and the decision is a table of 256 entries: all pixels
of a pass are done by compiled OpenCV calls, none by Python.
"""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from inksight_cli.ink.types import Mask, Pixels

_WEIGHTS = np.array([[128, 1, 2], [64, 0, 4], [32, 16, 8]], dtype=np.float32)
"""Bit of each neighbour, clockwise from north: p2 = 1, p3 = 2, ... p9 = 128."""


def thin(mask: Mask) -> Mask:
    """Return the skeleton of ``mask`` (h, w): 8-connected, thin, same topology."""
    image = np.pad(mask.astype(np.uint8), 1)
    first, second, last = _tables()
    while True:
        before = cv2.countNonZero(image)
        image = _remove(_remove(image, first), second)
        if cv2.countNonZero(image) == before:
            break
    return _remove_corners(image, last)[1:-1, 1:-1].astype(bool)


def _remove(image: Pixels, table: Pixels) -> Pixels:
    codes = cv2.filter2D(image, cv2.CV_8U, _WEIGHTS, borderType=cv2.BORDER_CONSTANT)
    return np.asarray(cv2.bitwise_and(image, cv2.LUT(codes, table)), dtype=np.uint8)


def _remove_corners(image: Pixels, table: Pixels) -> Pixels:
    """Take out the corner pixels of two-pixel-wide stairs, on four subgrids in turn.

    Neighbouring pixels must not go together (a diagonal line would fall apart), and no two
    pixels of one subgrid are neighbours.
    """
    for row, column in ((0, 0), (0, 1), (1, 0), (1, 1)):
        kept = _remove(image, table)
        image[row::2, column::2] = kept[row::2, column::2]
    return image


@cache
def _tables() -> tuple[Pixels, Pixels, Pixels]:
    """Return keep (1) or drop (0) by neighbourhood: the two sub-iterations, and the corners."""
    bits = (np.arange(256)[:, None] >> np.arange(8)) & 1
    n, ne, e, se, s, sw, w, nw = bits.T.astype(bool)
    pieces = [~a & (b | c) for a, b, c in ((n, ne, e), (e, se, s), (s, sw, w), (w, nw, n))]
    single = np.sum(pieces, axis=0) == 1
    pairs = [nw | n, ne | e, se | s, sw | w]
    others = [n | ne, e | se, s | sw, w | nw]
    count = np.minimum(np.sum(pairs, axis=0), np.sum(others, axis=0))
    simple = single & (count >= 2) & (count <= 3)
    first = simple & ~((n | ne | ~se) & e)
    second = simple & ~((s | sw | ~nw) & w)
    corner = (n & e & ~sw) | (e & s & ~nw) | (s & w & ~ne) | (w & n & ~se)
    corner &= _one_piece(bits)
    return _keep(first), _keep(second), _keep(corner)


def _one_piece(bits: NDArray[np.int_]) -> NDArray[np.bool_]:
    """Return where the neighbours stay one 8-connected piece without the centre (Yokoi)."""
    paper = 1 - bits
    cycle = [paper[:, k % 8] for k in range(10)]
    holes = sum(cycle[k] - cycle[k] * cycle[k + 1] * cycle[k + 2] for k in (0, 2, 4, 6))
    return np.asarray(holes == 1, dtype=bool)


def _keep(drop: NDArray[np.bool_]) -> Pixels:
    return (~drop).astype(np.uint8)
