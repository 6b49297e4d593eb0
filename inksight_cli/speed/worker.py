"""One engine in a process of its own, told what to do line by line.

``python -m inksight_cli.speed.worker`` reads one JSON object per line and answers with one:
first the setting, then tasks. A process of its own makes loading and peak memory honest, and
keeps one library's threads away from another's.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from inksight_cli.bundles import open_bundle
from inksight_cli.errors import InksightError
from inksight_cli.speed.machine import peak_memory
from inksight_cli.speed.workload import (
    ForcedModel,
    answer_lengths,
    cache_bytes_per_token,
    make_jobs,
)

Task = Callable[[dict[str, Any]], dict[str, Any]]


def ours(setting: dict[str, Any]) -> tuple[dict[str, Any], Task]:
    """The engine on a bundle; a task is a list of answer lengths, or words to draw them for."""
    began = time.perf_counter()
    model = ForcedModel(
        open_bundle(Path(setting["bundle"])),
        device=setting["device"],
        threads=setting["threads"],
        batch_size=setting["batch"],
        precision=setting["precision"],
    )
    opened = time.perf_counter() - began
    longest = model.bundle.manifest.max_length

    def task(what: dict[str, Any]) -> dict[str, Any]:
        lengths = what.get("lengths") or answer_lengths(what["words"], longest)
        lengths = [min(length, longest) for length in lengths]
        jobs = make_jobs(lengths)
        cache_bytes = cache_bytes_per_token(model, jobs)
        model.reset_counts()
        began = time.perf_counter()
        first = 0.0
        for _ in model.run(jobs):
            first = first or time.perf_counter() - began
        counts = model.counts
        return {
            "seconds": time.perf_counter() - began,
            "first_word_seconds": first,
            "words": counts.words,
            "tokens": counts.tokens,
            "encoder_seconds": counts.encoder_seconds,
            "decoder_seconds": counts.decoder_seconds,
            "decoder_runs": counts.decoder_runs,
            "encoder_runs": counts.encoder_runs,
            "rows_run": counts.rows_run,
            "slot_efficiency": counts.slot_efficiency,
            "cache_bytes_per_token": cache_bytes,
            "bytes_moved": counts.bytes_moved,
            "peak_memory": peak_memory(),
        }

    return {"load_seconds": opened, "device": model.device, "notes": model.notes}, task


def theirs(setting: dict[str, Any]) -> tuple[dict[str, Any], Task]:
    """PyTorch's own ``generate`` on the same random weights; a task is rows and tokens."""
    from inksight_cli.convert.graph import SMALL_P
    from inksight_cli.speed.reference import Reference, need_torch
    from inksight_cli.speed.shapes import PROMPT, small_p_weights

    need_torch().set_num_threads(setting["threads"])
    began = time.perf_counter()
    model = Reference(SMALL_P, small_p_weights(SMALL_P)).to(setting["kind"])
    opened = time.perf_counter() - began
    prompt = open_bundle(Path(setting["bundle"])).vocabulary.encode(PROMPT)

    def task(what: dict[str, Any]) -> dict[str, Any]:
        lengths = what["lengths"]
        pixels = np.stack([job.pixels for job in make_jobs(lengths)])
        began = time.perf_counter()
        states = model.encode(pixels, np.array([prompt] * len(lengths)))
        encoded = time.perf_counter()
        model.generate(states, max(lengths))
        done = time.perf_counter()
        return {
            "seconds": done - began,
            "words": len(lengths),
            "tokens": sum(lengths),
            "encoder_seconds": encoded - began,
            "decoder_seconds": done - encoded,
            "peak_memory": peak_memory(),
        }

    return {"load_seconds": opened}, task


def main() -> None:
    """Answer line by line until the input ends; an error ends it with its sentence."""
    # Whatever a library prints must not get between the answers.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)

    def say(answer: dict[str, Any]) -> None:
        answers.write(json.dumps(answer) + "\n")
        answers.flush()

    try:
        setting = json.loads(sys.stdin.readline())
        opened, task = (theirs if setting["engine"] == "pytorch" else ours)(setting)
        say(opened)
        for line in sys.stdin:
            say(task(json.loads(line)))
    except InksightError as error:
        say({"error": error.message, "remedy": error.remedy, "code": error.exit_code})


if __name__ == "__main__":
    main()
