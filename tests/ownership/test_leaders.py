"""Dotted lines are no writing; points of letters and of sentences are."""

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inksight_cli.ownership.leaders import BLOCK, _next, without_leaders

HEIGHT = 48.0


def dotted(mask, left, top, count, step=12, size=3, slope=0.0):
    for k in range(count):
        x, y = left + k * step, round(top + slope * k * step)
        mask[y : y + size, x : x + size] = True


@pytest.fixture
def page():
    """A line of writing, with points above its letters and three behind it."""
    mask = np.zeros((300, 600), np.uint8)
    cv2.putText(mask, "igniting initials", (20, 80), cv2.FONT_HERSHEY_SIMPLEX, 1.4, 1, 3)
    mask = mask.astype(np.bool_)
    dotted(mask, 440, 78, 3)
    return mask


def test_writing_without_dotted_lines_is_left_alone(page):
    assert np.array_equal(without_leaders(page, HEIGHT), page)


@pytest.mark.parametrize("slope", [0.0, 0.08, -0.08])
@pytest.mark.parametrize(("step", "size"), [(6, 2), (12, 3), (30, 5)])
def test_a_dotted_line_goes_and_the_writing_on_it_stays(page, slope, step, size):
    both = page.copy()
    dotted(both, 20, 150, 15, step, size, slope)
    assert np.array_equal(without_leaders(both, HEIGHT), page)


def test_few_dots_large_dots_and_uneven_ones_stay(page):
    dotted(page, 20, 150, 5)
    dotted(page, 20, 200, 12, step=20, size=9)
    for x in (20, 26, 60, 68, 110, 114, 160):
        page[250:253, x : x + 3] = True
    assert np.array_equal(without_leaders(page, HEIGHT), page)


@given(st.integers(0, 10), st.integers(2, 3 * BLOCK))
def test_neighbours_are_those_of_all_pairs(seed, count):
    rng = np.random.default_rng(seed)
    dots = rng.uniform(0, (400, 60), (count, 2))
    found = _next(dots, 20.0)
    for k in rng.integers(count, size=5):
        step = dots - dots[k]
        fits = (step[:, 0] > 0) & (step[:, 0] <= 20) & (np.abs(step[:, 1]) <= 0.15 * step[:, 0] + 1)
        nearest = int(np.where(fits, step[:, 0], np.inf).argmin()) if fits.any() else -1
        assert found[k] == nearest
