"""Measuring: settings in processes of their own, warm-up, repeats, medians and spread."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inksight_cli.bundles import Bundle
from inksight_cli.cores import usable_cores
from inksight_cli.errors import InksightError, MissingBackendError
from inksight_cli.speed.machine import describe_machine, read_bandwidth

PUBLISHED = {"Titan RTX": 114.43, "T4": 47.14, "V100": 139.14}
"""Tokens per second of InkSight Small-p in the paper; published, not measured here."""

WORDS_PER_PAGE = 150
"""Words of a full handwritten A4 page, for pages per second of the model alone."""

_WARM_UP = [20]
_RACE_TOKENS = 100
_FIRST_WORD = [150]


class Worker:
    """A benchmark process; `ask` sends it a task and waits for the answer."""

    def __init__(self, setting: dict[str, Any]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "inksight_cli.speed.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        try:
            self.opened = self.ask(setting)
        except BaseException:
            self.close()
            raise

    def ask(self, task: dict[str, Any]) -> dict[str, Any]:
        """Send a task, return its answer.

        Raises:
            MissingBackendError: the process lacks a package.
            InksightError: it failed otherwise.
        """
        assert self._process.stdin and self._process.stdout
        with suppress(BrokenPipeError):  # the reason stands in its last answer
            self._process.stdin.write(json.dumps(task) + "\n")
            self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            code = self._process.wait()
            raise InksightError(f"The benchmark process ended with code {code}.")
        answer: dict[str, Any] = json.loads(line)
        if "error" in answer:
            kind = MissingBackendError if answer["code"] == 4 else InksightError
            raise kind(answer["error"], answer["remedy"])
        return answer

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin and self._process.stdout
        with suppress(BrokenPipeError):
            self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()


@contextmanager
def _working(setting: dict[str, Any]) -> Iterator[Worker]:
    worker = Worker(setting)
    try:
        yield worker
    finally:
        worker.close()


@dataclass(frozen=True, slots=True)
class Plan:
    """What to measure.

    Attributes:
        bundle: the model; shape: of random weights, or "" for a real model.
        precisions, batches: every pair is one setting.
        words: of one run, per row of the batch; at least 4.
        repeats: runs of each setting after the warm-up.
        tokens: length of every answer; None = lengths drawn like those of real words, and 100 in
            the race.
    """

    bundle: Bundle
    shape: str
    precisions: list[str]
    batches: list[int]
    device: str = "auto"
    threads: int | None = None
    words: int = 3
    repeats: int = 3
    tokens: int | None = None

    def work(self, batch: int) -> dict[str, Any]:
        """The task of one run."""
        words = max(4, self.words * batch)
        return {"lengths": [self.tokens] * words} if self.tokens else {"words": words}

    def setting(self, precision: str, batch: int) -> dict[str, Any]:
        """What a worker of ours needs to know."""
        return {
            "engine": "inksight",
            "bundle": str(self.bundle.folder),
            "precision": precision,
            "batch": batch,
            "device": self.device,
            "threads": self.threads or usable_cores(),
        }


def run(plan: Plan) -> Iterator[dict[str, Any]]:
    """Yield one result per setting as soon as it is measured."""
    for precision in plan.precisions:
        for batch in plan.batches:
            result = measure(plan, precision, batch)
            if batch == 1 and result["device"] == "cpu":  # the bandwidth measured is the CPU's
                result |= _share_of_limit(plan, precision, result)
            yield result


def _share_of_limit(plan: Plan, precision: str, result: dict[str, Any]) -> dict[str, float]:
    """How near decoding one word comes to what memory allows, measured at the same time.

    A token needs every matrix once, and the keys and values of what it attends to.
    """
    streamed = streamed_bytes(plan.bundle, precision)
    if streamed is None:
        return {}
    bandwidth = read_bandwidth(plan.threads or usable_cores())
    needed = streamed + result["cache_bytes_per_token"]
    return {
        "memory_gb_per_second": round(bandwidth / 1e9, 1),
        "bytes_per_token": round(needed),
        "bandwidth_limit_tokens_per_second": round(bandwidth / needed, 1),
        "share_of_bandwidth_limit": round(
            result["decode_tokens_per_second"]["median"] * needed / bandwidth, 3
        ),
    }


def measure(plan: Plan, precision: str, batch: int) -> dict[str, Any]:
    """One setting: load, first word, then whole runs over the same words."""
    with _working(plan.setting(precision, batch)) as worker:
        cold = worker.ask({"lengths": _FIRST_WORD})
        worker.ask({"lengths": _WARM_UP * batch})
        runs = [worker.ask(plan.work(batch)) for _ in range(plan.repeats)]
    last = runs[-1]
    opened = worker.opened
    return {
        "engine": "inksight",
        "precision": precision,
        "batch": batch,
        "device": opened["device"],
        "notes": opened["notes"],
        "words": last["words"],
        "tokens": last["tokens"],
        "decode_tokens_per_second": spread(r["tokens"] / r["decoder_seconds"] for r in runs),
        "tokens_per_second": spread(r["tokens"] / r["seconds"] for r in runs),
        "words_per_second": spread(r["words"] / r["seconds"] for r in runs),
        "pages_per_second": spread(r["words"] / r["seconds"] / WORDS_PER_PAGE for r in runs),
        "encoder_ms": spread(1e3 * r["encoder_seconds"] / r["words"] for r in runs),
        "load_seconds": round(opened["load_seconds"], 3),
        "first_word_seconds": round(opened["load_seconds"] + cold["first_word_seconds"], 3),
        "slot_efficiency": round(last["slot_efficiency"], 3),
        "decoder_runs": last["decoder_runs"],
        "rows_run": last["rows_run"],
        "cache_bytes_per_token": round(last["cache_bytes_per_token"]),
        "bytes_moved_per_token": round(last["bytes_moved"] / last["tokens"]),
        "peak_memory_mb": last["peak_memory"] and round(last["peak_memory"] / 2**20),
    }


def compare(plan: Plan, kinds: list[str]) -> list[dict[str, Any]]:
    """Race against PyTorch on the same weights, in alternation, all answers equally long.

    Equal lengths are PyTorch's best case: its batches have no early ends to wait for.

    Args:
        plan: of a random shape.
        kinds: PyTorch's floating types, ``float32`` or ``bfloat16``.
    """
    tokens = plan.tokens or _RACE_TOKENS
    results = []
    for batch in plan.batches:
        settings = {f"inksight {p}": plan.setting(p, batch) for p in plan.precisions}
        for kind in kinds:
            base = plan.setting("", batch)
            settings[f"pytorch {kind}"] = {**base, "engine": "pytorch", "kind": kind}
        rounds: dict[str, list[dict[str, Any]]] = {name: [] for name in settings}
        workers = {name: Worker(setting) for name, setting in settings.items()}
        try:
            for worker in workers.values():
                worker.ask({"lengths": [8] * batch})
            for _ in range(plan.repeats):
                for name, worker in workers.items():
                    rounds[name].append(worker.ask({"lengths": [tokens] * batch}))
        finally:
            for worker in workers.values():
                worker.close()
        for name, runs in rounds.items():
            results.append(
                {
                    "engine": name,
                    "batch": batch,
                    "tokens_per_word": tokens,
                    "decode_tokens_per_second": spread(
                        r["tokens"] / r["decoder_seconds"] for r in runs
                    ),
                    "encoder_ms": spread(1e3 * r["encoder_seconds"] / r["words"] for r in runs),
                }
            )
    return results


def ratios(compared: list[dict[str, Any]]) -> dict[str, float]:
    """How many times faster our decoding is than PyTorch's, by setting."""
    speed = {(r["engine"], r["batch"]): r["decode_tokens_per_second"]["median"] for r in compared}
    return {
        f"{engine} / {other}, batch {batch}": round(value / base, 2)
        for (engine, batch), value in speed.items()
        for (other, other_batch), base in speed.items()
        if engine.startswith("inksight") and other.startswith("pytorch") and batch == other_batch
    }


def spread(values: Iterable[float]) -> dict[str, float]:
    """Median, smallest and largest."""
    kept = sorted(values)
    median = statistics.median(kept)
    return {"median": _short(median), "low": _short(kept[0]), "high": _short(kept[-1])}


def _short(value: float) -> float:
    return float(f"{value:.4g}")


def streamed_bytes(bundle: Bundle, precision: str) -> int | None:
    """Bytes of weights one decoder step reads: every matrix once. None without ``onnx``."""
    try:
        import onnx
    except ImportError:
        return None
    path: Path = bundle.folder / bundle.variant(precision).decoder
    graph = onnx.load(path, load_external_data=False).graph
    sizes = {i.name: _tensor_bytes(i.dims, i.data_type) for i in graph.initializer}
    for node in graph.node:
        if node.op_type == "Cast" and node.input[0] in sizes:  # stored in halves, widened at load
            sizes[node.output[0]] = 2 * sizes[node.input[0]]
    multiplied = {
        name for node in graph.node if "MatMul" in node.op_type for name in node.input
    } & set(sizes)
    return sum(sizes[name] for name in multiplied)


def _tensor_bytes(dims: Iterable[int], kind: int) -> int:
    import onnx

    width: int = onnx.helper.tensor_dtype_to_np_dtype(kind).itemsize
    for size in dims:
        width *= size
    return width


def report(plan: Plan, results: list[dict[str, Any]], compared: list[dict[str, Any]]) -> Any:  # noqa: ANN401
    """Everything that was measured, as plain data for JSON."""
    return {
        "model": plan.bundle.manifest.name,
        "shape": plan.shape,
        "machine": describe_machine(),
        "threads": plan.threads or usable_cores(),
        "tokens_per_word": plan.tokens,
        "words_per_page": WORDS_PER_PAGE,
        "results": results,
        "compared": compared,
        "ratios": ratios(compared),
        "published_tokens_per_second": PUBLISHED,
    }
