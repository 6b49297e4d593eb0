"""Words of IAM-OnDB as pictures with their true pen paths, for the quality benchmark.

The archive is for evaluation only and not part of the repository; see the benchmark's help.
Pictures are drawn here and not by the training code, so that the benchmark does not share its
idea of what a photo looks like.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

HEIGHT, WIDEST, MARGIN = 64.0, 320.0, 16
Points = NDArray[np.float64]
Picture = NDArray[np.uint8]


@dataclass(frozen=True)
class EvalWord:
    """A word's label, its true strokes in pixels of the picture, and the picture's size."""

    text: str
    strokes: list[Points]
    width: int
    height: int

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom of the ink."""
        points = np.concatenate(self.strokes)
        (left, top), (right, bottom) = points.min(0), points.max(0)
        return float(left), float(top), float(right), float(bottom)


def load_words(archive: Path, count: int, seed: int) -> list[EvalWord]:
    """`count` words (all when fewer) drawn with a fixed seed, 64 px high and at most 320 wide."""
    with np.load(archive) as data:
        points = data["deltas"].cumsum(axis=0, dtype=np.int32)
        stroke_ends = np.concatenate([[0], data["stroke_ends"]])
        sample_ends = np.concatenate([[0], data["sample_ends"]])
        texts = data["text"]
    order = np.random.default_rng(seed).permutation(len(texts))[:count]
    words = []
    for i in sorted(order.tolist()):
        ends = stroke_ends[sample_ends[i] : sample_ends[i + 1] + 1]
        strokes = [points[a:b] for a, b in itertools.pairwise(ends) if b > a]
        words.append(place(str(texts[i]), [stroke.astype(np.float64) for stroke in strokes]))
    return words


def place(text: str, strokes: list[Points]) -> EvalWord:
    """A word of any unit as the benchmark draws it: 64 px high or 320 px wide."""
    points = np.concatenate(strokes)
    low, size = points.min(0), np.maximum(np.ptp(points, axis=0), 1.0)
    scale = min(HEIGHT / size[1], WIDEST / size[0])
    placed = [(stroke - low) * scale + MARGIN for stroke in strokes]
    width, height = (int(np.ceil(side * scale)) + 2 * MARGIN for side in size)
    return EvalWord(text, placed, width, height)


def draw(
    strokes: Sequence[NDArray[np.floating]], width: int, height: int, pen: float = 3.0
) -> NDArray[np.float64]:
    """Ink coverage 0..1 of strokes drawn with a round pen, four times oversampled."""
    k = 4
    picture = np.zeros((height * k, width * k), np.uint8)
    for stroke in strokes:
        path = np.round((np.asarray(stroke, np.float64) * k - 0.5) * 16).astype(np.int32)
        if len(path) == 1:
            centre = (int(path[0, 0]), int(path[0, 1]))
            cv2.circle(picture, centre, round(pen * k * 8), 255, -1, cv2.LINE_AA, 4)
        else:
            cv2.polylines(picture, [path[:, None]], False, 255, round(pen * k), cv2.LINE_AA, 4)
    small = cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.float64) / 255


def clean(word: EvalWord) -> Picture:
    """Black on white, a pen of 3 px, RGB."""
    ink = draw(word.strokes, word.width, word.height)
    grey = np.round(255 * (1 - ink)).astype(np.uint8)
    return np.repeat(grey[:, :, None], 3, axis=2)


def low(word: EvalWord, seed: int) -> Picture:
    """A photo of so low a resolution that the word is 16 to 24 px high: blurred, JPEG 60; RGB."""
    rng = np.random.default_rng(seed)
    taken = photo(word, seed)
    scale = float(rng.uniform(16, 24)) / HEIGHT
    size = max(round(word.width * scale), 8), max(round(word.height * scale), 8)
    small = cv2.resize(taken, size, interpolation=cv2.INTER_AREA)
    small = cv2.GaussianBlur(small, (0, 0), float(rng.uniform(0.4, 0.7)))
    coded = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, 60])[1]
    return np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR), np.uint8)


def photo(word: EvalWord, seed: int) -> Picture:
    """Coloured ink on shaded, tinted paper, out of focus, noisy, JPEG; RGB."""
    rng = np.random.default_rng(seed)
    ink = draw(word.strokes, word.width, word.height, float(rng.uniform(2.2, 4.0)))
    paper = rng.uniform(0.62, 0.95) * np.array([1.0, rng.uniform(0.95, 1), rng.uniform(0.85, 1)])
    pen = np.array([[0.12, 0.13, 0.16], [0.13, 0.2, 0.5], [0.3, 0.3, 0.32]])[rng.integers(3)]
    x, y = np.linspace(-1, 1, word.width), np.linspace(-1, 1, word.height)
    shade = 1 + rng.normal(0, 0.07) * x[None] + rng.normal(0, 0.07) * y[:, None]
    pressed = ink * rng.uniform(0.75, 1.0)
    colour = paper * (1 - pressed[:, :, None]) + pen * pressed[:, :, None]
    colour = colour * shade[:, :, None]
    colour = cv2.GaussianBlur(colour, (0, 0), float(rng.uniform(0.5, 1.1)))
    colour += rng.normal(0, rng.uniform(0.01, 0.035), colour.shape)
    coded = np.clip(colour * 255, 0, 255).astype(np.uint8)
    quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(55, 90))]
    decoded = cv2.imdecode(cv2.imencode(".jpg", coded, quality)[1], cv2.IMREAD_COLOR)
    return np.asarray(decoded, np.uint8)
