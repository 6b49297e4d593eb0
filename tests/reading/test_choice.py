"""Which of two readings is believed, and CTC's probability of a text."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inksight_cli.reading.choice import evidence, likelihood, rather_ink
from inksight_cli.reading.ctc import best_path
from inksight_cli.reading.language import Language
from inksight_cli.reading.search import Expecting


def scores_of(columns, seed, symbols=2):
    chances = np.random.default_rng(seed).dirichlet(np.ones(symbols + 1), columns)
    return np.log(chances).astype(np.float32)


def collapsed(path):
    """What a path of symbols says: repeats once, then no blanks."""
    return tuple(k for k, _ in itertools.groupby(path) if k)


@given(st.integers(1, 5), st.integers(0, 2**31), st.lists(st.integers(1, 2), max_size=3))
def test_a_texts_probability_is_that_of_all_its_paths(columns, seed, text):
    scores = scores_of(columns, seed)
    paths = [p for p in itertools.product(range(3), repeat=columns) if collapsed(p) == tuple(text)]
    total = sum(np.exp(sum(float(scores[t, k]) for t, k in enumerate(path))) for path in paths)
    assert np.exp(likelihood(scores, text)) == pytest.approx(total, rel=1e-5)


def test_a_reading_beside_itself_is_as_likely_and_a_stranger_less():
    scores = scores_of(12, 3, symbols=5)
    reading = best_path(scores, "abcde")
    same = evidence(scores, "abcde", reading, reading.text, 0.7)
    other = evidence(scores, "abcde", reading, "eeeeee", 0.7)
    assert same[3] == 0.0 < other[3]
    assert evidence(scores, "abcde", reading, "e", 0.9)[2] > same[2]


def test_a_language_speaks_for_its_words():
    scores = scores_of(12, 3, symbols=5)
    expecting = Expecting(Language({"bad": 9.0}), "abcde")
    reading = best_path(scores, "abcde")
    word = evidence(scores, "abcde", reading, "bad", 0.7, expecting)
    none = evidence(scores, "abcde", reading, "dba", 0.7, expecting)
    assert word[4] < none[4]


@pytest.mark.parametrize("heard", [False, True])
def test_what_a_reader_is_surer_of_is_rather_believed(heard):
    """All else alike: the surer of itself a reader is, the rather it is believed."""
    base = np.array([1.0, 0.0, 0.0, 0.5, 0.0, 1.6, 1.6, 10.0])
    sure_ink, sure_other = base.copy(), base.copy()
    sure_ink[1], sure_ink[2] = 3.9, -3.9
    sure_other[1], sure_other[2] = -3.9, 3.9
    assert rather_ink(sure_ink, heard)
    assert not rather_ink(sure_other, heard)
