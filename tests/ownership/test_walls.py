"""What stands behind a drawn line at a word's end is not the word's."""

import numpy as np
import pytest

from inksight_cli.geometry import Affine, Box, Quad
from inksight_cli.ownership.frame import Frame
from inksight_cli.ownership.walls import drop_behind_walls
from tests.helpers.written_pages import cursive, draw

SHAPE = (300, 400)
WORD = [cursive(110, 160, 150, 40, 6)]
WALL = [np.array([(90.0, 90.0), (84.0, 200.0)])]
HEAD = [np.array([(50.0, 140.0), (72.0, 150.0), (52.0, 165.0)])]
BOX = Quad.from_box(Box(45, 100, 265, 190))


def left_after(word, wall, place=None, quad=BOX):
    """Return what is left of a word's strokes, each as a share, once walls are looked for."""
    place = place or Affine.identity()
    masks = [draw([place(stroke)], SHAPE) > 0.5 for stroke in word]
    labels = np.any(masks, axis=0).astype(np.int32)
    drawn = (draw([place(stroke) for stroke in wall], SHAPE) > 0.5) & (labels == 0)
    before = labels.copy()
    here = Quad.from_points(place(quad.points))
    drop_behind_walls(labels, drawn, [Frame.of(here)], [here.bounds])
    assert not (labels & ~before).any()
    return [round(float((labels[mask] == 1).mean()), 2) for mask in masks]


@pytest.mark.parametrize("degrees", [0, 25, -90, 180])
def test_an_arrowhead_before_a_frames_side_goes(degrees):
    middle = Affine.scale_shift(1, 180, 150)
    place = middle @ Affine.rotation(np.deg2rad(degrees)) @ middle.inverse()
    assert left_after([*WORD, *HEAD], WALL, place) == [1, 0]


def test_without_a_wall_it_stays():
    low = [np.array([(90.0, 170.0), (84.0, 200.0)])]
    assert left_after([*WORD, *HEAD], low) == [1, 1]


def test_an_underline_and_a_strike_are_no_walls():
    lines = [np.array([(40.0, y), (260.0, y)]) for y in (130.0, 175.0)]
    assert left_after([*WORD, *HEAD], lines) == [1, 1]


def test_a_line_amid_a_word_parts_nothing():
    amid = [np.array([(184.0, 90.0), (184.0, 200.0)])]
    halves = [cursive(80, 160, 90, 40, 4), cursive(195, 160, 90, 40, 4)]
    assert left_after(halves, amid) == [1, 1]


def test_a_letter_beside_a_margin_line_stays_and_so_does_a_word_too_small_for_slices():
    letter = [np.array([(60.0, 115.0), (60.0, 178.0), (74.0, 178.0)])]
    assert left_after([*WORD, *letter], WALL) == [1, 1]
    small = Affine.scale_shift(0.12, 100, 100)
    shrunk = [small(stroke) for stroke in (*WORD, *WALL)]
    assert Frame.of(Quad.from_points(small(BOX.points))).height < 12
    labels = (draw([shrunk[0]], SHAPE, 1.0) > 0.5).astype(np.int32)
    labels[115:118, 106:108] = 1
    drawn = (draw([shrunk[1]], SHAPE, 1.0) > 0.5) & (labels == 0)
    quad = Quad.from_points(small(BOX.points))
    drop_behind_walls(labels, drawn, [Frame.of(quad)], [quad.bounds])
    assert not labels[115:118, 106:108].any()
    assert labels.any()
