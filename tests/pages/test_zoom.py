"""Pages at the size they are looked at, and back."""

from dataclasses import replace

import numpy as np
import pytest

from inksight_cli.document import Line, Page, Stroke, Word
from inksight_cli.geometry import Box, Quad
from inksight_cli.pages.page import PageImage
from inksight_cli.pages.zoom import as_loaded, at_pen_scale
from tests.helpers.written_pages import draw, photo, writing


@pytest.mark.parametrize("width", [1.3, 3.0, 11.0])
def test_what_is_found_on_the_zoomed_page_comes_back_to_its_place(width):
    strokes = [np.asarray(s) * width / 3.0 for s in writing(500, 640)]
    shape = round(500 * width / 3.0), round(640 * width / 3.0)
    image = PageImage(photo(draw(strokes, shape, width)), dpi=200.0)
    looked = at_pen_scale(image)
    across, _down = looked.zoom
    assert 1.5 < width * across < 6.0
    place = np.array([[10.0, 20.0], [30.0, 40.0]])
    word = Word(
        Quad.from_box(Box(10, 20, 30, 40)),
        strokes=[Stroke(place * looked.zoom, widths=np.full(2, width * across))],
    )
    page = Page(looked.width, looked.height, [Line([word], word.quad)], dpi=looked.dpi)
    page.drawings = list(word.strokes)
    back = as_loaded(page, looked)
    assert (back.width, back.height, back.dpi) == (image.width, image.height, 200.0)
    for stroke in back.strokes:
        assert stroke.points == pytest.approx(place, abs=1e-9)
        assert stroke.widths == pytest.approx(np.full(2, width), rel=0.02)


def test_a_page_that_was_not_zoomed_comes_back_as_it_is():
    page, image = Page(4, 4), PageImage(np.zeros((4, 4, 3), np.uint8))
    assert as_loaded(page, image) is page
    assert as_loaded(page, replace(image, zoom=(0.5, 0.5))).width == 8
