"""Which way a page lies, as its lines tell, and the way back."""

import numpy as np
import pytest

from inksight_cli.detectors.embedded.reading import RawLine
from inksight_cli.detectors.embedded.upright import (
    mapped,
    quarters_to_upright,
    reads_as_well,
    turning,
)
from inksight_cli.document import Line, Word
from inksight_cli.geometry import Box, Quad

SIZE = 300, 200


def line(text, quarters=0, confidence=0.9):
    """A line of a page that has been turned counter-clockwise by quarters."""
    quad = Quad.from_box(Box(20, 40, 20 + 10 * len(text), 60))
    quad = Quad.from_points(turning(quarters, *SIZE)(quad.points))
    return RawLine(quad, tuple((c, 0.5) for c in text), (False,) * len(text), confidence)


@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
def test_a_page_is_turned_back_to_where_most_letters_stand_upright(quarters):
    label = line("LANE", (quarters + 1) % 4)
    page = [line("words of a page", quarters), label, line("unsure", (quarters + 2) % 4, 0.55)]
    assert (quarters_to_upright(page) + quarters) % 4 == 0


def test_lines_that_are_read_unsurely_upside_down_leave_a_page_as_it_lies():
    page = [line("cyrillic or bangla", 2, 0.69), line("anything", 2, 0.84), line("none", 0, 0.2)]
    assert quarters_to_upright(page) == 0
    assert quarters_to_upright([line("cyrillic or bangla", 3, 0.69)]) == 1


def test_a_page_without_letters_stays():
    assert quarters_to_upright([]) == 0
    assert quarters_to_upright([line("", 1), line("guessed", 1, 0.4)]) == 0


def test_a_turn_that_makes_a_page_read_worse_is_not_believed():
    strokes = [line("lllll", 1), line("lll", 1)]
    assert not reads_as_well([line("ab"), line("--")], strokes)
    assert reads_as_well([line("words")], [line("words", 1, 0.88)])
    assert reads_as_well([], [])


@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
def test_turning_is_what_numpy_does_to_the_pixels(quarters):
    width, height = SIZE
    page = np.zeros((height, width), dtype=bool)
    page[40, 70] = True
    (row,), (column,) = np.nonzero(np.rot90(page, quarters))
    assert np.allclose(
        turning(quarters, width, height)([(70.5, 40.5)]), [(column + 0.5, row + 0.5)]
    )


def test_lines_and_words_go_the_same_way():
    quad = Quad.from_box(Box(20, 40, 80, 60))
    (moved,) = mapped([Line([Word(quad, "so")], quad)], turning(3, *SIZE))
    assert moved.quad == moved.words[0].quad != quad
    assert np.degrees(moved.quad.angle) == pytest.approx(90)
