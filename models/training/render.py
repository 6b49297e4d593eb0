"""Pictures of words: pens, inks, papers and cameras, at the scan's own resolution, then fitted.

Ink is drawn at the resolution a page scan would have (30 to 120 px of word height), spoiled
there, and only then scaled onto the canvas as the pipeline does with its crops.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from models.training import vocabulary as v
from models.training.corpus import Points
from models.training.targets import Crop

Grey = NDArray[np.float32]

THICKEST = 11.0
"""Pixels of the canvas."""


def draw(
    strokes: Sequence[Points],
    shape: tuple[int, int],
    pen: float,
    wobble: float,
    rng: np.random.Generator,
) -> Grey:
    """Coverage 0..1 of `strokes` (pixels of a picture of `shape`), drawn with a pen of `pen` px.

    `wobble` is the relative deviation of the width from stroke to stroke.
    """
    k = 1 if pen > 6 else 2 if pen > 3 else 3
    picture = np.zeros((shape[0] * k, shape[1] * k), np.uint8)
    for stroke in strokes:
        width = max(1, round(pen * k * float(np.exp(rng.normal(0, wobble)))))
        path = np.round((stroke * k - 0.5) * 16).astype(np.int32)
        if len(path) == 1:
            radius = max(8, round(width * 8))
            centre = (int(path[0, 0]), int(path[0, 1]))
            cv2.circle(picture, centre, radius, 255, -1, cv2.LINE_AA, 4)
        elif wobble > 0.15:
            _draw_pressed(picture, path, width, rng)
        else:
            cv2.polylines(picture, [path[:, None]], False, 255, width, cv2.LINE_AA, 4)
    if k > 1:
        picture = cv2.resize(picture, (shape[1], shape[0]), interpolation=cv2.INTER_AREA)
    return picture.astype(np.float32) / 255


def _draw_pressed(
    picture: NDArray[np.uint8], path: NDArray[np.int32], width: int, rng: np.random.Generator
) -> None:
    """One stroke in pieces of changing width, as a nib or a brush pen leaves it."""
    pieces = np.array_split(np.arange(len(path)), max(1, len(path) // 6))
    phase, amount = rng.uniform(0, 6.3), rng.uniform(0.1, 0.45)
    for i, piece in enumerate(pieces):
        run = path[piece[0] : piece[-1] + 2]
        local = max(1, round(width * (1 + amount * np.sin(phase + i * 0.9))))
        cv2.polylines(picture, [run[:, None]], False, 255, local, cv2.LINE_AA, 4)


def _lines(shape: tuple[int, int], rng: np.random.Generator) -> Grey:
    """Printed rules or a grid, 0..1, a little tilted."""
    picture = np.zeros(shape, np.uint8)
    height, width = shape
    gap = height * rng.uniform(0.25, 1.2)
    tilt = rng.normal(0, 0.01) * width
    for y in np.arange(rng.uniform(0, gap), height, gap):
        cv2.line(picture, (0, int(y)), (width, int(y + tilt)), 255, 1, cv2.LINE_AA)
    if rng.random() < 0.4:
        for x in np.arange(rng.uniform(0, gap), width, gap):
            cv2.line(picture, (int(x), 0), (int(x - tilt), height), 255, 1, cv2.LINE_AA)
    return picture.astype(np.float32) / 255


def _uneven(shape: tuple[int, int], rng: np.random.Generator, cells: int = 4) -> Grey:
    """A smooth random field of about unit variance."""
    coarse = rng.normal(0, 1, (cells, cells)).astype(np.float32)
    return cv2.resize(coarse, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC)


def _spoil(picture: Grey, ink: Grey, strength: float, rng: np.random.Generator) -> Grey:
    """Shading, painted-out patches, blur, noise and JPEG, each with its own chance."""
    shape = picture.shape
    if rng.random() < 0.5 * strength:
        picture = picture + _uneven(shape, rng, 3) * np.float32(rng.uniform(0, 0.06))
    if rng.random() < 0.25 * strength:
        # Where the pipeline paints ink out, the paper is a shade too even and too bright or dark.
        x, y = rng.integers(0, shape[1]), rng.integers(0, shape[0])
        patch = np.s_[y : y + shape[0] // 3, x : x + shape[1] // 3]
        tone = np.float32(np.median(picture) + rng.normal(0, 0.02))
        picture[patch] = np.where(ink[patch] < 0.02, tone, picture[patch])
    if rng.random() < 0.6 * strength:
        sigma = float(rng.uniform(0.4, 1.0) if rng.random() < 0.8 else rng.uniform(1.0, 1.7))
        picture = cv2.GaussianBlur(picture, (0, 0), sigma)
    if rng.random() < 0.6 * strength:
        noise = rng.standard_normal(shape, dtype=np.float32)
        if rng.random() < 0.5:
            noise = cv2.GaussianBlur(noise, (0, 0), 0.8) * 2
        picture = picture + noise * np.float32(rng.uniform(0, 0.06))
    if rng.random() < 0.4 * strength:
        coded = np.clip(picture * 255, 0, 255).astype(np.uint8)
        quality = int(rng.integers(25, 95))
        buffer = cv2.imencode(".jpg", coded, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
        picture = cv2.imdecode(buffer, cv2.IMREAD_GRAYSCALE).astype(np.float32) / 255
    return picture


def _tones(strength: float, rng: np.random.Generator) -> tuple[float, float]:
    paper = 1 - rng.uniform(0, 0.08 + 0.35 * strength)
    ink = rng.uniform(0, max(0.05, paper - 0.25 - 0.3 * (1 - strength)))
    return paper, ink


def photograph(
    strokes: Sequence[Points],
    crop: Crop,
    neighbours: Sequence[Points],
    strength: float,
    rng: np.random.Generator,
) -> NDArray[np.uint8]:
    """A 224x224 grey canvas with the word in its crop, black around it.

    `strokes` and `neighbours` are in canvas pixels; `strength` 0 is a clean drawing, 1 a photo.
    """
    inside = [stroke - np.array([crop.left, crop.top]) for stroke in strokes]
    canvas_height = max(float(np.ptp(np.concatenate(inside)[:, 1])), crop.height * 0.3)
    scale = 1.0
    if rng.random() < 0.5 + 0.5 * strength:
        scale = float(np.exp(rng.uniform(np.log(28), np.log(130)))) / canvas_height
    scale = float(np.clip(scale, 24 / max(crop.width, crop.height), 2.0))
    shape = (max(6, round(crop.height * scale)), max(6, round(crop.width * scale)))
    pen = float(np.exp(rng.uniform(np.log(0.02), np.log(0.11)))) * canvas_height
    pen = max(min(pen, THICKEST) * scale, 1.0)
    ratio = np.array([shape[1] / crop.width, shape[0] / crop.height])
    wobble = float(rng.choice([0.0, 0.08, 0.2], p=[0.4, 0.3, 0.3]))
    ink = draw([stroke * ratio for stroke in inside], shape, pen, wobble, rng)
    if neighbours:
        others = [(s - np.array([crop.left, crop.top])) * ratio for s in neighbours]
        remains = draw(others, shape, pen, wobble, rng)
        ink = np.maximum(ink, remains * np.float32(rng.uniform(0.3, 1)))
    paper, tone = _tones(strength, rng)
    coverage = ink
    if rng.random() < 0.4 * strength:
        coverage = ink * np.clip(1 - 0.25 * np.abs(_uneven(shape, rng, 8)), 0.3, 1)
    picture = np.full(shape, paper, np.float32)
    if rng.random() < 0.2 * strength:
        picture -= _lines(shape, rng) * np.float32(rng.uniform(0.05, 0.35) * (paper - tone))
    picture += (np.minimum(tone, picture) - picture) * coverage
    picture = _spoil(picture, ink, strength, rng)
    if rng.random() < 0.05 * strength:
        picture = 1 - picture
    return _place(picture, crop, rng)


def _place(picture: Grey, crop: Crop, rng: np.random.Generator) -> NDArray[np.uint8]:
    shrinking = picture.shape[1] > crop.width
    enlarge = cv2.INTER_CUBIC if rng.random() < 0.5 else cv2.INTER_LINEAR
    how = cv2.INTER_AREA if shrinking else enlarge
    fitted = cv2.resize(picture, (crop.width, crop.height), interpolation=how)
    canvas = np.zeros((v.CANVAS, v.CANVAS), np.uint8)
    block = np.clip(fitted * 255 + 0.5, 0, 255).astype(np.uint8)
    canvas[crop.top : crop.top + crop.height, crop.left : crop.left + crop.width] = block
    return canvas
