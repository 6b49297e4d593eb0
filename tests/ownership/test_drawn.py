"""Stems get back what a drawing's line took out of their middles."""

import numpy as np

from inksight_cli.ownership.drawn import bridge_gaps
from inksight_cli.ownership.region import windows_of

PEN = 3.0


def crossed():
    """Word 1: two stems cut by a level line of the pen's width; word 2 only touches it."""
    labels = np.zeros((60, 90), np.int32)
    drawn = np.zeros(labels.shape, bool)
    drawn[30:33, 5:85] = True
    for left in (20, 40):
        labels[15:30, left : left + 3] = 1
        labels[33:45, left : left + 3] = 1
    labels[33:50, 70:73] = 2
    return labels, drawn


def test_only_the_gaps_of_a_word_are_filled():
    labels, drawn = crossed()
    bridge_gaps(labels, drawn, PEN)
    assert (labels[30:33, 20:23] == 1).all()
    assert (labels[30:33, 40:43] == 1).all()
    assert not labels[30:33, 27:38].any()
    assert not labels[30:33, 60:].any()


def test_no_word_loses_ink_and_no_paper_is_given():
    labels, drawn = crossed()
    before = labels.copy()
    bridge_gaps(labels, drawn, PEN)
    assert (labels[before > 0] == before[before > 0]).all()
    assert (drawn | (before > 0))[labels > 0].all()


def test_windows_are_tight():
    labels, _ = crossed()
    assert windows_of(labels) == {
        1: (slice(15, 45), slice(20, 43)),
        2: (slice(33, 50), slice(70, 73)),
    }
    assert windows_of(np.zeros((5, 5), np.int32)) == {}
