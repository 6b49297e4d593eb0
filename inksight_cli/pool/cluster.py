"""Workers on a Ray cluster: the same as `workers`, with actors for processes.

An actor gets its next unit when it has done its last, so that no queue grows anywhere but here, and
what a cluster does not give room to does not hold up the others. Only names travel: pictures and
results lie in folders that all nodes share.
"""

from __future__ import annotations

import contextlib
import signal
import socket
import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from inksight_cli.errors import MissingBackendError
from inksight_cli.pool.actor import Actor, Site
from inksight_cli.pool.protocol import Done, Lost, Outcome
from inksight_cli.pool.serve import LAST, RAISED, READY

U = TypeVar("U")
R = TypeVar("R")

WITHOUT_ROOM = 20.0
"""Seconds after which it is told that the cluster gives no worker any room."""
FALSE_STARTS = 2
"""Workers in a row that may end before they are ready, besides one for each job."""
TRIES = 2
"""Workers that a unit may go down with, perhaps with their nodes, before it is suspected."""
KNOCKING = 10.0
"""Seconds for a cluster to take a connection."""
_LOOK = 1.0


@dataclass(slots=True, eq=False)
class _Worker(Generic[U]):
    actor: Any
    answer: Any
    unit: U | None = None
    since: float = 0.0


class Cluster(Generic[U, R]):
    """Actors that do units of work; see `inksight_cli.pool.Pool`, which it stands in for.

    Args:
        make: called in each actor once; it, what it returns work for, and the results must pickle.
        site: what every node must have.
        jobs: actors at most; those that find no room are waited for.
        cores: each one's; gpus: each one's part of a GPU.
        timeout: seconds that a unit may take.
        memory: bytes that each may hold.
        say: told, once, that the cluster has no room.
    """

    def __init__(
        self,
        make: Callable[[], Callable[[U], R]],
        site: Site,
        jobs: int,
        cores: int = 1,
        gpus: float = 0.0,
        timeout: float | None = None,
        memory: int | None = None,
        say: Callable[[str], None] = lambda _: None,
    ) -> None:
        import ray

        self._ray = ray
        self._orders = ray.put((site, make, memory))  # sent once to a node
        asks: dict[str, Any] = {"num_cpus": cores, "num_gpus": gpus, "max_restarts": 0}
        self._asks = asks | ({"memory": memory} if memory else {})
        self._jobs = jobs
        self._timeout = timeout
        self._say = say
        self._waiting: deque[U] = deque()
        self._workers: list[_Worker[U]] = []
        self._ready: set[_Worker[U]] = set()
        self._fallen: Counter[U] = Counter()
        self._false_starts = 0
        self._since = time.monotonic()

    def __enter__(self) -> Cluster[U, R]:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def busy(self) -> int:
        """How many units are being worked on, or wait for room."""
        return len(self._waiting) + sum(worker.unit is not None for worker in self._workers)

    @property
    def free(self) -> int:
        """How many units could be begun now."""
        return self._jobs - self.busy

    def give(self, unit: U) -> None:
        """Have ``unit`` done; there must be a `free` worker."""
        self._waiting.append(unit)
        self._hand_out()

    def wait(self, seconds: float | None = None) -> list[Outcome[U, R]]:
        """Return what has happened, after ``seconds`` at the latest; None: once anything has."""
        answers = [worker.answer for worker in self._workers if worker.answer is not None]
        if not answers:
            return []
        pause = _LOOK if seconds is None else min(seconds, _LOOK)
        heard, _ = self._ray.wait(answers, num_returns=len(answers), timeout=0)
        if not heard:
            heard, _ = self._ray.wait(answers, timeout=pause)
        happened = set(heard)
        found = [self._heard(w) if w.answer in happened else self._late(w) for w in self._busy()]
        self._hand_out()
        self._tell_of_room()
        return [outcome for outcome in found if outcome is not None]

    def rest(self) -> None:
        """End the actors that have nothing to do, for the others to have their memory."""
        for worker in list(self._workers):
            if worker.unit is None:
                self._end(worker)

    def close(self) -> None:
        """End all actors; what is under way is dropped."""
        for worker in list(self._workers):
            self._end(worker)
        self._waiting.clear()

    def _busy(self) -> list[_Worker[U]]:
        return [worker for worker in self._workers if worker.answer is not None]

    def _hand_out(self) -> None:
        """Give what waits to actors that are ready, and start others for the rest."""
        idle = [worker for worker in self._ready if worker.unit is None]
        while self._waiting and idle:
            worker = idle.pop()
            worker.unit, worker.since = self._waiting.popleft(), time.monotonic()
            worker.answer = worker.actor.work.remote(worker.unit)
        starting = len(self._workers) - len(self._ready)
        for _ in range(min(len(self._waiting) - starting, self._jobs - len(self._workers))):
            actor = self._ray.remote(Actor).options(**self._asks).remote()
            self._workers.append(_Worker(actor, actor.begin.remote(self._orders)))

    def _heard(self, worker: _Worker[U]) -> Outcome[U, R] | None:
        """Return the outcome of an actor's unit, None where it has none yet."""
        unit = worker.unit
        try:
            what, value = self._ray.get(worker.answer)
        except self._ray.exceptions.RayError as error:
            return self._lost(worker, error)
        worker.answer = worker.unit = None
        if what == RAISED:
            raise value
        if what == READY:
            self._ready.add(worker)
            self._false_starts = 0
            return None
        if what == LAST:
            self._end(worker)
        assert unit is not None
        return Done(unit, value)

    def _lost(self, worker: _Worker[U], error: Exception) -> Lost[U] | None:
        """An actor is gone, with its node or without: its unit is done elsewhere, once."""
        unit, began = worker.unit, worker in self._ready
        self._end(worker)
        if not began:
            self._false_starts += 1
            if self._false_starts > FALSE_STARTS + self._jobs:
                raise MissingBackendError(
                    f"The cluster cannot start a worker: {_last_line(error)}",
                    "Every node needs the same inksight: pip install 'inksight-cli[ray]'",
                ) from error
        if unit is None:
            return None
        self._fallen[unit] += 1
        if self._fallen[unit] < TRIES:
            self._waiting.appendleft(unit)
            return None
        return Lost(unit, False, f"its worker ended ({_last_line(error)})")

    def _late(self, worker: _Worker[U]) -> Lost[U] | None:
        if self._timeout is None or worker.unit is None:
            return None
        if time.monotonic() - worker.since < self._timeout:
            return None
        unit = worker.unit
        self._end(worker)
        return Lost(unit, True, f"it took longer than {self._timeout:g} seconds")

    def _end(self, worker: _Worker[U]) -> None:
        self._workers.remove(worker)
        self._ready.discard(worker)
        with contextlib.suppress(self._ray.exceptions.RayError):
            self._ray.kill(worker.actor)

    def _tell_of_room(self) -> None:
        if self._ready:
            self._since = time.monotonic()
        elif time.monotonic() - self._since > WITHOUT_ROOM:
            self._say("The cluster has no room for a worker yet: waiting.")


def connect(address: str) -> tuple[int, int]:
    """Become a driver of a cluster that is there; return its cores and GPUs.

    Raises:
        MissingBackendError: the package is not installed, or there is no such cluster.
    """
    try:
        import ray
    except ImportError as error:
        raise MissingBackendError(
            "--ray needs the package ray.", "pip install 'inksight-cli[ray]'"
        ) from error
    _expect_there(address)
    ours = {each: signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        ray.init(address=address, log_to_driver=False, logging_level="ERROR")
    except (OSError, ValueError, RuntimeError, ray.exceptions.RayError) as error:
        raise _no_cluster(address, error) from error
    finally:
        for each, handler in ours.items():  # Ray's own would hide how the run ended
            signal.signal(each, handler)
    there = ray.cluster_resources()
    return int(there.get("CPU", 0)), int(there.get("GPU", 0))


def _expect_there(address: str) -> None:
    """Knock: Ray itself tries for ten minutes, and complains every five seconds."""
    host, colon, port = address.rpartition("://")[2].rpartition(":")
    if colon and port.isdigit():
        try:
            socket.create_connection((host.strip("[]"), int(port)), KNOCKING).close()
        except (OSError, OverflowError) as error:
            raise _no_cluster(address, error) from error


def _no_cluster(address: str, error: Exception) -> MissingBackendError:
    return MissingBackendError(
        f"There is no Ray cluster to work on at '{address}': {_last_line(error)}",
        "Start one: ray start --head",
    )


def _last_line(error: Exception) -> str:
    """Return the first sentence of the last line of what Ray says, which is the reason."""
    *_, last = str(error).strip().splitlines() or [type(error).__name__]
    return last.split(". ")[0].strip().removesuffix(".") + "."
