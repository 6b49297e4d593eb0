"""The measures of ink: what they must say of equal, reversed, shifted and missing ink."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from inksight_cli.evaluate import (
    character_error_rate,
    compare,
    direction_share,
    dtw_distance,
    edit_distance,
    ink_overlap,
    order_agreement,
    resample_all,
    summarise,
)
from inksight_cli.evaluate.paths import kendall_tau

Points = NDArray[np.float64]

coordinate = st.floats(0, 120, allow_nan=False, width=32)
stroke = st.lists(st.tuples(coordinate, coordinate), min_size=1, max_size=8).map(
    lambda points: np.array(points, np.float64)
)
word = st.lists(stroke, min_size=1, max_size=4)

HORIZONTAL = np.array([[0.0, 0.0], [60.0, 0.0]])
LOWER = np.array([[0.0, 40.0], [60.0, 40.0]])


@given(word)
@settings(max_examples=40)
def test_the_same_ink_is_perfect(strokes: list[Points]) -> None:
    scores = compare(strokes, strokes)
    assert scores.f1 == 1.0
    assert scores.dtw == pytest.approx(0.0, abs=1e-9)
    assert scores.true_strokes == scores.drawn_strokes == len(strokes)


@given(word, word)
@settings(max_examples=40)
def test_overlap_swaps_precision_and_recall(a: list[Points], b: list[Points]) -> None:
    there, back = ink_overlap(a, b), ink_overlap(b, a)
    assert (there.precision, there.recall) == (back.recall, back.precision)
    assert 0.0 <= there.f1 <= 1.0


@given(word, st.floats(-5, 5), st.floats(-5, 5))
@settings(max_examples=40)
def test_a_shift_costs_at_most_its_length(strokes: list[Points], x: float, y: float) -> None:
    moved = [stroke + np.array([x, y]) for stroke in strokes]
    assert dtw_distance(strokes, moved) <= np.hypot(x, y) + 1e-6


def plain_dtw(a: Points, b: Points) -> float:
    """The textbook double loop."""
    table = np.full((len(a) + 1, len(b) + 1), np.inf)
    table[0, 0] = 0.0
    for i, p in enumerate(a):
        for j, q in enumerate(b):
            best = min(table[i, j], table[i, j + 1], table[i + 1, j])
            table[i + 1, j + 1] = np.hypot(*(p - q)) + best
    return float(table[-1, -1])


@given(word, word)
@settings(max_examples=15)
def test_dtw_equals_the_textbook(a: list[Points], b: list[Points]) -> None:
    first = np.concatenate(resample_all(a, 20.0))
    second = np.concatenate(resample_all(b, 20.0))
    expected = plain_dtw(first, second) / len(first)
    assert dtw_distance(a, b, spacing=20.0) == pytest.approx(expected)


@given(stroke, st.floats(0.5, 9))
@settings(max_examples=60)
def test_resampling_keeps_ends_and_spacing(points: Points, spacing: float) -> None:
    (out,) = resample_all([points], spacing)
    np.testing.assert_allclose(out[0], points[0], atol=1e-6)
    if len(out) > 1:
        np.testing.assert_allclose(out[-1], points[-1], atol=1e-6)
        assert np.hypot(*np.diff(out, axis=0).T).max() <= spacing + 1e-6


def test_direction_tells_forth_from_back() -> None:
    assert direction_share([HORIZONTAL], [HORIZONTAL]) == 1.0
    assert direction_share([HORIZONTAL], [HORIZONTAL[::-1]]) == 0.0
    assert direction_share([HORIZONTAL, LOWER], [HORIZONTAL, LOWER[::-1]]) == 0.5
    assert direction_share([HORIZONTAL], [HORIZONTAL[:1]]) is None
    assert direction_share([HORIZONTAL], [LOWER]) is None


def test_order_tells_first_from_last() -> None:
    assert order_agreement([HORIZONTAL, LOWER], [HORIZONTAL, LOWER]) == pytest.approx(1.0)
    swapped = order_agreement([HORIZONTAL, LOWER], [LOWER, HORIZONTAL])
    assert swapped is not None
    assert swapped == pytest.approx(0.0, abs=0.05)
    back = order_agreement([HORIZONTAL, LOWER], [LOWER[::-1], HORIZONTAL[::-1]])
    assert back == pytest.approx(-1.0)
    assert order_agreement([HORIZONTAL], [LOWER]) is None


def test_kendall_tau_counts_pairs() -> None:
    ranks = np.arange(4)
    assert kendall_tau(ranks, np.array([0, 1, 3, 2])) == pytest.approx(4 / 6)
    assert kendall_tau(ranks, np.zeros(4, np.int64)) is None


def test_extra_and_missing_ink() -> None:
    more = ink_overlap([HORIZONTAL], [HORIZONTAL, LOWER])
    assert (more.precision, more.recall) == (0.5, 1.0)
    nothing = ink_overlap([HORIZONTAL], [])
    assert (nothing.f1, dtw_distance([HORIZONTAL], [])) == (0.0, float("inf"))
    assert dtw_distance([], []) == 0.0


def test_summary_keeps_empty_words_apart() -> None:
    total = summarise([compare([HORIZONTAL], [HORIZONTAL]), compare([HORIZONTAL], [])])
    assert (total["words"], total["empty"], total["f1"]) == (2.0, 1.0, 0.5)
    assert (total["stroke_ratio"], total["dtw_mean"]) == (0.5, 0.0)


@given(st.text(max_size=8), st.text(max_size=8), st.text(max_size=8))
@settings(max_examples=60)
def test_edit_distance_is_a_metric(a: str, b: str, c: str) -> None:
    assert edit_distance(a, a) == 0
    assert edit_distance(a, b) == edit_distance(b, a)
    assert edit_distance(a, c) <= edit_distance(a, b) + edit_distance(b, c)


def test_character_error_rate_is_per_true_character() -> None:
    assert character_error_rate([("word", "ward"), ("a", "")]) == pytest.approx(2 / 5)
    assert character_error_rate([]) == 0.0
