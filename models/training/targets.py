"""From pen strokes to what the model is to write: distort, crop, smooth, simplify, tokenise."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from models.training import vocabulary as v
from models.training.corpus import Points

TOLERANCE = 1.0
LONGEST_STEP = 32.0


@dataclass(frozen=True)
class Crop:
    """Where a crop (units of the strokes) lies on the canvas: whole pixels, centred."""

    low: Points
    size: Points
    left: int
    top: int
    width: int
    height: int

    def to_canvas(self, stroke: Points) -> Points:
        """Points of the source as canvas pixels (corner of the first pixel = 0)."""
        scale = np.array([self.width, self.height]) / self.size
        return (stroke - self.low) * scale + np.array([self.left, self.top])


def distort(strokes: Sequence[Points], rng: np.random.Generator) -> list[Points]:
    """Rotation (3 degrees), slant and stretch, each drawn from a normal distribution."""
    centre = np.concatenate(list(strokes)).mean(0)
    angle = np.deg2rad(rng.normal(0, 3))
    slant, stretch = rng.normal(0, 0.15), np.exp(rng.normal(0, 0.15))
    rotation = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    matrix = rotation @ np.array([[stretch, 0], [0, 1]]) @ np.array([[1, slant], [0, 1]])
    return [(stroke - centre) @ matrix.T for stroke in strokes]


def crop_around(strokes: Sequence[Points], rng: np.random.Generator | None) -> Crop:
    """The crop of a word: its box with margins, scaled to the canvas by its longer side.

    Without `rng` every margin is 10 % of the word's height.
    """
    points = np.concatenate(list(strokes))
    low, high = points.min(0), points.max(0)
    height = max(high[1] - low[1], 0.15 * (high[0] - low[0]), 1e-3)
    margins = np.full(4, 0.1) if rng is None else _margins(rng)
    low = low - margins[:2] * height
    size = np.maximum(high + margins[2:] * height - low, 0.05 * height)
    scale = v.CANVAS / size.max()
    width, tall = (max(1, min(v.CANVAS, round(float(s * scale)))) for s in size)
    return Crop(low, size, (v.CANVAS - width) // 2, (v.CANVAS - tall) // 2, width, tall)


def _margins(rng: np.random.Generator) -> Points:
    kind = rng.random()
    if kind < 0.1:
        return rng.uniform(-0.03, 0.04, 4)
    if kind < 0.2:
        return rng.uniform(0.05, 0.6, 4)
    return rng.uniform(0.03, 0.25, 4)


def smooth(stroke: Points, sigma: float = 1.2) -> Points:
    """`stroke` resampled each pixel and smoothed along its length; the ends stay.

    Some tablets record staircases; a Gaussian of about a pixel removes them and no letter.
    """
    steps = np.hypot(*np.diff(stroke, axis=0).T)
    length = np.concatenate([[0.0], steps.cumsum()])
    if length[-1] < 2.0:
        return stroke[[0, -1]] if length[-1] > 0.5 else stroke[:1]
    count = int(length[-1]) + 2
    at = np.linspace(0, length[-1], count)
    path = np.stack([np.interp(at, length, stroke[:, i]) for i in range(2)], axis=1)
    reach = 3
    weights = np.exp(-(np.arange(-reach, reach + 1) ** 2) / (2 * sigma**2))
    # Points beyond the ends are mirrored through them, which keeps the ends where they are.
    before = 2 * path[0] - path[min(reach, count - 1) : 0 : -1]
    after = 2 * path[-1] - path[-2 : -min(reach, count - 1) - 2 : -1]
    padded = np.concatenate([before, path, after])
    out = np.stack([np.convolve(padded[:, i], weights, "same") for i in range(2)], axis=1)
    return (out / weights.sum())[len(before) : len(before) + count]


def simplify(stroke: Points) -> Points:
    """Douglas-Peucker at 1 px, long straight runs cut so that the pen never jumps far."""
    if len(stroke) < 3:
        return stroke
    kept = cv2.approxPolyDP(stroke.astype(np.float32)[:, None], TOLERANCE, closed=False)
    points: Points = kept[:, 0].astype(np.float64)
    pieces = [points[:1]]
    for a, b in itertools.pairwise(points):
        parts = int(np.hypot(*(b - a)) // LONGEST_STEP) + 1
        pieces.append(a + (b - a) * (np.arange(1, parts + 1) / parts)[:, None])
    return np.concatenate(pieces)


def ink_tokens(strokes: Sequence[Points]) -> NDArray[np.int64]:
    """Ink tokens of simplified canvas strokes; points that round to the last one are dropped."""
    tokens: list[NDArray[np.int64]] = []
    for stroke in strokes:
        cells = np.clip(np.round(stroke), 0, v.CANVAS).astype(np.int64)
        fresh = np.concatenate([[True], (np.diff(cells, axis=0) != 0).any(axis=1)])
        pairs = cells[fresh] + np.array([v.X0, v.Y0])
        tokens.append(np.concatenate([[v.STROKE], pairs.reshape(-1)]))
    return np.concatenate(tokens)
