"""A scene: content in layers, a camera's picture of it, and tiles cut from both."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from models.eyes.camera import KINDS, Conditions, picture
from models.eyes.content import Content
from models.eyes.layers import Layers

SIDE, TILE = 416, 256
SORTS = ("writing", "empty", "form", "diagram", "dense", "print", "sketch")
SHARES = (0.37, 0.11, 0.1, 0.21, 0.08, 0.05, 0.08)
NONE = len(KINDS)


@dataclass(frozen=True)
class Tile:
    """What the network sees, and what it should answer.

    Attributes:
        pixels: (T, T, 3) uint8; ink, middle: (T, T) uint8, 255 = surely;
        kind: (T, T) uint8, index of `KINDS`, or `NONE`; core: (T / 4, T / 4) uint8.
    """

    pixels: NDArray[np.uint8]
    ink: NDArray[np.uint8]
    middle: NDArray[np.uint8]
    kind: NDArray[np.uint8]
    core: NDArray[np.uint8]


class Scenes:
    """Composes scenes from strokes; see `content.Content` for the arguments."""

    def __init__(self, data: Path, validation: bool = False) -> None:
        self._content = Content(data, validation)

    def compose(
        self,
        rng: np.random.Generator,
        sort: str | None = None,
        how: Conditions | None = None,
        pen: float | None = None,
    ) -> Tile:
        """Return a whole scene as one tile; what is not said is drawn at random."""
        sort = sort or str(rng.choice(SORTS, p=SHARES))
        how = how or Conditions.any(rng)
        pen = pen or float(np.clip(np.exp(rng.normal(np.log(2.7), 0.4)), 1.2, 8))
        layers = Layers(SIDE)
        self._content.fill(layers, rng, sort, pen)
        behind = None
        if how.other:
            behind = Layers(SIDE)
            self._content.fill(behind, rng, str(rng.choice(["writing", "print"])), pen)
        pixels, truth = picture(layers, behind, how, rng)
        if rng.random() < 0.12:
            pixels = np.repeat(cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY)[..., None], 3, axis=2)
        return _answered(pixels, truth)

    def tiles(self, rng: np.random.Generator, count: int = 4) -> list[Tile]:
        """Return tiles of a random scene, turned and mirrored at random."""
        scene = self.compose(rng)
        return [_cut(scene, rng) for _ in range(count)]


def _answered(pixels: NDArray[np.uint8], truth: dict[str, NDArray[np.float32]]) -> Tile:
    ink = np.max([truth[name] for name in KINDS[:3]], axis=0)
    planes = np.stack([truth[name] for name in KINDS])
    kind = np.where(planes.max(0) > 0.2, planes.argmax(0), NONE).astype(np.uint8)
    middle = np.where(ink > 0.05, truth["middle"], 0)
    small = (SIDE // 4, SIDE // 4)
    core = cv2.resize(truth["core"], small, interpolation=cv2.INTER_AREA)
    return Tile(pixels, _bytes(ink), _bytes(middle), kind, _bytes(core))


def _cut(scene: Tile, rng: np.random.Generator) -> Tile:
    top, left = (4 * rng.integers(0, (SIDE - TILE) // 4 + 1, 2)).tolist()
    turns, mirror = int(rng.choice([0, 1, 2, 3], p=[0.85, 0.05, 0.05, 0.05])), rng.random() < 0.1

    def part(plane: NDArray[np.uint8], step: int = 1) -> NDArray[np.uint8]:
        a, b, t = top // step, left // step, TILE // step
        cut = np.rot90(plane[a : a + t, b : b + t], turns)
        return np.ascontiguousarray(cut[:, ::-1] if mirror else cut)

    return Tile(
        part(scene.pixels),
        part(scene.ink),
        part(scene.middle),
        part(scene.kind),
        part(scene.core, 4),
    )


def _bytes(plane: NDArray[np.float32]) -> NDArray[np.uint8]:
    return np.asarray(np.clip(plane * 255 + 0.5, 0, 255), np.uint8)
