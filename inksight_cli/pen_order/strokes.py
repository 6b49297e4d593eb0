"""What is known of every stroke of a word, in either direction, before any order is chosen.

A state is a stroke with a direction: state 2k is stroke k as it came, 2k + 1 the same reversed.
All lengths are in units of the word's size, so that no figure depends on the picture's scale.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from inksight_cli.geometry import Points
from inksight_cli.polylines import resample

_STEPS = 40
"""Sample spacing: the word's size over this."""
_MOST = 64  # most samples of a stroke that distances between strokes look at
_TANGENT = 4  # samples over which a direction is measured
_NEAR = 0.12  # how far from a model's path a stroke may lie to be covered by it


@dataclass(frozen=True, slots=True, eq=False)
class WordStrokes:
    """Strokes of a word, measured.

    Attributes:
        size: of the word, in the unit of its points.
        start, end: (2n, 2), of every state.
        leaving, arriving: (2n, 2) unit tangents at start and end.
        box: (n, 4) left, top, right, bottom of every stroke.
        own: (2n, F) what the network is told of every state.
        apart: (n, n) least distances between strokes.
    """

    size: float
    start: Points
    end: Points
    leaving: Points
    arriving: Points
    box: Points
    own: Points
    apart: Points

    @property
    def count(self) -> int:
        """The number of strokes."""
        return len(self.box)


def word_size(strokes: Sequence[Points]) -> float:
    """Height of the word, or a quarter of its width if that is more; at least a pixel."""
    points = np.concatenate(list(strokes))
    width, height = np.ptp(points, axis=0)
    return float(max(height, 0.25 * width, 1.0))


def measure(strokes: Sequence[Points], guide: Sequence[Points] = ()) -> WordStrokes:
    """Measure ``strokes`` (each (N, 2), any unit); ``guide`` is a model's path over the word."""
    size = word_size(strokes)
    low = np.concatenate(list(strokes)).min(axis=0)
    paths = [resample((stroke - low) / size, 1.0 / _STEPS) for stroke in strokes]
    both = [path for stroke in paths for path in (stroke, stroke[::-1])]
    box = np.array([np.concatenate([p.min(axis=0), p.max(axis=0)]) for p in paths])
    apart = _distances(paths)
    leaving = np.array([_tangent(path) for path in both])
    arriving = np.array([-_tangent(path[::-1]) for path in both])
    own = np.concatenate(
        [
            np.concatenate([_shapes(path) for path in paths]),
            leaving,
            arriving,
            _surroundings(paths, box),
            _guidance(paths, [(g - low) / size for g in guide]),
        ],
        axis=1,
    )
    start, end = (np.array([path[at] for path in both]) for at in (0, -1))
    return WordStrokes(size, start, end, leaving, arriving, box, own, apart)


def _tangent(path: Points) -> Points:
    step = path[min(_TANGENT, len(path) - 1)] - path[0]
    length = float(np.hypot(*step))
    return step / length if length > 0 else np.zeros(2)


def _shapes(path: Points) -> Points:
    """Height of both ends, size, length, five points on the way, turning, closedness; (2, 18).

    The first row tells of the path as it is, the second of the path reversed.
    """
    steps = path[1:] - path[:-1]
    length = float(np.hypot(steps[:, 0], steps[:, 1]).sum())
    turned = _turned(steps)
    gap = float(np.hypot(*(path[-1] - path[0])))
    size = path.max(axis=0) - path.min(axis=0)
    last = len(path) - 1
    # A path reversed turns as far, the other way round.
    closed = gap / (length + 0.05)
    rows = []
    for way, turn in ((path, turned), (path[::-1], -turned)):
        on = (way[np.arange(1, 6) * last // 5] - way[0]).ravel()
        bends = [turn / (2 * np.pi), np.sin(turn), closed]
        rows.append([way[0, 1], way[-1, 1], *size, length, *on, *bends])
    return np.array(rows)


def _turned(steps: Points) -> float:
    """Return by how much a path of ``steps`` (N, 2) turns in all, in radians."""
    x, y = steps[:, 0], steps[:, 1]
    cross = x[:-1] * y[1:] - y[:-1] * x[1:]
    return float(np.arctan2(cross, x[:-1] * x[1:] + y[:-1] * y[1:]).sum())


def _distances(paths: list[Points]) -> Points:
    """Least distances between all pairs of strokes."""
    thin = [p[:: max(1, len(p) // _MOST)] for p in paths]
    points = np.concatenate(thin)
    starts = np.cumsum([0, *(len(p) for p in thin[:-1])])
    squared = np.empty((len(paths), len(points)))
    norms = (points**2).sum(axis=1)
    for k, path in enumerate(thin):
        products = np.multiply.outer(path[:, 0], points[:, 0])
        products += np.multiply.outer(path[:, 1], points[:, 1])
        apart = norms - 2.0 * products
        squared[k] = (apart + norms[starts[k] : starts[k] + len(path), None]).min(axis=0)
    least = np.minimum.reduceat(squared, starts, axis=1)
    return np.sqrt(np.maximum(least, 0.0)) * (1.0 - np.eye(len(paths)))


def _surroundings(paths: list[Points], box: Points) -> Points:
    """How far each state's ends are from other strokes, where it stands in the word, (2n, 5)."""
    ends = np.array([path[at] for path in paths for at in (0, -1)])
    everything = np.concatenate(paths)
    owner = np.repeat(np.arange(len(paths)), [len(path) for path in paths])
    offset = np.hypot(*(ends[:, None] - everything[None]).transpose(2, 0, 1))
    offset[owner[None] == np.arange(len(ends))[:, None] // 2] = 2.0
    free = np.minimum(offset.min(axis=1), 2.0).reshape(-1, 2)
    width = max(float(box[:, 2].max()), 1e-6)
    place = np.stack([box[:, 0] / width, box[:, 2] / width], axis=1)
    rows = np.concatenate([free, place, np.full((len(box), 1), len(box) / 10)], axis=1)
    both = np.repeat(rows, 2, axis=0)
    both[1::2, :2] = free[:, ::-1]
    return both


def _guidance(paths: list[Points], guide: list[Points]) -> Points:
    """What a model's path says of every state, (2n, 4); zeros without one.

    Told or not, share of the stroke near the path, when the path passes it (0..1), and whether
    the path runs the state's way (-1..1).
    """
    rows = np.zeros((2 * len(paths), 4))
    told = [resample(g, 1.0 / _STEPS) for g in guide if len(g)]
    if not told:
        return rows
    track = np.concatenate(told)
    along = np.concatenate([_directions(t) for t in told])
    for k, path in enumerate(paths):
        offset = np.hypot(*(path[:, None] - track[None]).transpose(2, 0, 1))
        nearest, near = offset.argmin(axis=1), offset.min(axis=1) < _NEAR
        when = float(np.median(nearest[near])) / len(track) if near.any() else 0.0
        same = float(((_directions(path) * along[nearest]).sum(axis=1) * near).mean())
        rows[2 * k] = 1.0, near.mean(), when, same
        rows[2 * k + 1] = 1.0, near.mean(), when, -same
    return rows


def _directions(path: Points) -> Points:
    if len(path) < 2:
        return np.zeros_like(path)
    steps = np.gradient(path, axis=0)
    return np.asarray(steps / np.maximum(np.hypot(*steps.T), 1e-9)[:, None])
