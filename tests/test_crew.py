"""Work shared out among copies of the process: all of it is done, once, whoever fails."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
from threadpoolctl import threadpool_info

from inksight_cli import crew
from inksight_cli.cores import cores
from inksight_cli.crew import WORTH_IT, share_out

linux = pytest.mark.skipif(sys.platform != "linux", reason="copies are made on Linux alone")
COUNT = 4 * WORTH_IT + 3


def children():
    tasks = Path("/proc/self/task").glob("*/children")
    return {int(pid) for task in tasks for pid in task.read_text().split()}


@pytest.fixture(autouse=True)
def others(monkeypatch):
    """Processes of other tests: what multiprocessing keeps beside it."""
    monkeypatch.setattr(crew, "_allowed", True)
    return children() if sys.platform == "linux" else set()


def no_children_left(others):
    assert children() <= others


@linux
@pytest.mark.parametrize("workers", [1, 2, 3, 100])
def test_results_are_in_order_and_from_that_many_processes(workers, others):
    results = share_out(lambda k: (k, os.getpid()), COUNT, workers)
    assert [k for k, _ in results] == list(range(COUNT))
    assert len({pid for _, pid in results}) == min(workers, COUNT // WORTH_IT)
    no_children_left(others)


@pytest.mark.parametrize("count", [0, 1, 2 * WORTH_IT - 1])
def test_little_work_is_done_here(count):
    assert share_out(lambda k: os.getpid(), count, 8) == [os.getpid()] * count


def test_elsewhere_than_on_linux_one_process_does_it_all(monkeypatch):
    monkeypatch.setattr(crew.sys, "platform", "darwin")
    assert set(share_out(lambda k: os.getpid(), COUNT, 4)) == {os.getpid()}


@linux
def test_what_a_copy_was_killed_over_is_done_here(others):
    here = os.getpid()

    def work(k):
        if os.getpid() != here and k > COUNT // 2:
            os.kill(os.getpid(), signal.SIGKILL)
        return k, os.getpid()

    results = share_out(work, COUNT, 2)
    assert [k for k, _ in results] == list(range(COUNT))
    assert {pid for _, pid in results} == {here}
    no_children_left(others)


@linux
@pytest.mark.parametrize("bad", [0, 1])
def test_an_error_is_the_one_of_doing_it_here(bad, capfd, others):
    def work(k):
        if k == bad:
            raise ValueError(f"word {k}")
        return k

    with pytest.raises(ValueError, match=f"word {bad}"):
        share_out(work, COUNT, 2)
    no_children_left(others)
    assert capfd.readouterr() == ("", "")


@linux
def test_copies_can_use_opencv_after_its_threads_ran():
    picture = np.random.default_rng(1).integers(0, 255, (900, 900), np.uint8)
    threads = cv2.getNumThreads()
    before = cv2.GaussianBlur(picture, (0, 0), 9)
    results = share_out(lambda k: cv2.GaussianBlur(picture, (0, 0), 9), 2 * WORTH_IT, 2)
    assert all((result == before).all() for result in results)
    assert cv2.getNumThreads() == threads


@linux
def test_copies_beside_the_threads_of_jax_are_made_without_a_warning(recwarn):
    jax = pytest.importorskip("jax")
    assert jax.jit(lambda a: a + 1)(1) == 2
    recwarn.clear()
    results = share_out(lambda k: (k, os.getpid()), COUNT, 2)
    assert [k for k, _ in results] == list(range(COUNT))
    assert len({pid for _, pid in results}) == 2
    assert not recwarn.list


def test_a_program_that_has_not_allowed_copies_is_not_copied(monkeypatch):
    monkeypatch.setattr(crew, "_allowed", False)
    assert set(share_out(lambda k: os.getpid(), COUNT, 4)) == {os.getpid()}


@linux
def test_a_copy_works_on_one_core():
    def pools(k):
        (blas, *_) = [b for b in threadpool_info() if "numpy" in b["filepath"]]
        return cores(), cv2.getNumThreads(), blas["num_threads"]

    assert set(share_out(pools, COUNT, 2)[1::2]) == {(1, 1, 1)}


THREADS = """
import faulthandler, os, threading
import numpy as np
from inksight_cli.crew import allow_copies, share_out

faulthandler.dump_traceback_later(50, exit=True)
allow_copies()
generator = np.random.default_rng(0)
left, right = generator.random((2, 300, 300), dtype=np.float32)
pids = set()
def work(k):
    for _ in range(6):
        product = left @ right
    return float(product[0, 0]), os.getpid()
def go():
    for _ in range(5):
        pids.update(pid for _, pid in share_out(work, 32, 4))
threads = [threading.Thread(target=go) for _ in range(4)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
assert pids == {os.getpid()}, pids
print("done")
"""


def test_several_threads_wait_for_no_lock_of_a_copy():
    # Before copies were kept from programs with threads, one of them hung in four of five runs.
    ran = subprocess.run(
        [sys.executable, "-c", THREADS], capture_output=True, text=True, timeout=60, check=False
    )
    assert ran.stdout == "done\n", ran.stderr
