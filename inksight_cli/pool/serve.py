"""A worker's side: make ready once, then do what comes through the pipe until it is closed."""

from __future__ import annotations

import contextlib
import gc
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection, wait
from typing import Any

from inksight_cli.pool.room import limit_memory

READY, DONE, LAST, RAISED = "ready", "done", "last", "raised"
"""What a worker says, each with a value."""


class Retire(Exception):  # noqa: N818 - it is no error: the work is done
    """Raised by work that is done, in a process that should do no more: memory ran out in it.

    Args:
        result: of the work.
    """

    def __init__(self, result: object) -> None:
        super().__init__(result)
        self.result = result


def serve(
    make: Callable[[], Callable[[Any], Any]], pipe: Connection, memory: int | None = None
) -> None:
    """Be a worker.

    Args:
        make: loads what is heavy and returns what does a unit.
        pipe: to the parent.
        memory: bytes that this process may hold.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to all: the parent decides
    _end_with_parent()
    gc.set_threshold(100_000, 10, 10)  # as the command itself
    if memory is not None:
        limit_memory(memory)
    with contextlib.suppress(BrokenPipeError, EOFError):
        _work(make, pipe)
    os._exit(0)  # taking apart what libraries hold takes a quarter of a second


def _work(make: Callable[[], Callable[[Any], Any]], pipe: Connection) -> None:
    try:
        do = make()
        pipe.send((READY, None))
        while True:
            unit = pipe.recv()
            try:
                pipe.send((DONE, do(unit)))
            except Retire as last:
                pipe.send((LAST, last.result))
                return
    except (BrokenPipeError, EOFError):
        raise
    except Exception as error:  # it concerns all units, or is a defect: the parent raises it
        pipe.send((RAISED, error))


def _end_with_parent() -> None:
    """End at once when the parent has ended, however that came about."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
