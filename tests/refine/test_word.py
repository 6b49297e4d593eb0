"""One word refined on its page: widths, colour, quality, and nothing lost."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from inksight_cli.document import Stroke
from inksight_cli.ownership.region import Region
from inksight_cli.pages.page import PageImage
from inksight_cli.pen_order import read_hand
from inksight_cli.refine import Manner, refine_word, trace_drawings, write_words
from inksight_cli.refine.audit import covered, ink_explained, on_ink
from inksight_cli.refine.measure import measure_strokes
from tests.drawing import arc, pen
from tests.helpers.inked import ink_of

SHIPPED = Path(__file__).resolve().parents[2] / "models/nano/pen_order.npz"
SHAPE = (120, 240)
BLUE = (20, 40, 160)


def page_of(strokes, width):
    """Return a white page with blue ink, and the ink as a region."""
    mask = pen(strokes, SHAPE, width)
    pixels = np.full((*SHAPE, 3), 250, np.uint8)
    pixels[mask] = BLUE
    ink = ink_of(mask, pixels, width)
    rows, columns = (np.flatnonzero(mask.any(axis=axis)) for axis in (1, 0))
    top, left = rows[0], columns[0]
    own = mask[top : rows[-1] + 1, left : columns[-1] + 1]
    return PageImage(pixels, _ink=ink), Region(own, int(left), int(top))


WORD = [arc(60, 60, 25, -20, 340), [(110, 20), (110, 90)], [(95, 45), (130, 45)]]


@pytest.mark.parametrize("width", [2.5, 4.0, 7.0])
def test_the_tracer_alone_explains_the_ink_with_its_width_and_colour(width):
    page, region = page_of(WORD, width)
    strokes, quality = refine_word(page, region)
    assert quality.ink_explained > 0.99
    assert quality.on_ink > 0.99
    assert quality.traced == 1.0
    assert {stroke.color for stroke in strokes} == {"#1428a0"}
    assert np.median([stroke.width for stroke in strokes]) == pytest.approx(width, rel=0.3)


def test_a_models_strokes_stay_the_models_and_the_rest_is_traced():
    page, region = page_of(WORD, 4.0)
    strokes, quality = refine_word(page, region, [np.asarray(WORD[0]) + 1.5], tolerance=3.0)
    assert strokes[0].origin == "model"
    assert "trace" in {stroke.origin for stroke in strokes}
    assert 0.2 < quality.traced < 0.8
    assert quality.ink_explained > 0.99


def test_a_model_that_draws_beside_the_ink_is_flagged():
    page, region = page_of(WORD, 4.0)
    _, quality = refine_word(page, region, [np.array([(190.0, 10.0), (230.0, 110.0)])])
    assert "off-ink" in quality.flags
    assert quality.traced == 1.0


def test_a_hand_writes_all_the_ink_of_several_words():
    page, region = page_of(WORD, 4.0)
    hand = read_hand(SHIPPED)
    empty = Region(np.zeros((4, 4), bool), 0, 0)
    written = write_words(page, [region, empty, region], [Manner(hand)] * 3)
    strokes, quality = written[0]
    assert quality.ink_explained > 0.99
    assert quality.on_ink > 0.99
    assert quality.traced == 0.0
    assert strokes[0].box.left < strokes[-1].box.left  # the bowl before the cross
    assert written[1][1].flags == ("no-ink",)
    for stroke, again in zip(strokes, written[2][0], strict=True):
        assert np.array_equal(stroke.points, again.points)


def test_ink_gone_over_twice_is_not_thinner():
    page, region = page_of([[(30, 60), (200, 60)]], 6.0)
    there = np.array([(30.0, 60.0), (200.0, 60.0)])
    once, _ = refine_word(page, region, [there], tolerance=3.0)
    twice, _ = refine_word(page, region, [np.concatenate([there, there[::-1]])], tolerance=3.0)
    assert twice[0].length > 1.8 * once[0].length
    assert twice[0].width == pytest.approx(once[0].width, rel=0.1)


def test_a_word_without_ink_says_so():
    page, _ = page_of(WORD, 4.0)
    strokes, quality = refine_word(page, Region(np.zeros((4, 4), bool), 0, 0))
    assert strokes == []
    assert quality.flags == ("no-ink",)


def test_specks_are_not_drawings_but_lines_are():
    page, region = page_of([[(20, 100), (220, 104)], [(30.0, 30.0)]], 4.0)
    mask = region.mask.copy()
    mask[60 - region.top, 200 - region.left] = True  # one pixel of dirt
    drawings = trace_drawings(page, Region(mask, region.left, region.top))
    assert sorted(len(stroke.points) > 1 for stroke in drawings) == [False, True]
    assert all(stroke.origin == "trace" for stroke in drawings)


def test_half_the_ink_explained_is_half():
    """Strokes are measured where they lie on the page, not where the region begins."""
    _, region = page_of([[(40, 60), (200, 60)]], 4.0)
    half = Stroke(np.array([(40.0, 60.0), (120.0, 60.0)]), np.full(2, 4.0))
    assert ink_explained(region, covered(region, [half])) == pytest.approx(0.5, abs=0.03)
    assert on_ink(region, [half]) == 1.0
    beside = Stroke(half.points + (120, 0), np.full(2, 4.0))  # the last 40 pixels are on paper
    assert on_ink(region, [beside]) == pytest.approx(0.5, abs=0.04)
    edge = Stroke(half.points + (0, 2.5), np.full(2, 4.0))  # a pixel beside the ink is no doubt
    assert (on_ink(region, [edge]), on_ink(region, [Stroke(half.points + (0, 6))])) == (1.0, 0.0)


def test_every_place_has_its_own_width():
    page, _ = page_of([[(30, 60), (100, 60)]], 3.0)
    thick, _ = page_of([[(100, 60), (200, 60)]], 9.0)
    mask = page.ink.mask | thick.ink.mask
    both = replace(page, _ink=ink_of(mask, page.pixels, 3.0))
    line = Stroke(np.array([(50.0, 60.0), (150.0, 60.0), (230.0, 20.0)]))
    (measured,) = measure_strokes(both, Region(mask[40:80, 20:], 20, 40), [line])
    assert measured.widths[1] > 2 * measured.widths[0]
    assert measured.widths[2] == pytest.approx(measured.widths[0], rel=0.4)  # off the ink: usual
