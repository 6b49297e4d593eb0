"""The ink graph as places a pen can be: evenly spaced states, and who is next to whom."""

from __future__ import annotations

import itertools
from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inksight_cli.geometry import Points
from inksight_cli.polylines import path_length, resample
from inksight_cli.trace.graph import Edge, Graph

HOPS = 3
"""A pen that moves one step on the model's path moves at most this many states on the ink."""

_MOST_STATES = 400  # keeps the search's cost bounded for very long ink


@dataclass(frozen=True, slots=True, eq=False)
class InkStates:
    """States along the centre lines of a patch of ink.

    Attributes:
        points: (K, 2) float64; the graph's nodes come first, in their order.
        radii: (K,) float64, half the ink's width there.
        near: for each state the states one step away.
        reach: (K, R) int, the states at most `HOPS` steps away, itself among them; rows are
            filled up with the state itself.
        moves: (K, R, 2) float64, the displacement from ``reach[k, r]`` to ``k``.
        lengths2: (K, R) float64, their squared lengths; infinite where the row is filled up.
        step: distance between states in pixels, about.
    """

    points: Points
    radii: NDArray[np.float64]
    near: list[set[int]]
    reach: NDArray[np.intp]
    moves: NDArray[np.float64]
    lengths2: NDArray[np.float64]
    step: float

    def route(self, start: int, end: int, limit: float) -> list[int] | None:
        """Return the states of a way along the ink with the fewest steps, both ends included.

        Args:
            start: state the way leaves from.
            end: state it goes to.
            limit: longest way wanted, in pixels; None is returned when there is none.
        """
        came: dict[int, int] = {start: start}
        queue = deque([(start, 0)])
        while queue:
            at, steps = queue.popleft()
            if at == end:
                return self._unwind(came, at)
            if steps * self.step < limit:
                for other in self.near[at]:
                    if other not in came:
                        came[other] = at
                        queue.append((other, steps + 1))
        return None

    @staticmethod
    def _unwind(came: dict[int, int], at: int) -> list[int]:
        way = [at]
        while came[at] != at:
            at = came[at]
            way.append(at)
        return way[::-1]

    def length(self, ids: list[int]) -> float:
        """Return the length in pixels of a way through the states ``ids``."""
        return path_length(self.points[ids])


def place_states(graph: Graph, step: float) -> InkStates:
    """Return states along ``graph``, ``step`` pixels apart or a little more on long ink."""
    step = max(step, sum(edge.length for edge in graph.edges) / _MOST_STATES)
    points = [graph.nodes]
    links: list[tuple[int, int]] = []
    count = len(graph.nodes)
    for edge in graph.edges:
        inner = _inner_points(graph, edge, step)
        ids = [edge.start, *range(count, count + len(inner)), edge.end]
        links += itertools.pairwise(ids)
        points.append(inner)
        count += len(inner)
    near: list[set[int]] = [set() for _ in range(count)]
    for a, b in links:
        if a != b:
            near[a].add(b)
            near[b].add(a)
    places = np.concatenate(points)
    reach, known = _reach(near)
    moves = places[:, None] - places[reach]
    lengths2 = np.where(known, (moves**2).sum(axis=2), np.inf)
    radii = graph.radius_at(places)
    return InkStates(places, radii, near, reach, moves, lengths2, step)


def _inner_points(graph: Graph, edge: Edge, step: float) -> Points:
    """Return the places between an edge's two nodes; a loop has at least two of them."""
    whole = np.concatenate([graph.nodes[[edge.start]], edge.path, graph.nodes[[edge.end]]])
    if edge.is_loop:
        step = min(step, path_length(whole) / 3)
    return resample(whole, step)[1:-1]


def _reach(near: list[set[int]]) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    rows = []
    for state in range(len(near)):
        found = {state}
        edge = {state}
        for _ in range(HOPS):
            edge = {other for at in edge for other in near[at]} - found
            found |= edge
        rows.append([state, *(found - {state})])
    widest = max(map(len, rows))
    filled = [row + row[:1] * (widest - len(row)) for row in rows]
    known = np.arange(widest) < np.array([len(row) for row in rows])[:, None]
    return np.array(filled, dtype=np.intp), known
