"""Ink drawn evenly: its size, its place, and that both follow the ink alone."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inksight_cli.reading.drawing import HEIGHT, SPREAD, draw, frame

ZIGZAG = [np.array([[10 * k, 40 * (k % 2)] for k in range(12)], float)]

number = st.floats(-500, 500, allow_nan=False)
strokes_of_any_kind = st.lists(
    st.lists(st.tuples(number, number), min_size=1, max_size=6).map(lambda p: np.array(p, float)),
    min_size=1,
    max_size=5,
)


@given(strokes_of_any_kind)
def test_anything_can_be_drawn_and_lies_inside(strokes):
    at = frame(strokes)
    points = np.concatenate(strokes)
    rows = (points[:, 1] - at.middle) * at.scale
    assert np.abs(rows).max() <= HEIGHT / 2
    assert at.column(points[:, 0].min()) >= 0
    if at.width < 2000:
        picture = draw(strokes, at)
        assert picture.shape == (HEIGHT, at.width)
        assert picture.any()


@given(st.floats(0.05, 30), number, number)
def test_size_and_place_of_the_ink_do_not_matter(scale, x, y):
    drawn = draw(ZIGZAG, frame(ZIGZAG)).astype(int)
    moved = [stroke * scale + [x, y] for stroke in ZIGZAG]
    again = draw(moved, frame(moved)).astype(int)
    assert abs(again.shape[1] - drawn.shape[1]) <= 1
    both = min(again.shape[1], drawn.shape[1])
    assert np.abs(again[:, :both] - drawn[:, :both]).mean() < 8


def test_the_spread_sets_the_scale():
    at = frame(ZIGZAG)
    heights = np.linspace(0, 40, 1001)
    assert at.scale * heights.std() == pytest.approx(SPREAD, rel=0.03)
    assert at.middle == pytest.approx(20, abs=0.5)


def test_a_dash_is_not_blown_up_and_a_dot_is_drawn():
    dash = [np.array([[0.0, 0.0], [30.0, 0.4]])]
    assert frame(dash).width < 300
    dot = [np.array([[5.0, 5.0]])]
    assert draw(dot, frame(dot)).max() > 128
