"""The parent's side of the workers: give them work, hear of it, replace those that end.

Workers are spawned, so it is the same on every system, and they share nothing but a pipe each: one
that is killed in the middle of a sentence harms no other.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING, Generic, TypeVar, cast

from inksight_cli.pool.protocol import Done, Lost, Outcome
from inksight_cli.pool.serve import DONE, LAST, RAISED, serve

if TYPE_CHECKING:
    from multiprocessing.context import SpawnProcess

U = TypeVar("U")
R = TypeVar("R")

LOADING = 600.0
"""Seconds that a worker may take to make ready where its units have a limit of time."""


@dataclass(slots=True, eq=False)
class _Worker(Generic[U]):
    process: SpawnProcess
    pipe: Connection
    unit: U | None
    ready: bool = False
    since: float = field(default_factory=time.monotonic)


class Pool(Generic[U, R]):
    """Processes that do units of work.

    Args:
        make: called in each worker once; it, what it returns work for, and the results must
            pickle. An error that it raises, and one that work raises, is raised by `wait`.
        jobs: workers at most; they are started as there is work for them.
        timeout: seconds that a unit may take.
        memory: bytes that each worker may hold.
    """

    def __init__(
        self,
        make: Callable[[], Callable[[U], R]],
        jobs: int,
        timeout: float | None = None,
        memory: int | None = None,
    ) -> None:
        self._make = make
        self._jobs = jobs
        self._timeout = timeout
        self._memory = memory
        self._busy: list[_Worker[U]] = []
        self._idle: list[_Worker[U]] = []

    def __enter__(self) -> Pool[U, R]:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def busy(self) -> int:
        """How many units are being worked on."""
        return len(self._busy)

    @property
    def free(self) -> int:
        """How many units could be begun now."""
        return self._jobs - len(self._busy)

    def give(self, unit: U) -> None:
        """Have ``unit`` done; there must be a `free` worker."""
        while self._idle:
            worker = self._idle.pop()
            try:
                worker.pipe.send(unit)
            except OSError:  # it has ended since
                self._end(worker)
                continue
            worker.unit, worker.since = unit, time.monotonic()
            self._busy.append(worker)
            return
        self._busy.append(self._started(unit))

    def wait(self, seconds: float | None = None) -> list[Outcome[U, R]]:
        """Return what has happened, after ``seconds`` at the latest; None: once anything has."""
        if not self._busy:
            return []
        due = [s for s in (seconds, self._next_deadline()) if s is not None]
        watched: list[Connection | int] = []
        for worker in self._busy:
            watched += [worker.pipe, worker.process.sentinel]
        happened: set[object] = set(wait(watched, min(due) if due else None))
        found = [self._heard(worker, happened) for worker in list(self._busy)]
        return [outcome for outcome in found if outcome is not None]

    def rest(self) -> None:
        """End the workers that have nothing to do, for the others to have their memory."""
        while self._idle:
            self._end(self._idle.pop())

    def close(self) -> None:
        """End all workers; what is under way is dropped."""
        for worker in [*self._busy, *self._idle]:
            self._end(worker)
        self._busy, self._idle = [], []

    def _started(self, unit: U) -> _Worker[U]:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=serve, args=(self._make, theirs, self._memory))
        process.daemon = True
        process.start()
        theirs.close()
        with contextlib.suppress(OSError):  # ended already: `wait` tells
            ours.send(unit)
        return _Worker(process, ours, unit)

    def _heard(self, worker: _Worker[U], happened: set[object]) -> Outcome[U, R] | None:
        """Return the outcome of a worker's unit, None where it goes on."""
        assert worker.unit is not None
        try:
            # What it said before it ended counts.
            while worker.pipe.poll():
                what, value = worker.pipe.recv()
                if what == RAISED:
                    raise cast("Exception", value)
                if what in (DONE, LAST):
                    return self._done(worker, worker.unit, cast("R", value), what == LAST)
                worker.ready, worker.since = True, time.monotonic()
        except (EOFError, OSError):
            return self._lost(worker, worker.unit)
        if worker.process.sentinel in happened:
            return self._lost(worker, worker.unit)
        if self._timeout is not None and time.monotonic() >= self._deadline(worker):
            return self._lost(worker, worker.unit, late=True)
        return None

    def _done(self, worker: _Worker[U], unit: U, result: R, last: bool) -> Done[U, R]:
        self._busy.remove(worker)
        worker.unit = None
        if last:
            self._end(worker)
        else:
            self._idle.append(worker)
        return Done(unit, result)

    def _lost(self, worker: _Worker[U], unit: U, late: bool = False) -> Lost[U]:
        self._busy.remove(worker)
        if late:
            self._end(worker)
            return Lost(unit, True, f"it took longer than {self._timeout:g} seconds")
        worker.process.join(5)
        code = worker.process.exitcode
        self._end(worker)
        return Lost(unit, False, _how_it_ended(code))

    def _end(self, worker: _Worker[U]) -> None:
        worker.process.kill()
        worker.process.join()
        worker.process.close()
        worker.pipe.close()

    def _deadline(self, worker: _Worker[U]) -> float:
        assert self._timeout is not None
        return worker.since + (self._timeout if worker.ready else max(LOADING, self._timeout))

    def _next_deadline(self) -> float | None:
        if self._timeout is None or not self._busy:
            return None
        return max(min(map(self._deadline, self._busy)) - time.monotonic(), 0.0)


def _how_it_ended(code: int | None) -> str:
    if code is not None and code < 0:
        try:
            name = signal.Signals(-code).name
        except ValueError:
            name = f"signal {-code}"
        if name == "SIGKILL":
            return "its worker was killed (SIGKILL), perhaps for want of memory"
        return f"its worker crashed in a library ({name})"
    return f"its worker ended with code {code}"
