"""What processor this is: its name, what it can compute with, and a name for all that together."""

from __future__ import annotations

import hashlib
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from inksight_cli.cores import usable_cores

_FLAGS = ("avx2", "avx512f", "avx512_vnni", "avx512_bf16", "avx_vnni", "amx_int8", "asimddp")
_RUNTIMES = ("onnxruntime", "onnxruntime-gpu")


def _cpuinfo() -> str:
    try:
        return Path("/proc/cpuinfo").read_text()
    except OSError:
        return ""


def processor_name() -> str:
    """The processor's name, with family and model where the name alone says little."""
    found: dict[str, str] = {}
    for line in _cpuinfo().splitlines():
        key, _, value = line.partition(":")
        found.setdefault(key.strip(), value.strip())
    if "model name" not in found:
        return platform.processor() or platform.machine()
    return f"{found['model name']} (family {found['cpu family']}, model {found['model']})"


def instruction_sets() -> list[str]:
    """Those that decide which kernels run; none where the system does not tell."""
    words = set(_cpuinfo().split())
    return [flag for flag in _FLAGS if flag in words]


def processor_key() -> str:
    """Twelve hexadecimal digits: other ones where other kernels may be the fastest.

    They tell processors apart, how many cores may be used, and versions of onnxruntime.
    """
    parts = [processor_name(), *instruction_sets(), str(usable_cores()), _runtime()]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]


def _runtime() -> str:
    for name in _RUNTIMES:
        try:
            return version(name)
        except PackageNotFoundError:
            continue
    return ""
