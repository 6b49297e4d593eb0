"""Geometry: inverses are exact, boxes and quads are where they say."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from inksight_cli.geometry import Affine, Box, Quad

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
