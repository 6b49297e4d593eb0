"""Orders for plotters: the same strokes, with less way between them."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from inksight_cli.document import Stroke
from inksight_cli.formats.travel import least_travel, travel

places = st.integers(0, 500)
strokes = st.lists(
    st.lists(st.tuples(places, places), min_size=1, max_size=4).map(Stroke), max_size=25
)


def undirected(stroke):
    points = stroke.points.tolist()
    return tuple(map(tuple, min(points, points[::-1])))


@given(strokes)
@settings(max_examples=60, deadline=None)
def test_every_stroke_is_drawn_once(given_):
    ordered = least_travel(given_)
    assert sorted(map(undirected, ordered)) == sorted(map(undirected, given_))


def test_the_way_is_shorter_than_in_pen_order_and_than_by_nearest_neighbour():
    random = np.random.default_rng(3)
    given_ = [
        Stroke(p + random.uniform(-9, 9, (2, 2))) for p in random.uniform(0, 999, (300, 1, 2))
    ]
    ordered = least_travel(given_)
    assert travel(ordered) < 0.08 * travel(given_)
    assert travel(ordered) < 0.75 * 300 * np.sqrt(999**2 / 300)  # 0.71 is the best of random places


def test_a_stroke_drawn_backwards_takes_its_widths_and_times_along():
    far = Stroke([(90, 0), (10, 0)], widths=[3, 1], times=[0.5, 0.75])
    (near,) = least_travel([far])
    assert near.points.tolist() == [[10, 0], [90, 0]]
    assert near.widths.tolist() == [1, 3]
    assert near.times.tolist() == [0, 0.25]
    assert far.points[0, 0] == 90


def test_nothing_and_ten_thousand_strokes():
    assert least_travel([]) == []
    many = [Stroke([(k * 7919 % 3001, k * 104729 % 2003)]) for k in range(10_000)]
    assert travel(least_travel(many)) < 0.1 * travel(many)
