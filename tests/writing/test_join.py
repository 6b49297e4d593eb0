"""A join keeps direction and bend."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from inksight_cli.writing.join import join


def arc(first, last, radius=1.0):
    angle = np.linspace(first, last, 40)
    return radius * np.stack([np.cos(angle), np.sin(angle)], axis=1)


@given(st.floats(0.4, 2.5), st.floats(0.5, 3))
def test_two_arcs_of_a_circle_stay_on_it(gap, radius):
    gap = min(gap, 1.0) * 0.4
    path = join(arc(0, 1, radius), arc(1 + gap / radius, 2.2, radius))
    assert np.abs(np.hypot(*path.T) - radius).max() < 0.03
    assert np.allclose(path[0], arc(0, 1, radius)[0])
    assert np.allclose(path[-1], arc(0, 2.2, radius)[-1])


@given(st.floats(-0.5, 0.5))
def test_no_corner_where_they_met(step):
    first = np.array([[0.0, 0.0], [1.0, 0.0]])
    second = np.array([[1.0, step], [2.0, step]])
    moves = np.diff(join(first, second), axis=0)
    turns = np.abs(np.diff(np.arctan2(moves[:, 1], moves[:, 0])))
    assert turns.max() < 0.6 and (moves[:, 0] > 0).all()


def test_dots_do_no_harm():
    path = join(np.array([[0.0, 0.0]]), np.array([[0.5, 0.1]]))
    assert np.isfinite(path).all() and len(path) >= 2
