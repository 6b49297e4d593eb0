"""Pages whose strokes stand close are looked at once more, closer."""

import numpy as np
import pytest

from inksight_cli.document import Line, Word
from inksight_cli.geometry import Box, Quad
from inksight_cli.pages.closer import PEN, seen_closer, stand_close
from inksight_cli.pages.page import PageImage
from inksight_cli.pages.zoom import at_pen_scale
from tests.helpers.written_pages import draw, photo


def line(text, side=30.0):
    words = [
        Word(Quad.from_box(Box(40 * k + 5, 5, 40 * k + 5 + side, 5 + side)), letter)
        for k, letter in enumerate(text)
    ]
    return Line(words, Quad.from_box(Box(5, 5, 40 * len(text), 5 + side)))


def page(pen):
    """A page of squares, each crossed twice."""
    strokes = []
    for k in range(6):
        left, top = 60.0 + 90 * k, 80.0
        for side in (0.0, 22.0, 44.0):
            strokes.append(np.array([(left, top + side), (left + 44, top + side)]))
            strokes.append(np.array([(left + side, top), (left + side, top + 44)]))
    return PageImage(photo(draw(strokes, (200, 620), pen)))


def test_characters_stand_close_where_they_are_few_pens_wide():
    assert stand_close([line("田田口")], 3.0)
    assert not stand_close([line("田田口")], 1.5)
    assert not stand_close([line("abc田")], 3.0)
    assert not stand_close([], 3.0)


def test_a_page_of_characters_is_enlarged_and_what_was_found_stays_in_place():
    loaded = page(6.0)
    looked = at_pen_scale(loaded)
    assert looked.zoom[0] < 1
    drawn = np.zeros(looked.ink.mask.shape, dtype=bool)
    drawn[:, : drawn.shape[1] // 2] = True
    looked.call_drawn(drawn & looked.ink.mask)
    found = [line("田田口", side=22.0)]
    again, lines = seen_closer(loaded, looked, found)
    grown = again.zoom[0] / looked.zoom[0]
    assert again.ink.pen_width == pytest.approx(PEN, rel=0.35) and grown > 1.2
    for before, after in zip(found[0].words, lines[0].words, strict=True):
        assert after.box.left == pytest.approx(before.box.left * grown, rel=0.01)
        assert after.text == before.text
    assert again.ink.drawn is not None
    half = again.ink.drawn.shape[1] / 2
    assert again.ink.drawn.any() and np.nonzero(again.ink.drawn)[1].max() <= half + 2


def test_other_pages_are_looked_at_once():
    loaded = page(6.0)
    looked = at_pen_scale(loaded)
    lines = [line("abc")]
    assert seen_closer(loaded, looked, lines) == (looked, lines)


def test_print_that_was_taken_off_is_not_found_again():
    loaded = page(6.0)
    looked = at_pen_scale(loaded)
    printed = np.zeros(looked.ink.mask.shape, dtype=bool)
    printed[:, : printed.shape[1] // 2] = True
    looked.take_off(printed & looked.ink.mask)
    again, _ = seen_closer(loaded, looked, [line("田田口", side=22.0)])
    share = again.ink.mask[:, : again.width // 2].sum() / again.ink.mask.sum()
    assert again is not looked and share < 0.05
