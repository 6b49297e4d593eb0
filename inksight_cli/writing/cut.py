"""A word's strokes cut into its letters, where the reader sees them.

Every stroke is cut on its own, from left to right, at the places that cost least: between two
letters' columns, where the pen moves on level or upwards, low, and over no other ink. Dots, marks
and bars, which people add later, go whole to the nearest letter that has such.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inksight_cli.geometry import Points
from inksight_cli.polylines import path_length, resample
from inksight_cli.reading.drawing import HEIGHT, SPREAD, Frame
from inksight_cli.reading.network import STRIDE
from inksight_cli.writing.align import Seen
from inksight_cli.writing.guides import guides
from inksight_cli.writing.hand import Letter

BODY = 2.1 * SPREAD
"""Columns that are about a letter's body: how words are drawn for the reader."""
_STEP = 1.0  # columns between points of a path
SEEN_AT = (0.68, 0.8, 0.55)
"""Of a letter's width, where it is seen: usually, and else."""
_WIDE = {**dict.fromkeys("mwMW", 1.5), **dict.fromkeys("iljtfrI1'.,:;!|()", 0.55)}
_SEEN = 1.5  # what each point costs in the columns of another letter
_CUT = 3.0  # what a cut costs at the best place
_OVER = 3.0  # for every other line above or below it
_BACK = 4.0  # where the pen runs to the left
_HIGH = 6.0  # for every body above the small letters, or below the line
_DOTTED, _BARRED = set("ij!?;:"), set("tfTFEHAIJzZ7GQ")
_SMALL = 0.75  # bodies: marks are no larger

Letters = list[Letter]
Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Columns:
    """Where letters are, in columns: the middle of what is seen of each, and their bounds.

    Attributes:
        first, last: (N,) the columns in which each is seen; bounds: (N - 1,) between them.
    """

    first: Values
    last: Values
    bounds: Values

    @classmethod
    def of(cls, seen: Sequence[Seen], share: float) -> _Columns:
        first = np.array([STRIDE * each.first for each in seen], dtype=np.float64)
        last = np.array([STRIDE * (each.last + 1) for each in seen], dtype=np.float64)
        wide = np.array([_WIDE.get(each.letter, 1.0) for each in seen])
        rest, begun = (1 - share) * wide[:-1], share * wide[1:]
        middle = (first + last) / 2
        return cls(first, last, middle[:-1] + rest / (rest + begun) * np.diff(middle))

    def middle(self, k: int) -> float:
        """Return about where the middle of a letter lies."""
        seen = (self.first[k] + self.last[k]) / 2
        left = self.bounds[k - 1] if k else seen - 0.7 * BODY
        right = self.bounds[k] if k < len(self.bounds) else seen + 0.3 * BODY
        return float(left + right) / 2


def cut(
    strokes: Sequence[Points], at: Frame, seen: Sequence[Seen], share: float = SEEN_AT[0]
) -> Letters:
    """Return the letters of a word, each with its ink in columns of the reader's drawing.

    Args:
        strokes: (N, 2) of the word, level, in any unit.
        at: how the reader saw them.
        seen: where it saw the letters.
        share: of a letter's width, where it is seen.
    """
    corner = np.array([at.column(0.0), 0.5 * HEIGHT - at.middle * at.scale])
    paths = [resample(stroke * at.scale + corner, _STEP) for stroke in strokes]
    columns = _Columns.of(seen, share)
    upright = [_upright(path, slant_of(paths)) for path in paths]
    ink = np.concatenate(upright)
    letters = [Letter(each.letter) for each in seen]
    band = _band(letters, columns, ink)
    for path, shown in zip(paths, upright, strict=True):
        if len(seen) == 1:
            letters[0].paths.append(path)
            continue
        mark = _marked(shown, letters, columns, band)
        owner = np.full(len(path), mark) if mark is not None else _owners(shown, columns, ink, band)
        _give(path, owner, letters)
    return letters


def slant_of(paths: Sequence[Points]) -> float:
    """Return how far upright strokes lean to the right, columns a row (the tangent)."""
    moves = np.concatenate([np.diff(path, axis=0) for path in paths])
    steep = np.abs(moves[:, 1]) > 0.8 * np.abs(moves[:, 0])
    if steep.sum() < 8:
        return 0.0
    dx, dy = moves[steep].T
    return float(np.clip(-(dx * dy).sum() / (dy * dy).sum(), -0.8, 1.2))


def _band(letters: Letters, columns: _Columns, ink: Points) -> tuple[float, float]:
    """Return base line and body, by what lies in each letter's columns."""
    owner = np.searchsorted(columns.bounds, ink[:, 0])
    tops, bottoms = (np.full(len(letters), np.nan) for _ in range(2))
    for k in range(len(letters)):
        own = ink[owner == k, 1]
        if len(own):
            tops[k], bottoms[k] = own.min(), own.max()
    found = guides([each.text for each in letters], tops, bottoms)
    base, body = found or (0.5 * (HEIGHT + BODY), BODY)
    return base, float(np.clip(body, 0.5 * BODY, 1.6 * BODY))


def _upright(path: Points, slant: float) -> Points:
    """Return a path sheared until its letters stand, the drawing's middle row where it was."""
    turned = path.copy()
    turned[:, 0] += slant * (path[:, 1] - 0.5 * HEIGHT)
    return turned


def _marked(
    path: Points, letters: Letters, columns: _Columns, band: tuple[float, float]
) -> int | None:
    """Return whose dot, mark or bar a stroke is, None where it is none."""
    (left, top), (right, bottom) = path.min(axis=0), path.max(axis=0)
    wide, tall, middle = right - left, bottom - top, (left + right) / 2
    base, body = band
    straight = path_length(path) < 1.25 * float(np.hypot(*(path[-1] - path[0]))) + 1
    if max(wide, tall) < _SMALL * body and (top + bottom) / 2 < base - 0.9 * body:
        having = [k for k, each in enumerate(letters) if _has_mark(each.text)]
        reach = 1.6 * BODY
    elif straight and wide > 1.8 * tall and wide < 4 * body and bottom < base - 0.3 * body:
        having = [k for k, each in enumerate(letters) if each.text in _BARRED]
        reach = 1.2 * BODY
    else:
        return None
    near = [k for k in having if abs(columns.middle(k) - middle) < reach]
    return min(near, key=lambda k: abs(columns.middle(k) - middle)) if near else None


def _has_mark(letter: str) -> bool:
    return letter in _DOTTED or len(unicodedata.normalize("NFD", letter)) > 1


def _owners(
    path: Points, columns: _Columns, ink: Points, band: tuple[float, float]
) -> NDArray[np.intp]:
    """Return for every point of a path whose it is; letters only go up along it."""
    count, x = len(columns.first), path[:, 0]
    low = np.r_[-np.inf, columns.bounds]
    high = np.r_[columns.bounds, np.inf]
    # Beyond its bounds a point is dear, beyond its neighbour's middle very.
    away = np.maximum(np.maximum(low - x[:, None], x[:, None] - high), 0.0) / BODY
    costs = 0.6 * away + 4.0 * away**2
    inside = (columns.first <= x[:, None]) & (x[:, None] < columns.last)
    costs += _SEEN * (inside.sum(axis=1, keepdims=True) - inside)
    cuts = _cut_costs(path, ink, band)
    worth, came = costs[0], np.zeros((len(path), count), bool)
    for t in range(1, len(path)):
        moved = np.r_[np.inf, worth[:-1] + cuts[t]]
        came[t] = moved < worth
        worth = np.minimum(worth, moved) + costs[t]
    owner, k = np.empty(len(path), np.intp), int(worth.argmin())
    for t in range(len(path) - 1, -1, -1):
        owner[t] = k
        k -= int(came[t, k])
    return owner


def _cut_costs(path: Points, ink: Points, band: tuple[float, float]) -> NDArray[np.float64]:
    """Return what a cut before each point of an upright path costs."""
    if len(path) < 3:
        return np.full(len(path), _CUT)
    move = np.gradient(path, axis=0)
    along = move[:, 0] / np.maximum(np.hypot(move[:, 0], move[:, 1]), 1e-9)
    base, body = band
    y = (path[:, 1] - base) / body + 0.5  # from the middle of the body
    outside = np.maximum(np.abs(y) - 0.6, 0.0)
    near = np.abs(ink[None, :, 0] - path[:, None, 0]) < 1.0
    apart = np.abs(ink[None, :, 1] - path[:, None, 1]) > 2.5
    over = (near & apart).sum(axis=1) / 2.5
    ends = np.minimum(np.arange(len(path)), np.arange(len(path))[::-1]) < 3
    costs: NDArray[np.float64] = (
        _CUT + _OVER * np.minimum(over, 3) + _BACK * np.maximum(0.7 - along, 0.0) + _HIGH * outside
    )
    costs[ends] += 4.0  # no crumbs
    return costs


def _give(path: Points, owner: NDArray[np.intp], letters: Letters) -> None:
    """Hand the pieces of a path to their letters."""
    edges = np.flatnonzero(np.diff(owner)) + 1
    starts = [0, *edges.tolist()]
    for start, end in zip(starts, [*edges.tolist(), len(path)], strict=True):
        k = int(owner[start])
        letter = letters[k]
        piece = path[start : end + 1]  # pieces share the point where they part
        if start:  # what goes on comes first, whatever was there before
            letter.before = True
            letter.paths.insert(0, piece)
            if letter.after is not None:
                letter.after += 1
        else:
            letter.paths.append(piece)
        if end < len(path):
            letter.after = 0 if start else len(letter.paths) - 1
