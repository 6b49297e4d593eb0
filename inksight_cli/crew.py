"""Work shared out among copies of this process, on the cores that it may use."""

from __future__ import annotations

import math
import os
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

T = TypeVar("T")

WORTH_IT = 8
"""With fewer pieces of work a process, making the process takes longer."""

_CGROUP = Path("/sys/fs/cgroup")


def usable_cores(cgroup: Path = _CGROUP) -> int:
    """Cores this process may really use: its affinity, cut to the container's quota."""
    affinity = getattr(os, "sched_getaffinity", None)
    cores = len(affinity(0)) if affinity else os.cpu_count() or 1
    return max(1, min(cores, _quota(cgroup)))


def _quota(cgroup: Path) -> int:
    """Cores a control group grants, rounded up (cgroup v2, then v1); many when it says nothing."""
    try:
        text = (cgroup / "cpu.max").read_text().split()
        grant, period = text[0], float(text[1])
    except (OSError, IndexError, ValueError):
        try:
            grant = (cgroup / "cpu" / "cpu.cfs_quota_us").read_text().strip()
            period = float((cgroup / "cpu" / "cpu.cfs_period_us").read_text())
        except (OSError, ValueError):
            return 1 << 16
    if grant in ("max", "-1") or period <= 0:
        return 1 << 16
    return math.ceil(float(grant) / period)


def share_out(work: Callable[[int], T], count: int, workers: int) -> list[T]:
    """Return ``[work(0), ..., work(count - 1)]``, done by at most ``workers`` processes.

    The others are copies of this one: they have all that ``work`` looks at without being sent
    it, share its memory, and send back what ``work`` returns (which must pickle). What a copy
    does not manage, for whatever reason, is done here; so errors are those of doing it all here.
    Copies can be made on Linux alone; elsewhere one process does it.
    """
    workers = max(1, min(workers, count // WORTH_IT)) if sys.platform == "linux" else 1
    shares = [range(first, count, workers) for first in range(workers)]
    with _helpers(work, shares[1:]) as answers:
        done = {index: work(index) for index in shares[0]}
        for answer in answers:
            done.update(_received(answer))
    return [done[index] if index in done else work(index) for index in range(count)]


@contextmanager
def _helpers(
    work: Callable[[int], Any], shares: Sequence[Sequence[int]]
) -> Iterator[list[Connection]]:
    """Copies of this process at work, a share each, ended on leaving; yields their answers."""
    if not shares:
        yield []
        return
    import multiprocessing

    context = multiprocessing.get_context("fork")
    answers, copies = [], []
    try:
        with _without_opencv_threads(), warnings.catch_warnings():
            # Python (from 3.12 on) and JAX warn of copies made beside threads. Those of this
            # package idle and hold no lock then, and a copy never calls JAX.
            warnings.filterwarnings("ignore", message=r".*fork\(\)")
            for share in shares:
                answer, there = context.Pipe(duplex=False)
                copy = context.Process(target=_help, args=(work, share, there), daemon=True)
                copy.start()
                there.close()
                answers.append(answer)
                copies.append(copy)
        yield answers
    finally:
        for copy in copies:
            copy.kill()
            copy.join()


@contextmanager
def _without_opencv_threads() -> Iterator[None]:
    """OpenCV ends its threads meanwhile: a copy would wait for ever for threads that it lacks."""
    import cv2

    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        yield
    finally:
        cv2.setNumThreads(threads)


def _help(work: Callable[[int], Any], share: Sequence[int], answer: Connection) -> None:
    """In a copy: do a share and send it back, or end in silence."""
    try:
        answer.send({index: work(index) for index in share})
    except BaseException:  # whatever it was, it happens again where it can be told
        os._exit(1)


def _received(answer: Connection) -> dict[int, Any]:
    """What a copy sends, nothing where it ended before."""
    try:
        received: dict[int, Any] = answer.recv()
    except (EOFError, OSError):
        return {}
    return received
