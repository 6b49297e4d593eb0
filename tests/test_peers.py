"""The benchmark of other programs: its naive rule, and what it says where nothing is installed."""

import sys

import numpy as np

from benchmarks import peers


def test_the_naive_rule_is_left_to_right_whatever_came_out():
    right = np.array([(9.0, 0), (5, 3)])
    left = np.array([(1.0, 2), (7, 2)])
    first, second = peers.naive([right, left])
    assert np.array_equal(first, left)
    assert np.array_equal(second, right[::-1])


def test_without_the_words_and_the_programs_nothing_is_measured(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(sys, "argv", ["peers.py", "--archive", str(tmp_path / "none.npz")])
    assert peers.main() == 0
    assert "nothing measured" in capsys.readouterr().out
    assert peers.skeleton_tracing(None) is None
    assert peers.skeleton_tracing(tmp_path) is None
    monkeypatch.setitem(sys.modules, "autotrace", None)
    assert peers.autotrace() is None


def test_ink_is_what_is_dark():
    picture = np.full((20, 30, 3), 240, np.uint8)
    picture[5:9, 4:20] = 30
    assert peers.black(picture).sum() == 4 * 16
