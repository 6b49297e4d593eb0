"""Reading order: columns, lines, words."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inksight_cli.detectors.reading_order import ordered, union_quad
from inksight_cli.document import Line, Word
from inksight_cli.geometry import Affine, Box, Quad


def line(left, top, width=200, height=20):
    quad = Quad.from_box(Box(left, top, left + width, top + height))
    return Line([Word(quad)], quad)


@given(
    columns=st.integers(1, 4),
    rows=st.lists(st.integers(1, 12), min_size=4, max_size=4),
    jitter=st.integers(0, 8),
    seed=st.integers(0, 99),
)
def test_columns_are_read_one_after_the_other(columns, rows, jitter, seed):
    rng = np.random.default_rng(seed)
    right = [
        line(c * 260 + rng.integers(0, 20), r * 40 + rng.integers(0, jitter + 1))
        for c in range(columns)
        for r in range(rows[c])
    ]
    shuffled = [right[i] for i in rng.permutation(len(right))]
    assert [id(each) for each in ordered(shuffled)] == [id(each) for each in right]


def test_heading_over_two_columns_comes_first():
    heading = line(0, 0, width=460)
    left = [line(0, 100), line(0, 140)]
    right = [line(260, 100), line(260, 140)]
    found = ordered([right[1], left[1], heading, right[0], left[0]])
    assert [id(each) for each in found] == [id(each) for each in [heading, *left, *right]]


def test_pieces_of_one_line_are_read_from_left_to_right():
    # A gap between pieces of one line is no column: other lines run across it.
    top, bottom = line(0, 0, width=500), line(0, 80, width=500)
    a, b = line(0, 42, width=230), line(240, 38, width=260)
    assert [id(each) for each in ordered([b, bottom, a, top])] == [
        id(x) for x in (top, a, b, bottom)
    ]


@given(st.lists(st.tuples(st.integers(0, 900), st.integers(0, 900)), max_size=30))
def test_no_line_is_lost_or_doubled(corners):
    lines = [line(x, y) for x, y in corners]
    assert sorted(map(id, ordered(lines))) == sorted(map(id, lines))


@given(angle=st.floats(-3.1, 3.1), seed=st.integers(0, 50))
def test_union_holds_every_quad_and_keeps_the_angle(angle, seed):
    rng = np.random.default_rng(seed)
    turn = Affine.rotation(angle)
    boxes = [Box(x, y, x + w, y + h) for x, y, w, h in rng.uniform(1, 90, (4, 4))]
    around = union_quad([Quad.from_points(turn(Quad.from_box(b).points)) for b in boxes], angle)
    back = Box.around(turn.inverse()(around.points))
    true = Box.union(boxes)
    assert np.allclose(
        [back.left, back.top, back.right, back.bottom],
        [true.left, true.top, true.right, true.bottom],
        atol=1e-4,
    )
    assert np.isclose(np.cos(around.angle - angle), 1, atol=1e-6)


@pytest.mark.parametrize("degrees", [-90, -30, 20, 45, 90, 135, 180])
def test_a_page_that_lies_askew_is_read_as_its_reader_would(degrees):
    turn = Affine.rotation(np.deg2rad(degrees))
    columns = [(x, y) for x in (0, 500) for y in (0, 60, 120, 180)]
    boxes = [Box(x, y, x + 400, y + 30) for x, y in columns]
    quads = [Quad.from_points(turn(Quad.from_box(box).points)) for box in boxes]
    lines = [Line([Word(quad, text=str(k))], quad) for k, quad in enumerate(quads)]
    mixed = [lines[k] for k in np.random.default_rng(3).permutation(len(lines))]
    assert [line.text for line in ordered(mixed)] == [str(k) for k in range(len(lines))]
