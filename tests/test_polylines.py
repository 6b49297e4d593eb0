"""Paths: simplification keeps its promise, resampling leaves no gaps."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from inksight_cli.polylines import densify, path_length, resample, simplify, simplify_all

number = st.floats(-2000, 2000).map(lambda x: x if abs(x) > 1e-99 else 0.0)
paths = arrays(np.float64, st.tuples(st.integers(1, 40), st.just(2)), elements=number)


@given(paths, st.floats(0.1, 50))
def test_simplified_paths_stay_within_the_tolerance(points, tolerance):
    kept = simplify(points, tolerance)
    assert np.array_equal(kept[0], points[0])
    assert np.array_equal(kept[-1], points[-1])
    for point in points:
        assert _distance(point, kept) <= tolerance + 1e-6


@given(st.lists(paths, max_size=6), st.floats(0.1, 50))
def test_paths_simplified_together_are_as_if_alone(many, tolerance):
    together = simplify_all(many, tolerance)
    assert len(together) == len(many)
    for path, kept in zip(many, together, strict=True):
        assert np.array_equal(kept, simplify(path, tolerance))


def test_a_closed_loop_keeps_its_shape_and_a_straight_line_its_ends():
    around = np.linspace(0, 2 * np.pi, 200)
    ring = 50 * np.stack([np.cos(around), np.sin(around)], axis=1)
    line = np.stack([np.linspace(0, 90, 91), np.zeros(91)], axis=1)
    kept, ends = simplify_all([ring, line], 0.5)
    assert 8 < len(kept) < 60
    assert path_length(kept) == pytest.approx(path_length(ring), rel=0.02)
    assert np.array_equal(ends, line[[0, -1]])


def _distance(point, path):
    if len(path) == 1:
        return np.hypot(*(point - path[0]))
    start, end = path[:-1], path[1:]
    along = end - start
    squared = np.maximum((along**2).sum(1), 1e-300)
    t = np.clip(((point - start) * along).sum(1) / squared, 0, 1)
    return np.hypot(*(point - start - t[:, None] * along).T).min()


@given(paths, st.floats(1, 50))
def test_resampling_keeps_the_ends_and_never_leaves_gaps(points, step):
    even = resample(points, step)
    if path_length(points) > 0:
        assert np.allclose(even[[0, -1]], points[[0, -1]])
        assert np.hypot(*np.diff(even, axis=0).T).max() <= 2 * step
    else:
        assert len(even) == 1


@pytest.mark.parametrize(
    "path", [[(3, 4)], [(3, 4)] * 2, [(3, 4)] * 5, [(0, 0), (9, 9), (0, 0)], [(0, 0), (0.1, 0)] * 3]
)
def test_paths_without_extent_are_simplified_too(path):
    points = np.array(path, dtype=np.float64)
    alone, beside = simplify(points, 0.5), simplify_all([points, np.eye(2), points], 0.5)[2]
    assert np.array_equal(alone, beside)
    assert np.array_equal(alone[[0, -1]], points[[0, -1]])
    assert 1 <= len(alone) <= len(points)


def test_nothing_is_simplified():
    assert simplify_all([], 1.0) == []


@given(paths, st.floats(1, 50))
def test_points_at_most_so_far_apart(points, step):
    even = resample(points, step, at_most=True)
    assert np.hypot(*np.diff(even, axis=0).T).max(initial=0) <= step * (1 + 1e-9)


def test_a_loop_that_all_but_closes_keeps_what_is_far():
    loop = np.array([(0, 0), (5, 5), (1e-196, 0)])
    assert np.allclose(simplify(loop, 0.5), loop)


def test_densify_keeps_the_points_and_what_was_measured_at_them():
    path = np.array([[0.0, 0], [1, 0], [1, 0], [1, 5]])
    dense, widths = densify(path, np.array([1.0, 2, 2, 4]), 0.5)
    assert np.hypot(*np.diff(dense, axis=0).T).max() <= 0.5
    assert dense[[0, 2, -1]].tolist() == [[0, 0], [1, 0], [1, 5]]
    assert widths[[0, 1, 2, -1]].tolist() == [1, 1.5, 2, 4]
    assert len(dense) == 1 + 2 + 10


@pytest.mark.parametrize("path", [[[3, 4]], [[3, 4], [3, 4]]])
def test_densify_of_a_dot_is_one_point(path):
    dense, widths = densify(np.array(path, float), np.full(len(path), 2.0), 1.0)
    assert (dense.tolist(), widths.tolist()) == ([[3, 4]], [2])
