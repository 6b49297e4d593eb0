"""Time and memory of inspecting, converting and running a model of Small-p's full size.

`python benchmarks/small_p_conversion.py SAVEDMODEL [-o RESULT.json]`, with the real SavedModel or
a replica with random weights: `tests/convert/replica/make.py FOLDER '{"full_size": true}'`.
Each step runs in a process of its own, so that its peak memory is its own.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from inksight_cli.speed.machine import describe_machine, peak_memory

_WORDS, _MIB = 2, 1 << 20


def inspect(model: Path, _bundle: Path) -> dict[str, Any]:
    """Read everything, hash the files."""
    from inksight_cli.convert.install import open_model
    from inksight_cli.convert.report import as_data

    with open_model(str(model)) as inspection:
        data = as_data(inspection)
    sizes = [variable["status"] for variable in data["variables"]]
    facts = {status: sizes.count(status) for status in ("mapped", "dead", "unknown")}
    return facts | {"bytes": sum(file["bytes"] for file in data["files"])}


def convert(model: Path, bundle: Path) -> dict[str, Any]:
    """Write the bundle, checksums included."""
    from inksight_cli.convert.build import convert_model
    from inksight_cli.convert.install import open_model

    with open_model(str(model)) as inspection:
        manifest = convert_model(inspection, bundle)
    return {"bytes": sum(file.bytes for file in manifest.files.values())}


def run(_model: Path, bundle: Path) -> dict[str, Any]:
    """Answer a few words; random weights rarely end an answer, so tokens are what counts."""
    from inksight_cli.convert.samples import sample_jobs
    from inksight_cli.engine import load_model

    started = time.perf_counter()
    ink = load_model(bundle, device="cpu")
    opened = time.perf_counter() - started
    list(ink.run(sample_jobs(_WORDS)))
    seconds = time.perf_counter() - started - opened
    return {
        "open_seconds": round(opened, 2),
        "tokens": ink.counts.tokens,
        "tokens_per_second": round(ink.counts.tokens / seconds, 1),
    }


def measure(step: str, model: Path, bundle: Path) -> dict[str, Any]:
    """Run one step in a process of its own; its seconds include Python's start."""
    started = time.perf_counter()
    command = [sys.executable, __file__, str(model), "--step", step, "--bundle", str(bundle)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    seconds = round(time.perf_counter() - started, 2)
    return {"step": step, "seconds": seconds, **json.loads(done.stdout)}


def main() -> None:
    """Measure all steps, or be one of them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", type=Path)
    parser.add_argument("-o", "--output", type=Path)
    parser.add_argument("--step", choices=["inspect", "convert", "run"])
    parser.add_argument("--bundle", type=Path)
    options = parser.parse_args()
    if options.step:
        facts = {"inspect": inspect, "convert": convert, "run": run}[options.step](
            options.model, options.bundle
        )
        peak = peak_memory() or 0
        print(json.dumps({**facts, "peak_memory_mib": round(peak / _MIB)}))
        return
    with tempfile.TemporaryDirectory() as name:
        bundle = Path(name) / "small-p"
        steps = [measure(step, options.model, bundle) for step in ("inspect", "convert", "run")]
    text = json.dumps({"machine": describe_machine(), "steps": steps}, indent=2)
    print(text)
    if options.output:
        options.output.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
