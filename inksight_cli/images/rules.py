"""Printed rules and grids: found as families of long straight lines, and taken out of the ink.

A rule is recognised by what a pen does not do: it is straight over a tenth of the page, and it
either repeats at equal distances with equal darkness or runs from edge to edge, lighter than the
pen. Its darkness is then divided out, so that strokes which cross it stay whole.

The lines may lean by four degrees and bend slowly (a photo of a page that does not lie flat).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inksight_cli.images.page import Pixels

LEAN = 0.07  # steepest slope of a rule against the picture's axes
COVERED = 0.7  # share of a stretch that must be line to call it one
CELL = 8  # pixels that are averaged along a line (half as many on small pictures)
HALF_BAND = 6  # rows on either side of a rule that may still be part of it

Floats = NDArray[np.float32]
Flags = NDArray[np.bool_]


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


@dataclass(frozen=True, slots=True, eq=False)
class Rules:
    """The darkness that printed rules add, in units of the strength they were found in.

    Attributes:
        across: (H, W) uint8 from lines that run left to right; down: from those top to bottom.
    """

    across: Pixels
    down: Pixels

    @property
    def darkness(self) -> Pixels:
        """(H, W) uint8, both together."""
        return np.maximum(self.across, self.down)


def find_rules(strength: Pixels, sigma: float, pen_strength: float) -> Rules:
    """Find the printed rules of a page.

    Args:
        strength: (H, W) darkness against the paper, 0 = paper.
        sigma: standard deviation of the paper's grain in the same units.
        pen_strength: how dark the pen typically is.
    """
    across = _horizontal(strength, sigma, pen_strength)
    down = _horizontal(np.ascontiguousarray(strength.T), sigma, pen_strength).T
    return Rules(across, np.ascontiguousarray(down))


def _horizontal(strength: Pixels, sigma: float, pen_strength: float) -> Pixels:
    import cv2

    height, width = strength.shape
    cell = CELL if width >= 800 else CELL // 2
    cells = width // cell
    span = int(np.clip(width / 16, 64, 192)) // cell
    if cells < span or height < 4 * HALF_BAND:
        return np.zeros_like(strength)
    strip = cv2.resize(strength, (cells, height), interpolation=cv2.INTER_AREA).astype(np.float32)
    ridge = _ridge(strip)
    line = (ridge > max(2.0 * sigma / np.sqrt(cell), 3.0)) & _is_crest(strip)
    covered = _coverage(line, span)
    pieces = _pieces(covered, line, strip, span)
    printed = _printed(pieces, cells, pen_strength)
    if not printed.any():
        return np.zeros_like(strength)
    darkness = np.concatenate([[0.0], printed]).astype(np.float32)
    crest = np.maximum(darkness[pieces.labels], _joined(pieces, printed, line, span))
    added = _spread(crest, strip)
    wide = cv2.resize(added, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.clip(wide, 0, 255).astype(np.uint8)


def _ridge(strip: Floats) -> Floats:
    """How much darker a cell is than the lighter... of what lies above and below it."""
    import cv2

    smooth = cv2.blur(strip, (3, 1))
    gap = HALF_BAND - 1
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
    return best / 255


def _pieces(covered: Floats, line: Flags, strip: Floats, span: int) -> Pieces:
    import cv2

    found = ((covered >= COVERED) & line).astype(np.uint8)
    joined = cv2.dilate(found, np.ones((3, max(span // 2, 3)), np.uint8))
    count, labels = cv2.connectedComponents(joined, connectivity=8)
    labels = np.where(found.astype(bool), labels, 0).astype(np.int32)
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
        return np.bincount(label, weights=values, minlength=count)

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


def _printed(pieces: Pieces, cells: int, pen_strength: float) -> Floats:
    """Return the darkness of the print under each piece; 0 where a pen made it.

    A pen line that happens to lie where a rule is due counts as print no darker than the
    family: when that is taken off, the pen's line is still there.
    """
    alone = _from_edge_to_edge(pieces, cells) & (pieces.darkness < 0.75 * pen_strength)
    printed = np.where(alone, pieces.darkness, 0)
    member, usual = _family(pieces, cells)
    with_pen = pieces.darkness > 1.4 * usual
    printed = np.where(member, np.where(with_pen, usual, pieces.darkness), printed)
    return printed.astype(np.float32)


def _from_edge_to_edge(pieces: Pieces, cells: int) -> Flags:
    """Pieces of lines that run over the whole picture, whatever hides some of them."""
    centre = (pieces.left + pieces.right) / 2
    fitted = pieces.row + pieces.slope * centre[:, None]
    off = np.abs(fitted - (pieces.row + pieces.slope * centre)[:, None])
    same = np.minimum(off, off.T) < 3
    reach = np.where(same, pieces.right, 0).max(axis=1, initial=0) - np.where(
        same, pieces.left, cells
    ).min(axis=1, initial=cells)
    covered = (same * pieces.length).sum(axis=1)
    whole = (pieces.length >= 0.85 * cells) | ((reach >= 0.95 * cells) & (covered >= 0.4 * cells))
    return np.asarray(whole, dtype=np.bool_)


def _family(pieces: Pieces, cells: int) -> tuple[Flags, float]:
    """Find lines that repeat: which pieces belong to them, and how dark the print is.

    Four lines or more of equal darkness at equal distances make a family; any piece at its
    pitch is then a member.
    """
    count = len(pieces.row)
    none = np.zeros(count, dtype=bool), 0.0
    if not 4 <= count <= 3000:
        return none
    first = np.maximum(pieces.left[:, None], pieces.left)
    last = np.minimum(pieces.right[:, None], pieces.right)
    beside = last - first > 0.3 * np.minimum(pieces.length[:, None], pieces.length)
    row, slope = pieces.row, pieces.slope
    middle = (first + last) / 2
    apart = np.abs(row[:, None] - row + (slope[:, None] - slope) * middle)
    parallel = np.abs(slope[:, None] - slope) < 0.03 * CELL
    ratio = pieces.darkness[:, None] / np.maximum(pieces.darkness, 1e-3)
    near = beside & parallel & (apart > 8)
    alike = near & (ratio > 0.55) & (ratio < 1.8)
    nearest = np.where(alike, apart, np.inf).min(axis=1)
    known = np.isfinite(nearest)
    if known.sum() < 4:
        return none
    pitch = _weighted_median(nearest[known], pieces.length[known])
    multiple = np.maximum(np.round(apart / pitch), 1)
    at_pitch = (np.abs(apart / pitch - multiple) < 0.2) & (multiple <= 3)
    core = (alike & at_pitch).sum(axis=1) >= 2
    lines = len(np.unique(np.round((row + slope * cells / 2)[core] / pitch)))
    share = pieces.length[core].sum() / max(pieces.length.sum(), 1)
    if lines < 4 or pieces.length[core].sum() < 3 * cells or share < 0.4:
        return none
    usual = _weighted_median(pieces.darkness[core], pieces.length[core])
    core &= pieces.darkness < 1.6 * usual
    member = (near & at_pitch)[:, core].sum(axis=1) >= 2
    return np.asarray(core | member, dtype=np.bool_), usual


def _joined(pieces: Pieces, printed: Floats, line: Flags, span: int) -> Floats:
    """Return the crests of rules between and beyond their pieces, where writing hides them."""
    import cv2

    height, cells = line.shape
    guide = np.zeros((height, cells), dtype=np.float32)
    middle = np.zeros((height, cells), dtype=np.float32)
    for start, end, darkness in _bridges(pieces, printed, cells, span):
        ends = (round(start[0]), round(start[1])), (round(end[0]), round(end[1]))
        cv2.line(guide, *ends, darkness, 5)
        cv2.line(middle, *ends, darkness, 1)
    return np.asarray(np.maximum(np.where(line, guide, 0), middle), dtype=np.float32)


def _bridges(
    pieces: Pieces, printed: Floats, cells: int, span: int
) -> list[tuple[tuple[float, float], tuple[float, float], float]]:
    """Lines (cell, row) to (cell, row), with their darkness, over the gaps of printed rules."""
    index = np.flatnonzero(printed)
    left, right = pieces.left[index], pieces.right[index]
    row, slope = pieces.row[index], pieces.slope[index]
    at_left, at_right = row + slope * left, row + slope * right
    out = []
    for k in range(len(index)):
        gap = left - right[k]
        middle = (left + right[k]) / 2
        off = np.abs((row + slope * middle) - (row[k] + slope[k] * middle))
        follows = (gap > 0) & (off < np.minimum(3 + 0.05 * gap, 6))
        if follows.any():
            after = int(np.where(follows, gap, cells + 1).argmin())
            stop = float(left[after]), float(at_left[after])
        else:
            stop = _beyond(float(right[k]), float(at_right[k]), float(slope[k]), span, cells)
        out.append(((float(right[k]), float(at_right[k])), stop, float(printed[index[k]])))
        gap = left[k] - right
        middle = (left[k] + right) / 2
        off = np.abs((row + slope * middle) - (row[k] + slope[k] * middle))
        if not ((gap > 0) & (off < 6)).any():
            stop = _beyond(float(left[k]), float(at_left[k]), float(slope[k]), -span, cells)
            out.append(((float(left[k]), float(at_left[k])), stop, float(printed[index[k]])))
    return out


def _beyond(cell: float, row: float, slope: float, reach: int, cells: int) -> tuple[float, float]:
    """Where a rule that ends at (cell, row) may go on to, ``reach`` cells at most."""
    end = float(np.clip(cell + reach, 0, cells - 1))
    return end, row + slope * (end - cell)


def _weighted_median(values: NDArray[np.floating], weights: NDArray[np.int64]) -> float:
    order = np.argsort(values)
    along = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(along, along[-1] / 2)])


def _spread(crest: Floats, strip: Floats) -> Floats:
    """Return what the rules add in each cell: their mean cross-section around every crest.

    Never more than is there, and where a pen crosses no more than the rule has elsewhere.
    """
    on = crest > 0
    offsets = range(-HALF_BAND, HALF_BAND + 1)
    base = strip[on]
    shares = []
    for offset in offsets:
        moved = np.roll(strip, -offset, axis=0)[on]
        shares.append(float(np.median(moved / np.maximum(base, 1))))
    added = np.zeros_like(strip)
    for offset, share in zip(offsets, shares, strict=True):
        if share > 0.08:
            np.maximum(added, np.roll(crest, offset, axis=0) * np.float32(share), out=added)
    # Print is uneven, so up to a quarter more than its mean is still print; what is darker has
    # a pen in it, and there less than the mean comes off: better a crumb than a hole.
    penned = strip > 1.4 * added
    return np.where(penned, added * np.float32(0.85), np.minimum(added * np.float32(1.25), strip))
