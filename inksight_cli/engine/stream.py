"""Continuous batching: a lane that is done takes the next word at once, or the last lane's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from inksight_cli.engine.encode import Encoded
from inksight_cli.engine.memory import out_of_memory
from inksight_cli.engine.queue import Queue
from inksight_cli.engine.request import Request
from inksight_cli.engine.rules import Rule
from inksight_cli.engine.search import Decoded, Search
from inksight_cli.engine.slots import Slots


@dataclass(slots=True)
class Counts:
    """What a model has run so far; what tests and the benchmark gate on.

    Attributes:
        words, tokens: answered, end tokens included; retries: second questions.
        encoder_runs, decoder_runs: session runs.
        rows_run: decoder rows computed; slot_steps: rows there would have been with every slot
            computed at every step.
        encoder_seconds, decoder_seconds: spent inside those runs.
        bytes_moved: between this process and a device that decodes apart from it.
    """

    words: int = 0
    tokens: int = 0
    retries: int = 0
    encoder_runs: int = 0
    decoder_runs: int = 0
    rows_run: int = 0
    slot_steps: int = 0
    encoder_seconds: float = 0.0
    decoder_seconds: float = 0.0
    bytes_moved: int = 0

    @property
    def slot_efficiency(self) -> float:
        """Useful tokens per slot and step, 0..1; beams count as slots of their own."""
        return self.tokens / self.slot_steps if self.slot_steps else 0.0


class _NoRoomError(Exception):
    """A decoder step ran out of memory."""


class Stream:
    """Words from a queue through the lanes of a decoder.

    Args:
        queue: where words come from.
        lanes: how many run side by side; halved whenever memory runs out.
        open_search: makes the slots and the search for a number of lanes.
        rule_for: the ink rule for a word, or None.
        counts: is kept up to date.
        warn: is told when memory ran out.
    """

    def __init__(
        self,
        queue: Queue,
        lanes: int,
        open_search: Callable[[int], tuple[Slots, Search]],
        rule_for: Callable[[Request], Rule | None],
        counts: Counts,
        warn: Callable[[str], None],
    ) -> None:
        self._queue = queue
        self._lanes = lanes
        self._open_search = open_search
        self._rule_for = rule_for
        self._counts = counts
        self._warn = warn
        self._running: list[Encoded] = []

    def answers(self) -> Iterator[tuple[Request, Decoded]]:
        """Yield every word's answer as soon as it is known."""
        while True:
            try:
                yield from self._through_lanes()
                return
            except _NoRoomError:
                self._lanes //= 2
                self._warn(f"Memory ran out: going on with {self._lanes} words at a time.")
                for word in reversed(self._running):
                    self._queue.put_back(word)
                self._running.clear()

    def _through_lanes(self) -> Iterator[tuple[Request, Decoded]]:
        with self._room():
            slots, search = self._open_search(self._lanes)
        try:
            while self._top_up(search):
                for lane in reversed(self._advance(slots, search)):
                    finished = self._running[lane].request, search.result(lane)
                    yield finished
                    self._refill(search, lane)
        finally:
            self._counts.decoder_seconds += slots.seconds

    @contextmanager
    def _room(self) -> Iterator[None]:
        """Tell our own lack of memory from that of the stream the words come from."""
        try:
            yield
        except Exception as error:
            if self._lanes > 1 and out_of_memory(error):
                raise _NoRoomError from error
            raise

    def _advance(self, slots: Slots, search: Search) -> list[int]:
        """One step; the lanes that are done."""
        with self._room():
            done = search.advance(len(self._running))
        self._counts.decoder_runs += 1
        self._counts.rows_run += len(self._running) * search.rows_per_lane
        self._counts.slot_steps += slots.size
        return done

    def _top_up(self, search: Search) -> bool:
        """Fill free lanes; false when nothing runs and nothing waits."""
        while len(self._running) < self._lanes:
            word = self._queue.take(idle=not self._running)
            if word is None:
                break
            self._running.append(word)
            self._start(search, len(self._running) - 1)
        return bool(self._running)

    def _start(self, search: Search, lane: int) -> None:
        """Begin a lane's word, which may need more room than those before it."""
        word = self._running[lane]
        with self._room():
            search.start(lane, word, self._rule_for(word.request))

    def _refill(self, search: Search, lane: int) -> None:
        """Give a lane its next word; without one, close the gap so that no row runs idle."""
        word = self._queue.take(idle=False)
        if word is not None:
            self._running[lane] = word
            self._start(search, lane)
            return
        last = self._running.pop()
        if lane < len(self._running):
            self._running[lane] = last
            search.move(len(self._running), lane)
