"""Whose ink is whose."""

import numpy as np
import pytest

from inksight_cli.detectors.embedded.cores import find_fragments
from inksight_cli.geometry import Box
from tests.detectors.ideal import CORES, boxes, letters, maps_of


def test_a_bar_through_both_words_is_cut_between_them(mask):
    mask[50:52, 20:186] = True
    fragments, _ = find_fragments(maps_of(mask, CORES), mask)
    first, second = boxes(fragments)
    assert first.right == pytest.approx(97, abs=4) and second.left == first.right


def test_drawings_belong_to_no_word(mask):
    drawing = np.zeros_like(mask)
    drawing[66:68, 10:200] = True
    mask |= drawing
    fragments, loose = find_fragments(maps_of(mask, CORES, drawing), mask)
    assert boxes(fragments) == [Box(20, 40, 74, 60), Box(120, 40, 186, 60)]
    assert not len(loose.points)


def test_dots_go_to_the_word_below_and_far_writing_is_loose(mask):
    mask[30:34, 40:44] = True
    letters(mask, 40, 120, 3)
    fragments, loose = find_fragments(maps_of(mask, CORES), mask)
    assert boxes(fragments)[0] == Box(20, 30, 74, 60)
    assert Box.around(loose.points).grown(0.5) == Box(40, 120, 70, 140)
    assert len(np.unique(loose.marks)) == 3


def test_dots_reach_farther_above_a_word_than_below_it(mask):
    mask[18:22, 40:44] = mask[78:82, 140:144] = True  # both 20 px from a core 16 px high
    fragments, loose = find_fragments(maps_of(mask, CORES), mask)
    assert boxes(fragments) == [Box(20, 18, 74, 60), Box(120, 40, 186, 60)]
    assert Box.around(loose.points).grown(0.5) == Box(140, 78, 144, 82)


def test_a_tail_under_the_next_line_is_its_own_words(mask):
    letters(mask, 20, 76, 5)  # a second line, and a tail from the first that reaches to its middle
    mask[60:72, 34:36] = True
    fragments, _ = find_fragments(maps_of(mask, [*CORES, (20, 78, 74, 94)]), mask)
    by_top = sorted(boxes(fragments), key=lambda box: (box.left, box.top))
    assert by_top[0] == Box(20, 40, 74, 72)
    assert by_top[1].top == 76


def test_a_short_end_that_looks_drawn_is_the_words_and_a_long_line_is_not(mask):
    drawing = np.zeros_like(mask)
    drawing[58:62, 74:90] = True
    mask |= drawing
    (first, _) = boxes(find_fragments(maps_of(mask, CORES, drawing), mask)[0])
    assert first.right == 90
    drawing[58:62, 74:118] = True
    mask |= drawing
    (first, _) = boxes(find_fragments(maps_of(mask, CORES, drawing), mask)[0])
    assert first.right == 74
