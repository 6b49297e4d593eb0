"""Lists of words: what comes next in a word, and what a search makes of it."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inksight_cli.errors import UsageError
from inksight_cli.reading.ctc import likeliest
from inksight_cli.reading.language import Language, language, parts
from inksight_cli.reading.search import Expecting

SYMBOLS = "catoCATO 1"


@pytest.fixture(scope="module")
def cats():
    return Language({"cat": 50.0, "coat": 5.0})


def scores(*columns):
    """Columns of chances: what is not said shares the rest."""
    table = np.full((len(columns), len(SYMBOLS) + 1), 1e-6)
    for row, column in zip(table, columns, strict=True):
        for symbol, chance in column.items():
            row[SYMBOLS.index(symbol) + 1 if symbol else 0] = chance
    return np.log(table / table.sum(axis=1, keepdims=True)).astype(np.float32)


def test_a_word_that_is_often_used_is_expected(cats):
    assert cats.chance("ca", "t") > cats.chance("co", "t") > cats.chance("co", "x")
    assert cats.chance("cat", "") > cats.chance("ca", "")


@given(st.text("abco", max_size=6))
def test_chances_are_chances(before):
    model = Language({"cab": 3.0, "boa": 1.0})
    whole = sum(math.exp(model.chance(before, letter)) for letter in [*"abco", ""])
    assert 0 < whole <= 1 + 1e-9


def test_a_language_decides_where_looks_leave_it_open(cats):
    open_ = scores({"c": 0.9}, {"": 0.9}, {"o": 0.5, "a": 0.45}, {"": 0.9}, {"t": 0.9})
    assert likeliest(open_, SYMBOLS).text == "cot"
    told = likeliest(open_, SYMBOLS, expecting=Expecting(cats, SYMBOLS))
    assert told.text == "cat"
    assert len(told.characters) == 3


def test_what_is_plainly_written_stays_capitals_digits_and_names(cats):
    expecting = Expecting(cats, SYMBOLS)
    for text in ("C 1", "CAT", "Toc", "11", "aoc"):
        columns = [column for letter in text for column in ({letter: 0.999}, {"": 0.999})]
        assert likeliest(scores(*columns), SYMBOLS, expecting=expecting).text == text


def test_texts_come_apart_into_letters():
    assert parts("L'été, 1900: O'Neill") == ["l", "e\u0301te\u0301", "o", "neill"]


def test_lists_of_languages_and_own_words():
    english = language(["en"])
    assert english.chance("th", "e") > english.chance("th", "q")
    own = language(["en"], ["Xqz"])
    assert own.chance("xq", "z") > english.chance("xq", "z") + 1
    with pytest.raises(UsageError, match="'xx'"):
        language(["xx"])
