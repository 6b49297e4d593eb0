"""Geometry: inverses are exact, simplification keeps its promise."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from inksight_cli.geometry import Affine, Box, Quad, path_length, resample, simplify, simplify_all

number = st.floats(-2000, 2000)
paths = arrays(np.float64, st.tuples(st.integers(1, 40), st.just(2)), elements=number)


@st.composite
def affines(draw):
    angle = draw(st.floats(-np.pi, np.pi))
    scale = draw(st.floats(0.02, 20))
    turn = Affine.rotation(angle)
    shift = Affine.scale_shift(scale, draw(number), draw(number))
    return shift @ turn


@given(affines(), paths)
def test_an_affine_and_its_inverse_lead_back(affine, points):
    back = affine.inverse()(affine(points))
    assert np.abs(back - points).max() < 1e-3


@given(affines(), affines(), paths)
def test_composition_is_doing_one_after_the_other(second, first, points):
    both = (second @ first)(points)
    assert np.allclose(both, second(first(points)), rtol=1e-9, atol=1e-6)


def test_a_flat_affine_has_no_inverse():
    with pytest.raises(ValueError, match="no inverse"):
        Affine(1, 2, 0, 2, 4, 0).inverse()


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


@given(number, number, st.floats(0.1, 500), st.floats(0.1, 500))
def test_a_box_overlaps_itself_wholly(left, top, width, height):
    box = Box(left, top, left + width, top + height)
    assert box.iou(box) == pytest.approx(1.0)
    assert Quad.from_box(box).upright
    assert Quad.from_box(box).size == pytest.approx((width, height))
    assert box.iou(Box(box.right, top, box.right + 1, box.bottom)) == pytest.approx(0.0, abs=1e-9)


def test_box_pixels_cover_every_pixel_touched():
    assert Box(1.2, 0.5, 3.0, 2.1).pixels() == (slice(0, 3), slice(1, 3))
    assert Box(-5, -5, 1, 1).pixels() == (slice(0, 1), slice(0, 1))


def test_a_quads_angle_is_that_of_its_text():
    corners = Affine.rotation(np.deg2rad(30))([(0, 0), (10, 0), (10, 4), (0, 4)])
    quad = Quad.from_points(corners)
    assert np.rad2deg(quad.angle) == pytest.approx(30)
    assert quad.size == pytest.approx((10, 4))
    assert not quad.upright
