"""Curves stay within what is said of the path that they follow, and are fewer than its points."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inksight_cli.curves import fit_curves

places = st.floats(-300, 300, allow_nan=False).map(lambda x: round(x, 2))
paths = st.lists(st.tuples(places, places), min_size=1, max_size=8).map(np.array)
tenths = st.integers(0, 120).map(lambda x: x / 10)
small = st.lists(st.tuples(tenths, tenths), min_size=1, max_size=25).map(np.array)


def drawn(curves, count=40):
    t = np.linspace(0, 1, count)[:, None]
    s = 1 - t
    return np.concatenate(
        [s**3 * a + 3 * s * s * t * b + 3 * s * t * t * c + t**3 * d for a, b, c, d in curves]
    )


def distance(points, polyline):
    """The greatest distance from any of ``points`` to the nearest of ``polyline``'s pieces."""
    import shapely

    line = shapely.linestrings(polyline)
    return float(shapely.distance(shapely.points(points), line).max())


@given(path=st.one_of(paths, small), tolerance=st.floats(0.2, 3))
@settings(max_examples=80, deadline=None)
def test_path_and_curves_are_never_farther_apart_than_the_tolerance(path, tolerance):
    curves = fit_curves(path, tolerance)
    if not len(curves):
        assert (path == path[0]).all()
        return
    assert np.array_equal(curves[0, 0], path[0]) and np.array_equal(curves[-1, 3], path[-1])
    assert np.array_equal(curves[1:, 0], curves[:-1, 3])
    chain = drawn(curves)
    length = np.hypot(*np.diff(path, axis=0).T).sum()
    allowed = max(tolerance, length / 20_000) + 1e-6
    assert distance(chain, path) <= allowed
    assert distance(path, chain) <= allowed + 0.02 * tolerance


def circle(count=200, radius=50.0):
    t = np.linspace(0, 2 * np.pi, count)
    return np.stack([radius * np.cos(t), radius * np.sin(t)], axis=1)


def test_a_circle_needs_few_curves_and_they_are_smooth():
    curves = fit_curves(circle(), 0.25)
    assert len(curves) <= 8
    before, after = curves[:-1, 3] - curves[:-1, 2], curves[1:, 1] - curves[1:, 0]
    cosine = (before * after).sum(1) / np.hypot(*before.T) / np.hypot(*after.T)
    assert cosine.min() > 0.9999


def test_corners_stay_sharp():
    curves = fit_curves(np.array([[0, 0], [40, 0], [40, 30], [0, 0]]), 0.5)
    assert len(curves) == 3
    assert {tuple(c) for c in curves[:, 0]} == {(0, 0), (40, 0), (40, 30)}


@pytest.mark.parametrize("path", [[[3, 4]], [[3, 4], [3, 4]]])
def test_a_dot_has_no_curve(path):
    assert fit_curves(np.array(path, dtype=float), 0.3).shape == (0, 4, 2)
