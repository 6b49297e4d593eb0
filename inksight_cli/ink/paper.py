"""The paper alone: its colour under the light that falls on it, and how much darker ink is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inksight_cli.ink.morphology import dilate, resize
from inksight_cli.ink.types import Pixels

LOW_PIXELS = 1_200_000
"""Light changes slowly: the paper is estimated on a picture of at most this many pixels."""

LEVEL = 200
"""Grey level that paper gets once the light is divided out; lighter than paper is above."""


@dataclass(frozen=True, slots=True, eq=False)
class Flat:
    """A page with the light divided out.

    Attributes:
        level: (H, W) uint8, `LEVEL` on paper, less on ink.
        paper: (H, W, 3) uint8 RGB, the paper without ink.
        paper_low: the paper on a small scale, turned over where ``inverted``.
        inverted: the page is light on dark.
    """

    level: Pixels
    paper: Pixels
    paper_low: Pixels
    inverted: bool


def flatten_light(pixels: Pixels) -> Flat:
    """Divide the page (H, W, 3) by its paper; light ink on dark paper is turned over first."""
    low = _reduced(pixels)
    span = _span(low.shape[0], low.shape[1])
    inverted = _is_light_on_dark(low, span)
    if inverted:
        pixels, low = ~pixels, ~low
    paper_low = _paper(low, span)
    paper = resize(paper_low, pixels.shape[1], pixels.shape[0])
    level = _level(pixels, paper, floor=_floor(paper_low))
    return Flat(level, ~paper if inverted else paper, paper_low, inverted)


def _reduced(pixels: Pixels) -> Pixels:
    height, width = pixels.shape[:2]
    factor = max(int(np.ceil(np.sqrt(height * width / LOW_PIXELS))), 1)
    return resize(pixels, max(width // factor, 1), max(height // factor, 1))


def _span(height: int, width: int) -> int:
    """Odd size of a window surely wider than any pen on a picture of this size.

    A page is at least a hundred pens wide; a cut-out word or line may be only ten pens high.
    """
    side = min(height, width)
    return int(np.clip(max(side / 22, min(side / 8, 31)), 15, 61)) | 1


def _is_light_on_dark(low: Pixels, span: int) -> bool:
    """Compare what is darker than its surroundings with what is lighter."""
    import cv2

    grey = cv2.cvtColor(low, cv2.COLOR_RGB2GRAY)
    around = cv2.medianBlur(grey, span)
    darker, lighter = cv2.subtract(around, grey), cv2.subtract(grey, around)
    return bool(lighter[lighter > 30].sum() > 2 * darker[darker > 30].sum())


def _paper(low: Pixels, span: int) -> Pixels:
    """Closing bridges the ink; the median of what is left is the paper without its noise."""
    import cv2

    kernel = cv2.getStructuringElement(cv2.MORPH_RECT, (span, span))
    closed = cv2.morphologyEx(low, cv2.MORPH_CLOSE, kernel, borderType=cv2.BORDER_REPLICATE)
    bridged = np.asarray(closed, dtype=np.uint8)
    darkness = np.asarray(cv2.subtract(bridged, low)).max(axis=2)
    ink = darkness > 0.12 * np.maximum(bridged.max(axis=2), 40)
    ink = dilate(ink, 3, 3)
    filled = np.where(ink[:, :, None], _lowered(bridged, low, ink), low)
    window = max(span // 2, 3) | 1
    return np.stack([cv2.medianBlur(filled[:, :, c].copy(), window) for c in range(3)], axis=2)


def _lowered(bridged: Pixels, low: Pixels, ink: NDArray[np.bool_]) -> Pixels:
    """Undo the closing's bias towards the brightest grains of the paper."""
    if ink.all():
        return bridged
    paper = ~ink
    ratio = np.median(low[paper] / np.maximum(bridged[paper], 1).astype(np.float32), axis=0)
    return np.clip(bridged * np.minimum(ratio, 1.0), 0, 255).astype(np.uint8)


def _floor(paper: Pixels) -> int:
    """Below this brightness it is no paper in shadow but something else: noise must not grow."""
    return max(int(0.3 * np.percentile(paper.max(axis=2), 90)), 24)


def _level(pixels: Pixels, paper: Pixels, floor: int) -> Pixels:
    """Return paper = `LEVEL`: half the darkest channel, half the mean of the three."""
    import cv2

    darkness = cv2.subtract(paper, pixels), cv2.subtract(pixels, paper)
    base = np.maximum(paper, floor)
    dark = cv2.divide(darkness[0], base, scale=LEVEL)
    light = cv2.divide(darkness[1], base, scale=LEVEL)
    weights = np.full((1, 3), 1 / 6, dtype=np.float32)
    mixed = cv2.transform(dark, weights)
    peak = cv2.max(cv2.max(dark[:, :, 0], dark[:, :, 1]), dark[:, :, 2])
    down = cv2.addWeighted(peak, 0.5, mixed, 1.0, 0)
    up = cv2.transform(light, weights * 2)
    return np.asarray(cv2.subtract(cv2.convertScaleAbs(up, beta=LEVEL), down), dtype=np.uint8)
