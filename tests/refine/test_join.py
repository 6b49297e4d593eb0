"""Tiles joined give every stroke once, whatever the overlap, wherever the cuts."""

import itertools

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from inksight_cli.refine.join import join_tiles


def seen(strokes, left, right):
    """What a tile draws that sees from ``left`` to ``right``: strokes cut off at its edges."""
    return join_tiles([[], strokes, []], [left, right], 1e-6)


def length(strokes):
    return sum(float(np.hypot(*np.diff(s, axis=0).T).sum()) for s in strokes)


places = st.tuples(st.floats(0, 300), st.floats(0, 60)).map(
    lambda p: (round(p[0], 3), round(p[1], 3))
)
inks = st.lists(st.lists(places, min_size=1, max_size=7, unique=True), min_size=1, max_size=4)


@settings(max_examples=200)
@given(
    ink=inks,
    cuts=st.lists(st.floats(20, 280), min_size=1, max_size=4, unique=True).map(sorted),
    overlap=st.floats(0, 40),
)
def test_every_stroke_comes_out_once(ink, cuts, overlap):
    strokes = [np.array(stroke) for stroke in ink]
    crossings = []
    for cut in cuts:
        assume(np.abs(np.concatenate(strokes)[:, 0] - cut).min() > 0.01)
        for stroke in strokes:
            for a, b in itertools.pairwise(stroke):
                if (a[0] - cut) * (b[0] - cut) < 0:
                    y = a[1] + (cut - a[0]) / (b[0] - a[0]) * (b[1] - a[1])
                    crossings.append((cut, float(y)))
    apart = [abs(a[1] - b[1]) for a in crossings for b in crossings if a[0] == b[0] and a is not b]
    assume(min(apart, default=1) > 0.01)  # two crossings in one place: which goes on in which?
    edges = [-1e6, *cuts, 1e6]
    tiles = [
        seen(strokes, left - overlap - 0.005, right + overlap + 0.005)
        for left, right in itertools.pairwise(edges)
    ]
    joined = join_tiles(tiles, cuts, 0.004)
    assert len(joined) == len(strokes)
    assert np.isclose(length(joined), length(strokes))
    for stroke in strokes:
        # The same points in the same order, with the places of the cuts between.
        (same,) = [
            j for j in joined if np.allclose(j[0], stroke[0]) and np.allclose(j[-1], stroke[-1])
        ][:1]
        found = [np.abs(same - point).max(axis=1).argmin() for point in stroke]
        assert found == sorted(found)


def test_tiles_that_differ_a_little_are_joined_and_strangers_are_not():
    left, right = np.array([(0, 10), (60, 10)]), np.array([(40, 12), (100, 12)])
    (joined,) = join_tiles([[left], [right]], [50], 3.0)
    assert joined.tolist() == [[0, 10], [50, 10], [50, 12], [100, 12]]
    assert len(join_tiles([[left], [right + (0, 5)]], [50], 3.0)) == 2


def test_a_tile_that_draws_a_line_the_other_way_round_is_turned():
    left, right = np.array([(0, 10), (30, 10), (60, 10)]), np.array([(90, 10), (40, 10)])
    (joined,) = join_tiles([[left], [right]], [50], 3.0)
    assert joined[[0, -1], 0].tolist() == [0, 90]


def test_what_a_tile_draws_beyond_its_cuts_is_its_neighbours():
    dots = [np.array([(49.0, 5.0)]), np.array([(50.0, 5.0)])]
    joined = join_tiles([dots, dots], [50], 3.0)
    assert [stroke.tolist() for stroke in joined] == [[[49, 5]], [[50, 5]]]
    assert join_tiles([[], dots], [50], 3.0)[0].tolist() == [[50, 5]]


def test_a_stroke_that_comes_back_is_one_and_a_ring_is_closed():
    there = np.array([(0, 10), (90, 10), (90, 30), (0, 30)], float)
    (joined,) = join_tiles([[there], [there]], [50], 3.0)
    assert joined[[0, -1]].tolist() == [[0, 10], [0, 30]]
    ring = np.array([(60, 10), (90, 10), (90, 30), (10, 30), (10, 10), (60, 10)], float)
    halves = [join_tiles([[ring], []], [70], 1.0), join_tiles([[], [ring]], [30], 1.0)]
    around = join_tiles(halves, [50], 3.0)
    assert np.isclose(length(around), length([ring]))
    assert len(around) == 1
