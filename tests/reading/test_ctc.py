"""From columns to text: against all paths counted one by one."""

import itertools
from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inksight_cli.reading.ctc import best_path, likeliest

SYMBOLS = "ab"


def log_softmax(values):
    values = np.asarray(values, np.float32)
    return values - np.log(np.exp(values).sum(axis=1, keepdims=True))


def sure(numbers, count):
    return log_softmax(np.eye(count)[numbers] * 30)


def all_texts(scores, symbols):
    """Every text with its whole probability, path by path."""
    found = defaultdict(float)
    for path in itertools.product(range(scores.shape[1]), repeat=len(scores)):
        text = "".join(symbols[k - 1] for k, _ in itertools.groupby(path) if k)
        found[text] += float(np.exp(sum(scores[t, k] for t, k in enumerate(path))))
    return found


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(*[st.floats(-3, 3)] * 3), min_size=1, max_size=5))
def test_the_search_finds_what_counting_all_paths_finds(values):
    scores = log_softmax(values)
    truth = all_texts(scores, SYMBOLS)
    reading = likeliest(scores, SYMBOLS, 8, beams=200)
    assert reading.alternatives[0][1] == pytest.approx(max(truth.values()), abs=1e-4)
    for text, share in reading.alternatives:
        assert share == pytest.approx(truth[text], abs=1e-4)
    shares = [share for _, share in reading.alternatives]
    assert shares == sorted(shares, reverse=True)


def test_what_is_alike_needs_a_blank_between():
    assert best_path(sure([1, 1, 2, 2], 3), SYMBOLS).text == "ab"
    assert best_path(sure([1, 0, 1, 0], 3), SYMBOLS).text == "aa"
    assert best_path(sure([0, 0], 3), SYMBOLS) == best_path(sure([0], 3), SYMBOLS)


def test_marks_join_their_letters_and_blanks_around_go():
    reading = best_path(sure([3, 1, 2, 3, 1, 3], 4), "e\u0301 ")
    assert reading.text == "é e"
    assert len(reading.characters) == 3
    assert reading.confidence == pytest.approx(1, abs=1e-3)
    assert best_path(sure([2, 1], 4), "e\u0301 ").text == "e"


def test_confidence_is_that_of_the_columns_and_nothing_is_not_sure():
    scores = np.log(np.array([[0.2, 0.8, 0.0 + 1e-9], [0.9, 0.05, 0.05]], np.float32))
    assert best_path(scores, SYMBOLS).characters == pytest.approx((0.8,))
    nothing = best_path(sure([0, 0, 0], 3), SYMBOLS)
    assert (nothing.text, nothing.confidence, nothing.characters) == ("", 0.0, ())


def test_what_is_expected_wins_where_looks_leave_it_open():
    scores = np.log(np.array([[0.05, 0.5, 0.45]], np.float32))
    assert likeliest(scores, SYMBOLS).text == "a"
    told = likeliest(scores, SYMBOLS, extra=lambda text: 1.0 if text == "b" else 0.0)
    assert told.text == "b"
    assert len(told.characters) == 1
