"""Memory: how many workers fit into it, and a limit for each."""

from __future__ import annotations

import ctypes
import re
import sys
import time
from functools import cache
from pathlib import Path
from typing import Any

from inksight_cli.cores import usable_cores

WORKER = 1 << 30
"""Bytes that a worker is expected to take: twice what a scanned A4 page needs."""

PAGES_EACH = 4
"""With fewer pages a worker, starting it costs more than it saves."""

TIDY = 1.0
"""CPU seconds of work after which freed memory is given back: that takes some 10 ms."""

_PROC = Path("/proc/meminfo")
_CGROUP = Path("/sys/fs/cgroup")


def jobs_for(pages: int, memory: int | None = None) -> int:
    """Return how many workers to take for ``pages`` where nobody says: at least one.

    Args:
        pages: to be done.
        memory: bytes that each worker may hold.
    """
    room = available_memory()
    fit = usable_cores() if room is None else room // (memory or WORKER)
    return max(1, min(usable_cores(), fit, pages // PAGES_EACH))


def available_memory(proc: Path = _PROC, cgroup: Path = _CGROUP) -> int | None:
    """Return the bytes that processes may still take, None where the system does not say."""
    try:
        found = re.search(r"^MemAvailable:\s*(\d+) kB", proc.read_text(), re.MULTILINE)
    except OSError:
        return None
    free = int(found[1]) << 10 if found else None
    try:
        most = int((cgroup / "memory.max").read_text())
        used = int((cgroup / "memory.current").read_text())
    except (OSError, ValueError):  # no group, or "max"
        return free
    left = max(most - used, 0)
    return left if free is None else min(free, left)


def may_limit_memory() -> bool:
    """Whether a process can be kept from taking more than so much memory: Linux counts it."""
    return sys.platform == "linux"


def held_memory() -> int:
    """Return the bytes that this process holds of its own, as `limit_memory` counts them."""
    found = re.search(r"^VmData:\s*(\d+) kB", Path("/proc/self/status").read_text(), re.MULTILINE)
    return int(found[1]) << 10 if found else 0


def limit_memory(most: int) -> None:
    """Let this process hold at most so many bytes of its own; more of them is a `MemoryError`."""
    import resource

    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (most, hard))


class Heap:
    """Gives back to the system what a process has freed.

    The C library keeps freed memory for the next page. Pages differ, so it falls into pieces of
    which none is large enough, and a worker grows by a quarter in a few hundred pages.
    """

    def __init__(self) -> None:
        self._last = time.process_time()

    def tidy(self) -> None:
        """Give back what is free, if it has been a while."""
        now = time.process_time()
        if now - self._last >= TIDY:
            self._last = now
            _trim()(0)


@cache
def _trim() -> Any:  # noqa: ANN401
    """Return glibc's ``malloc_trim``; other systems' libraries give back by themselves."""
    if sys.platform != "linux":
        return int
    return getattr(ctypes.CDLL(None), "malloc_trim", int)
