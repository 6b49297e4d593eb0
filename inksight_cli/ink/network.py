"""The network that sees ink: asked about a page in overlapping tiles, so memory is bounded.

`eyes.onnx` was trained by `models/eyes` on scenes that were composed for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inksight_cli.cores import cores, small_session
from inksight_cli.ink.types import Pixels

GRAPH = Path(__file__).with_name("eyes.onnx")
TILE, AROUND = 416, 48  # pixels of a tile that are kept, and seen around it
LEAST = 8  # pixels: on a smaller picture there is nothing to see
STEP = 32  # a tile's sides are multiples of this
FLAT = 6  # levels of grey: a tile with less contrast than this is bare paper
THREADS = 4  # at most; more than two were never measured

WRITTEN, DRAWN, PRINTED, RULED, NONE = range(5)
"""Channels of `Look.kind`."""


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """What the network says of a picture, everything (H, W) uint8, 255 = surely.

    Attributes:
        cover: how much of a pixel is ink; rules and the sheet's other side are none.
        middle: whether a centre line runs here.
        drawn: whether the ink here is a drawing's; printed, ruled: whether it is print, a rule.
    """

    cover: Pixels
    middle: Pixels
    drawn: Pixels
    printed: Pixels
    ruled: Pixels


@cache
def _session() -> Any:  # noqa: ANN401
    return small_session(GRAPH, min(cores(), THREADS))


def look_at(pixels: Pixels) -> Look:
    """Return what the network sees on a picture (H, W, 3) RGB whose pen is some 3 pixels wide."""
    planes = [np.zeros(pixels.shape[:2], dtype=np.uint8) for _ in range(5)]
    for kept, seen in _tiles(*pixels.shape[:2]) if min(pixels.shape[:2]) >= LEAST else ():
        tile = pixels[seen]
        if int((tile.max(axis=(0, 1)) - tile.min(axis=(0, 1))).max()) < FLAT:
            continue
        inner = tuple(
            slice(keep.start - see.start, keep.stop - see.start)
            for keep, see in zip(kept, seen, strict=True)
        )
        for plane, answer in zip(planes, _ask(tile), strict=True):
            plane[kept] = answer[inner]
    return Look(*planes)


def _ask(tile: Pixels) -> Iterator[Pixels]:
    """Yield cover, middle, drawn, printed and ruled of one tile (h, w, 3)."""
    height, width = tile.shape[:2]
    pad = [(0, -height % STEP), (0, -width % STEP), (0, 0)]
    padded = np.pad(tile, pad, mode="edge").transpose(2, 0, 1)[None]
    picture = padded.astype(np.float32) / np.float32(255)
    cover, middle, kind = _session().run(["ink", "middle", "kind"], {"picture": picture})
    for plane in (cover[0, 0], middle[0, 0], kind[0, DRAWN], kind[0, PRINTED], kind[0, RULED]):
        yield _bytes(plane[:height, :width])


def _bytes(plane: NDArray[np.float32]) -> Pixels:
    return np.asarray(plane * np.float32(255) + np.float32(0.5), dtype=np.uint8)


def _tiles(height: int, width: int) -> Iterator[tuple[tuple[slice, slice], tuple[slice, slice]]]:
    """Yield what of a page (H, W) each tile answers for, and what it sees, as rows and columns."""
    for top in range(0, height, TILE):
        for left in range(0, width, TILE):
            yield (
                (_span(top, 0, height), _span(left, 0, width)),
                (_span(top, AROUND, height), _span(left, AROUND, width)),
            )


def _span(start: int, around: int, size: int) -> slice:
    return slice(max(start - around, 0), min(start + TILE + around, size))
