"""The angle at which lines of writing run."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from inksight_cli.ink.morphology import resize
from inksight_cli.ink.types import Mask, Pixels

WIDEST = np.deg2rad(8.0)  # a slight rotation; more is how somebody meant it
STEP = np.deg2rad(0.1)
MOST_PIXELS = 60_000
SIDE = 1500  # of the picture in which lines are looked for
AROUND = 12.0  # pixels: the light is even over so much
CLEAR, LEVELS = 5.0, 14.0  # what stands out: in medians of all, and in levels of grey
ROW = 2.0  # pixels: what a row of the profile is high
CLEARER = 1.1  # how much sharper the profile must get before the page is turned


def find_skew(pixels: Pixels) -> float:
    """Return the direction of the lines in radians, positive = falling to the right; 0 if unclear.

    The angle at which what is dark, projected along the lines, heaps up most (Postl 1986): the
    sum of squared differences between neighbouring rows of the profile. Rules count with it.

    Args:
        pixels: (H, W, 3) RGB.
    """
    dark = _dark(pixels)
    ys, xs = np.nonzero(dark)
    if len(ys) < 500:
        return 0.0
    # Chosen at random, and each pixel spread over its own square: grids and whole rows would
    # otherwise beat with the profile's bins.
    rng = np.random.default_rng(0)
    if len(ys) > MOST_PIXELS:
        chosen = rng.choice(len(ys), MOST_PIXELS, replace=False)
        ys, xs = ys[chosen], xs[chosen]
    x = xs - dark.shape[1] / 2 + rng.random(len(xs))
    y = ys + rng.random(len(ys))
    row = max(ROW, dark.shape[0] / 1500)
    coarse = np.arange(-WIDEST, WIDEST + STEP, 5 * STEP)
    best = _sharpest(x, y, row, coarse)
    fine = best + np.arange(-5, 6) * STEP
    angle = _sharpest(x, y, row, fine)
    clear = _sharpness(x, y, row, angle) > CLEARER * _sharpness(x, y, row, 0.0)
    return float(angle) if clear and abs(angle) < WIDEST else 0.0


def _dark(pixels: Pixels) -> Mask:
    """Return what stands out against the light around it, on a picture that is small enough."""
    import cv2

    scale = min(1.0, SIDE / max(pixels.shape))
    size = [max(round(side * scale), 1) for side in pixels.shape[1::-1]]
    grey = cv2.cvtColor(resize(pixels, *size), cv2.COLOR_RGB2GRAY).astype(np.float32)
    off = np.abs(grey - cv2.GaussianBlur(grey, (0, 0), AROUND))
    return np.asarray(off > max(CLEAR * float(np.median(off)), LEVELS), dtype=np.bool_)


def _sharpest(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    row: float,
    angles: NDArray[np.float64],
) -> float:
    return float(angles[int(np.argmax([_sharpness(x, y, row, a) for a in angles]))])


def _sharpness(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    row: float,
    angle: float,
) -> float:
    down = (y * np.cos(angle) - x * np.sin(angle)) / row
    profile = np.bincount((down - down.min()).astype(np.int64))
    return float((np.diff(profile.astype(np.float64)) ** 2).sum())
