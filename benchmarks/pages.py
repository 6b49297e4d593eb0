"""Whole pages: seconds, memory, and how much of the ink the strokes explain.

Run: ``python -m benchmarks.pages examples/page.jpg --model trace``

Each page is derendered by the installed command in a process of its own, so that seconds and
peak memory are what a user sees, imports and model loading included; memory is that of the command
and its helpers together, what they share counted once, in a run of its own. The shares are then
measured on its JSON against the page's ink mask. Results go to ``benchmarks/results/``.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from inksight_cli import load_pages, read
from inksight_cli.document import Page
from inksight_cli.ownership.region import Region
from inksight_cli.refine.audit import covered, ink_explained, on_ink
from inksight_cli.speed.machine import peak_memory

RESULTS = Path(__file__).parent / "results"


def start(path: Path, output: Path, options: list[str]) -> subprocess.Popen[bytes]:
    """Start the command on one page."""
    command = [str(Path(sys.executable).with_name("inksight")), "derender", str(path)]
    return subprocess.Popen([*command, "-o", str(output), "-q", *options])


def seconds_of(path: Path, output: Path, options: list[str]) -> float:
    """Derender one page with the command; return wall seconds."""
    begin = time.perf_counter()
    if start(path, output, options).wait():
        raise SystemExit(f"derender failed on {path}")
    return time.perf_counter() - begin


def memory_of(path: Path, output: Path, options: list[str]) -> float:
    """Derender one page with the command; return the most MB that it and its helpers held."""
    process, together, alone = start(path, output, options), 0.0, 0.0
    while not os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT):
        together = max(together, sum(map(proportional, family(process.pid))))
        alone = (peak_memory(process.pid) or 0) / 2**20 or alone
        time.sleep(0.02)
    if process.wait():
        raise SystemExit(f"derender failed on {path}")
    return max(together, alone)


def family(pid: int) -> list[int]:
    """Return a process and its children, while there are any."""
    try:
        return [pid, *map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())]
    except OSError:
        return []


def proportional(pid: int) -> float:
    """Return a process's MB, of what it shares with others its part (PSS); 0 when it has ended."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:"))


def judge(path: Path, page: Page) -> dict[str, float]:
    """Return how much of the page's ink the strokes explain, and how much of them is on ink."""
    image = next(load_pages(path))
    whole = Region(image.ink.mask, 0, 0)
    strokes = list(page.strokes)
    drawn = covered(whole, strokes)
    return {"ink_explained": ink_explained(whole, drawn), "on_ink": on_ink(whole, strokes)}


def measure(path: Path, options: list[str], repeats: int) -> dict[str, Any]:
    """Return one row of the table for one page."""
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "page.json"
        seconds = [seconds_of(path, output, options) for _ in range(repeats)]
        peak = memory_of(path, output, options)
        (page,) = read(output).pages
    return {
        "page": path.name,
        "pixels": f"{page.width}x{page.height}",
        "words": sum(1 for _ in page.words),
        "strokes": sum(1 for _ in page.strokes),
        "seconds": round(float(np.median(seconds)), 2),
        "peak_mb": round(peak),
        **{name: round(value, 4) for name, value in judge(path, page).items()},
    }


def main() -> None:
    """Measure every page named and print a table; keep it as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pages", nargs="+", type=Path)
    parser.add_argument("--model", default="trace")
    parser.add_argument("--repeats", type=int, default=3)
    arguments = parser.parse_args()
    rows = []
    for path in arguments.pages:
        rows.append(measure(path, ["--model", arguments.model], arguments.repeats))
        print("  ".join(f"{name} {value}" for name, value in rows[-1].items()), flush=True)
    machine = {"cpu": platform.processor() or platform.machine(), "cores": os.cpu_count()}
    RESULTS.mkdir(exist_ok=True)
    name = f"pages-{Path(arguments.model).name}.json"
    command = f"python -m benchmarks.pages ... --model {arguments.model}"
    result = {"command": command, "machine": machine, "pages": rows}
    (RESULTS / name).write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
