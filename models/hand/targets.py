"""True strokes as a walk over a word's lines: Viterbi over states, then each line once.

The truth is followed point by point; staying on a line costs its distance and going against its
direction, going on to the next line costs little, turning back more, jumping most. What comes out
is cleaned: touches of neighbouring lines are dropped, gaps at junctions filled, lines the truth
never visits (two strokes in one ink) put where they fall in time. Of several visits the first
counts: retraces are left to a rule.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inksight_cli.geometry import Points
from inksight_cli.pen_order.lines import SPUR, Lines
from inksight_cli.polylines import resample

UNIT = 70.0  # a word's size in the units of everything below
TURN = 2.0  # what going against a line's direction costs, twice
STEP, BACK, JUMP = 1.0, 3.0, 9.0  # to the next line, back along this one, anywhere
CHUNK = 1.5  # between the true points that are looked at
FARTHEST = 8.0  # a line farther off than this is as far as any
GAP = 2.5  # pens: the longest way that is filled between two lines


@dataclass
class Run:
    """A state the pen stayed on: from which true point up to which, of which stroke."""

    state: int
    stroke: int
    first: float
    last: float


@dataclass(frozen=True)
class Walk:
    """The true walk over a word's lines.

    Attributes:
        states: each line at most once.
        down: whether the pen came to a state without a lift.
        lost: share of the lines' length that the truth never visits.
    """

    states: list[int]
    down: list[bool]
    lost: float


def true_walk(lines: Lines, strokes: Sequence[Points]) -> Walk:
    """Return the walk of ``strokes`` (in the pixels of the lines) over a word's lines."""
    word = _Word(lines)
    runs: list[Run] = []
    clock = 0
    track = []
    for number, stroke in enumerate(strokes):
        points = resample(np.asarray(stroke, np.float64) * word.scale, CHUNK)
        runs += word.runs(points, number, clock)
        track.append(points)
        clock += len(points)
    steps = word.steps(runs)
    lost = word.insert_missed(steps, np.concatenate(track))
    return _once(steps, lost)


def _once(steps: list[tuple[int, bool, float]], lost: float) -> Walk:
    """Keep every line's first visit; a lift on the way to the next first visit stays a lift."""
    seen: set[int] = set()
    states: list[int] = []
    down: list[bool] = []
    lifted = False
    for state, stayed, _ in steps:
        if state // 2 in seen:
            lifted |= not stayed
            continue
        seen.add(state // 2)
        states.append(state)
        down.append(stayed and not lifted and len(states) > 1)
        lifted = False
    return Walk(states, down, lost)


def _along(points: Points) -> Points:
    if len(points) < 2:
        return np.zeros_like(points)
    step = np.gradient(points, axis=0)
    return np.asarray(step / np.maximum(np.hypot(*step.T), 1e-9)[:, None])


def _calm(along: Points) -> Points:
    """Directions over five points: a tablet's noise is not believed."""
    if len(along) <= 6:
        return along
    padded = np.pad(along, ((2, 2), (0, 0)), mode="edge")
    return sum(padded[k : len(along) + k] for k in range(5)) / 5  # type: ignore[return-value]


class _Word:
    """A word's lines, sampled, with what it costs to come to each state from any other."""

    def __init__(self, lines: Lines) -> None:
        self.scale = UNIT / lines.size
        self.lines, self.pen = lines, lines.pen * self.scale
        self.starts, self.goals = lines.starts, lines.goals
        self.lengths = lines.lengths * self.scale
        self.dense = [resample(path * self.scale, 1.0) for path in lines.paths]
        self.flat = np.concatenate(self.dense).astype(np.float32)
        self.tangent = np.concatenate([_along(path) for path in self.dense]).astype(np.float32)
        self.first = np.cumsum([0] + [len(path) for path in self.dense[:-1]])
        self.near, self.toll = self._ways()

    def _ways(self) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
        """Return from where each state is reached cheaply, and for how much; (S, W) both."""
        lists = []
        for k, start in enumerate(self.starts):
            onward = [int(j) for j in np.flatnonzero(self.goals == start) if j not in (k, k ^ 1)]
            lists.append([(k, 0.0), (k ^ 1, BACK)] + [(j, STEP) for j in onward])
        most = max(len(ways) for ways in lists)
        full = [ways + [(k, JUMP)] * (most - len(ways)) for k, ways in enumerate(lists)]
        table = np.array(full)
        return table[:, :, 0].astype(np.intp), table[:, :, 1].astype(np.float32)

    def _costs(self, points: Points) -> NDArray[np.float32]:
        """Return what it costs to be on every state at every true point, (N, S)."""
        along = _calm(_along(points)).astype(np.float32)
        plain = points.astype(np.float32)
        x, y = (plain[:, k, None] - self.flat[None, :, k] for k in (0, 1))
        far = np.minimum(np.hypot(x, y), np.float32(FARTHEST)) + np.float32(TURN)
        same = TURN * along @ self.tangent.T
        cost = np.empty((len(points), 2 * len(self.first)), np.float32)
        cost[:, 0::2] = np.minimum.reduceat(far - same, self.first, axis=1)
        cost[:, 1::2] = np.minimum.reduceat(far + same, self.first, axis=1)
        return cost * np.float32(CHUNK)

    def follow(self, points: Points) -> NDArray[np.intp]:
        """Return the state at each of the true points (N, 2): Viterbi (1967)."""
        cost = self._costs(points)
        every = np.arange(cost.shape[1])
        back = np.empty(cost.shape, np.intp)
        best = cost[0].copy()
        for i in range(1, len(points)):
            table = best[self.near] + self.toll
            way = table.argmin(axis=1)
            value, source = table[every, way], self.near[every, way]
            least = int(best.argmin())
            dear = best[least] + JUMP
            source[value > dear] = least
            back[i] = source
            best = np.minimum(value, dear) + cost[i]
        states = np.empty(len(points), np.intp)
        states[-1] = best.argmin()
        for i in range(len(points) - 1, 0, -1):
            states[i - 1] = back[i, states[i]]
        return states

    def runs(self, points: Points, stroke: int, clock: int) -> list[Run]:
        """Return the runs of one true stroke whose first point has the number ``clock``."""
        states = self.follow(points)
        cuts = (np.flatnonzero(np.diff(states)) + 1).tolist()
        found = [
            Run(int(states[a]), stroke, clock + a, clock + b)
            for a, b in itertools.pairwise([0, *cuts, len(points)])
        ]
        kept = [run for run in found if self._is_walked(run)]
        if not kept:  # a stroke is never lost
            kept = [max(found, key=lambda run: run.last - run.first)]
        return self._merged(kept)

    def _is_walked(self, run: Run) -> bool:
        walked = (run.last - run.first) * CHUNK
        return walked >= min(0.5 * self.lengths[run.state // 2], 2.0 * self.pen)

    def _merged(self, runs: list[Run]) -> list[Run]:
        """What was dropped between two runs of one state makes them one; a ring is walked anew."""
        merged: list[Run] = []
        for run in runs:
            before = merged[-1] if merged else None
            ring = self.goals[run.state] == self.starts[run.state]
            if before is not None and before.state == run.state and not ring:
                before.last = run.last
            else:
                merged.append(run)
        return merged

    def steps(self, runs: list[Run]) -> list[tuple[int, bool, float]]:
        """Return (state, whether the pen stayed down, when), gaps at junctions filled."""
        steps: list[tuple[int, bool, float]] = []
        for before, run in zip([None, *runs], runs, strict=False):
            down = before is not None and before.stroke == run.stroke
            if down and self.goals[steps[-1][0]] != self.starts[run.state]:
                way = self._way(steps[-1][0], run.state)
                steps.extend((between, True, run.first) for between in way)
            steps.append((run.state, down, run.first))
        dots = self.lengths == 0
        return [(s - s % 2 if dots[s // 2] else s, d, when) for s, d, when in steps]

    def _way(self, before: int, after: int) -> list[int]:
        """Return the shortest way over lines from one state to the next, [] without one."""
        waiting: list[tuple[float, int, list[int]]] = [(0.0, int(self.goals[before]), [])]
        done = set()
        while waiting:
            gone, at, way = heapq.heappop(waiting)
            if at == self.starts[after]:
                return way
            if at in done:
                continue
            done.add(at)
            for state in np.flatnonzero(self.starts == at).tolist():
                far = gone + float(self.lengths[state // 2])
                if far <= GAP * self.pen:
                    heapq.heappush(waiting, (far, int(self.goals[state]), [*way, state]))
        return []

    def insert_missed(self, steps: list[tuple[int, bool, float]], track: Points) -> float:
        """Put lines the truth never visits where their median time falls; spurs stay out.

        Returns:
            Their share of the lines' length.
        """
        seen = {state // 2 for state, _, _ in steps}
        missed = [k for k in range(len(self.dense)) if k not in seen]
        along = _along(track)
        for k in missed:
            if 0 < self.lengths[k] <= SPUR * self.pen:
                continue
            self._insert(steps, k, track, along)
        return float(self.lengths[missed].sum() / max(self.lengths.sum(), 1e-9))

    def _insert(
        self, steps: list[tuple[int, bool, float]], k: int, track: Points, along: Points
    ) -> None:
        path = self.dense[k]
        index = ((path[:, None] - track[None]) ** 2).sum(axis=2).argmin(axis=1)
        forward = float((_along(path) * along[index]).sum()) >= 0
        when, state = float(np.median(index)), 2 * k + int(not forward)
        place = next((i for i, step in enumerate(steps) if step[2] > when), len(steps))
        down = place > 0 and bool(self.goals[steps[place - 1][0]] == self.starts[state])
        steps.insert(place, (state, down, when))
        if place + 1 < len(steps):
            after, stays, then = steps[place + 1]
            joined = bool(self.goals[state] == self.starts[after])
            steps[place + 1] = (after, stays and joined, then)
