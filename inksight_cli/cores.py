"""The cores this process works on: every thread pool in it is set here, and nowhere else.

Three libraries keep pools. OpenCV's and onnxruntime's get the cores that `work_on` was told, else
those that may be used. BLAS gets one: NumPy multiplies only small matrices here, and where other
work keeps the cores busy its threads wait for one another a hundred times longer than they compute.
"""

from __future__ import annotations

import math
import os
import sys
import threading
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from onnxruntime import InferenceSession, SessionOptions

T = TypeVar("T")

BLAS_VARIABLES = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
"""What the BLAS of NumPy's builds reads while it loads."""

_CGROUP = Path("/sys/fs/cgroup")

_chosen: int | None = None
_share: int | None = None
_lock = threading.Lock()
_inside = 0
_limit: Any = None


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


def cores() -> int:
    """Return how many cores this process works on: as `work_on` was told, else its share."""
    return _chosen or _share or usable_cores()


def work_on(threads: int | None) -> None:
    """Work on that many cores from now on; None: on its share, or all that may be used.

    OpenCV's pool changes at once, graphs get it that are opened later. It is the process's: of
    several calls the last one counts.
    """
    global _chosen
    import cv2

    _chosen = threads
    if threads or cv2.getNumThreads() > cores():
        cv2.setNumThreads(cores())


def be_one_worker() -> None:
    """In a process that is one of several: one core, and BLAS not to be asked for more."""
    work_on(1)
    _limit_blas()


def share_cores(threads: int) -> None:
    """In a process that is one of several: so many cores are its share, unless `work_on` says."""
    global _share
    _share = threads
    work_on(None)
    _limit_blas()


def before_numpy() -> None:
    """Keep BLAS to one thread for good: for a process that is this package's alone.

    Pools that never came to be are the cheapest; it must be said before NumPy is imported. What
    the user has set stays.
    """
    for name in BLAS_VARIABLES:
        os.environ.setdefault(name, "1")


@contextmanager
def small_products() -> Iterator[None]:
    """Keep BLAS to one thread meanwhile, then give back what it had.

    BLAS knows one number for the whole process. Of several threads in here at once the first
    lowers it and the last to leave restores it.
    """
    global _inside, _limit
    with _lock:
        if _inside == 0:
            _limit = _limit_blas()
        _inside += 1
    try:
        yield
    finally:
        with _lock:
            _inside -= 1
            if _inside == 0 and _limit is not None:
                _anyone_may_set_blas()
                _limit.restore_original_limits()
                _anyone_may_set_blas()
                _limit = None


def made_of_small_products(items: Generator[T, None, None]) -> Iterator[T]:
    """Yield what ``items`` yields, made within `small_products`; the caller works outside."""
    with closing(items):
        while True:
            with small_products():
                try:
                    item = next(items)
                except StopIteration:
                    return
            yield item


def session_options(threads: int) -> SessionOptions:
    """Return options for an onnxruntime session: so many threads that sleep while they wait.

    Spinning threads of the detector's sessions cost a fifth of its CPU seconds, and time as well.
    No plan of memory is kept: it is one for every shape that comes, and each page has its own.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.enable_mem_pattern = False
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return options


def small_session(graph: bytes | str | Path, threads: int = 1) -> InferenceSession:
    """Return a session of one of our own networks: ``graph`` is an ONNX file, or its bytes.

    What one page needed of memory is not kept for the next; onnxruntime's own lines stay away.
    """
    import onnxruntime

    options = session_options(threads)
    options.log_severity_level = 4
    options.enable_cpu_mem_arena = False
    return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])


def _limit_blas() -> Any:  # noqa: ANN401
    return _blas().limit(limits=1) if "numpy" in sys.modules else None


def _anyone_may_set_blas() -> None:
    """Newer threadpoolctl hears, of OpenBLAS, only the thread that set it last, until it is done.

    The one that restores may be another; and whoever sets it next surely is.
    """
    from threadpoolctl import OpenBLASController

    if hasattr(OpenBLASController, "clear_controlling_thread"):
        OpenBLASController.clear_controlling_thread(force=True)


@cache
def _blas() -> Any:  # noqa: ANN401
    """Return the BLAS libraries of this process; looking for them takes some milliseconds."""
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController().select(user_api="blas")
