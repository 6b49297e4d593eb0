"""Workers do units, side by side; whatever ends one costs its unit alone."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from inksight_cli.errors import ModelError
from inksight_cli.pool import Done, Lost, Pool, available_memory, jobs_for, may_limit_memory
from inksight_cli.pool.room import Heap
from tests.pool import work


def all_of(pool, units):
    units, found = list(units), []
    while units or pool.busy:
        while units and pool.free:
            pool.give(units.pop(0))
        found += pool.wait()
    return found


def test_every_unit_is_done_once_by_no_more_processes_than_asked_for():
    with Pool(work.squares, 2) as pool:
        found = all_of(pool, range(20))
    assert sorted(done.result[0] for done in found) == [n * n for n in range(20)]
    assert all(done.result[0] == done.unit**2 for done in found)
    pids = {done.result[1] for done in found}
    assert 1 <= len(pids) <= 2
    assert os.getpid() not in pids


@pytest.mark.parametrize(
    ("what", "reason"),
    [
        ("killed", "killed (SIGKILL)"),
        ("crash", "crashed in a library (SIGSEGV)"),
        ("end", "ended with code 3"),
    ],
)
def test_a_worker_that_ends_costs_its_unit_alone(what, reason):
    with Pool(work.troubles, 1) as pool:
        found = all_of(pool, ["fine", what, "fine"])
    lost = [each for each in found if isinstance(each, Lost)]
    assert [(each.unit, each.late) for each in lost] == [(what, False)]
    assert reason in lost[0].reason
    done = [each.result for each in found if isinstance(each, Done)]
    assert len(done) == len(set(done)) == 2  # by two processes


def test_what_takes_too_long_is_ended_and_the_others_go_on():
    with Pool(work.troubles, 2, timeout=0.5) as pool:
        found = all_of(pool, ["hang", "fine", "fine", "fine"])
    assert [(f.unit, f.late) for f in found if isinstance(f, Lost)] == [("hang", True)]
    assert sum(isinstance(each, Done) for each in found) == 3


def test_a_process_that_asks_to_retire_is_replaced_and_its_result_counts():
    with Pool(work.troubles, 1) as pool:
        first, second = all_of(pool, ["last", "fine"])
    assert first.result != second.result


@pytest.mark.parametrize(
    ("make", "error"), [(work.broken, ModelError), (work.troubles, ValueError)]
)
def test_what_concerns_all_is_raised(make, error):
    with Pool(make, 1) as pool, pytest.raises(error) as caught:
        all_of(pool, ["raise"])
    if error is ModelError:
        assert caught.value.remedy == "Install one."


@pytest.mark.skipif(not may_limit_memory(), reason="this system has no such limit")
def test_a_worker_has_a_limit_of_memory():
    with Pool(work.troubles, 1, memory=500 << 20) as pool:
        (found,) = all_of(pool, ["memory"])
    assert found.result == "too much"


@pytest.mark.skipif(not may_limit_memory(), reason="only glibc keeps what was freed")
def test_what_was_freed_goes_back_to_the_system(monkeypatch):
    held = [bytearray(b"x" * 100_000) for _ in range(800)]
    last, full = bytearray(b"x" * 100_000), resident()  # it lies behind them
    del held
    monkeypatch.setattr("inksight_cli.pool.room.TIDY", 0)
    Heap().tidy()
    assert full - resident() > 60 << 20
    assert len(last) == 100_000


def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def test_workers_end_with_a_parent_that_is_killed(tmp_path):
    said = tmp_path / "worker"
    subprocess.run([sys.executable, "-m", "tests.pool.work", said], check=False)
    worker = int(said.read_text())
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            os.kill(worker, 0)
        except ProcessLookupError:
            return
        time.sleep(0.05)
    pytest.fail("the worker lives on")


def test_jobs_are_as_many_as_memory_cores_and_pages_allow(tmp_path, monkeypatch):
    monkeypatch.setattr("inksight_cli.pool.room.usable_cores", lambda: 8)
    monkeypatch.setattr("inksight_cli.pool.room.available_memory", lambda: 5 << 30)
    assert jobs_for(1000) == 5
    assert jobs_for(1000, memory=500 << 20) == 8
    assert jobs_for(9) == 2
    assert jobs_for(1) == 1
    monkeypatch.setattr("inksight_cli.pool.room.available_memory", lambda: None)
    assert jobs_for(1000) == 8


def test_memory_is_what_the_system_and_the_container_leave(tmp_path):
    meminfo = tmp_path / "meminfo"
    meminfo.write_text("MemTotal: 9 kB\nMemAvailable:    4096 kB\n")
    assert available_memory(meminfo, tmp_path) == 4 << 20
    (tmp_path / "memory.max").write_text("3145728\n")
    (tmp_path / "memory.current").write_text("1048576\n")
    assert available_memory(meminfo, tmp_path) == 2 << 20
    (tmp_path / "memory.max").write_text("max\n")
    assert available_memory(meminfo, tmp_path) == 4 << 20
    assert available_memory(tmp_path / "none", tmp_path) is None
