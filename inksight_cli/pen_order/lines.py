"""What is measured on a word's graph before any order is chosen.

A state is a line with a direction: state 2k is line k as the graph has it, 2k + 1 the same line
walked back. Lines are the graph's edges, and its dots (nodes without any edge) as lines of one
point. The network sees lengths in units of the word's size only.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inksight_cli.geometry import Points
from inksight_cli.trace.graph import Graph

SHAPE = 12
"""Points along every line that the network sees of its shape."""
SPUR = 1.0
"""Pen widths: a line no longer than this may stay out of a walk."""
_DENSE = 3  # samples a step of SHAPE, over which the skeleton's stairs are smoothed
_TANGENT = 0.1  # of the word's size: how far from its end a line's direction is measured
_SHARES = np.linspace(0.0, 1.0, _DENSE * (SHAPE - 1) + 1)
_WIDTHS = np.array([0.0, 0.25, 0.5, 0.75, 1.0])  # of a line's length: where its ink is measured


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """The lines of a word, in pixels of its graph.

    Attributes:
        paths: one (N, 2) a line, N >= 1, as the skeleton has it.
        ends: (E, 2) the nodes at both ends.
        nodes, radii: (K, 2) and (K,), the graph's.
        lengths: (E,) in pixels.
        pen: its width in pixels.
        size: the word's height, or a quarter of its width if that is more.
        seen: what the network is told, arrays as `Seen` names them.
    """

    paths: list[Points]
    ends: NDArray[np.intp]
    nodes: Points
    radii: NDArray[np.float64]
    lengths: NDArray[np.float64]
    pen: float
    size: float
    seen: Seen

    @property
    def starts(self) -> NDArray[np.intp]:
        """The node at which each state begins, (2E,)."""
        return self.ends.ravel()

    @property
    def goals(self) -> NDArray[np.intp]:
        """The node at which each state ends, (2E,)."""
        return self.ends[:, ::-1].ravel()

    def path_of(self, state: int) -> Points:
        """Return the points of a state in its direction."""
        path = self.paths[state // 2]
        return path[::-1] if state % 2 else path


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What the network is told of a word with E lines; lengths in units of the word's size.

    Attributes:
        shape: (E, SHAPE, 2) points along every line.
        leaving: (E, 2, 2, 2) by end: the vector into the line, and the same outside the ink of
            the node.
        own: (E, 14) length, length in pens / 10, turning / 2 pi, both nodes' radii / pen,
            whether a dot, whether it ends where it starts, degrees of both nodes, and the ink's
            radius / pen at `_WIDTHS` of the way.
        ends: (E, 2) node numbers.
        apart: (E, E) least distances between lines.
        pen: pen width.
        aspect: width.
    """

    shape: NDArray[np.float32]
    leaving: NDArray[np.float32]
    own: NDArray[np.float32]
    ends: NDArray[np.int16]
    apart: NDArray[np.float32]
    pen: float
    aspect: float


def measure(graph: Graph, pen: float, turn: float = 0.0, *, mirrored: bool = False) -> Lines | None:
    """Measure a word's graph; None where there is nothing on it.

    Args:
        graph: of the word's ink.
        pen: width in the graph's pixels.
        turn: radians by which the word's text runs off the horizontal; the network sees it level.
        mirrored: whether the network sees it in a mirror: text that runs from right to left.
    """
    paths, ends = _lines_of(graph)
    if not paths:
        return None
    track = _Track(paths)
    lengths = track.lengths
    dense = _level(track.at(lengths[:, None] * _SHARES), turn, mirrored=mirrored)
    low, high = dense.min(axis=(0, 1)), dense.max(axis=(0, 1))
    size = float(max(high[1] - low[1], 0.25 * (high[0] - low[0]), 1.0))
    shape = (_smooth(dense) - low) / size
    leaving = _leaving(track, graph.radii[ends], _TANGENT * size)
    leaving = _level(leaving, turn, mirrored=mirrored) / size
    widths = graph.radius_at(track.at(lengths[:, None] * _WIDTHS).reshape(-1, 2))
    degrees = np.bincount(ends[lengths > 0].ravel(), minlength=len(graph.nodes))
    own = np.column_stack(
        [
            lengths / size,
            lengths / pen / 10,
            _turned(shape[:, ::_DENSE]) / (2 * np.pi),
            graph.radii[ends] / pen,
            lengths == 0,
            (lengths > 0) & (ends[:, 0] == ends[:, 1]),
            degrees[ends],
            widths.reshape(len(paths), -1) / pen,
        ]
    )
    seen = Seen(
        shape[:, ::_DENSE].astype(np.float32),
        leaving.astype(np.float32),
        own.astype(np.float32),
        ends.astype(np.int16),
        _apart(shape[:, ::_DENSE]).astype(np.float32),
        pen / size,
        float(high[0] - low[0]) / size,
    )
    return Lines(paths, ends, graph.nodes, graph.radii, lengths, pen, size, seen)


def _lines_of(graph: Graph) -> tuple[list[Points], NDArray[np.intp]]:
    """Return the paths of the graph's edges and of its dots, and the nodes at their ends."""
    ends = [(edge.start, edge.end) for edge in graph.edges]
    alone = np.ones(len(graph.nodes), dtype=bool)
    alone[[node for pair in ends for node in pair]] = False
    dots = np.flatnonzero(alone).tolist()
    paths = [edge.path for edge in graph.edges] + [graph.nodes[k : k + 1] for k in dots]
    return paths, np.array(ends + [(k, k) for k in dots], dtype=np.intp).reshape(-1, 2)


class _Track:
    """All lines end to end, so that places on all of them are looked up at once."""

    def __init__(self, paths: list[Points]) -> None:
        counts = np.array([len(path) for path in paths])
        points = np.concatenate(paths)
        self._x, self._y = points[:, 0], points[:, 1]
        steps = np.hypot(np.diff(self._x, prepend=0.0), np.diff(self._y, prepend=0.0))
        first = np.cumsum(counts) - counts
        steps[first] = 1.0  # from one line to the next
        self._along = np.cumsum(steps)
        self._begin = self._along[first]
        self.lengths = self._along[first + counts - 1] - self._begin

    def at(self, far: Points) -> Points:
        """Return the points (E, M, 2) that lie ``far`` (E, M) pixels along every line."""
        wanted = self._begin[:, None] + np.clip(far, 0.0, self.lengths[:, None])
        x, y = (np.interp(wanted, self._along, v) for v in (self._x, self._y))
        return np.stack([x, y], axis=2)


def _level(points: Points, turn: float, *, mirrored: bool) -> Points:
    """Turn points or vectors (..., 2), or mirror them, so that text runs to the right."""
    if not turn and not mirrored:
        return points
    cosine, sine = np.cos(turn), np.sin(turn)
    matrix = np.array([[cosine, -sine], [sine, cosine]])
    return np.asarray(points @ (matrix * (-1.0, 1.0) if mirrored else matrix))


def _smooth(dense: Points) -> Points:
    """Take the skeleton's stairs off paths (E, M, 2); ends stay put."""
    for _ in range(2):
        inner = (dense[:, :-2] + 2 * dense[:, 1:-1] + dense[:, 2:]) / 4
        dense = np.concatenate([dense[:, :1], inner, dense[:, -1:]], axis=1)
    return dense


def _leaving(track: _Track, radii: Points, far: float) -> Points:
    """Return vectors into every line, by end: from its node, and from outside the node's ink.

    Args:
        track: the lines.
        radii: (E, 2) of the ink at both nodes.
        far: pixels along the line, for the first.
    """
    vectors = np.empty((len(radii), 2, 2, 2))
    most = track.lengths
    for end in (0, 1):
        near = 0.8 * radii[:, end] + 1.0
        beyond = np.minimum(3.0 * radii[:, end] + 4.0, most)
        places = np.column_stack(
            [np.zeros_like(most), np.minimum(far, most), np.where(near < beyond, near, 0.0), beyond]
        )
        points = track.at(most[:, None] - places if end else places)
        vectors[:, end] = points[:, [1, 3]] - points[:, [0, 2]]
    return vectors


def _turned(shape: Points) -> Points:
    """Return by how much paths (E, M, 2) turn in all, in radians."""
    steps = np.diff(shape, axis=1)
    before, after = steps[:, :-1], steps[:, 1:]
    cross = before[..., 0] * after[..., 1] - before[..., 1] * after[..., 0]
    return np.asarray(np.arctan2(cross, (before * after).sum(axis=2)).sum(axis=1))


def _apart(shape: Points) -> Points:
    """Return the least distances between the sampled points of all lines, (E, E)."""
    count, samples, _ = shape.shape
    flat = shape.reshape(-1, 2)
    norms = (flat**2).sum(axis=1)
    squared = norms[:, None] + norms - 2.0 * (flat @ flat.T)
    least = squared.reshape(count, samples, count, samples).min(axis=(1, 3))
    return np.asarray(np.sqrt(np.maximum(least, 0.0)))
