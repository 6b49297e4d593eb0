"""Which marks near a line are its letters, and which are parts of a drawing.

RapidOCR's quads are about twice as tall as the text, so they hold tails of the lines above and
below, underlines, and sides of the boxes that people draw around words.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from inksight_cli.geometry import Points

SMALL = 0.5  # of the quad's height: marks up to this size may be dots and accents
BAR = 0.9  # of the quad's height: up to this size they may be strokes of a character in a square
CORE = 0.2  # of the quad's height, to each side of its middle: every letter passes through here


def are_letters(
    frame: Points,
    marks: NDArray[np.intp],
    cut: NDArray[np.bool_],
    size: tuple[float, float],
    *,
    squared: bool = False,
) -> NDArray[np.bool_]:
    """Tell letters from parts of drawings.

    Args:
        frame: (N, 2) pixel centres, (along, across) the line, from the middle of its quad.
        marks: (N,) the mark each pixel belongs to.
        cut: (N,) whether the pixel was cut out of a mark that runs on beyond the line.
        size: length and height of the line's quad in pixels.
        squared: whether it is a line of characters in squares.

    Returns:
        (M,) bool, for every number up to the largest in ``marks``.
    """
    if not len(marks):
        return np.zeros(1, dtype=bool)
    length, height = size
    count = int(marks.max()) + 1
    low, high, area = _extents(frame, marks, count)
    wide, tall = (high - low).T
    is_cut = np.bincount(marks, cut, count) > 0.5 * area
    core = (low[:, 1] < CORE * height) & (high[:, 1] > -CORE * height)
    small = np.maximum(wide, tall) < (BAR if squared else SMALL) * height
    middle = np.abs((low[:, 0] + high[:, 0]) / 2)
    letters = np.where(
        is_cut,
        core & (middle < length / 2 - 0.1 * height) & (tall > 0.15 * height) & (wide < 6 * tall),
        core | small,
    )
    letters &= area > 0
    letters &= ~((wide > 1.5 * height) & (tall < 0.25 * height))  # underlines, strokes through
    return np.asarray(letters & ~_enclosing(frame, marks, low, high, area, letters, height))


def _extents(
    frame: Points, marks: NDArray[np.intp], count: int
) -> tuple[Points, Points, NDArray[np.float64]]:
    low, high = np.zeros((count, 2)), np.zeros((count, 2))
    order = np.argsort(marks, kind="stable")
    numbers, starts = np.unique(marks[order], return_index=True)
    low[numbers] = np.minimum.reduceat(frame[order], starts) - 0.5
    high[numbers] = np.maximum.reduceat(frame[order], starts) + 0.5
    return low, high, np.bincount(marks, minlength=count).astype(np.float64)


def _enclosing(
    frame: Points,
    marks: NDArray[np.intp],
    low: Points,
    high: Points,
    area: NDArray[np.float64],
    letters: NDArray[np.bool_],
    height: float,
) -> NDArray[np.bool_]:
    """Return which marks are hollow and hold most of the line's other ink: boxes and bubbles."""
    wide, tall = (high - low).T
    hollow = letters & (area < 0.12 * wide * tall) & (tall > 0.6 * height) & (wide > height)
    for mark in np.flatnonzero(hollow):
        others = letters[marks] & (marks != mark)
        within = (frame > low[mark]).all(axis=1) & (frame < high[mark]).all(axis=1)
        total = np.count_nonzero(others)
        hollow[mark] = total > 0.3 * area[mark] and np.count_nonzero(others & within) > 0.5 * total
    return np.asarray(hollow, dtype=bool)
