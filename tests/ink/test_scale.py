"""At what size a page is looked at."""

import cv2
import numpy as np
import pytest

from inksight_cli.ink.scale import LARGEST, find_scale, pen_width
from tests.helpers.written_pages import draw, photo, writing

SHAPE = (600, 800)


@pytest.mark.parametrize("times", [0.45, 1.0, 2.0, 4.0])
def test_the_pen_is_some_three_pixels_wide_at_the_scale_that_is_found(times):
    page = photo(draw(writing(*SHAPE), SHAPE, 3.0))
    how = cv2.INTER_AREA if times < 1 else cv2.INTER_CUBIC
    scale = find_scale(cv2.resize(page, None, fx=times, fy=times, interpolation=how))
    assert 1.8 < 3.0 * times * scale < 5.0


def test_a_large_scan_with_a_thin_pen_is_made_less_small_than_others():
    sheet = np.full((3600, 3600, 3), 250, np.uint8)
    page = photo(draw(writing(*SHAPE), SHAPE, 3.0))
    sheet[100 : 100 + SHAPE[0], 100 : 100 + SHAPE[1]] = page
    assert 0.5 < find_scale(sheet) <= 1
    thick = cv2.resize(page, None, fx=4, fy=4)
    assert find_scale(thick) < 0.5


@pytest.mark.parametrize("shape", [(1, 1), (2, 900), (900, 2), (40, 40)])
@pytest.mark.parametrize("tone", [0, 255])
def test_a_page_without_ink_is_looked_at_as_it_is(shape, tone):
    assert find_scale(np.full((*shape, 3), tone, np.uint8)) == 1.0


def test_no_page_grows_without_bounds():
    grain = np.random.default_rng(1).integers(0, 255, (60, 60, 3), dtype=np.uint8)
    assert find_scale(grain) <= LARGEST


@pytest.mark.parametrize("width", [2.5, 4.0, 8.0])
def test_the_pens_width_is_measured(width):
    mask = draw(writing(*SHAPE, pitch=130, size=75), SHAPE, width) > 0.5
    assert pen_width(mask) == pytest.approx(width, abs=0.6)
    assert pen_width(np.vstack([mask] * 12)) == pytest.approx(width, abs=0.6)
