"""Beam search against a plain transcription of T5X's rules over whole sequences."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pytest

from inksight_cli.engine.search import Beam

VOCABULARY, END, LIMIT = 7, 1, 9


def log_probabilities(prefix: tuple[int, ...]) -> np.ndarray:
    """A toy language model: seeded scores for every prefix, (V,) normalised."""
    seed = 0
    for token in prefix:
        seed = (seed * 31 + token + 1) % 2**31
    scores = np.random.default_rng(seed).normal(0, 1.5, VOCABULARY)
    return scores - math.log(np.exp(scores).sum())


def t5x(beams: int, alpha: float, limit: int) -> tuple[float, tuple[int, ...]]:
    """T5X's search, one word, written for clarity: returns (total, tokens)."""
    never = -1.0e7
    live = [(0.0, (0,))] + [(never, (0,))] * (beams - 1)
    finished: list[tuple[float, float, tuple[int, ...]]] = []
    index = 0
    while index < limit:
        worst = finished[-1][0] if len(finished) == beams else never
        if worst > live[0][0] / ((5 + limit + 1) / 6) ** alpha:
            break
        grown = [
            (total + log, (*tokens, token))
            for total, tokens in live
            for token, log in enumerate(log_probabilities(tokens))
        ]
        grown = sorted(grown, key=lambda g: -g[0])[: 2 * beams]
        for total, tokens in grown:
            if tokens[-1] == END:
                finished.append((total / ((5 + index + 1) / 6) ** alpha, total, tokens))
        finished = sorted(finished, key=lambda f: -f[0])[:beams]
        live = [g for g in grown if g[1][-1] != END][:beams]
        index += 1
    if finished:
        return finished[0][1], finished[0][2]
    return live[0]


@dataclass
class ToySlots:
    """As much of `Slots` as the search uses, over the toy language model."""

    size: int
    top: int

    def __post_init__(self) -> None:
        self.rows: list[tuple[int, ...]] = [()] * self.size
        self.position = np.zeros(self.size, np.int32)
        self.ids = np.zeros((self.size, 1), np.int64)
        self.tokens = np.zeros((self.size, self.top), np.int64)
        self.logs = np.zeros((self.size, self.top), np.float32)

    def admit(self, row: int, encoded: object, start: int) -> None:
        self.rows[row] = (start,)
        self.position[row] = 0

    def inherit(self, rows: list[int], parents: list[int]) -> None:
        for row, prefix in zip(rows, [self.rows[p] for p in parents], strict=True):
            self.rows[row] = prefix

    def feed(self, rows: slice, tokens: np.ndarray) -> None:
        for row, token in zip(range(rows.start, rows.stop), tokens.tolist(), strict=True):
            self.rows[row] = (*self.rows[row], token)
        self.position[rows] += 1

    def step(self, width: int) -> None:
        for row in range(width):
            logs = log_probabilities(self.rows[row])
            best = np.argsort(-logs)[: self.top]
            self.tokens[row], self.logs[row] = best, logs[best]


@pytest.mark.parametrize("beams", [1, 2, 3])
@pytest.mark.parametrize("alpha", [0.0, 0.6, 1.0])
@pytest.mark.parametrize("limit", [2, LIMIT, 40])
def test_search_by_t5x_rules(beams: int, alpha: float, limit: int) -> None:
    slots = ToySlots(2 * beams, 2 * beams)
    search = Beam(slots, beams, alpha, 0, END, limit)  # type: ignore[arg-type]
    for lane in range(2):
        search.start(lane, None, None)  # type: ignore[arg-type]
    while not (done := search.advance(2)):
        pass
    assert done == [0, 1]
    total, tokens = t5x(beams, alpha, limit)
    for lane in done:
        result = search.result(lane)
        assert tuple(result.tokens) == tokens[1:]
        assert result.total == pytest.approx(total, abs=1e-4)
        assert result.truncated == (tokens[-1] != END)
