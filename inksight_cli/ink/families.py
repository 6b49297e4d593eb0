"""Which straight lines were printed, and where they run on under the writing.

A press does what a pen does not: its lines repeat at equal distances with equal darkness, or run
from edge to edge, lighter than the pen.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inksight_cli.ink.lines import CELL, Flags, Floats, Pieces

MOST = 3000  # pieces that are compared with one another; more is texture, not a page

AS_DARK = 0.9  # of the pen's strength: print this dark must run from edge to edge somewhere


@dataclass(frozen=True, slots=True, eq=False)
class Print:
    """What a press has to do with each piece of line.

    Attributes:
        darkness: (N,) of the print under the piece, 0 where a pen made it.
        whole: (N,) it is part of a rule that runs from edge to edge.
    """

    darkness: Floats
    whole: Flags


def judge_print(pieces: Pieces, strip: Floats, pen_strength: float) -> Print:
    """Tell printed lines from drawn ones.

    A pen line that happens to lie where a rule is due counts as print no darker than the
    family: when that is taken off, the pen's line is still there.
    """
    count, cells = len(pieces.row), strip.shape[1]
    if count > MOST:
        return Print(np.zeros(count, dtype=np.float32), np.zeros(count, dtype=np.bool_))
    member, usual = _family(pieces, cells)
    whole = pieces.length >= 0.85 * cells
    if usual > AS_DARK * pen_strength and not (member & whole).any():
        member[:] = False  # the even rows of a careful hand: nothing of it leaves the writing
    if not member.any():  # on a grid there is no bare paper to tell by
        whole |= _never_bare(pieces, strip)
    whole &= pieces.darkness < 0.75 * pen_strength
    printed = np.where(whole, pieces.darkness, 0)
    with_pen = pieces.darkness > 1.4 * usual
    printed = np.where(member, np.where(with_pen, usual, pieces.darkness), printed)
    return Print(printed.astype(np.float32), np.asarray(whole, dtype=np.bool_))


def _never_bare(pieces: Pieces, strip: Floats) -> Flags:
    """Pieces of lines that run from edge to edge, whatever hides some of them.

    A pen's line is shorter than the picture: before and after it there is bare paper.
    """
    height, cells = strip.shape
    whole = np.zeros(len(pieces.row), dtype=np.bool_)
    long = pieces.length >= 0.05 * cells
    starts = np.flatnonzero(long & (pieces.left <= 0.03 * cells))
    ends = np.flatnonzero(long & (pieces.right >= 0.97 * cells - 1))
    column = np.arange(cells)
    for i in starts:
        for j in ends:
            known = [pieces.left[i], pieces.right[i], pieces.left[j], pieces.right[j]]
            if known[1] >= known[2]:
                continue
            rows = np.repeat(pieces.row[[i, j]], 2) + np.repeat(pieces.slope[[i, j]], 2) * known
            path = np.rint(np.interp(column, known, rows)).astype(int)
            near = np.clip(path + np.arange(-4, 5)[:, None], 0, height - 1)
            least = 0.5 * min(pieces.darkness[i], pieces.darkness[j])
            if (strip[near, column].max(axis=0) >= least).mean() >= 0.95:
                whole[[i, j]] = True
    return whole


def _family(pieces: Pieces, cells: int) -> tuple[Flags, float]:
    """Find lines that repeat: which pieces belong to them, and how dark the print is.

    Four lines or more of equal darkness at equal distances make a family; any piece at its
    pitch is then a member.
    """
    count = len(pieces.row)
    none = np.zeros(count, dtype=bool), 0.0
    if count < 4:
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
    pitch = _pitch(apart, alike, pieces.length)
    if pitch is None:
        return none
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


def _pitch(apart: Floats, alike: Flags, length: NDArray[np.int64]) -> float | None:
    """Return the commonest distance between lines, long ones counting most; None without any.

    Perspective spreads the distances: they are counted in classes of 8 %, three at a time.
    """
    first, second = np.nonzero(np.triu(alike))
    if not len(first):
        return None
    distance = apart[first, second]
    weight = length[first] * length[second] / distance  # classes of far lines are wider
    kind = np.round(np.log(distance) / 0.08).astype(int)
    votes = np.convolve(np.bincount(kind, weights=weight), np.ones(3), "same")
    best = np.abs(kind - int(votes.argmax())) <= 1
    return _weighted_median(distance[best], weight[best])


def bridge_gaps(pieces: Pieces, printed: Print, line: Flags, span: int) -> Floats:
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
    pieces: Pieces, printed: Print, cells: int, span: int
) -> list[tuple[tuple[float, float], tuple[float, float], float]]:
    """Lines (cell, row) to (cell, row), with their darkness, over the gaps of printed rules."""
    index = np.flatnonzero(printed.darkness)
    left, right = pieces.left[index], pieces.right[index]
    row, slope = pieces.row[index], pieces.slope[index]
    at_left, at_right = row + slope * left, row + slope * right
    out = []
    for k in range(len(index)):
        reach = cells if printed.whole[index[k]] else max(span, int(right[k] - left[k]))
        gap = left - right[k]
        middle = (left + right[k]) / 2
        off = np.abs((row + slope * middle) - (row[k] + slope[k] * middle))
        follows = (gap > 0) & (off < np.minimum(3 + 0.05 * gap, 6))
        if follows.any():
            after = int(np.where(follows, gap, cells + 1).argmin())
            stop = float(left[after]), float(at_left[after])
        else:
            stop = _beyond(float(right[k]), float(at_right[k]), float(slope[k]), reach, cells)
        out.append(((float(right[k]), float(at_right[k])), stop, float(printed.darkness[index[k]])))
        gap = left[k] - right
        middle = (left[k] + right) / 2
        off = np.abs((row + slope * middle) - (row[k] + slope[k] * middle))
        if not ((gap > 0) & (off < 6)).any():
            stop = _beyond(float(left[k]), float(at_left[k]), float(slope[k]), -reach, cells)
            out.append(
                ((float(left[k]), float(at_left[k])), stop, float(printed.darkness[index[k]]))
            )
    return out


def _beyond(cell: float, row: float, slope: float, reach: int, cells: int) -> tuple[float, float]:
    """Where a rule that ends at (cell, row) may go on to, ``reach`` cells at most."""
    end = float(np.clip(cell + reach, 0, cells - 1))
    return end, row + slope * (end - cell)


def _weighted_median(values: Floats, weights: NDArray[np.generic]) -> float:
    order = np.argsort(values)
    along = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(along, along[-1] / 2)])
