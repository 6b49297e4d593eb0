"""A converted model, one word at a time: answering freely, or judging an answer given to it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inksight_cli.bundles import Bundle, Decoding
from inksight_cli.engine.encode import Encoder
from inksight_cli.engine.request import Request
from inksight_cli.engine.search import Beam, Decoded, Greedy, Search
from inksight_cli.engine.session import open_session
from inksight_cli.engine.slots import Slots

_PATCHES = 196


@dataclass(frozen=True, slots=True, eq=False)
class Judgement:
    """What a model thinks of an answer, token by token.

    Attributes:
        logs: (T,) log-probability of each token of the answer, the ones before it given.
        best: (T,) the token it would have chosen; best_logs: (T,) and how likely that was.
    """

    logs: NDArray[np.float64]
    best: NDArray[np.int64]
    best_logs: NDArray[np.float64]

    @property
    def total(self) -> float:
        """Log-probability of the whole answer."""
        return float(self.logs.sum())

    @property
    def agreement(self) -> float:
        """Share of tokens that the model would have chosen too, 0..1."""
        return float((self.best_logs <= self.logs).mean()) if len(self.logs) else 1.0

    @property
    def margins(self) -> NDArray[np.float64]:
        """(T,) how much likelier its own choice was, in log-probability; 0 where they agree."""
        return self.best_logs - self.logs


class Runner:
    """The two graphs of a bundle on the CPU."""

    def __init__(self, bundle: Bundle, threads: int | None = None) -> None:
        variant = bundle.variant()
        self.bundle = bundle
        self._encoder = Encoder(open_session(bundle.folder / variant.encoder, "cpu", threads), 1)
        self._decoder = open_session(bundle.folder / variant.decoder, "cpu", threads)

    def answer(self, request: Request, decoding: Decoding) -> Decoded:
        """Return the model's own answer, found by the given search."""
        manifest = self.bundle.manifest
        beam = decoding.search == "beam"
        slots = self._slots(decoding.beams, manifest.max_length, 2 * decoding.beams if beam else 1)
        ends = manifest.start, manifest.end, manifest.max_length
        search: Search = (
            Beam(slots, decoding.beams, decoding.alpha, *ends) if beam else Greedy(slots, *ends)
        )
        (encoded,) = self._encoder.encode([request])
        search.start(0, encoded, None)
        while not search.advance(1):
            pass
        return search.result(0)

    def encode(self, request: Request) -> dict[str, NDArray[np.float32]]:
        """Return what the encoder gives the decoder: keys and values by name, (heads, E, 64)."""
        return self._encoder.encode([request])[0].cross

    def judge(self, request: Request, tokens: tuple[int, ...]) -> Judgement:
        """Return what the model thinks of ``tokens`` (teacher forcing)."""
        manifest = self.bundle.manifest
        slots = self._slots(1, len(tokens) + 1, manifest.vocabulary)
        (encoded,) = self._encoder.encode([request])
        slots.admit(0, encoded, manifest.start)
        logs, best, best_logs = [], [], []
        for token in tokens:
            slots.step(1)
            place = int(np.flatnonzero(slots.tokens[0] == token)[0])
            logs.append(slots.logs[0, place])
            best.append(slots.tokens[0, 0])
            best_logs.append(slots.logs[0, 0])
            slots.feed(slice(0, 1), np.array([token]))
        return Judgement(
            np.array(logs, np.float64), np.array(best, np.int64), np.array(best_logs, np.float64)
        )

    def _slots(self, rows: int, capacity: int, top: int) -> Slots:
        encoded = _PATCHES + self.bundle.manifest.prompt_length
        return Slots(self._decoder, rows, capacity=capacity, encoded=encoded, top=top)
