"""The likeliest walks over the lines of words: a beam, many words at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from inksight_cli.pen_order.features import Told, batch, tell
from inksight_cli.pen_order.hand import Hand, Known
from inksight_cli.pen_order.lines import SPUR, Seen
from inksight_cli.pen_order.step import Progress, other_way, score

BEAMS = 4
HOPELESS = 4.0
"""What is less likely than the best by this many nats is not followed."""
LOST = 0.1
"""What a pen width of ink that a finished walk leaves out takes off its score, in nats."""
DOWN = 0.0
"""Logit from which the pen stays down."""
_ROOM = 40_000  # pairs of states of the words that are read together: what a cache holds
_GRAIN = 2.0**13  # parts of a nat: scores that differ by less are alike on every machine
_DEAD = -1e9


@dataclass(frozen=True, slots=True)
class Walk:
    """States in the order they are written, and whether the pen came to each without a lift."""

    states: list[int]
    down: list[bool]


def walk_all(hand: Hand, words: Sequence[Seen], beams: int = BEAMS) -> list[Walk]:
    """Return the likeliest walk over each word's lines; words of like size go together."""
    walks: list[Walk] = [Walk([], [])] * len(words)
    for numbers in _groups([len(word.shape) for word in words]):
        told = tell(batch([words[k] for k in numbers]))
        for k, found in zip(numbers, _Search(hand, told, beams).run(), strict=True):
            walks[k] = found
    return walks


def _groups(sizes: Sequence[int]) -> Iterator[list[int]]:
    """Yield numbers of words of like size, as many as there is room for."""
    group: list[int] = []
    for k in sorted(range(len(sizes)), key=lambda k: sizes[k]):
        if group and (len(group) + 1) * (2 * sizes[k]) ** 2 > _ROOM:
            yield group
            group = []
        group.append(k)
    if group:
        yield group


class _Search:
    """A beam search over a batch of words; words that are done are let go."""

    def __init__(self, hand: Hand, told: Told, beams: int) -> None:
        self.weights, self.told, self.known = hand.weights, told, hand.read(told)
        many, states = told.there.shape
        self.numbers = np.arange(many)
        self.score = np.full((many, beams), _DEAD)
        self.score[:, 0] = 0.0
        self.done = np.zeros((many, beams), np.bool_)
        width = hand.weights["memory"].shape[0]
        self.at = Progress(
            np.full((many, beams), -1),
            np.zeros((many, beams), np.bool_),
            np.zeros((many, beams, states), np.bool_),
            np.zeros((many, beams, width), np.float32),
        )
        self.path = np.full((many, beams, states // 2), -1, np.int32)
        self.bits = np.zeros(self.path.shape, np.bool_)
        self.found: list[Walk] = [Walk([], [])] * many

    def run(self) -> list[Walk]:
        """Walk on until every word is written."""
        for place in range(self.path.shape[2]):
            choice, pen = score(self.weights, self.told, self.known, self.at)
            self._go_on(place, choice, pen)
            going = np.asarray((~self.done & (self.score > _DEAD / 2)).any(axis=1))
            self._collect(~going)
            if not going.any():
                return self.found
            if going.sum() <= 0.8 * len(going):
                self._keep(going)
        self._collect(np.ones(len(self.numbers), np.bool_))
        return self.found

    def _go_on(self, place: int, choice: NDArray[np.float32], pen: NDArray[np.float32]) -> None:
        """Take every word's best steps on, of those that end alike only the best."""
        many, beams, ways = choice.shape
        total = self.score[:, :, None] + self._chances(choice)
        grained = np.round(total.reshape(many, -1) * _GRAIN)
        best = np.argsort(-grained, axis=1, kind="stable")[:, : 2 * beams]
        value = np.take_along_axis(grained, best, axis=1) / _GRAIN
        source, to = best // ways, best % ways
        value[value < value[:, :1] - HOPELESS] = _DEAD
        value[self._same(source, to)] = _DEAD
        chosen = np.argsort(-value, axis=1, kind="stable")[:, :beams]
        self.score = np.take_along_axis(value, chosen, axis=1)
        source, to = (np.take_along_axis(x, chosen, axis=1) for x in (source, to))
        self._move(place, source, to, pen)

    def _chances(self, choice: NDArray[np.float32]) -> NDArray[np.float64]:
        """Log of the chance of every way on; a walk that is done stays as it is."""
        logits = choice.astype(np.float64)
        logits -= logits.max(axis=2, keepdims=True)
        logits -= np.log(np.exp(logits).sum(axis=2, keepdims=True))
        logits[self.done] = _DEAD
        logits[..., -1][self.done] = 0.0
        return logits

    def _same(self, source: NDArray[np.intp], to: NDArray[np.intp]) -> NDArray[np.bool_]:
        """Return which ways on end where a better one does, with the same lines written.

        What is to come depends hardly on more.
        """
        words = np.arange(len(source))[:, None]
        lines = self.at.written | other_way(self.at.written)
        codes = _codes(lines.shape[2])
        key = (lines @ codes)[words, source]
        moved = to < lines.shape[2]
        line = np.where(moved, to, 0)
        key = np.where(moved, key + codes[line] + codes[line ^ 1], key)
        last = np.where(moved, to, -1 - self.at.last[words, source])
        same = (key[:, :, None] == key[:, None]) & (last[:, :, None] == last[:, None])
        return np.asarray((same & _EARLIER[: to.shape[1], : to.shape[1]]).any(axis=2))

    def _move(
        self,
        place: int,
        source: NDArray[np.intp],
        to: NDArray[np.intp],
        pen: NDArray[np.float32],
    ) -> None:
        words, states = np.arange(len(source))[:, None], pen.shape[2]
        ended = to == states
        state = np.where(ended, 0, to)
        at, before = self.at, self.at.last[words, source]
        down = (pen[words, source, state] > DOWN) & (before >= 0) & ~ended
        written = at.written[words, source]
        beams = np.arange(source.shape[1])[None]
        written[words, beams, state] |= ~ended
        self.done = ended
        self.path, self.bits = self.path[words, source], self.bits[words, source]
        self.path[:, :, place] = np.where(ended, -1, to)
        self.bits[:, :, place] = down
        last = np.where(ended, before, to)
        self.at = Progress(last, down, written, at.memory[words, source])

    def _collect(self, over: NDArray[np.bool_]) -> None:
        """Keep the best walks of the words that are over; ink left out has its price."""
        lines = self.at.written | other_way(self.at.written)
        long = self.told.there & (self.told.length > SPUR)
        left = (~lines & long[:, None]) * (self.told.length + 1)[:, None]
        value = np.round((self.score - LOST * left.sum(axis=2) / 2) * _GRAIN)
        for k in np.flatnonzero(over).tolist():
            best = int(value[k].argmax())
            path = self.path[k, best]
            count = int((path >= 0).sum())
            bits = self.bits[k, best, :count].tolist()
            self.found[self.numbers[k]] = Walk(path[:count].tolist(), bits)

    def _keep(self, going: NDArray[np.bool_]) -> None:
        """Let go of words that are over."""
        for part in (self.told, self.known):
            kept = {f.name: getattr(part, f.name)[going] for f in fields(part)}
            if isinstance(part, Told):
                self.told = Told(**kept)
            else:
                self.known = Known(**kept)
        at = self.at
        self.at = Progress(at.last[going], at.down[going], at.written[going], at.memory[going])
        self.numbers, self.score = self.numbers[going], self.score[going]
        self.done = self.done[going]
        self.path, self.bits = self.path[going], self.bits[going]


_EARLIER = np.tri(64, 64, -1, dtype=np.bool_)  # [j, i]: i stands before j


def _codes(count: int) -> NDArray[np.int64]:
    """Return numbers whose sums tell sets of states apart (all but surely)."""
    return np.random.default_rng(0).integers(1 << 58, size=count, dtype=np.int64)
