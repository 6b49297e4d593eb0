"""Letters are found where the scores have them."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inksight_cli.writing.align import align

SYMBOLS = "ab\u0301c"


def scores(columns: str) -> np.ndarray:
    """Sure columns: a symbol each, "_" for the blank."""
    values = np.full((len(columns), len(SYMBOLS) + 1), -9.0, np.float32)
    for t, symbol in enumerate(columns):
        values[t, 0 if symbol == "_" else SYMBOLS.index(symbol) + 1] = -0.01
    return values


def test_letters_lie_where_they_are_seen():
    found = align(scores("__aa_b__b_"), SYMBOLS, "abb")
    assert [(each.letter, each.first, each.last) for each in found] == [
        ("a", 2, 3),
        ("b", 5, 5),
        ("b", 8, 8),
    ]
    assert all(each.sure > 0.98 for each in found)


def test_a_letter_and_its_mark_are_one():
    (first, second) = align(scores("_a\u0301_c"), SYMBOLS, "ác")
    assert (first.letter, first.first, first.last) == ("á", 1, 2)
    assert second.letter == "c"


@pytest.mark.parametrize("text", ["ax", "", "aaa"])
def test_what_cannot_be_seen_is_none(text):
    assert align(scores("a_a"), SYMBOLS, text) is None  # three equal ones need five columns


@given(st.text("abc", min_size=1, max_size=6), st.integers(0, 2**32 - 1))
def test_any_scores_give_letters_in_order(text, seed):
    values = np.random.default_rng(seed).normal(size=(14, len(SYMBOLS) + 1)).astype(np.float32)
    found = align(values, SYMBOLS, text)
    assert "".join(each.letter for each in found) == text
    ends = [(each.first, each.last) for each in found]
    assert all(first <= last for first, last in ends)
    assert all(a[1] < b[0] for a, b in itertools.pairwise(ends))
