"""The tracer on ink whose pen path is known."""

import numpy as np
import pytest

from inksight_cli.geometry import Affine
from inksight_cli.polylines import resample
from inksight_cli.trace import trace_region
from inksight_cli.trace.by_rule import order_strokes, turn_stroke
from inksight_cli.trace.graph import build_graph
from inksight_cli.trace.skeleton import thin
from tests.drawing import arc, nearest, pen, region

WIDTH = 4.0


def traced(*strokes, shape=(80, 200)):
    return trace_region(region(strokes, shape, WIDTH), WIDTH)


def test_a_line_comes_back_where_it_was_drawn():
    line = [(20.0, 30.0), (150.0, 50.0)]
    (stroke,) = traced(line)
    assert nearest(resample(stroke, 1.0), line).max() < 0.75
    assert np.hypot(*(stroke[0] - line[0])) < WIDTH  # from left to right


def test_page_coordinates_are_the_regions_corner_added():
    line = [(20.0, 30.0), (150.0, 50.0)]
    (here,) = trace_region(region([line], left=0, top=0), 3.0)
    (there,) = trace_region(region([line], left=1000, top=70), 3.0)
    assert np.allclose(there - here, (1000, 70))


def test_a_dot_is_one_point_at_its_centre():
    (stroke,) = traced([(40.0, 40.0)])
    assert len(stroke) == 1
    assert np.hypot(*(stroke[0] - (40, 40))) < 1.0


def test_a_ring_is_one_stroke_from_its_top_counter_clockwise():
    ring = arc(60, 40, 20, 0, 360)
    (stroke,) = traced(ring)
    assert stroke[0][1] == pytest.approx(20, abs=1.5)
    assert stroke[len(stroke) // 4][0] < 60  # first to the left
    assert nearest(resample(np.asarray(ring), 1.0), stroke).max() < 1.5


def test_a_crossing_is_walked_straight_through():
    strokes = traced([(20, 20), (80, 60)], [(20, 60), (80, 20)])
    assert len(strokes) == 2
    for stroke in strokes:
        assert abs(np.hypot(*(stroke[-1] - stroke[0])) - 72) < 6


@pytest.mark.parametrize("degrees", [90, 180, -90])
def test_text_that_lies_is_written_as_if_it_stood_upright(degrees):
    middle = Affine.scale_shift(1, 100, 100)
    turn = middle @ Affine.rotation(np.deg2rad(degrees)) @ middle.inverse()
    word = [[(30, 60), (30, 130)], [(60, 60), (110, 130)], [(66, 130), (110, 60)], [(140, 90)]]
    upright = traced(*word, shape=(200, 200))
    lying = trace_region(
        region([turn(stroke) for stroke in word], (200, 200), WIDTH), WIDTH, np.deg2rad(degrees)
    )
    assert len(lying) == len(upright) == 4
    for here, there in zip(map(turn, upright), lying, strict=True):
        assert np.abs(here[[0, -1]] - there[[0, -1]]).max() < 2


@pytest.mark.parametrize("last_bit", [-1e-12, 0.0, 1e-12])
def test_the_last_bit_decides_neither_direction_nor_order(last_bit):
    slash = np.array([(20 + last_bit, 60), (27, 50)])  # as far right as 0.7 of the way up
    assert turn_stroke(slash) is slash
    stem, hook = np.array([(9.0, 40), (9, 60)]), np.array([(9 + last_bit, 10), (30, 30)])
    flat = np.array([(60.0, 60), (70 + last_bit, 60), (60, 60)])  # a ring without a middle
    ordered = order_strokes([stem, hook, flat], 3.0)
    assert [path[0, 1] for path in ordered] == [10, 40, 60]
    assert ordered[2] is flat
    dot = np.array([(40 + last_bit, 20)])
    assert order_strokes([dot, np.array([(40.0, 30), (40, 60)])], 3.0)[1] is dot


def test_the_stem_of_an_n_is_walked_back():
    n = np.concatenate([[(30, 20), (30, 70), (30, 34)], arc(48, 38, 18, 190, 360), [(66, 70)]])
    strokes = traced(n)
    assert len(strokes) == 1
    assert np.hypot(*(strokes[0][0] - (30, 20))) < WIDTH
    assert np.hypot(*(strokes[0][-1] - (66, 70))) < WIDTH


def test_a_bar_and_a_dot_follow_the_stroke_they_belong_to():
    stem, bar = [(40, 10), (40, 70)], [(28, 30), (54, 30)]
    other, dot = [(90, 35), (90, 70)], [(90.0, 20.0)]
    strokes = traced(stem, bar, other, dot)
    tops = [stroke.mean(axis=0).round().tolist() for stroke in strokes]
    assert [round(x / 10) for x, _ in tops] == [4, 4, 9, 9]
    assert np.ptp(strokes[0][:, 1]) > 50  # the stem before its bar
    assert len(strokes[3]) == 1  # the dot after its stem


def test_every_pixel_of_ink_is_near_a_stroke():
    word = [arc(40, 45, 18, -30, 330), [(58, 25), (58, 66)], [(80, 30), (120, 66), (150, 20)]]
    ink = region(word, width=WIDTH)
    strokes = trace_region(ink, WIDTH)
    rows, columns = np.nonzero(ink.mask)
    places = np.stack([columns + 0.5, rows + 0.5], axis=1)
    gaps = np.min([nearest(places, stroke) for stroke in strokes], axis=0)
    assert gaps.max() < WIDTH


def test_no_ink_no_strokes():
    assert trace_region(region([]), WIDTH) == []


def test_thinning_keeps_topology_and_is_one_pixel_wide():
    mask = pen([arc(40, 40, 25, 0, 360), [(100, 10), (180, 70)]], (80, 200), 7)
    skeleton = thin(mask)
    assert not (skeleton & ~mask).any()
    square = skeleton[:-1, :-1] & skeleton[1:, :-1] & skeleton[:-1, 1:] & skeleton[1:, 1:]
    assert not square.any()
    assert len(build_graph(mask).edges) == 2


@pytest.mark.parametrize("width", [1.5, 3, 6, 10])
def test_an_x_is_one_junction_whatever_the_pen(width):
    graph = build_graph(pen([[(20, 10), (100, 70)], [(20, 70), (100, 10)]], (80, 120), width))
    degrees = sorted(len(ends) for ends in graph.ends_at())
    assert degrees == [1, 1, 1, 1, 4]


def test_ink_that_fills_its_frame_is_traced():
    mask = np.ones((5, 60), bool)
    from inksight_cli.ownership.region import Region

    (stroke,) = trace_region(Region(mask, 0, 0), 5.0)
    assert np.ptp(stroke[:, 0]) > 50
