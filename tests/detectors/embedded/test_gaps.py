"""Which white parts words: what the line, the network and the rest of the page say of it."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inksight_cli.detectors.embedded.gaps import (
    BETWEEN,
    MOST,
    Gap,
    LineGaps,
    Spaces,
    choose_cuts,
    flat_end,
    lone_strokes,
)

HEIGHT = 20.0


def line_of(widths, blanks=(), core=None, confidence=0.9):
    lefts = np.arange(len(widths)) * 100.0
    gaps = [
        Gap(left, left + wide, float(k in blanks), core[k] if core else None)
        for k, (left, wide) in enumerate(zip(lefts, widths, strict=True))
    ]
    return LineGaps(gaps, HEIGHT, 4 * len(widths), confidence)


SURE = [line_of([4, 30, 5, 32], {1, 3}, [0.95, 0.01, 0.95, 0.01]) for _ in range(6)]


def test_the_page_tells_what_its_white_means():
    spaces = Spaces.of(SURE)
    assert spaces.between[0] > 0.2 > -0.8 > spaces.inside[0]
    doubtful = line_of([10, 10], core=[0.5, 0.5], confidence=0.0)
    wide = Spaces.of([line_of([2, 11] * 2, {1, 3}, [0.99, 0.01] * 2) for _ in range(9)])
    assert choose_cuts(doubtful, wide).all() and not choose_cuts(doubtful, spaces).any()


@given(st.lists(st.floats(-2.3, 3), min_size=1))
def test_width_alone_never_says_more_than_its_share(widths):
    odds = Spaces.of(SURE).odds(np.sort(widths))
    assert np.abs(odds).max() <= MOST
    assert (np.diff(np.sign(odds)) >= 0).all()


def test_a_page_without_gaps_has_the_usual_white():
    spaces = Spaces.of([])
    assert spaces.between[0] == pytest.approx(BETWEEN[0]) and spaces.inside[0] < -0.5
    assert choose_cuts(LineGaps([], HEIGHT, 5)).shape == (0,)


def test_a_flat_end_joins_the_side_that_it_touches_and_a_dash_stands_alone():
    upright = [(x, y) for x in range(10) for y in range(20)]
    flat = [(x + 14, 18) for x in range(20)]
    frame = np.array([*upright, *flat, *((x + 60, y) for x, y in upright)], dtype=float)
    runs = np.repeat([0, 1, 2], [len(upright), len(flat), len(upright)])
    touching = [Gap(10, 12, 1.0), Gap(34, 60, 1.0)]
    assert flat_end(touching, frame, runs, HEIGHT).tolist() == [True, False]
    dash = [Gap(4, 14, 1.0), Gap(34, 60, 1.0)]
    assert not flat_end(dash, frame, runs, HEIGHT).any()


def kept(line, runs, spaces=None):
    cuts = np.ones(len(line.gaps), dtype=np.bool_)
    return lone_strokes(line, np.array(runs, dtype=float), cuts, spaces).tolist()


def test_a_thin_stroke_beside_white_that_nobody_read_is_its_words_last_letter():
    doubtful = line_of([9, 10], core=[0.4, 0.3], confidence=0.0)
    assert kept(doubtful, [80, 70, 6]) == [True, False]
    assert kept(doubtful, [6, 70, 80]) == [False, True]
    assert kept(doubtful, [80, 6, 70]) == [False, True]  # to the nearer side
    assert kept(doubtful, [80, 70, 16]) == [True, True]  # an "a" may be a word


def test_a_thin_stroke_is_a_word_where_a_blank_was_read_or_the_white_is_clear():
    read = line_of([9, 10], {0, 1}, core=[0.4, 0.3], confidence=0.0)
    assert kept(read, [80, 6, 70]) == [True, True]
    clear = line_of([4, 40], core=[0.95, 0.01])
    assert kept(clear, [80, 70, 6], Spaces.of(10 * SURE)) == [True, True]


@given(st.floats(6, 12), st.floats(1.8, 4), st.integers(0, 2**32 - 1))
def test_in_a_script_that_nobody_knows_the_widths_tell(wide, times, seed):
    rng = np.random.default_rng(seed)
    between = rng.random((6, 12)) < 0.3
    widths = np.where(between, wide * times, wide) * np.exp(rng.normal(0, 0.1, between.shape)) / 2
    lines = [replace(line_of(row.tolist()), strange=True) for row in widths]
    spaces = Spaces.by_width(lines)
    cuts = np.array([choose_cuts(line, spaces) for line in lines])
    assert (cuts != between).mean() < 0.1


def test_one_word_in_a_script_that_nobody_knows_stays_one():
    line = replace(line_of([3, 4, 3.5, 4, 3]), strange=True)
    assert not choose_cuts(line, Spaces.by_width([line])).any()
    assert len(choose_cuts(LineGaps([], HEIGHT, 0, 0.0, strange=True), Spaces.by_width([]))) == 0
