from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inksight_cli.document import Word
from inksight_cli.geometry import Affine, Box, Quad
from inksight_cli.ownership.assign import assign_ink
from inksight_cli.ownership.crops import CANVAS, cut_crop, frame_of
from inksight_cli.ownership.region import Region
from inksight_cli.pages.page import PageImage
from tests.helpers.inked import ink_of
from tests.helpers.written_pages import cursive, draw, photo


def blank(width, height):
    """Return a white page that has no ink, and nobody's ownership."""
    none = np.zeros((height, width), bool)
    white = np.full((height, width, 3), 255, np.uint8)
    page = PageImage(white, _ink=ink_of(none, white, 3.0))
    return page, assign_ink(page.ink, [])


@settings(max_examples=150)
@given(
    x=st.floats(-5, 405),
    y=st.floats(-5, 305),
    width=st.floats(0.5, 600),
    height=st.floats(0.5, 400),
    angle=st.floats(-np.pi, np.pi),
)
def test_crop_to_page_and_back_is_exact_anywhere(x, y, width, height, angle):
    page, ownership = blank(400, 300)
    place = Affine.scale_shift(1, x, y) @ Affine.rotation(angle)
    box = Box(-width / 2, -height / 2, width / 2, height / 2)
    quad = Quad.from_points(place(Quad.from_box(box).points))
    crop = cut_crop(page, ownership, 0, Word(quad))
    left, top, right, bottom = crop.content
    assert 0 <= left < right <= CANVAS
    assert 0 <= top < bottom <= CANVAS
    assert max(right - left, bottom - top) == CANVAS
    to_canvas = crop.to_page.inverse()
    points = np.random.default_rng(0).uniform(-10, 410, (50, 2))
    assert np.abs(crop.to_page(to_canvas(points)) - points).max() < 1e-3
    corners = to_canvas(quad.points)
    assert (corners >= np.array([left, top]) - 1e-6).all()
    assert (corners <= np.array([right, bottom]) + 1e-6).all()
    # Upright: the text runs to the right, and nothing is sheared or mirrored.
    turned = to_canvas(quad.points)[1] - to_canvas(quad.points)[0]
    assert turned[0] > 0
    assert abs(turned[1]) < 1e-6 * max(turned[0], 1)


def marks(page, points):
    """Paint soft dots of ink at ``points``."""
    big = np.full((page[1] * 8, page[0] * 8), 255, np.uint8)
    for x, y in points:
        cv2.circle(big, (round(x * 8), round(y * 8)), 24, 0, -1)
    small = cv2.resize(big, page, interpolation=cv2.INTER_AREA)
    return np.repeat(small[:, :, None], 3, axis=2)


@pytest.mark.parametrize("degrees", [0, 12, -77, 90, 180])
@pytest.mark.parametrize("size", [60, 150, 420])
def test_what_is_seen_on_the_canvas_lies_where_the_map_says(degrees, size):
    place = Affine.scale_shift(1, 300, 300) @ Affine.rotation(np.deg2rad(degrees))
    where = place([[-0.3 * size, -0.08 * size], [0.3 * size, 0.1 * size], [0.05 * size, 0]])
    page = PageImage(marks((600, 600), where))
    half = size / 2
    quad = Quad.from_points(place(Quad.from_box(Box(-half, -half / 2, half, half / 2)).points))
    _, ownership = blank(600, 600)
    white = np.full((600, 600, 3), 255, np.uint8)
    none = np.zeros((600, 600), bool)
    page = PageImage(page.pixels, _ink=ink_of(none, white, 3.0))
    crop = cut_crop(page, ownership, 0, Word(quad))
    left, top, right, bottom = crop.content
    dark = np.zeros((CANVAS, CANVAS))
    dark[top:bottom, left:right] = 255.0 - crop.pixels[top:bottom, left:right, 0]
    count, labels = cv2.connectedComponents((dark > 60).astype(np.uint8))
    assert count == 4
    rows, columns = np.mgrid[0:CANVAS, 0:CANVAS] + 0.5
    for label in range(1, 4):
        near = cv2.dilate((labels == label).astype(np.uint8), np.ones((7, 7))) * dark
        centre = np.array([(near * columns).sum(), (near * rows).sum()]) / near.sum()
        back = crop.to_page([centre])
        assert np.hypot(*(where - back).T).min() < 0.15


def test_the_canvas_is_black_around_the_content_and_centred():
    page, ownership = blank(400, 300)
    wide = cut_crop(page, ownership, 0, Word(Quad.from_box(Box(50, 100, 350, 150))))
    left, top, right, bottom = wide.content
    assert (left, right) == (0, CANVAS)
    assert abs(top - (CANVAS - bottom)) <= 1
    assert wide.pixels[top:bottom].min() == 255
    assert wide.pixels[:top].max() == wide.pixels[bottom:].max() == 0
    assert wide.pixels.shape == (CANVAS, CANVAS, 3)


@pytest.mark.parametrize("box", [(-30, -20, 40, 30), (380, 280, 460, 330), (500, 500, 600, 550)])
def test_beyond_the_page_there_is_paper(box):
    page, ownership = blank(400, 300)
    crop = cut_crop(page, ownership, 0, Word(Quad.from_box(Box(*box))))
    left, top, right, bottom = crop.content
    assert crop.pixels[top:bottom, left:right].min() == 255


def test_neighbours_and_rules_are_painted_over():
    shape = (220, 420)
    own, other = [cursive(60, 120, 120, 40, 5)], [cursive(70, 70, 120, 30, 6)]
    rule = draw([[(0, 105), (420, 105)]], shape, 2.0)
    cover = np.maximum(draw(own, shape), draw(other, shape))
    pixels = photo(cover, rules=rule, noise=1.0, quality=95)
    paper = np.full((*shape, 3), (245, 242, 235), np.uint8)
    ink = replace(ink_of(cover > 0.5, paper, 3.5), rules=(rule > 0.1) & (cover <= 0.5))
    page = PageImage(pixels, _ink=ink)
    words = [Word(Quad.from_box(Box(50, 78, 205, 126))), Word(Quad.from_box(Box(60, 35, 210, 75)))]
    crop = cut_crop(page, assign_ink(ink, words), 0, words[0])
    left, top, right, bottom = crop.content
    to_canvas = crop.to_page.inverse()
    grown = draw([to_canvas(stroke) for stroke in own], (CANVAS, CANVAS), 3.5 * 1.9) > 0.05
    around = cv2.dilate(grown.astype(np.uint8), np.ones((9, 9))) > 0
    paper = ~around
    paper[:top], paper[bottom:], paper[:, :left], paper[:, right:] = False, False, False, False
    assert crop.pixels[paper].min() > 215
    inside = draw([to_canvas(stroke) for stroke in own], (CANVAS, CANVAS), 2.0) > 0.9
    assert np.median(crop.pixels[inside]) < 90


def test_the_margin_is_a_share_of_the_inks_height():
    shape = (200, 400)
    strokes = [[(100, 60), (300, 60), (300, 140), (100, 140), (100, 60)]]
    cover = draw(strokes, shape, 2.0)
    page = PageImage(photo(cover))
    words = [Word(Quad.from_box(Box(90, 50, 310, 150)))]
    crop = cut_crop(page, assign_ink(page.ink, words), 0, words[0], margin=0.25)
    left, top, right, bottom = crop.content
    box = Box.around(crop.to_page([[left, top], [right, bottom]]))
    assert box.left == pytest.approx(99 - 0.25 * 82, abs=2)
    assert box.bottom == pytest.approx(141 + 0.25 * 82, abs=2)


def test_a_frame_is_the_ink_s_own_bounds():
    """Whole pixels of ink from edge to edge, not from middle to middle; turned with the text."""
    region = Region(np.ones((7, 20), bool), 100, 200)
    word = Word(Quad.from_box(Box(90, 190, 300, 260)))
    assert frame_of(region, word, Affine.identity(), 0.0) == Box(100, 200, 120, 207)
    assert frame_of(region, word, Affine.identity(), 1.0) == Box(93, 193, 127, 214)
    turned = frame_of(region, word, Affine.rotation(np.pi / 2), 0.0)
    assert (turned.width, turned.height) == (pytest.approx(7, abs=1), pytest.approx(20, abs=1))
    none = Region(np.zeros((7, 20), bool), 100, 200)
    assert frame_of(none, word, Affine.identity(), 0.0) == Box(90, 190, 300, 260)
