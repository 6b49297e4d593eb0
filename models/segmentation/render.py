"""A sheet becomes what the network sees, and what it is to answer.

The network's picture is the ink mask, scaled until RapidOCR's lines are `LINE` pixels high; its
answers have half that resolution: which ink is writing, and where the words' bodies are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from models.segmentation.hands import Sheet
from models.segmentation.words import Floats

END = 0.12  # of the body's height: what is taken off its ends, so that neighbours stay apart
BAND = (0.12, 0.88)  # of the body's height: what counts as core


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """One picture and its answers.

    Attributes:
        ink: (S, S) uint8.
        writing: (S/2, S/2) uint8: 1 = writing, 0 = drawing, 255 = no ink.
        core: (S/2, S/2) uint8: 1 inside the core of a word.
        weight: (S/2, S/2) float32: how much the core counts here.
    """

    ink: NDArray[np.uint8]
    writing: NDArray[np.uint8]
    core: NDArray[np.uint8]
    weight: NDArray[np.float32]


def render(sheet: Sheet, rng: np.random.Generator) -> Example:
    """Draw a sheet and spoil its ink as photos do."""
    written = _drawn(sheet.size, _strokes(sheet, lambda n: n not in sheet.crossed))
    crossed = _strokes(sheet, lambda n: n in sheet.crossed)
    drawn = _drawn(sheet.size, sheet.drawing + crossed)
    half = (sheet.size // 2, sheet.size // 2)
    small = [
        cv2.resize(x, half, interpolation=cv2.INTER_AREA).astype(np.int16) for x in (written, drawn)
    ]
    writing = np.where(np.maximum(*small) < 40, 255, small[0] >= small[1]).astype(np.uint8)
    core, white, open_ = (np.zeros(half, np.uint8) for _ in range(3))
    for quad in sheet.whites:
        _fill(white, quad)
    for n, body in enumerate(sheet.bodies):
        if n in sheet.doubtful:
            _fill(open_, body)
        elif n not in sheet.crossed:
            _fill(core, _core(body))
    weight = np.where(white > 0, 3.0, 1.0) * np.where(core > 0, 1.5, 1.0) * (open_ == 0)
    unasked = cv2.dilate(open_, np.ones((3, 3), np.uint8)) > 0
    return Example(
        _spoiled(np.maximum(written, drawn), rng),
        np.where(unasked, 255, writing).astype(np.uint8),
        core,
        weight.astype(np.float32),
    )


def _strokes(sheet: Sheet, chosen: Callable[[int], bool]) -> list[tuple[Floats, float]]:
    """Return the strokes of words by their numbers."""
    return [s for s, n in zip(sheet.writing, sheet.owners, strict=True) if chosen(n)]


def _drawn(size: int, strokes: list[tuple[Floats, float]]) -> NDArray[np.uint8]:
    canvas = np.zeros((size, size), np.uint8)
    by_pen: dict[int, list[NDArray[np.int32]]] = {}
    for points, pen in strokes:
        if (points.max(axis=0) > -9).all() and (points.min(axis=0) < size + 9).all():
            by_pen.setdefault(max(round(pen), 1), []).append(np.round(points * 16).astype(np.int32))
    for pen, paths in by_pen.items():
        cv2.polylines(canvas, paths, False, 255, pen, cv2.LINE_AA, 4)
    return canvas


def _core(body: Floats) -> Floats:
    """Shrink a body (4, 2): its ends, and the band to its middle; never to nothing."""
    along, down = body[1] - body[0], body[3] - body[0]
    length, height = max(np.hypot(*along), 1e-6), max(np.hypot(*down), 1e-6)
    end = min(END * height, 0.2 * length) / length
    corners = [(end, BAND[0]), (1 - end, BAND[0]), (1 - end, BAND[1]), (end, BAND[1])]
    return np.array([body[0] + u * along + v * down for u, v in corners])


def _fill(canvas: NDArray[np.uint8], quad: Floats) -> None:
    cv2.fillConvexPoly(canvas, np.round(quad / 2 * 16 - 8).astype(np.int32), 1, shift=4)


def _spoiled(ink: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Faint stretches, erased bands where print was taken out, specks, soft or hard edges."""
    size = len(ink)
    out = ink.astype(np.float32)
    if rng.random() < 0.4:
        coarse = rng.normal(0, 1, (size // 8, size // 8)).astype(np.float32)
        out *= cv2.resize(coarse, (size, size)) > rng.uniform(-2.6, -1.6)
    if rng.random() < 0.25:
        step = float(rng.uniform(12, 60))
        for y in np.arange(rng.uniform(0, step), size, step):
            hit = rng.random(size // 8 + 1).repeat(8)[:size] < 0.5
            out[int(y) : int(y) + int(rng.integers(1, 3)), hit] *= float(rng.uniform(0, 0.6))
    for _ in range(int(rng.integers(0, 8)) if rng.random() < 0.4 else 0):
        at = tuple(int(v) for v in rng.integers(0, size, 2))
        cv2.circle(out, at, int(rng.integers(1, 3)), 255, -1)
    if rng.random() < 0.5:
        out = cv2.GaussianBlur(out, (3, 3), float(rng.uniform(0.4, 1.0)))
    if rng.random() < 0.5:
        out = np.clip((out - 127) * 3 + 127, 0, 255)
    return out.astype(np.uint8)
