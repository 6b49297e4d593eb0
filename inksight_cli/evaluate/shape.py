"""What a reader of ink sees first: pen lifts, crossings, ways gone over twice, and AIoU and LDTW.

Frozen: figures of different years are compared, so what these functions say of recorded strokes is
held by a test. A better measure gets a name of its own. Nothing of the house is used but its
neighbours `.paths` and `.resample`.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inksight_cli.evaluate.paths import PATH_SPACING, warping
from inksight_cli.evaluate.resample import Points, Strokes, nearest, resample_all

SPACING = 1.0
_CROSSING = 3.0  # pixels between points where crossings are looked for
APART = 6.0
"""Pixels along a path within which it does not meet itself: a bend is no crossing."""
_STEEP = 0.34  # sine of the angle (20 degrees) above which two lines cross; below, one goes over
_BLOCK = 2_000_000
_WIDEST = 8  # pixels: how often the drawn path is thickened


def adaptive_iou(truth: Strokes, drawn: Strokes) -> float:
    """AIoU: intersection over union with the true ink, drawn with the pen that suits it best.

    How wide the drawn path was meant nobody knows, so it is drawn one pixel wide, thickened by a
    pixel all around (3 x 3 cells) again and again, and the best share counts. Source: Chen et al.,
    "Complex Handwriting Trajectory Recovery: Evaluation Metrics and Algorithm" (PEN-Net, ACCV
    2022), section 3.1. There the true ink is that of a picture; here it is the true path, three
    pixels wide, so only figures that were made so can be compared.

    Returns:
        0..1; 1 where both are empty.
    """
    a, b = _cells(truth), _cells(drawn)
    if not len(a) or not len(b):
        return float(not len(a) and not len(b))
    corner = np.minimum(a.min(axis=0), b.min(axis=0)) - _WIDEST
    size = np.maximum(a.max(axis=0), b.max(axis=0)) - corner + _WIDEST + 1
    true = _thickened(_picture(a - corner, size))
    ink = _picture(b - corner, size)
    inks = itertools.accumulate(range(_WIDEST), lambda thick, _: _thickened(thick), initial=ink)
    return max(float((true & ink).sum() / (true | ink).sum()) for ink in inks)


def _cells(strokes: Strokes) -> NDArray[np.int64]:
    """Return the whole pixels (N, 2) that strokes pass."""
    points = resample_all(strokes, 0.5)
    if not points:
        return np.empty((0, 2), np.int64)
    return np.unique(np.floor(np.concatenate(points)).astype(np.int64), axis=0)


def _picture(cells: NDArray[np.int64], size: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return a picture (rows, columns) of cells."""
    picture = np.zeros((size[1], size[0]), np.bool_)
    picture[cells[:, 1], cells[:, 0]] = True
    return picture


def _thickened(ink: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return ink with the eight cells around every one of its cells."""
    for axis in (0, 1):
        rows = np.moveaxis(ink, axis, 0)
        thick = rows.copy()
        thick[1:] |= rows[:-1]
        thick[:-1] |= rows[1:]
        ink = np.moveaxis(thick, 0, axis)
    return ink


def length_normalised_dtw(truth: Strokes, drawn: Strokes, spacing: float = PATH_SPACING) -> float:
    """LDTW: the dynamic time warping distance over the length of the warping path, in pixels.

    After PEN-Net (see `adaptive_iou`). `dtw_distance` divides by the number of true
    points instead, so that what was drawn too much costs there and hardly here.

    Returns:
        Pixels; infinity when exactly one side is empty, 0 when both are.
    """
    true_points, drawn_points = resample_all(truth, spacing), resample_all(drawn, spacing)
    if not true_points or not drawn_points:
        return 0.0 if not true_points and not drawn_points else float("inf")
    cost, steps = warping(np.concatenate(true_points), np.concatenate(drawn_points))
    return cost / steps


@dataclass(frozen=True)
class Kept:
    """How many things of the true path there are, and how many the drawn one has as well."""

    true: int
    kept: int

    @property
    def share(self) -> float | None:
        """0..1, or None where there is nothing to keep."""
        return self.kept / self.true if self.true else None


def crossings_kept(truth: Strokes, drawn: Strokes, tolerance: float = 3.0) -> Kept:
    """Count places where the true path crosses itself, and those the drawn one crosses as well.

    Two pieces of path cross where they meet at more than 20 degrees and both go on on either side.
    """
    places, found = _crossings(truth), _crossings(drawn)
    if not len(places) or not len(found):
        return Kept(len(places), 0)
    return Kept(len(places), int((nearest(places, found)[1] <= tolerance).sum()))


def _crossings(strokes: Strokes) -> Points:
    """Return where the straight pieces of strokes cut one another (N, 2), one for each place."""
    pieces = [np.stack([s[:-1], s[1:]], axis=1) for s in resample_all(strokes, _CROSSING)]
    pieces = [piece for piece in pieces if len(piece)]
    if not pieces:
        return np.empty((0, 2))
    ends = np.concatenate(pieces)
    owner = np.repeat(np.arange(len(pieces)), [len(piece) for piece in pieces])
    start, way = ends[:, 0], ends[:, 1] - ends[:, 0]
    size = np.maximum(np.hypot(*way.T), 1e-9)
    found = []
    rows = max(1, _BLOCK // len(start))
    for first in range(0, len(start), rows):
        here = np.arange(first, min(first + rows, len(start)))
        cross = way[here, None, 0] * way[None, :, 1] - way[here, None, 1] * way[None, :, 0]
        offset = start[None] - start[here, None]
        with np.errstate(divide="ignore", invalid="ignore"):
            t = (offset[..., 0] * way[None, :, 1] - offset[..., 1] * way[None, :, 0]) / cross
            u = (offset[..., 0] * way[here, None, 1] - offset[..., 1] * way[here, None, 0]) / cross
        apart = np.arange(len(start))[None] - here[:, None]
        far = (apart > 0) & ((owner[here, None] != owner[None]) | (apart > APART / _CROSSING))
        steep = np.abs(cross) > _STEEP * size[here, None] * size[None]
        cut = far & steep & (t >= 0) & (t < 1) & (u >= 0) & (u < 1)
        i, j = np.nonzero(cut)
        found.append(start[here[i]] + t[i, j][:, None] * way[here[i]])
    return _one_each(np.concatenate(found))


def _one_each(places: Points, near: float = 2.0) -> Points:
    """Leave one of places that lie within ``near`` pixels of one another."""
    kept: list[Points] = []
    for place in places:
        if all(np.hypot(*(place - other)) > near for other in kept):
            kept.append(place)
    return np.array(kept).reshape(-1, 2)


def retraces_kept(truth: Strokes, drawn: Strokes, tolerance: float = 3.0) -> Kept:
    """Count stretches where the true pen goes back over its own ink, and those drawn so as well.

    A stretch is at least two tolerances long; the drawn path keeps it where it, too, passes at
    least half of it twice, in opposite directions.
    """
    stretches = _retraced(truth, tolerance / 2, 2 * tolerance)
    if not stretches:
        return Kept(0, 0)
    again = _retraced(drawn, tolerance, tolerance)
    if not again:
        return Kept(len(stretches), 0)
    twice = np.concatenate(again)
    kept = sum(float((nearest(s, twice)[1] <= tolerance).mean()) >= 0.5 for s in stretches)
    return Kept(len(stretches), kept)


def _retraced(strokes: Strokes, tolerance: float, least: float) -> list[Points]:
    """Return the stretches of strokes that run back over what the same stroke drew before."""
    found: list[Points] = []
    for points in resample_all(strokes, SPACING):
        if len(points) < 4:
            continue
        way = np.gradient(points, axis=0)
        way /= np.maximum(np.hypot(*way.T), 1e-9)[:, None]
        offset = points[:, None] - points[None]
        near = (offset**2).sum(axis=2) <= tolerance**2
        against = way @ way.T < -0.8
        earlier = np.arange(len(points))[:, None] > np.arange(len(points))[None] + 1
        back = (near & against & earlier).any(axis=1)
        edges = np.flatnonzero(np.diff(np.concatenate([[False], back, [False]]).astype(np.int8)))
        for first, last in edges.reshape(-1, 2):
            if last - first >= least / SPACING:
                found.append(points[first:last])
    return found


@dataclass(frozen=True)
class Lifts:
    """Pen lifts that are too many and too few in the drawn ink."""

    extra: int
    missing: int


def pen_lifts(truth: Strokes, drawn: Strokes, tolerance: float = 3.0) -> Lifts:
    """Count where the drawn pen was lifted and the true one went on, and the other way round.

    Ends of strokes are paired, the nearest first, each once, within two tolerances; which of a
    stroke's ends is its beginning does not matter. A lift too many leaves two drawn ends over.
    """
    ours, theirs = (
        np.array([s[[0, -1]] for s in resample_all(strokes, SPACING)]).reshape(-1, 2)
        for strokes in (truth, drawn)
    )
    apart = np.hypot(*(ours[:, None] - theirs[None]).transpose(2, 0, 1))
    pairs = 0
    while apart.size and apart.min() <= 2 * tolerance:
        i, j = np.unravel_index(int(apart.argmin()), apart.shape)
        apart[i], apart[:, j] = np.inf, np.inf
        pairs += 1
    return Lifts((len(theirs) - pairs + 1) // 2, (len(ours) - pairs + 1) // 2)
