"""How much memory there is, and recognising that there was too little."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

_CGROUP = Path("/sys/fs/cgroup")
_MEMINFO = Path("/proc/meminfo")


def free_memory(cgroup: Path = _CGROUP, meminfo: Path = _MEMINFO) -> int | None:
    """Bytes this process can still take: the machine's, cut to the container's limit."""
    known = [size for size in (_machine(meminfo), _container(cgroup)) if size is not None]
    return min(known, default=None)


def free_device_memory() -> int | None:
    """Bytes free on the first NVIDIA GPU that this process may see, as its driver tells."""
    first = os.environ.get("CUDA_VISIBLE_DEVICES", "0").split(",")[0]
    asked = ["nvidia-smi", "-i", first, "--query-gpu=memory.free", "--format=csv,noheader,nounits"]
    try:
        done = subprocess.run(asked, capture_output=True, text=True, timeout=20, check=True)
        return int(done.stdout.splitlines()[0]) * 2**20
    except (OSError, subprocess.SubprocessError, ValueError, IndexError):
        return None


def _machine(meminfo: Path) -> int | None:
    try:
        for line in meminfo.read_text().splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    except (OSError, ValueError, IndexError):
        pass
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2
    except (AttributeError, ValueError, OSError):
        return None


def _container(cgroup: Path) -> int | None:
    try:
        limit = (cgroup / "memory.max").read_text().strip()
        used = int((cgroup / "memory.current").read_text())
    except (OSError, ValueError):
        return None
    return None if limit == "max" else max(0, int(limit) - used + _file_cache(cgroup))


def _file_cache(cgroup: Path) -> int:
    """Bytes counted as used that the kernel gives back when asked."""
    try:
        words = (cgroup / "memory.stat").read_text().split()
        return int(words[words.index("inactive_file") + 1])
    except (OSError, ValueError, IndexError):
        return 0


def out_of_memory(error: BaseException) -> bool:
    """Whether an exception says that an allocation failed, onnxruntime's included."""
    if isinstance(error, MemoryError):
        return True
    text = str(error).lower()
    return any(
        sign in text
        for sign in ("bad_alloc", "bad allocation", "failed to allocate", "out of memory")
    )
