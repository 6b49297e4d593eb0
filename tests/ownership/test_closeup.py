"""Ink enlarged for the hand: the same ink, its places known, its centre lines where seen."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from inksight_cli.ownership.closeup import ZOOM, look_closely
from inksight_cli.ownership.region import Region
from tests.drawing import pen
from tests.helpers.inked import ink_of

SHAPE = (60, 90)
FIRST, SECOND = [(6, 8), (80, 14)], [(20, 40), (70, 55)]


def page(middles=()):
    """Return the ink of two lines, of which some have their centre lines seen."""
    mask = pen([FIRST, SECOND], SHAPE, 5.0)
    white = np.full((*SHAPE, 3), 255, np.uint8)
    middle = pen(middles, SHAPE, 1.5) if middles else np.zeros(SHAPE, bool)
    return replace(ink_of(mask, white, 5.0), middle=(middle * 255).astype(np.uint8))


def whole(ink, top=0, left=0):
    return Region(ink.mask[top:, left:], left, top)


@pytest.mark.parametrize(("top", "left"), [(0, 0), (5, 3), (30, 0)])
def test_places_of_the_page_are_found_in_the_closeup_and_back(top, left):
    ink = page()
    close = look_closely(ink, whole(ink, top, left))
    points = np.array([(left, top), (80.25, 54.5), (1e3, -1e3)], float)
    assert np.abs(close.to_page(close.inside(points)) - points).max() < 1e-9
    rows, columns = np.nonzero(ink.mask[top:, left:])
    middles = np.stack([columns + left + 0.5, rows + top + 0.5], axis=1)
    column, row = close.inside(middles).astype(int).T
    assert close.mask[row, column].all()
    # Bicubic enlargement rounds corners and rims; the area is the ink's.
    assert close.mask.sum() / ZOOM**2 == pytest.approx(len(rows), rel=0.06)


def test_what_nobody_saw_a_line_of_keeps_its_whole_width():
    ink = page()
    close = look_closely(ink, whole(ink))
    assert np.array_equal(close.lines, close.mask)


def test_lines_that_were_seen_are_narrow_and_the_others_whole():
    ink = page([FIRST])
    close = look_closely(ink, whole(ink))
    half = close.inside(np.array([(0, 27.0)]))[0, 1].astype(int)
    width = close.mask[:half].sum() / close.lines[:half].sum()
    assert width > 2
    assert np.array_equal(close.lines[half:], close.mask[half:])
    lines, _ = cv2.connectedComponents(close.lines.astype(np.uint8))
    assert lines == 3  # paper, and one piece each
    both = page([FIRST, SECOND])
    narrow = look_closely(both, whole(both)).lines
    assert narrow[half:].sum() < 0.6 * close.lines[half:].sum()


def test_an_end_that_has_no_line_goes_on_from_the_line_that_was_seen():
    ink = page([[(6, 8), (40, 10.8)]])
    close = look_closely(ink, whole(ink))
    half = close.inside(np.array([(0, 27.0)]))[0, 1].astype(int)
    pieces, _ = cv2.connectedComponents(close.lines[:half].astype(np.uint8))
    assert pieces == 2


@pytest.mark.parametrize(("doubt", "holes"), [(150, 1), (110, 1), (240, 0)])
def test_the_eye_of_a_letter_that_ran_full_is_opened_where_the_network_doubts_it(doubt, holes):
    disc = np.zeros(SHAPE, np.uint8)
    cv2.circle(disc, (40, 30), 10, 1, -1)
    middle = np.where(disc > 0, 200, 0).astype(np.uint8)
    cv2.circle(middle, (40, 30), 6, doubt, -1)
    cv2.circle(middle, (40, 30), 6, 255, 2)
    white = np.full((*SHAPE, 3), 255, np.uint8)
    ink = replace(ink_of(disc.astype(np.bool_), white, 5.0), middle=middle)
    lines = look_closely(ink, whole(ink)).lines
    paper, _ = cv2.connectedComponents((~lines).astype(np.uint8), connectivity=4)
    assert paper - 2 == holes  # the label of the lines, the paper outside
