"""What tells print from handwriting: measures of one word's ink, none of which depends on size.

A press repeats itself: edges run in few directions, letters stand apart, and they end on one
baseline and at one height, so that the ink, summed along the rows, rises and falls steeply. A hand
does none of this exactly. The weights are those of a logistic regression (`benchmarks/printed.py`
fits and measures them).
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from inksight_cli.geometry import Affine, Points
from inksight_cli.ink.types import Ink
from inksight_cli.ownership.region import Region

MEASURES = {  # name: mean, deviation, weight, weight of the square
    "spread": (0.930, 0.049, -1.20, -0.14),
    "foot": (0.950, 0.261, 1.32, -0.15),
    "head": (0.816, 0.305, 1.41, -0.27),
    "rows": (0.188, 0.133, -0.95, 0.11),
    "bottoms": (0.008, 0.018, -1.53, 0.18),
    "tops": (0.013, 0.024, -0.47, -0.07),
    "widths": (0.031, 0.052, -0.61, 0.09),
    "apart": (-0.132, 0.507, 4.14, -0.62),
    "length": (1.094, 0.686, 2.99, -0.36),
    "weight": (-2.579, 0.325, 0.43, -0.30),
}
BIAS = -1.11  # the fitted 0.64 is for as many printed words as written ones; here few are
_BINS = 72  # directions, of 2.5 degrees
_LEVELS = np.deg2rad(np.arange(-4, 4.1, 1.0))  # how far a word may run off its box's direction
_POINTS = 4000  # of a word's pixels are enough to tell where its rows end


def print_score(ink: Ink, region: Region, angle: float) -> float:
    """Return the log-odds that a word was printed; arguments as in `measure_word`."""
    mean, deviation, weight, square = np.array(list(MEASURES.values())).T
    z = (measure_word(ink, region, angle) - mean) / deviation
    # No word is farther out than those the weights were fitted on.
    z = np.clip(z, -4, 4)
    return float(z @ weight + z**2 @ square + BIAS)


def measure_word(ink: Ink, region: Region, angle: float) -> NDArray[np.float64]:
    """Return the `MEASURES` of a word, (10,).

    Args:
        ink: the page's.
        region: the word's own ink, at least one pixel.
        angle: direction of its text in radians.
    """
    ys, xs = np.nonzero(region.mask)
    upright = Affine.rotation(-angle)(np.stack([xs, ys], axis=1))
    _, labels = cv2.connectedComponents(region.mask.astype(np.uint8), connectivity=8)
    marks = np.asarray(labels[ys, xs], dtype=np.intp)
    return np.array([_spread(ink, region), *_rows(upright), *_letters(region, upright, marks)])


def _spread(ink: Ink, region: Region) -> float:
    """Return how evenly the edges' directions are spread, 0..1 (entropy)."""
    rows, columns = region.box.grown(3).clipped(*ink.mask.shape[::-1]).pixels()
    own = np.zeros((rows.stop - rows.start, columns.stop - columns.start), np.uint8)
    top, left = region.top - rows.start, region.left - columns.start
    height, width = region.mask.shape
    own[top : top + height, left : left + width] = region.mask
    near = cv2.dilate(own, np.ones((5, 5), np.uint8)) > 0
    dark = ink.strength[rows, columns].astype(np.float32)
    smooth = cv2.GaussianBlur(dark, (0, 0), max(0.25 * ink.pen_width, 0.8))
    dx, dy = cv2.Scharr(smooth, cv2.CV_32F, 1, 0), cv2.Scharr(smooth, cv2.CV_32F, 0, 1)
    size = np.hypot(dx, dy) * near
    strong = size > 0.3 * max(float(size.max()), 1e-6)
    bins = (np.arctan2(dy, dx)[strong] % np.pi * (_BINS / np.pi)).astype(np.int64) % _BINS
    length = np.bincount(bins, size[strong], _BINS)
    share = length / max(float(length.sum()), 1e-9)
    return -float((share * np.log(share + 1e-9)).sum()) / float(np.log(_BINS))


def _rows(upright: Points) -> tuple[float, float, float]:
    """Return how steeply the rows' ink ends at the baseline, begins above, and changes at all."""
    at = upright[:: max(len(upright) // _POINTS, 1)]
    step = max((float(np.ptp(at[:, 1])) + 1) / 24, 1.0)
    best = (0.0, 0.0, 0.0)
    for level in _LEVELS:
        down = at[:, 1] * np.cos(level) - at[:, 0] * np.sin(level)
        profile = np.bincount(((down - down.min()) / step).astype(np.int64)).astype(np.float64)
        profile = np.pad(profile / max(float(np.quantile(profile, 0.9)), 1e-9), 2)
        jump = profile[2:] - profile[:-2]
        if -jump.min() > best[0]:
            change = float((np.diff(profile) ** 2).sum() / (profile**2).sum())
            best = (-float(jump.min()), float(jump.max()), change)
    return best


def _letters(region: Region, upright: Points, marks: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return how letters end and stand apart, how long the word is and how heavy its strokes."""
    count = int(marks.max()) + 1
    low, high = np.full((count, 2), np.inf), np.full((count, 2), -np.inf)
    np.minimum.at(low, marks, upright)
    np.maximum.at(high, marks, upright)
    low, high = low[1:], high[1:] + 1
    size = high - low
    length, height = high.max(axis=0) - low.min(axis=0)
    letter = size[:, 1] > 0.3 * height
    tall = float(np.median(size[letter, 1])) if letter.any() else float(height)
    long = float(length) / max(tall, 1.0)
    framed = np.pad(region.mask.astype(np.uint8), 1)
    rim = cv2.morphologyEx(framed, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)).sum()
    scatters = (_scatter(ends[letter]) for ends in (high[:, 1], low[:, 1], size[:, 0]))
    return np.array(
        [
            *(scatter / tall for scatter in scatters),
            np.log(max(int(letter.sum()), 1) / max(long, 0.5)),
            np.log(max(long, 0.2)),
            np.log(2.0 * float(region.mask.sum()) / max(float(rim), 1.0) / tall),
        ]
    )


def _scatter(ends: NDArray[np.float64]) -> float:
    """Return the mean distance of ``ends`` (N,) to the nearer of two places, the best two."""
    if len(ends) < 2:
        return 0.0
    order = np.sort(ends)
    best = float(np.abs(order - np.median(order)).mean())
    for cut in range(1, len(order)):
        parts = order[:cut], order[cut:]
        best = min(best, sum(float(np.abs(p - np.median(p)).sum()) for p in parts) / len(order))
    return best
