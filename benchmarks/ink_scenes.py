"""Scenes of one kind each, with known ink: what `benchmarks/ink_mask.py` measures masks on.

They are composed by the training's own code (`models/eyes`), from writers that were kept out of
it and from seeds that it never draws; only the clean ones are made here, without any camera.
Printed letters are in the fonts that the training has too: there are no others on the machine.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from models.eyes.camera import KINDS, Conditions
from models.eyes.content import Content
from models.eyes.layers import Layers
from models.eyes.scene import NONE, SIDE, Scenes, Tile

RULED = KINDS.index("ruled")
PEN = (2.0, 4.5)
SEED = 20_261_128  # far from the training's
TRIES = 200


@dataclass(frozen=True)
class Kind:
    """What scenes of a kind are composed of.

    Attributes:
        sorts: what is on the sheet, one of these.
        hard, dark, low, other, table: see `models.eyes.camera.Conditions`.
        pen: the pen's width, from and to, in pixels.
        inked, ruled: the least share of the pixels that is ink; that is a rule.
    """

    sorts: tuple[str, ...] = ("writing", "dense", "diagram")
    hard: bool = False
    dark: bool = False
    low: tuple[float, float] = (1.0, 1.0)
    other: bool = False
    table: bool = False
    pen: tuple[float, float] = PEN
    inked: float = 0.02
    ruled: float = 0.0


SCENES = {
    "clean": Kind(),
    "photo": Kind(),
    "grid": Kind(sorts=("writing", "dense"), ruled=0.05),
    "thin pen": Kind(pen=(1.2, 1.9), inked=0.01),
    "low resolution": Kind(low=(1.9, 2.6)),
    "show-through": Kind(other=True),
    "table": Kind(table=True, inked=0.01),
    "light ink": Kind(dark=True),
    "forms": Kind(sorts=("form",), ruled=0.01),
    "print": Kind(sorts=("print",)),
    "textures": Kind(hard=True),
    "empty": Kind(sorts=("empty",), inked=0.0),
}


def scenes(name: str, count: int, data: Path) -> list[Tile]:
    """Return ``count`` scenes of a kind, the same ones each time."""
    rng = np.random.default_rng([SEED, zlib.crc32(name.encode())])
    make = _clean(data) if name == "clean" else _photographed(SCENES[name], data)
    made = (make(rng) for _ in range(count * TRIES))
    found: list[Tile] = []
    while len(found) < count:
        scene = next(made)
        if _belongs(scene, SCENES[name]):
            found.append(scene)
    return found


def _belongs(scene: Tile, kind: Kind) -> bool:
    enough = (scene.ink > 127).mean() >= kind.inked
    return bool(enough and (scene.kind == RULED).mean() >= kind.ruled)


def _photographed(kind: Kind, data: Path) -> Callable[[np.random.Generator], Tile]:
    composer = Scenes(data, validation=True)

    def make(rng: np.random.Generator) -> Tile:
        low = float(rng.uniform(*kind.low))
        how = Conditions(kind.hard, kind.dark, low, kind.other, kind.table)
        sort = str(rng.choice(kind.sorts))
        return composer.compose(rng, sort, how, float(rng.uniform(*kind.pen)))

    return make


def _clean(data: Path) -> Callable[[np.random.Generator], Tile]:
    """Dark ink on white, neither rules nor camera: a file from a drawing program."""
    content = Content(data, validation=True)

    def make(rng: np.random.Generator) -> Tile:
        layers = Layers(SIDE)
        content.fill(layers, rng, str(rng.choice(SCENES["clean"].sorts)), rng.uniform(*PEN))
        planes = {name: _small(layers.planes[name]) for name in (*KINDS, "middle", "core")}
        every = np.stack([planes[name] for name in KINDS[:RULED]])
        ink = every.max(axis=0)
        dark = rng.uniform(0.4, 1.0, 3) * 255
        picture = np.clip(252 - ink[..., None] / 255 * dark, 0, 255).astype(np.uint8)
        kind = np.where(ink > 51, every.argmax(axis=0), NONE).astype(np.uint8)
        return Tile(picture, ink, planes["middle"], kind, planes["core"][::4, ::4])

    return make


def _small(plane: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.asarray(cv2.resize(plane, (SIDE, SIDE), interpolation=cv2.INTER_AREA), np.uint8)
