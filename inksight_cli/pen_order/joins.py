"""How the pen got from one piece to the next without being lifted: over ink it had drawn."""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterator, Sequence

import numpy as np

from inksight_cli.geometry import Points
from inksight_cli.polylines import resample

_STEP = 1.0


class InkWays:
    """Ways along the pieces of a word, from one to another wherever an end of one touches.

    A pen goes back over a stem (n), out along a tip and back, or round a corner over several
    pieces; it never crosses paper.
    """

    def __init__(self, pieces: Sequence[Points], reach: float) -> None:
        """Lay out the ways.

        Args:
            pieces: each (N, 2).
            reach: what counts as touching, in the pieces' unit.
        """
        paths = [resample(piece, _STEP) for piece in pieces]
        self._reach = reach
        self._points = np.concatenate(paths)
        self._owner = np.repeat(np.arange(len(paths)), [len(path) for path in paths])
        self._first = np.concatenate([[0], np.cumsum([len(path) for path in paths])])
        self._links = self._touching()

    def between(
        self, before: int, after: int, over: Collection[int], longest: float
    ) -> Points | None:
        """Return the shortest way from the end of one piece to the start of the next.

        Args:
            before: state of the piece written last: 2k for piece k as it came, 2k + 1 reversed.
            after: state of the piece written next.
            over: the pieces the pen may go over.
            longest: the longest way a pen goes twice, in the pieces' unit.

        Returns:
            (M, 2) without both ends, M = 0 where the pieces touch; None when there is no way.
        """
        start, goal = self._end(before ^ 1), self._end(after)
        if np.hypot(*(self._points[goal] - self._points[start])) <= self._reach:
            return np.empty((0, 2))
        came = self._search(start, goal, {*over, before // 2, after // 2}, longest)
        if goal not in came:
            return None
        way = [came[goal]]
        while way[-1] != start:
            way.append(came[way[-1]])
        return self._points[way[-2::-1]]

    def _end(self, state: int) -> int:
        """Return the point at which a state begins."""
        piece = state // 2
        return int(self._first[piece + 1] - 1 if state % 2 else self._first[piece])

    def _search(self, start: int, goal: int, over: set[int], longest: float) -> dict[int, int]:
        """Return from where each point was reached (Dijkstra 1959), up to the goal."""
        came: dict[int, int] = {}
        waiting = [(0.0, start, start)]
        while waiting:
            gone, at, last = heapq.heappop(waiting)
            if at in came:
                continue
            came[at] = last
            if at == goal:
                break
            for far, other in self._onward(at):
                if gone + far <= longest and other not in came and self._owner[other] in over:
                    heapq.heappush(waiting, (gone + far, other, at))
        return came

    def _onward(self, at: int) -> Iterator[tuple[float, int]]:
        for other in (at - 1, at + 1):
            if 0 <= other < len(self._owner) and self._owner[other] == self._owner[at]:
                yield _STEP, other
        yield from self._links.get(at, ())

    def _touching(self) -> dict[int, list[tuple[float, int]]]:
        """Link each piece's ends with the nearest point of every other piece they touch."""
        ends = np.array([self._end(state) for state in range(2 * (len(self._first) - 1))])
        x, y = self._points[:, 0], self._points[:, 1]
        apart = np.hypot(x[ends, None] - x, y[ends, None] - y)
        nearest = np.minimum.reduceat(apart, self._first[:-1], axis=1)
        links: dict[int, list[tuple[float, int]]] = {}
        for state, other in np.argwhere(nearest <= self._reach).tolist():
            if other != state // 2:
                first, last = self._first[other], self._first[other + 1]
                near = int(first + apart[state, first:last].argmin())
                links.setdefault(int(ends[state]), []).append((float(apart[state, near]), near))
                links.setdefault(near, []).append((float(apart[state, near]), int(ends[state])))
        return links
