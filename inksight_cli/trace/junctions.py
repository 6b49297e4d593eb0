"""Where lines meet, which goes on into which: smooth continuation, and short ways back.

A pen crosses a line without turning, so the ends at a junction are paired to turn as little as
possible. Often the pen goes into a dead end and comes back the same way (the stem of an n, the
tip of a cursive i): then the dead end is walked twice, and both pairings are smooth.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from inksight_cli.geometry import Points
from inksight_cli.trace.graph import Edge, Graph

End: TypeAlias = tuple[int, bool]
"""One end of an edge: its index, and whether it is the edge's start."""

MAX_TURN = np.deg2rad(80)
"""A pen that turns more than this at a junction was lifted, or stopped to come back."""

MAX_RETURN_TURN = np.deg2rad(65)
"""Going back out of a dead end is believed only when the way on is this smooth."""

_TIP = 0.1
"""A dead end cheaper than this to walk twice is a tip (i, u, t): the pen may go on anywhere."""

_DIGITS = 6  # of angles in radians, and of their squares


@dataclass(slots=True)
class Links:
    """Which edge end goes on into which, both ways; retraced edges appear twice in ``edges``."""

    edges: list[Edge]
    onward: dict[End, End] = field(default_factory=dict)

    def join(self, a: End, b: End) -> None:
        """Let a pen that arrives at ``a`` leave by ``b``, and the other way round."""
        self.onward[a] = b
        self.onward[b] = a

    def retrace(self, index: int, dead_end_is_start: bool) -> End:
        """Add a way back along edge ``index`` from its dead end; return the near end of it."""
        self.edges.append(self.edges[index])
        copy = len(self.edges) - 1
        self.join((index, dead_end_is_start), (copy, dead_end_is_start))
        return copy, not dead_end_is_start


def link_edges(graph: Graph) -> Links:
    """Return the pairing of all edge ends of ``graph`` that turn by less than `MAX_TURN`."""
    links = Links(list(graph.edges))
    degrees = [len(ends) for ends in graph.ends_at()]
    for node, ends in enumerate(graph.ends_at()):
        if len(ends) == 2 and ends[0][0] != ends[1][0]:
            links.join(*ends)
        elif len(ends) > 2:
            _resolve(graph, links, degrees, node, ends)
    return links


def _resolve(graph: Graph, links: Links, degrees: list[int], node: int, ends: list[End]) -> None:
    leaving = np.array([_direction(graph, end, graph.radii[node]) for end in ends])
    x, y = leaving.T
    cosines = -(np.multiply.outer(x, x) + np.multiply.outer(y, y))
    # Rounded: of two ways that turn alike, the last bit would choose another on each processor.
    turns = np.round(np.arccos(np.clip(cosines, -1.0, 1.0)), _DIGITS)
    dead = {
        k: _return_cost(graph, end) for k, end in enumerate(ends) if _is_dead(graph, degrees, end)
    }
    plans = ((pairs, _ways_back(turns, leaving, pairs, dead)) for pairs in _pairings(turns))
    pairs, ways_back = max(plans, key=lambda plan: _value(turns, plan[0], plan[1], dead))
    for a, b in pairs:
        links.join(ends[a], ends[b])
    for way, other in ways_back:
        index, at_start = ends[way]
        links.join(links.retrace(index, not at_start), ends[other])


def _is_dead(graph: Graph, degrees: list[int], end: End) -> bool:
    edge = graph.edges[end[0]]
    return degrees[edge.end if end[1] else edge.start] == 1


def _return_cost(graph: Graph, end: End) -> float:
    """Return what walking a dead end twice costs, in squared radians of turning.

    People go back over the length of a stem (n, h, i), seldom over more.
    """
    pen = 2.0 * float(np.median(graph.radii))
    return float((graph.edges[end[0]].length / (12.0 * pen + 1.0)) ** 2)


def _ways_back(
    turns: Points,
    leaving: Points,
    pairs: list[tuple[int, int]],
    dead: dict[int, float],
) -> list[tuple[int, int]]:
    """Return (dead end, end the pen goes on by), each dead end and each way on used once."""
    entered = {a: b for pair in pairs for a, b in (pair, pair[::-1])}
    ways: list[tuple[int, int]] = []
    for other in set(range(len(turns))) - set(entered):
        free = [
            k
            for k in dead
            if k in entered
            and k not in {way for way, _ in ways}
            and turns[k, other] < MAX_RETURN_TURN
            and (dead[k] < _TIP or _like_an_n(turns, leaving, k, entered[k], other))
        ]
        if free:
            ways.append((min(free, key=lambda k: float(turns[k, other])), other))
    return ways


def _like_an_n(turns: Points, leaving: Points, dead: int, first: int, other: int) -> bool:
    """Whether a long way back is one people write: straight down, back, and off to the right.

    In a y the tail is as long, but what meets it at an angle comes from the left.
    """
    return bool(turns[dead, first] <= turns[dead, other] and leaving[other][0] > -0.2)


def _value(
    turns: Points,
    pairs: list[tuple[int, int]],
    ways_back: list[tuple[int, int]],
    dead: dict[int, float],
) -> float:
    """Return the turning saved against lifting the pen at every end, in squared radians."""
    joined = sum(float(MAX_TURN**2 - turns[a, b] ** 2) for a, b in pairs)
    saved = joined + sum(float(MAX_TURN**2 - turns[k, o] ** 2) - dead[k] for k, o in ways_back)
    return round(saved, _DIGITS)


def _direction(graph: Graph, end: End, radius: float) -> Points:
    """Return the unit vector along which the edge leaves its node.

    Measured outside the junction's own disc of ink, where thinning bends every line.
    """
    index, at_start = end
    path = graph.edges[index].path if at_start else graph.edges[index].path[::-1]
    near = min(int(0.8 * radius) + 1, len(path) - 1)
    far = min(int(3.0 * radius) + 4, len(path) - 1)
    vector = path[far] - path[near if far > near else 0]
    length = float(np.hypot(*vector))
    return np.asarray(vector / length if length > 0 else np.zeros(2))


def _pairings(turns: Points) -> list[list[tuple[int, int]]]:
    """Return the pairings worth weighing: all of up to six ends, above that the greedy one."""
    if len(turns) > 6:
        return [_greedy_pairs(turns)]
    return list(_matchings(list(range(len(turns))), turns < MAX_TURN))


def _matchings(items: list[int], fit: NDArray[np.bool_]) -> Iterator[list[tuple[int, int]]]:
    """Yield the sets of pairs (a, b) of ``items`` that ``fit`` (K, K) together."""
    if len(items) < 2:
        yield []
        return
    first, rest = items[0], items[1:]
    yield from _matchings(rest, fit)
    for k, other in enumerate(rest):
        if fit[first, other]:
            for pairs in _matchings(rest[:k] + rest[k + 1 :], fit):
                yield [(first, other), *pairs]


def _greedy_pairs(turns: Points) -> list[tuple[int, int]]:
    free = set(range(len(turns)))
    pairs = []
    for a, b in zip(*np.unravel_index(np.argsort(turns, axis=None), turns.shape), strict=True):
        if a < b and {int(a), int(b)} <= free and turns[a, b] < MAX_TURN:
            pairs.append((int(a), int(b)))
            free -= {int(a), int(b)}
    return pairs
