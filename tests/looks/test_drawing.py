"""Drawings of lines: one height, level, the same when turned."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from inksight_cli.geometry import Affine
from inksight_cli.looks.drawing import HEIGHT, WIDEST, dots_of, draw


def wave(length=300.0, high=12.0, rise=0.0):
    x = np.arange(0, length, 0.8)
    return np.column_stack([x, high * np.sin(x / 9) + rise * x])


def same(one, other, most=3.0):
    return one.shape == other.shape and np.abs(one.astype(int) - other).mean() < most


@given(scale=st.floats(0.6, 4), x=st.floats(-500, 500), y=st.floats(-500, 500))
@settings(max_examples=25, deadline=None)
def test_size_and_place_do_not_matter(scale, x, y):
    line = dots_of([wave()], 0.25)
    one, other = draw(line), draw(line * scale + (x, y))
    assert one.shape[0] == HEIGHT
    assert abs(one.shape[1] - other.shape[1]) <= 4
    assert abs(int(one.sum()) - int(other.sum())) < 0.2 * one.sum()


def test_a_line_that_rises_or_is_turned_is_laid_level():
    level = draw(wave())
    assert same(level, draw(wave(rise=0.05)), 12)
    assert same(level, draw(Affine.rotation(0.7)(wave()), 0.7), 12)


def test_a_line_on_its_head_gives_the_drawing_on_its_head():
    line = np.concatenate([wave(), [(150.0, -20.0)] * 2])
    assert same(draw(line)[::-1, ::-1], draw(-line), 6)


def test_long_lines_show_their_middle_and_no_ink_shows_nothing():
    assert draw(wave(30_000, 4.0)).shape == (HEIGHT, WIDEST)
    assert not draw(np.empty((0, 2))).any()
    assert draw(np.array([(3.0, 4.0)])).any()


def test_dots_lie_close_together_on_the_strokes():
    dots = dots_of([np.array([(0.0, 0.0), (30.0, 40.0)]), np.array([(7.0, 7.0)])], 0.7)
    assert (dots[0] == 0).all() and (dots[-1] == 7).all()
    steps = np.hypot(*np.diff(dots[:-2], axis=0).T)
    assert steps.max() <= 0.7
    assert len(dots_of([], 1.0)) == 0
