"""Opening graphs: cores in containers, broken files; memory and its limits."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from inksight_cli.cores import usable_cores
from inksight_cli.engine.memory import free_device_memory, free_memory, out_of_memory
from inksight_cli.engine.session import need_version, open_session, runs_on
from inksight_cli.errors import MissingBackendError, ModelError
from tests.engine.tiny import tiny_bundle


def cores_here() -> int:
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


@pytest.mark.parametrize(
    ("files", "cores"),
    [
        ({}, cores_here()),
        ({"cpu.max": "max 100000"}, cores_here()),
        ({"cpu.max": "50000 100000"}, 1),
        ({"cpu.max": "100000 100000"}, 1),
        ({"cpu.max": "99000000 100000"}, cores_here()),
        ({"cpu.max": "nonsense"}, cores_here()),
        ({"cpu/cpu.cfs_quota_us": "100000", "cpu/cpu.cfs_period_us": "100000"}, 1),
        ({"cpu/cpu.cfs_quota_us": "-1", "cpu/cpu.cfs_period_us": "100000"}, cores_here()),
    ],
)
def test_cores_in_a_container(tmp_path: Path, files: dict[str, str], cores: int) -> None:
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text + "\n")
    assert usable_cores(tmp_path) == cores


def test_free_memory_is_the_tighter_of_machine_and_container(tmp_path: Path) -> None:
    meminfo = tmp_path / "meminfo"
    meminfo.write_text("MemTotal: 100 kB\nMemAvailable: 50 kB\n")
    assert free_memory(tmp_path, meminfo) == 50 * 1024
    (tmp_path / "memory.max").write_text("30000\n")
    (tmp_path / "memory.current").write_text("10000\n")
    assert free_memory(tmp_path, meminfo) == 20000
    (tmp_path / "memory.stat").write_text("anon 5000\ninactive_file 4000\n")
    assert free_memory(tmp_path, meminfo) == 24000
    (tmp_path / "memory.max").write_text("max\n")
    assert free_memory(tmp_path, meminfo) == 50 * 1024


def test_free_memory_of_a_gpu_is_what_its_driver_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert free_device_memory() is None
    driver = tmp_path / "nvidia-smi"
    driver.write_text('#!/bin/sh\n[ "$2" = 3 ] && echo 1000 || echo broken\n')
    driver.chmod(0o755)
    assert free_device_memory() is None
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "3,1")
    assert free_device_memory() == 1000 * 2**20


def test_what_is_a_lack_of_memory() -> None:
    assert out_of_memory(MemoryError())
    assert out_of_memory(RuntimeError("std::bad_alloc"))
    assert out_of_memory(RuntimeError("BFCArena: Failed to allocate memory for requested buffer"))
    assert out_of_memory(RuntimeError("CUDA failure 2: out of memory"))
    assert not out_of_memory(RuntimeError("Invalid argument"))


def test_an_old_onnxruntime_is_refused() -> None:
    for version in ("1.27.0", "1.31.1", "2.0.0", "1.27", "nightly"):
        need_version(version)
    with pytest.raises(MissingBackendError, match=r"1\.27 or newer; this is 1\.26\.0"):
        need_version("1.26.0")


def test_a_broken_graph_is_a_model_error(tmp_path: Path) -> None:
    path = tmp_path / "encoder.onnx"
    with pytest.raises(ModelError, match="cannot be opened"):
        open_session(path, "cpu", 1)
    path.write_bytes(b"not a graph")
    with pytest.raises(ModelError, match="cannot be opened"):
        open_session(path, "cpu", 1)


def test_a_session_says_where_it_runs(tmp_path: Path) -> None:
    bundle = tiny_bundle(tmp_path)
    assert runs_on(open_session(bundle.folder / "encoder.onnx", "cpu", 1)) == "cpu"


def test_short_memory_means_fewer_words_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from inksight_cli.engine import load_model

    bundle = tiny_bundle(tmp_path)
    monkeypatch.setattr("inksight_cli.engine.model.free_memory", lambda: 2_000_000)
    model = load_model(bundle, batch_size=16)
    assert 1 <= model.batch_size < 16
    assert model.notes == [f"Memory is short: {model.batch_size} words at a time instead of 16."]
