"""Ink tokens: InkSight's own alphabet, read and written."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from inksight_cli import tokens

strokes = st.lists(
    arrays(np.int64, st.tuples(st.integers(1, 30), st.just(2)), elements=st.integers(0, 224)),
    max_size=8,
)


@given(strokes)
def test_strokes_come_back_without_their_repeats(given_strokes):
    back = tokens.decode(tokens.encode(given_strokes))
    assert len(back) == len(given_strokes)
    for stroke, again in zip(given_strokes, back, strict=True):
        moved = np.concatenate([[True], (np.diff(stroke, axis=0) != 0).any(axis=1)])
        assert np.array_equal(stroke[moved], again)


@given(st.lists(st.integers(-5, 700), max_size=200))
def test_any_sequence_decodes_to_points_on_the_canvas(sequence):
    for stroke in tokens.decode(sequence):
        assert len(stroke)
        assert stroke.min() >= 0
        assert stroke.max() <= tokens.CANVAS


def test_published_golden_ink_encodes_to_inksights_ids():
    # The first points of `c` in the published derenderings (HierText, r+d).
    points = np.array([(155, 7), (150, 1), (146, 5), (134, 8)])
    assert tokens.encode([points]) == [450, 155, 232, 150, 226, 146, 230, 134, 233]


def test_a_dangling_x_is_dropped_and_a_pair_out_of_order_is_skipped():
    assert [s.tolist() for s in tokens.decode([450, 1, 2, 226, 230, 5])] == [[[2, 1]]]


def test_rounding_and_clipping_are_the_canvas_own():
    assert tokens.encode([np.array([(-3.0, 224.6), (0.2, 300.0)])]) == [450, 0, 449]
