"""Rules printed on a sheet: lines, grids, dots, margins; bent where the sheet curls."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from models.eyes.layers import Layers

Points = NDArray[np.float64]


def rules(layers: Layers, rng: np.random.Generator, height: float) -> list[Points]:
    """Rule the paper for writing so high; return the lines' paths (N, 2)."""
    side = layers.side
    grid = rng.random() < 0.45
    pitch = rng.uniform(7, 48) if grid else float(np.exp(rng.uniform(np.log(11), np.log(130))))
    if not grid and rng.random() < 0.5:
        pitch = height * rng.uniform(0.8, 2.2)
    width = float(np.exp(rng.uniform(np.log(0.7), np.log(4.0))))
    lean = rng.normal(0, 0.02) if rng.random() < 0.75 else rng.normal(0, 0.15)
    dotted = rng.random() < 0.12
    paths = []
    for axis in range(1 + grid):
        t = np.linspace(-0.1, 1.1, 40)
        curve = _curve(rng, t)
        for at in np.arange(rng.uniform(-pitch, 0) - 60, side + pitch + 60, pitch):
            path = np.c_[t * side, at + lean * t * side + curve * (1 + 0.3 * at / side)]
            paths.append(path[:, ::-1] if axis else path)
    for path in paths:
        for part in path[:, None] if dotted else path[None]:
            layers.stroke("ruled", part, width, middle=False)
    margins(layers, rng, width)
    return [] if dotted else paths


def _curve(rng: np.random.Generator, t: Points) -> Points:
    """Return how far rules bend off a straight line: not, a little, or as a page at its spine."""
    how = rng.random()
    if how < 0.55:
        return np.zeros_like(t)
    if how < 0.8:
        return rng.normal(0, 45) * np.abs(t - rng.uniform(-0.1, 1.1)) ** rng.uniform(2, 4)
    away = np.abs(t - rng.uniform(-0.2, 1.2))
    return rng.normal(0, 70) * np.exp(-away * rng.uniform(2.5, 10))


def margins(layers: Layers, rng: np.random.Generator, width: float) -> None:
    """Print a margin, or the line under a sheet's head, over the whole scene."""
    side = layers.side
    for _ in range(int(rng.choice([0, 1, 2], p=[0.4, 0.4, 0.2]))):
        at = rng.uniform(0, side)
        path = np.array([[at, -5], [at + rng.normal(0, 6), side + 5]])
        path = path if rng.random() < 0.7 else path[:, ::-1]
        layers.stroke("margin", path, width * rng.uniform(0.8, 2), middle=False)
        if rng.random() < 0.2:  # a double one
            layers.stroke("margin", path + rng.uniform(3, 9), width, middle=False)
