"""Work shared out among copies of this process, on the cores that it may use."""

from __future__ import annotations

import os
import sys
import threading
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from inksight_cli.cores import be_one_worker, small_products

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

T = TypeVar("T")

WORTH_IT = 8
"""With fewer pieces of work a process, making the process takes longer."""

_allowed = False


def allow_copies() -> None:
    """Let `share_out` copy this process from now on, as the command does at its start.

    A copy has the one thread that made it; what the others had locked stays locked in it for ever.
    Only a program that knows all of its threads, those of its libraries too, may allow that.
    """
    global _allowed
    _allowed = True


def may_copy() -> bool:
    """Whether a copy of this process is safe: allowed, on Linux, beside no thread of Python's."""
    return _allowed and sys.platform == "linux" and threading.active_count() == 1


def share_out(
    work: Callable[[int], T], count: int, workers: int, worth_it: int = WORTH_IT
) -> list[T]:
    """Return ``[work(0), ..., work(count - 1)]``, done by at most ``workers`` processes.

    The others are copies of this one: they have all that ``work`` looks at without being sent
    it, share its memory, and send back what ``work`` returns (which must pickle). What a copy
    does not manage, for whatever reason, is done here; so errors are those of doing it all here.
    Each works on one core. Where copies are not safe (`may_copy`) this process does it all.
    """
    workers = max(1, min(workers, count // worth_it)) if may_copy() else 1
    shares = [range(first, count, workers) for first in range(workers)]
    with small_products(), _helpers(work, shares[1:]) as answers:
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
            # Python (from 3.12 on) and JAX warn of copies made beside threads. Those left here are
            # onnxruntime's and BLAS's: they sleep and hold no lock, and a copy never calls JAX.
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
        be_one_worker()
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
