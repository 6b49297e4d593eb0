"""Long straight lines of a page, whoever drew them.

The picture is averaged along the lines' direction into cells, so that what is long stays and what
is short fades; lines may lean by four degrees and bend slowly (a page that does not lie flat).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from inksight_cli.ink.morphology import components, dilate

LEAN = 0.07  # steepest slope of a line against the picture's axes
COVERED = 0.7  # share of a stretch that must be line to call it one
CELL = 8  # pixels that are averaged along a line (half as many on small pictures)
GAP = 5  # rows above and below a line where there is paper

Floats: TypeAlias = NDArray[np.float32]
Flags: TypeAlias = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Pieces:
    """Stretches of straight lines, in a strip picture (H, W / q) whose cells are q pixels long.

    Attributes:
        labels: (H, W / q) int32, 0 = none, k = piece k - 1.
        left, right: (N,) first and last cell.
        row, slope: (N,) the line fitted: row + slope * cell.
        darkness: (N,) median strength.
    """

    labels: NDArray[np.int32]
    left: NDArray[np.int64]
    right: NDArray[np.int64]
    row: Floats
    slope: Floats
    darkness: Floats

    @property
    def length(self) -> NDArray[np.int64]:
        """(N,) in cells."""
        return self.right - self.left + 1


def find_lines(strip: Floats, sigma: float, span: int, cell: int) -> tuple[Flags, Pieces]:
    """Find straight lines in a strip picture (H, W / cell).

    Args:
        strip: strength, averaged over ``cell`` pixels along the rows.
        sigma: standard deviation of the paper's grain at full resolution.
        span: the shortest line, in cells.
        cell: pixels to a cell.

    Returns:
        the cells that are the crest of some line, and the pieces of straight lines.
    """
    line = (_ridge(strip) > max(2.0 * sigma / np.sqrt(cell), 3.0)) & _is_crest(strip)
    return line, _pieces(_coverage(line, span), line, strip, span)


def _ridge(strip: Floats) -> Floats:
    """How much darker a cell is than what lies above and what lies below it."""
    import cv2

    smooth = cv2.blur(strip, (3, 1))
    gap = GAP
    above, below = np.roll(smooth, gap, axis=0), np.roll(smooth, -gap, axis=0)
    return np.asarray(smooth - np.maximum(above, below), dtype=np.float32)


def _is_crest(strip: Floats) -> Flags:
    """Whether a cell is the darkest of the three rows around it."""
    import cv2

    smooth = cv2.blur(strip, (3, 1))
    return np.asarray(smooth >= cv2.dilate(smooth, np.ones((3, 1), np.uint8)), dtype=np.bool_)


def _coverage(line: Flags, span: int) -> Floats:
    """Return the share of line cells along the best straight stretch of ``span`` cells."""
    import cv2

    height, cells = line.shape
    # Crests wander by half a row: a line cell speaks for its neighbours above and below, too.
    source = cv2.dilate(line.astype(np.uint8) * 255, np.ones((3, 1), np.uint8))
    best = np.zeros((height, cells), dtype=np.float32)
    steps = int(np.ceil(LEAN * CELL * span / 2))
    for step in range(-steps, steps + 1):
        slope = 2.0 * step / span
        shear = np.array([[1, 0, 0], [slope, 1, -slope * cells / 2]], dtype=np.float64)
        flags = cv2.INTER_NEAREST
        sheared = cv2.warpAffine(source, shear, (cells, height), flags=flags)
        mean = cv2.blur(sheared, (span, 1))
        back = cv2.warpAffine(mean, shear, (cells, height), flags=flags | cv2.WARP_INVERSE_MAP)
        np.maximum(best, back, out=best, casting="unsafe")
    return np.asarray(best / 255, dtype=np.float32)


def _pieces(covered: Floats, line: Flags, strip: Floats, span: int) -> Pieces:
    found = (covered >= COVERED) & line
    count, labels = components(dilate(found, 3, max(span // 2, 3)))
    labels = np.where(found, labels, 0).astype(np.int32)
    rows, columns = np.nonzero(labels)
    label = labels[rows, columns]
    row, slope = _fitted(rows, columns, label, count)
    left = np.full(count, strip.shape[1])
    right = np.zeros(count, dtype=np.int64)
    np.minimum.at(left, label, columns)
    np.maximum.at(right, label, columns)
    darkness = _medians(strip[rows, columns], label, count)
    short = (right - left + 1) < span
    short[0] = True
    renumber = np.cumsum(~short) * ~short
    keep = ~short
    return Pieces(
        renumber[labels].astype(np.int32),
        left[keep],
        right[keep],
        row[keep],
        slope[keep],
        darkness[keep],
    )


def _fitted(
    rows: NDArray[np.intp], columns: NDArray[np.intp], label: NDArray[np.int32], count: int
) -> tuple[Floats, Floats]:
    """Least squares of row = a + b * column for every label."""

    def total(values: NDArray[np.floating] | NDArray[np.intp]) -> NDArray[np.float64]:
        sums = np.bincount(label, weights=values, minlength=count)
        return np.asarray(sums, dtype=np.float64)

    size = np.maximum(np.bincount(label, minlength=count), 1)
    x, y = total(columns) / size, total(rows) / size
    spread = np.maximum(total(columns * columns) / size - x * x, 1e-6)
    slope = (total(columns * rows) / size - x * y) / spread
    return (y - slope * x).astype(np.float32), slope.astype(np.float32)


def _medians(values: Floats, group: NDArray[np.int32], count: int) -> Floats:
    order = np.lexsort((values, group))
    values, group = values[order], group[order]
    first = np.searchsorted(group, np.arange(count))
    last = np.searchsorted(group, np.arange(count), side="right")
    middle = np.clip((first + last) // 2, 0, max(len(values) - 1, 0))
    return np.where(last > first, values[middle] if len(values) else 0, 0).astype(np.float32)
