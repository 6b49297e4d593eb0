"""The engine: a bundle's two graphs, and words streaming through the decoder's slots."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from inksight_cli import tokens as ink
from inksight_cli.bundles import Bundle, find_bundle, halves
from inksight_cli.engine.caches import row_bytes
from inksight_cli.engine.encode import Encoder
from inksight_cli.engine.memory import free_device_memory, free_memory
from inksight_cli.engine.opening import choose_precision, open_decoder, open_encoder
from inksight_cli.engine.protocol import Answer, Job
from inksight_cli.engine.queue import Queue
from inksight_cli.engine.request import Request, make_request, retry, smaller
from inksight_cli.engine.rules import Grammar, Rule, ink_rule
from inksight_cli.engine.search import Beam, Decoded, Greedy, Search
from inksight_cli.engine.session import Device, runs_on
from inksight_cli.engine.slots import Slots
from inksight_cli.engine.status import status_of
from inksight_cli.engine.stream import Counts, Stream
from inksight_cli.errors import ModelError

BATCH = 16
_ENCODER_BATCH = {"nano": 8, "small-p": 4}
_PATCHES = 196
_WINDOW = 4  # words looked ahead per lane, for sorting
_MEMORY_SHARE = 0.5

_log = logging.getLogger(__name__)


class OnnxInkModel:
    """A model bundle on onnxruntime; implements `InkModel`.

    Attributes:
        name, revision_hash, order, reads, widest: of the bundle; precision: of the graphs in use.
        device: what really runs both graphs, ``cuda`` or ``cpu``; ``cuda, cpu`` where the encoder
            runs on the one and the decoder on the other.
        notes: sentences for the user about what is not as asked.
        counts: what was run so far.
    """

    def __init__(
        self,
        bundle: Bundle,
        *,
        device: Device = "auto",
        threads: int | None = None,
        batch_size: int = BATCH,
        constrain: bool | None = None,
        precision: str | None = None,
        plain: bool = False,
        again: bool = False,
    ) -> None:
        manifest = bundle.manifest
        self.precision = choose_precision(bundle, precision, device)
        variant = bundle.variant(self.precision)
        bundle.check()
        self.bundle = bundle
        self.name = manifest.name
        self.revision_hash = manifest.revision_hash
        self.order = bundle.pen_order
        self.reads = manifest.reads
        self.widest = manifest.widest
        self.notes: list[str] = []
        self.counts = Counts()
        if manifest.caution:
            self._note(manifest.caution)
        encoder = open_encoder(bundle, self.precision, device, threads, self._note)
        runs = runs_on(encoder)
        decoder = bundle.folder / variant.decoder
        self._decoder = open_decoder(decoder, runs, threads, plain=plain, note=self._note)
        self.device = ", ".join(dict.fromkeys((runs, self._decoder.memory.device)))
        _log.info("%s (%s) runs on %s.", self.name, self.precision, self.device)
        encodes, _ = halves(self.precision)
        self._encoder = Encoder(
            encoder,
            min(_ENCODER_BATCH[manifest.family], batch_size),
            memory=self._decoder.memory,
            paired=_pairs(encodes),
        )
        self._asks_again = again
        self._ruled = manifest.constrain if constrain is None else constrain
        self.batch_size = self._fitting(max(1, batch_size))

    @property
    def decoder_inputs(self) -> list[Any]:
        """The decoder's inputs as onnxruntime describes them: name, shape and type."""
        found: list[Any] = self._decoder.session.get_inputs()
        return found

    def reset_counts(self) -> None:
        """Begin to count anew."""
        self.counts = Counts()
        self._encoder.runs, self._encoder.seconds = 0, 0.0
        self._decoder.memory.moved = 0

    def _note(self, sentence: str) -> None:
        self.notes.append(sentence)
        _log.warning("%s", sentence)

    def _fitting(self, lanes: int) -> int:
        """As many lanes as asked for, or as fit in half of the free memory."""
        device = self._decoder.memory.device
        free = free_device_memory() if device == "cuda" else free_memory()
        if free is None:
            return lanes
        inputs = self.decoder_inputs
        row = row_bytes(inputs, "past_", self.bundle.manifest.max_length)
        row += row_bytes(inputs, "cross_", self._longest_encoded)
        fitting = int(free * _MEMORY_SHARE) // (row * self.bundle.manifest.decoding.beams)
        if fitting < lanes:
            self._note(f"Memory is short: {max(1, fitting)} words at a time instead of {lanes}.")
        return max(1, min(lanes, fitting))

    @property
    def _longest_encoded(self) -> int:
        return _PATCHES + self.bundle.manifest.prompt_length

    def run(self, jobs: Iterable[Job]) -> Iterator[Answer]:
        """Yield an answer for every job as soon as it is known, in any order.

        Args:
            jobs: pulled lazily, a bounded number ahead; they may span any number of pages.

        Raises:
            UsageError: a job is not as `Job` says.
        """
        requests = (make_request(self.bundle, job) for job in jobs)
        queue = Queue(requests, self._encoder, _WINDOW * self.batch_size)
        stream = Stream(queue, self.batch_size, self._search, self._rule, self.counts, self._note)
        try:
            for request, decoded in stream.answers():
                answer = self._answer(request, decoded)
                self.counts.tokens += len(decoded.tokens)
                if again := self._again(request, answer):
                    self.counts.retries += 1
                    queue.ask_again(again)
                else:
                    self.counts.words += 1
                    yield _better(request.first, answer)
        finally:
            self.counts.encoder_runs = self._encoder.runs
            self.counts.encoder_seconds = self._encoder.seconds
            self.counts.bytes_moved = self._decoder.memory.moved

    def _again(self, request: Request, answer: Answer) -> Request | None:
        """Return the second question after a bad answer, None where there is none."""
        plain = None if answer.strokes else retry(self.bundle, request, answer.text)
        if plain or request.retried or not self._asks_again or answer.status == "ok":
            return plain
        return smaller(self.bundle, request, answer)

    def _rule(self, request: Request) -> Rule | None:
        if not self._ruled:
            return None
        manifest = self.bundle.manifest
        grammar = Grammar(manifest.vocabulary, manifest.ink_first, manifest.end)
        return ink_rule(grammar, request.job, reads=request.reads)

    def _search(self, lanes: int) -> tuple[Slots, Search]:
        manifest = self.bundle.manifest
        decoding = manifest.decoding
        beam = decoding.search == "beam"
        slots = Slots(
            self._decoder.session,
            lanes * decoding.beams,
            capacity=manifest.max_length,
            encoded=self._longest_encoded,
            top=2 * decoding.beams if beam else 1,
            ruled=self._ruled,
            memory=self._decoder.memory,
            multiple=2 if _pairs(halves(self.precision)[1]) else 1,
        )
        ends = manifest.start, manifest.end, manifest.max_length
        if beam:
            return slots, Beam(slots, decoding.beams, decoding.alpha, *ends)
        return slots, Greedy(slots, *ends)

    def _answer(self, request: Request, decoded: Decoded) -> Answer:
        """Tokens as strokes and text."""
        manifest = self.bundle.manifest
        first, beyond = manifest.ink_first, manifest.ink_first + ink.COUNT
        strokes = ink.decode([t - first for t in decoded.tokens if first <= t < beyond])
        status = status_of(strokes, decoded.truncated)
        if request.placed:
            strokes = [request.placed(stroke) for stroke in strokes]
        text = request.text
        if request.reads:
            others = [t for t in decoded.tokens if not first <= t < beyond and t != manifest.end]
            # Letters until there is no more room, and no ink: that is no reading.
            ran_away = decoded.truncated and not strokes
            text = "" if ran_away else self.bundle.vocabulary.decode(others)
        return Answer(
            request.job.key,
            strokes,
            text,
            decoded.total / max(len(decoded.tokens), 1),
            len(decoded.tokens),
            decoded.truncated,
            request.retried,
            status,
        )


def _pairs(precision: str) -> bool:
    """Whether kernels round a last odd row otherwise than pairs: those of weights in blocks do."""
    return precision.startswith("w8")


def _better(first: Answer | None, second: Answer) -> Answer:
    """Return the second answer where it mended what was bad in the first."""
    return second if first is None or second.status == "ok" else replace(first, retried=True)


def load_model(
    bundle: Bundle | str | Path = "nano",
    *,
    device: Device = "auto",
    threads: int | None = None,
    batch_size: int = BATCH,
    constrain: bool | None = None,
    precision: str | None = None,
    plain: bool = False,
    again: bool = False,
) -> OnnxInkModel:
    """Open a model bundle.

    Args:
        bundle: an opened bundle, a folder, or the name of an installed or shipped model.
        device: ``cuda`` falls back to the CPU with a note in the model's `notes`.
        threads: None = the cores this process may use.
        batch_size: words decoded side by side.
        constrain: ink rules in decoding (see `engine.rules`); None = as the bundle says.
        precision: which of the bundle's graphs, ``int8+w8`` for an encoder of one and a decoder
            of another; None = what was tuned for this processor, else the bundle's own choice.
        plain: decode as on CUDA (see `engine.plain`) on the CPU too: to compare, not faster.
        again: ask once more, about a smaller picture, where an answer is bad (`engine.status`).

    Raises:
        ModelError: there is no such bundle, or it is damaged.
        MissingBackendError: the bundle's text needs a package that is not installed.
    """
    if not isinstance(bundle, Bundle):
        bundle = find_bundle(bundle)
    try:
        return OnnxInkModel(
            bundle,
            device=device,
            threads=threads,
            batch_size=batch_size,
            constrain=constrain,
            precision=precision,
            plain=plain,
            again=again,
        )
    except (ArithmeticError, LookupError, TypeError, ValueError, AttributeError) as error:
        # Graphs of another kind: their inputs are not those that are looked for.
        name = bundle.manifest.name
        raise ModelError(f"The graphs of {name!r} do not fit its manifest: {error}.") from error
