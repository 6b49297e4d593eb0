"""Choosing tokens: greedy for all rows at once, or beams by T5X's rules, word by word."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from inksight_cli.engine.encode import Encoded
from inksight_cli.engine.rules import Rule
from inksight_cli.engine.slots import Slots

_NEVER = -1.0e7  # T5X's stand-in for minus infinity


@dataclass(frozen=True, slots=True)
class Decoded:
    """An answer in tokens, the end token included unless it was cut off at the length limit.

    Attributes:
        total: log-probability of the whole answer.
    """

    tokens: list[int]
    total: float
    truncated: bool


class Search(Protocol):
    """Rows of a decoder grouped into lanes, one word per lane."""

    rows_per_lane: int

    def start(self, lane: int, encoded: Encoded, rule: Rule | None) -> None:
        """Put a word into a lane."""
        ...

    def advance(self, lanes: int) -> list[int]:
        """One step for the first `lanes` lanes; return those that are done, in order."""
        ...

    def result(self, lane: int) -> Decoded:
        """The answer of a lane that is done."""
        ...

    def move(self, source: int, target: int) -> None:
        """Move a word to another lane."""
        ...


class Greedy:
    """The likeliest token, again and again.

    Args:
        slots: the decoder's rows; lanes and rows are the same.
        start, end: token ids; limit: longest answer in tokens.
    """

    rows_per_lane = 1

    def __init__(self, slots: Slots, start: int, end: int, limit: int) -> None:
        self._slots = slots
        self._start, self._end, self._limit = start, end, limit
        self._history = np.zeros((slots.size, limit), np.int32)
        self._total = np.zeros(slots.size)
        self._rules: list[Rule | None] = [None] * slots.size

    def start(self, lane: int, encoded: Encoded, rule: Rule | None) -> None:
        """Put a word into a lane."""
        self._slots.admit(lane, encoded, self._start)
        self._total[lane] = 0.0
        self._rules[lane] = rule
        if rule is not None:
            rule(self._start, self._slots.allowed[lane])

    def advance(self, lanes: int) -> list[int]:
        """One step for the first `lanes` lanes; return those that are done, in order."""
        slots, rows = self._slots, slice(0, lanes)
        slots.step(lanes)
        tokens = slots.tokens[rows, 0]
        self._history[np.arange(lanes), slots.position[rows]] = tokens
        self._total[rows] += slots.logs[rows, 0]
        slots.feed(rows, tokens)
        for lane, rule in enumerate(self._rules[:lanes]):
            if rule is not None:
                rule(int(tokens[lane]), slots.allowed[lane])
        done = (tokens == self._end) | (slots.position[rows] >= self._limit)
        found: list[int] = np.flatnonzero(done).tolist()
        return found

    def result(self, lane: int) -> Decoded:
        """The answer of a lane that is done."""
        tokens = self._history[lane, : self._slots.position[lane]].tolist()
        return Decoded(tokens, float(self._total[lane]), tokens[-1] != self._end)

    def move(self, source: int, target: int) -> None:
        """Move a word to another lane."""
        self._slots.move(source, target)
        for state in (self._history, self._total):
            state[target] = state[source]
        self._rules[target] = self._rules[source]


@dataclass(slots=True)
class _Beams:
    """The state of one word: live beams, best first, and the finished answers."""

    live: list[float]
    tokens: list[list[int]]
    finished: list[tuple[float, float, list[int]]] = field(default_factory=list)
    rule: Rule | None = None


class Beam:
    """Beam search as in T5X's ``decoding.beam_search``, each word stopping by itself.

    Args:
        slots: the decoder's rows, `beams` of them for each lane, two candidates per beam.
        beams: K; alpha: exponent of the length penalty.
        start, end: token ids; limit: longest answer in tokens.
    """

    def __init__(
        self, slots: Slots, beams: int, alpha: float, start: int, end: int, limit: int
    ) -> None:
        self.rows_per_lane = beams
        self._slots = slots
        self._alpha = alpha
        self._start, self._end, self._limit = start, end, limit
        self._lanes: list[_Beams] = [_Beams([], [])] * (slots.size // beams)

    def _rows(self, lane: int) -> slice:
        return slice(lane * self.rows_per_lane, (lane + 1) * self.rows_per_lane)

    def _penalty(self, length: int) -> float:
        """Wu et al. 2016, as T5X writes it."""
        return float(((5.0 + length) / 6.0) ** self._alpha)

    def start(self, lane: int, encoded: Encoded, rule: Rule | None) -> None:
        """Put a word into a lane: one live beam, the others impossible until it branches."""
        beams = self.rows_per_lane
        live = [0.0] + [_NEVER] * (beams - 1)
        self._lanes[lane] = _Beams(live, [[] for _ in range(beams)], rule=rule)
        rows = self._rows(lane)
        for row in range(rows.start, rows.stop):
            self._slots.admit(row, encoded, self._start)
            if rule is not None:
                rule(self._start, self._slots.allowed[row])

    def advance(self, lanes: int) -> list[int]:
        """One step for the first `lanes` lanes; return those that are done, in order."""
        self._slots.step(lanes * self.rows_per_lane)
        return [lane for lane in range(lanes) if self._branch(lane)]

    def _branch(self, lane: int) -> bool:
        """Choose a lane's next beams; true when nothing can improve its answers any more."""
        state, rows, slots = self._lanes[lane], self._rows(lane), self._slots
        scores = slots.logs[rows].astype(np.float64) + np.array(state.live)[:, None]
        best = np.argsort(-scores, axis=None, kind="stable")[: 2 * self.rows_per_lane]
        parents, ranks = np.unravel_index(best, scores.shape)
        chosen = slots.tokens[rows][parents, ranks].tolist()
        length = int(slots.position[rows.start]) + 1
        live: list[tuple[float, int, int]] = []
        for parent, token, total in zip(
            parents.tolist(), chosen, scores[parents, ranks].tolist(), strict=True
        ):
            if token == self._end:
                answer = [*state.tokens[parent], token]
                state.finished.append((total / self._penalty(length), total, answer))
            else:
                live.append((total, parent, token))
        state.finished = sorted(state.finished, key=lambda f: -f[0])[: self.rows_per_lane]
        self._continue(lane, live[: self.rows_per_lane])
        return length >= self._limit or self._settled(state)

    def _continue(self, lane: int, live: list[tuple[float, int, int]]) -> None:
        """Feed the surviving beams, each with its parent's past."""
        state, rows, slots = self._lanes[lane], self._rows(lane), self._slots
        parents = [parent for _, parent, _ in live]
        if parents != list(range(self.rows_per_lane)):
            sources = [rows.start + parent for parent in parents]
            slots.inherit(list(range(rows.start, rows.stop)), sources)
            slots.ids[rows] = slots.ids[sources]
        tokens = [token for _, _, token in live]
        state.live = [total for total, _, _ in live]
        state.tokens = [[*state.tokens[p], t] for p, t in zip(parents, tokens, strict=True)]
        slots.feed(rows, np.array(tokens))
        if state.rule is not None:
            for row, token in zip(range(rows.start, rows.stop), tokens, strict=True):
                state.rule(token, slots.allowed[row])

    def _settled(self, state: _Beams) -> bool:
        if len(state.finished) < self.rows_per_lane:
            return False
        return state.finished[-1][0] > state.live[0] / self._penalty(self._limit + 1)

    def result(self, lane: int) -> Decoded:
        """The best finished answer, or the best live one when none finished in time."""
        state = self._lanes[lane]
        if state.finished:
            _, total, tokens = state.finished[0]
            return Decoded(tokens, total, False)
        return Decoded(state.tokens[0], state.live[0], True)

    def move(self, source: int, target: int) -> None:
        """Move a word to another lane."""
        for one, other in zip(
            range(self._rows(source).start, self._rows(source).stop),
            range(self._rows(target).start, self._rows(target).stop),
            strict=True,
        ):
            self._slots.move(one, other)
        self._lanes[target] = self._lanes[source]
