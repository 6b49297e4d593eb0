"""Thread pools: who gets how many, and that each gets back what it had."""

import threading

import cv2
import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from inksight_cli import cores as module
from inksight_cli.cores import (
    BLAS_VARIABLES,
    before_numpy,
    cores,
    made_of_small_products,
    session_options,
    small_products,
    usable_cores,
    work_on,
)


@pytest.fixture(autouse=True)
def _as_before():
    threads = cv2.getNumThreads()
    with threadpool_limits(limits=2, user_api="blas"):
        yield
    module._chosen = None
    cv2.setNumThreads(threads)


def blas():
    return {b["num_threads"] for b in threadpool_info() if "numpy" in b["filepath"]}


def test_all_pools_hear_of_the_cores(monkeypatch):
    work_on(3)
    assert (cores(), cv2.getNumThreads()) == (3, 3)
    assert session_options(cores()).intra_op_num_threads == 3
    work_on(None)
    assert cores() == usable_cores()
    assert cv2.getNumThreads() == min(3, usable_cores())


@pytest.mark.parametrize(
    ("file", "text", "wanted"),
    [
        ("cpu.max", "150000 100000\n", 2),
        ("cpu.max", "max 100000\n", 1 << 16),
        ("cpu.max", "nonsense\n", 1 << 16),
        ("cpu/cpu.cfs_quota_us", "100000\n", 1),
        ("cpu/cpu.cfs_quota_us", "-1\n", 1 << 16),
    ],
)
def test_a_containers_quota_counts(tmp_path, file, text, wanted):
    (tmp_path / "cpu").mkdir()
    (tmp_path / "cpu" / "cpu.cfs_period_us").write_text("100000\n")
    (tmp_path / file).write_text(text)
    assert module._quota(tmp_path) == wanted
    assert 1 <= usable_cores(tmp_path) <= wanted


def test_blas_has_one_thread_within_and_what_it_had_after():
    with small_products():
        assert blas() == {1}
        with small_products():
            pass
        assert blas() == {1}
    assert blas() == {2}


def test_the_last_of_several_threads_restores():
    first, second = threading.Event(), threading.Event()

    def stay():
        with small_products():
            first.set()
            second.wait(10)

    thread = threading.Thread(target=stay)
    with small_products():
        thread.start()
        first.wait(10)
    assert blas() == {1}
    second.set()
    thread.join()
    assert blas() == {2}


def test_between_two_pages_blas_is_the_callers():
    closed = []

    def pages():
        try:
            for _ in range(3):
                yield blas()
        finally:
            closed.append(True)

    made = made_of_small_products(pages())
    assert (next(made), blas()) == ({1}, {2})
    assert (next(made), blas()) == ({1}, {2})
    made.close()
    assert closed
    assert blas() == {2}


def test_the_users_own_variables_stay(monkeypatch):
    monkeypatch.setenv(BLAS_VARIABLES[0], "7")
    for name in BLAS_VARIABLES[1:]:
        monkeypatch.delenv(name, raising=False)
    before_numpy()
    assert [module.os.environ[name] for name in BLAS_VARIABLES] == ["7", "1", "1"]
    assert np.ones(3) @ np.ones(3) == 3
