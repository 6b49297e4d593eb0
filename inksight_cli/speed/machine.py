"""What machine a figure was measured on."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np

from inksight_cli import __version__
from inksight_cli.cores import usable_cores
from inksight_cli.processor import instruction_sets, processor_name

_PACKAGES = ("onnxruntime", "onnxruntime-gpu", "numpy", "torch", "transformers")
_STREAM = 256 * 2**20


def peak_memory(process: int | None = None) -> int | None:
    """Return the most bytes of memory that a process has held so far; None: nobody says.

    On Linux ``ru_maxrss`` is inherited from whoever started the process; the high-water mark of
    its own memory is not.

    Args:
        process: its number; None: this one. macOS tells of this one alone, Windows of none.
    """
    if sys.platform == "darwin" and process is None:
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    try:
        status = Path(f"/proc/{process or 'self'}/status").read_text()
    except OSError:
        return None
    return next((int(at.split()[1]) << 10 for at in status.splitlines() if "VmHWM" in at), None)


def describe_machine() -> dict[str, Any]:
    """CPU, cores, instruction sets, memory, GPU and versions, as plain data."""
    return {
        "cpu": processor_name(),
        "cores": usable_cores(),
        "flags": instruction_sets(),
        "memory_gb": _memory_gb(),
        "gpu": _gpu(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "inksight": __version__,
        "versions": _versions(),
        "load_average": _load(),
    }


def _memory_gb() -> float | None:
    try:
        return round(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30, 1)
    except (AttributeError, ValueError, OSError):
        return None


def _gpu() -> str | None:
    """Name and driver of the first NVIDIA GPU."""
    if not shutil.which("nvidia-smi"):
        return None
    query = ["nvidia-smi", "--query-gpu=name,driver_version", "--format=csv,noheader"]
    done = subprocess.run(query, capture_output=True, text=True, timeout=20, check=False)
    return done.stdout.splitlines()[0] if done.returncode == 0 and done.stdout else None


def _versions() -> dict[str, str]:
    found = {}
    for name in _PACKAGES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def _load() -> float | None:
    return round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None


def read_bandwidth(threads: int, repeats: int = 5) -> float:
    """Bytes per second that `threads` threads read from memory together, the best of some runs.

    Each takes the maximum of its own quarter gigabyte: a vectorised read that no cache can help.
    """
    arrays = [np.ones(_STREAM // 4, np.float32) for _ in range(threads)]

    def once() -> float:
        workers = [threading.Thread(target=array.max) for array in arrays]
        began = time.perf_counter()
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        return time.perf_counter() - began

    return threads * _STREAM / min(once() for _ in range(repeats))
