"""Pages a second, end to end: the command with 1..N jobs, beside plain OCR on the same pages.

Every row is a process of its own, loading included, as a user starts it. CPU seconds are those of
it and all its children, memory what they hold together, shared pages counted once.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from inksight_cli.errors import InksightError
from inksight_cli.speed.machine import describe_machine

_COMMAND = "from inksight_cli.commands.app import command; command()"
_LOOK = 0.1  # seconds between looks at the memory


def measure_pages(
    pictures: Sequence[str], jobs: Sequence[int], device: str = "auto"
) -> Iterator[dict[str, Any]]:
    """Yield a row for each number of jobs, and for RapidOCR and Tesseract alone where they are.

    Args:
        pictures: files.
        jobs: numbers of worker processes.
        device: where a model runs.
    """
    with tempfile.TemporaryDirectory() as folder:
        for number in jobs:
            out = str(Path(folder) / f"jobs-{number}")
            call = ["-c", _COMMAND, "derender", "--files-from", "-", "-o", out, "--device", device]
            log = ["--jobs", str(number), "--log-format", "json", "--ledger", f"{out}.jsonl"]
            row = _measured([*call, *log], pictures)
            yield {"what": f"inksight, {number} jobs" if number > 1 else "inksight, 1 job", **row}
    for name in ("rapidocr", "tesseract") if shutil.which("tesseract") else ("rapidocr",):
        row = _measured(["-m", "inksight_cli.speed.stages", name], pictures)
        yield {"what": f"{name} alone", **row}


def measure_stages(pictures: Sequence[str]) -> dict[str, float]:
    """Return the CPU seconds a page of every step, in one process on one core, models loaded."""
    said, _, _ = _run(["-m", "inksight_cli.speed.stages", "stages"], pictures)
    found: dict[str, float] = said[-1]["stages"]
    return found


def report_pages(
    rows: list[dict[str, Any]], stages: dict[str, float], pictures: int
) -> dict[str, Any]:
    """Return everything that was measured, as plain data."""
    machine = describe_machine()
    return {"machine": machine, "inputs": pictures, "rows": rows, "cpu_seconds_a_page": stages}


def _measured(call: list[str], pictures: Sequence[str]) -> dict[str, Any]:
    begin = time.perf_counter()
    said, cpu, memory = _run(call, pictures)
    seconds = time.perf_counter() - begin
    pages = [event for event in said if event["event"] == "page"]
    words = sum(event["words"] for event in pages)
    return {
        "pages": len(pages),
        "failed": sum(event["event"] == "error" for event in said),
        "words": words,
        "seconds": round(seconds, 2),
        "cpu_seconds": round(cpu, 2),
        "pages_per_second": round(len(pages) / seconds, 3),
        "words_per_second": round(words / seconds, 2),
        "cpu_seconds_a_page": round(cpu / max(len(pages), 1), 3),
        "peak_memory_mb": round(memory / 2**20) if memory else None,
    }


def _run(call: list[str], pictures: Sequence[str]) -> tuple[list[dict[str, Any]], float, int]:
    """Run Python with names on stdin; return its events, CPU seconds and most bytes held."""
    with tempfile.TemporaryFile() as names, tempfile.TemporaryFile() as events:
        names.write("\n".join(pictures).encode("utf-8", "surrogateescape"))
        names.seek(0)
        before = os.times()
        process = subprocess.Popen(
            [sys.executable, *call], stdin=names, stderr=events, stdout=subprocess.DEVNULL
        )
        most = 0
        while process.poll() is None:
            most = max(most, _held(process.pid))
            time.sleep(_LOOK)
        after = os.times()
        events.seek(0)
        said = [json.loads(line) for line in events.read().splitlines() if line[:1] == b"{"]
    if process.returncode not in (0, 7):
        reason = next((e["message"] for e in said if e["event"] == "error"), "")
        raise InksightError(f"A run ended with code {process.returncode}. {reason}".rstrip())
    user = after.children_user - before.children_user
    return said, user + after.children_system - before.children_system, most


def _held(process: int) -> int:
    """Return the bytes that a process and its descendants hold; 0 where nobody says."""
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
        children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    except OSError:  # another system, or it has ended
        return 0
    own = next((int(line.split()[1]) << 10 for line in lines if line.startswith("Pss:")), 0)
    return own + sum(_held(int(child)) for child in children)
