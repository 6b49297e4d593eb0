"""Words with thin pens are looked at closely: nothing is added or lost, and eyes are seen."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from inksight_cli.ink.types import Ink
from inksight_cli.ownership.closeup import WIDE, ZOOM, look_closely
from inksight_cli.ownership.region import Region
from tests.drawing import arc
from tests.helpers.written_pages import cursive, draw

SHAPE = (90, 160)


def ink_of(strokes, width, shape=SHAPE, rules=None):
    """Return a page's ink as `find_ink` sees a clean picture of ``strokes``."""
    cover = draw(strokes, shape, width)
    rules = np.zeros(shape, bool) if rules is None else rules
    mask = (cover >= 0.5) & ~rules
    strength = np.maximum(np.round(255 * cover), 255 * rules).astype(np.uint8)
    return Ink(mask, rules, strength, np.full((*shape, 3), 255, np.uint8), width)


def region_of(ink):
    rows, columns = (np.flatnonzero(ink.mask.any(axis=axis)) for axis in (1, 0))
    top, left = int(rows[0]), int(columns[0])
    return Region(ink.mask[top : rows[-1] + 1, left : columns[-1] + 1], left, top)


def on_page(close, shape=SHAPE):
    """Return how much of every pixel of the page the close-up calls ink, 0..1."""
    height, width = close.mask.shape
    places = np.stack([[0.0, width], [0.0, height]], axis=1)
    (left, top), _ = close.to_page(places)
    assert (left, top) == (close.left, close.top)
    large = np.zeros((shape[0] * close.zoom + 2 * height, shape[1] * close.zoom + 2 * width))
    row, column = close.top * close.zoom + height, close.left * close.zoom + width
    large[row : row + height, column : column + width] = close.mask
    inner = large[height:-height, width:-width].astype(np.float32)
    return cv2.resize(inner, shape[::-1], interpolation=cv2.INTER_AREA)


def test_a_wide_pen_is_traced_as_it_is():
    ink = ink_of([cursive(20, 60, 100, 30, 3)], WIDE + 1)
    region = region_of(ink)
    close = look_closely(ink, region)
    assert close.zoom == 1
    assert close.mask is region.mask
    assert (close.left, close.top) == (region.left, region.top)


@pytest.mark.parametrize("width", [1.6, 2.0, 3.0, 4.5])
def test_a_thin_pen_keeps_its_ink(width):
    ink = ink_of([cursive(20, 60, 100, 30, 3), [(130, 20)]], width)
    close = look_closely(ink, region_of(ink))
    assert close.zoom == ZOOM
    seen = on_page(close)
    assert (seen[ink.mask] > 0).mean() > 0.99
    assert not (seen[cv2.dilate(ink.mask.astype(np.uint8), np.ones((3, 3), np.uint8)) == 0]).any()
    true = draw([cursive(20, 60, 100, 30, 3), [(130, 20)]], SHAPE, width).sum()
    assert seen.sum() == pytest.approx(true, rel=0.2)


def has_eye(mask):
    _, relations = cv2.findContours(mask.astype(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    return relations[0, :, 2].max() >= 0  # a contour with another inside


def test_eyes_are_seen_that_hold_no_whole_pixel_of_paper():
    by_page = closely = 0
    for dx in np.arange(0, 1, 0.1):
        for dy in (0.0, 0.25, 0.5, 0.75):
            ink = ink_of([arc(60 + dx, 40 + dy, 2.35, 0, 360)], 3.0)
            by_page += has_eye(ink.mask)
            closely += has_eye(look_closely(ink, region_of(ink)).mask)
    assert by_page < 32
    assert closely == 40


@pytest.mark.parametrize("width", [5.0, 8.0, 12.0])
def test_a_blot_is_not_hollowed(width):
    ink = replace(ink_of([[(60, 40)]], width), pen_width=3.0)
    assert not has_eye(look_closely(ink, region_of(ink)).mask)


def test_a_rule_beside_a_word_stays_a_rule():
    rules = np.zeros(SHAPE, bool)
    rules[61:63] = True
    ink = ink_of([cursive(20, 60, 100, 30, 3)], 3.0, rules=rules)
    assert not on_page(look_closely(ink, region_of(ink)))[rules].any()


def test_points_go_into_the_close_up_and_back():
    ink = ink_of([cursive(20, 60, 100, 30, 3)], 3.0)
    close = look_closely(ink, region_of(ink))
    points = np.random.default_rng(0).uniform(0, 90, (50, 2))
    np.testing.assert_allclose(close.to_page(close.inside(points)), points, atol=1e-9)
    inner = close.inside(np.array([[60.0, 40.0]]))
    assert inner[0].tolist() == [(60 - close.left) * ZOOM, (40 - close.top) * ZOOM]


@pytest.mark.parametrize("corner", [(0, 0), (87, 157), (0, 157), (87, 0)])
def test_ink_in_a_corner_of_the_page(corner):
    blank = np.zeros(SHAPE, bool)
    blank[corner[0] : corner[0] + 3, corner[1] : corner[1] + 3] = True
    ink = Ink(blank, blank & False, np.uint8(255) * blank, np.zeros((*SHAPE, 3), np.uint8), 3.0)
    seen = on_page(look_closely(ink, region_of(ink)))
    assert seen[blank].min() > 0.5
    assert seen.sum() == pytest.approx(9, rel=0.3)


def test_no_ink_is_no_ink():
    ink = ink_of([], 3.0)
    assert not look_closely(ink, Region(np.zeros((0, 0), bool), 0, 0)).mask.size
