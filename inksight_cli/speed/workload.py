"""Fixed work: words of given answer lengths, and a model that stops exactly there."""

from __future__ import annotations

import numpy as np

from inksight_cli.engine import Job, OnnxInkModel
from inksight_cli.engine.caches import row_bytes
from inksight_cli.engine.encode import Encoded
from inksight_cli.engine.request import make_request
from inksight_cli.engine.rules import Rule
from inksight_cli.engine.search import Greedy, Search
from inksight_cli.engine.slots import Slots

MEAN, SPREAD, SHORTEST = 150.0, 80.0, 8
_GUESS_ERROR = 0.25
_CANVAS = 224


def answer_lengths(words: int, longest: int, seed: int = 0) -> list[int]:
    """Lengths in tokens, lognormal with mean 150 and standard deviation 80, cut at `longest`."""
    variance = np.log(1 + (SPREAD / MEAN) ** 2)
    rng = np.random.default_rng(seed)
    drawn = rng.lognormal(np.log(MEAN) - variance / 2, variance**0.5, words)
    lengths: list[int] = np.clip(np.rint(drawn), SHORTEST, longest).astype(int).tolist()
    return lengths


def make_jobs(lengths: list[int], seed: int = 0) -> list[Job]:
    """Crops of bars on paper; guesses of the lengths are off by a quarter or so."""
    rng = np.random.default_rng(seed)
    jobs = []
    for length in lengths:
        pixels = np.zeros((_CANVAS, _CANVAS, 3), np.uint8)
        height = int(rng.integers(48, 113))
        top = (_CANVAS - height) // 2
        pixels[top : top + height] = 225
        for _ in range(8):
            y, x = rng.integers(top, top + height - 6), rng.integers(0, _CANVAS - 40)
            pixels[y : y + 4, x : x + 40] = 40
        guess = max(1, round(length * rng.lognormal(0, _GUESS_ERROR)))
        box = (0, top, _CANVAS, top + height)
        # The key tells the true length; see `_Forced`.
        jobs.append(Job(length, pixels, box, expected_length=guess))
    return jobs


def cache_bytes_per_token(model: OnnxInkModel, jobs: list[Job]) -> float:
    """Bytes of keys and values that decoding must read per token, on average over the words.

    The encoded word is read at every step, the answer's own past as far as it has come.
    """
    past, cross = (row_bytes(model.decoder_inputs, kind, 1) for kind in ("past_", "cross_"))
    total = tokens = 0.0
    for job in jobs:
        length = job.key
        assert isinstance(length, int)
        encoded = make_request(model.bundle, job).encoded_length
        total += length * encoded * cross + length * (length + 1) / 2 * past
        tokens += length
    return total / tokens


class ForcedModel(OnnxInkModel):
    """A model whose answers have the lengths that their jobs' keys say."""

    def _search(self, lanes: int) -> tuple[Slots, Search]:
        slots, _ = super()._search(lanes)
        manifest = self.bundle.manifest
        return slots, _Forced(slots, manifest.start, -1, manifest.max_length)


class _Forced(Greedy):
    """Greedy decoding that ends each lane at its own length, whatever the model says."""

    def __init__(self, slots: Slots, start: int, end: int, limit: int) -> None:
        super().__init__(slots, start, end, limit)
        self._lengths = np.zeros(slots.size, int)

    def start(self, lane: int, encoded: Encoded, rule: Rule | None) -> None:
        super().start(lane, encoded, rule)
        length = encoded.request.job.key
        assert isinstance(length, int)
        self._lengths[lane] = length

    def advance(self, lanes: int) -> list[int]:
        super().advance(lanes)
        done = self._slots.position[:lanes] >= self._lengths[:lanes]
        found: list[int] = np.flatnonzero(done).tolist()
        return found

    def move(self, source: int, target: int) -> None:
        super().move(source, target)
        self._lengths[target] = self._lengths[source]
