"""Map matching: the model's order on the picture's geometry, nothing of the ink lost."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inksight_cli.polylines import resample
from inksight_cli.refine.match import follow_ink
from inksight_cli.refine.states import HOPS, place_states
from inksight_cli.trace.graph import build_graph
from tests.drawing import arc, nearest, region

WIDTH = 4.0


def follow(ink, answer, tolerance=3.0):
    graph = build_graph(region(ink, width=WIDTH).mask)
    return follow_ink(graph, [np.asarray(a, float) for a in answer], WIDTH, tolerance)


def test_a_shifted_path_is_put_on_the_ink_in_the_models_direction():
    line = np.array([(20.0, 30.0), (150.0, 50.0)])
    (path,), lost = follow([line], [line[::-1] + (2, 3)])
    assert lost == 0
    assert path.origin == "model"
    assert nearest(path.points, line).max() < 1.0
    assert path.points[0][0] > path.points[-1][0]  # right to left, as the model said


def test_a_shortened_stroke_is_lengthened_to_the_inks_ends():
    line = np.array([(20.0, 30.0), (150.0, 50.0)])
    (path,), _ = follow([line], [[(40, 33), (120, 46)]])
    assert np.abs(path.points[[0, -1]] - line).max() < WIDTH


def test_a_loop_cut_short_is_gone_round():
    loop = np.concatenate([[(20, 60)], arc(60, 40, 20, 90, -270), [(110, 60)]])
    (path,), _ = follow([loop], [[(20, 60), (60, 60), (110, 60)]])
    assert nearest(resample(loop, 1.0), path.points).max() < WIDTH
    assert path.points[0][0] < 25
    assert path.points[-1][0] > 105


def test_ink_the_model_skipped_becomes_the_tracers_stroke_in_its_place():
    first, second, third = ([(x, 20), (x, 60)] for x in (30, 80, 130))
    paths, _ = follow([first, second, third], [first, third])
    assert [path.origin for path in paths] == ["model", "trace", "model"]
    assert [path.points[:, 0].mean() for path in paths] == pytest.approx([30, 80, 130], abs=1)


def test_a_stroke_where_there_is_no_ink_is_dropped_and_counted():
    line = [(20, 20), (90, 20)]
    paths, lost = follow([line], [line, [(100, 70), (180, 75)]])
    assert lost == 1
    assert len(paths) == 1


def test_stray_dots_on_ink_that_is_drawn_already_are_dropped():
    line = [(20, 20), (90, 20)]
    paths, lost = follow([line], [line, [(50.0, 21.0)]])
    assert (len(paths), lost) == (1, 1)


def test_a_true_dot_stays_a_dot():
    paths, lost = follow([[(40, 40), (40, 70)], [(40.0, 20.0)]], [[(41, 40), (41, 70)], [(41, 22)]])
    assert lost == 0
    assert len(paths[1].points) == 1


def test_a_retraced_stem_is_walked_twice():
    n = np.concatenate([[(30, 20), (30, 70), (30, 34)], arc(48, 38, 18, 190, 360), [(66, 70)]])
    (path,), _ = follow([n], [n + 1.5])
    downs = resample(path.points, 1.0)
    near_foot = nearest([(30, 66)], path.points)[0]
    assert near_foot < 2
    assert len(downs) > 130  # down, back up, over and down again


def test_states_reach_as_far_as_the_hops_say():
    states = place_states(build_graph(region([[(20, 30), (150, 50)]]).mask), 2.0)
    middle = int(np.argsort(states.points[:, 0])[len(states.points) // 2])
    assert len(set(states.reach[middle])) == 2 * HOPS + 1
    far = np.abs(states.points[states.reach[middle]] - states.points[middle]).max()
    assert far <= HOPS * states.step * 1.3


@settings(max_examples=25)
@given(
    st.lists(
        st.lists(st.tuples(st.floats(-50, 250), st.floats(-50, 130)), min_size=1, max_size=12),
        min_size=1,
        max_size=5,
    )
)
def test_whatever_the_model_says_all_ink_is_drawn_and_no_stroke_leaves_it(answer):
    ink = region([arc(60, 40, 20, 0, 360), [(100, 20), (120, 60)], [(170.0, 40.0)]], width=WIDTH)
    paths, _ = follow_ink(build_graph(ink.mask), [np.array(a) for a in answer], WIDTH, 3.0)
    rows, columns = np.nonzero(ink.mask)
    places = np.stack([columns + 0.5, rows + 0.5], axis=1)
    gaps = np.min([nearest(places, path.points) for path in paths], axis=0)
    assert np.mean(gaps < 1.5 * WIDTH) > 0.98
    for path in paths:
        assert np.isfinite(path.points).all()


def test_no_answer_is_no_error():
    paths, lost = follow([[(20, 20), (90, 20)]], [])
    assert lost == 0
    assert [path.origin for path in paths] == ["trace"]


@pytest.mark.parametrize("pen", [2.0, 8.0])
def test_thin_and_thick_pens_are_followed_alike(pen):
    line = [(20, 30), (150, 50)]
    graph = build_graph(region([line], width=pen).mask)
    (path,), _ = follow_ink(graph, [np.array(line) + 2.0], pen, 3.0)
    assert nearest(path.points, line).max() < 1.2


def area(path):
    """Return twice the area that a closed path goes round, positive clockwise on the screen."""
    x, y = np.asarray(path).T
    return float(x @ np.roll(y, -1) - y @ np.roll(x, -1))


@pytest.mark.parametrize("way", [1, -1])
def test_where_the_place_is_unsure_the_movement_tells(way):
    """A model that draws a ring half as large again still says which way round."""
    ring = arc(80, 40, 16, 0, way * 350)
    answer = np.array([(80, 40)]) + 1.5 * (ring - (80, 40))
    paths, lost = follow([arc(80, 40, 16, 0, 360)], [answer], tolerance=12.0)
    (path,) = (p for p in paths if p.origin == "model")
    assert lost == 0
    assert way * area(path.points) > 0.8 * abs(area(ring))


def test_a_stroke_that_jumps_over_paper_is_two():
    ink = [[(30, 10), (30, 70)], [(70, 10), (70, 70)]]
    paths, lost = follow(ink, [np.array(ink[0] + ink[1][::-1])])
    assert lost == 0
    assert [path.origin for path in paths] == ["model", "model"]
    ends = np.array([path.points[[0, -1]] for path in paths])
    assert np.abs(ends - [ink[0], ink[1][::-1]]).max() < WIDTH


def test_a_wobble_of_the_matching_is_no_retracing():
    line = np.array([(20.0, 40.0), (180.0, 40.0)])
    there = resample(line, 4.0)
    back = there + np.where(np.arange(len(there)) % 3 == 2, -5.0, 0.0)[:, None] * (1, 0)
    (path,), _ = follow([line], [back])
    assert np.hypot(*np.diff(path.points, axis=0).T).sum() < 1.1 * 160


def test_a_short_branch_is_walked_there_and_back():
    """The tip of a t that the model left out belongs to its stroke, as a pen writes it."""
    ink = [[(60, 10), (60, 70)], [(60, 40), (70, 40)]]
    (path,), _ = follow(ink, [[(60, 10), (60, 70)]])
    assert path.origin == "model"
    assert nearest([(69, 40)], path.points)[0] < 2
    assert path.points[[0, -1]][:, 1] == pytest.approx([10, 70], abs=WIDTH)


def test_a_way_cut_short_is_taken_where_the_short_cut_is_walked_again():
    """A D whose stem the model walked twice: the bow takes the place of one of the two."""
    bow = arc(60, 40, 25, -90, 90)
    stem = [(60, 15), (60, 65)]
    (path,), _ = follow([stem, bow], [[*stem, stem[0]]])
    assert nearest(bow, path.points).max() < WIDTH
    assert nearest(resample(np.array(stem, float), 1.0), path.points).max() < WIDTH
    length = np.hypot(*np.diff(path.points, axis=0).T).sum()
    assert length < 50 + np.pi * 25 + 4 * WIDTH
