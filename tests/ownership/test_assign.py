from dataclasses import replace

import numpy as np
import pytest

from inksight_cli.detectors.embedded.upright import turning
from inksight_cli.document import Word
from inksight_cli.geometry import Affine, Box, Quad
from inksight_cli.ownership.assign import assign_ink
from tests.helpers import inked
from tests.helpers.written_pages import cursive, draw

SHAPE = (300, 500)


def ink_of(*drawings, shape=SHAPE, width=3.0):
    """Return the page's ink, and a mask for each drawing (a list of strokes)."""
    masks = [draw(strokes, shape, width) > 0.5 for strokes in drawings]
    mask = np.logical_or.reduce(masks)
    paper = np.full((*shape, 3), 255, np.uint8)
    return inked.ink_of(mask, paper, width), masks


def word(left, top, right, bottom):
    return Word(Quad.from_box(Box(left, top, right, bottom)))


def share(ownership, index, mask):
    """How much of ``mask`` the word owns (index None: nobody)."""
    label = 0 if index is None else index + 1
    return ((ownership.labels == label) & mask).sum() / mask.sum()


def test_each_word_gets_its_ink_and_the_rest_is_left_over():
    ink, (first, second, sketch) = ink_of(
        [cursive(50, 100, 100, 30, 6)],
        [cursive(220, 100, 100, 30, 6)],
        [[(50, 200), (150, 280), (250, 200)]],
    )
    ownership = assign_ink(ink, [word(45, 65, 170, 105), word(215, 65, 340, 105)])
    assert share(ownership, 0, first) == 1
    assert share(ownership, 1, second) == 1
    assert (ownership.left_over().mask == sketch).all()
    region = ownership.region(1)
    assert region.area == second.sum()
    rows, columns = np.nonzero(second)
    assert (region.left, region.top) == (columns.min(), rows.min())
    assert region.mask.any(axis=0).all()
    assert region.mask.any(axis=1).all()


def test_what_is_known_to_be_drawn_is_no_words_ink():
    ring = [(135 + 60 * np.cos(t), 60 + 45 * np.sin(t)) for t in np.linspace(0, 6.4, 60)]
    ink, (letters, circle) = ink_of([cursive(50, 140, 170, 40, 6)], [ring])
    box = word(45, 90, 225, 145)
    assert share(assign_ink(ink, [box]), 0, circle) > 0.1
    known = assign_ink(replace(ink, drawn=circle & ~letters), [box])
    assert share(known, 0, letters) == 1
    assert share(known, None, circle & ~letters) > 0.98


def test_a_piece_inside_a_word_is_its_own_whatever_it_is_called():
    ink, (letters,) = ink_of([cursive(50, 100, 100, 30, 6)])
    called = letters.copy()
    called[:, :70] = False
    called[:, 120:] = False
    ownership = assign_ink(replace(ink, drawn=called), [word(45, 65, 170, 105)])
    assert share(ownership, 0, letters) == 1


def test_crumbs_of_a_drawing_are_no_marks():
    ink, (letters, line) = ink_of([cursive(50, 100, 100, 30, 6)], [[(40, 58), (300, 58)]])
    crumb = line.copy()
    crumb[:, :80] = False
    crumb[:, 88:] = False
    ownership = assign_ink(replace(ink, drawn=line & ~crumb), [word(45, 65, 170, 105)])
    assert share(ownership, 0, letters) == 1
    assert share(ownership, None, line) == 1


def test_a_crumb_at_the_edge_of_a_word_is_the_drawings_and_a_letter_in_it_is_not():
    ink, (letters, line) = ink_of([cursive(50, 100, 100, 30, 6)], [[(40, 62), (300, 62)]])
    crumb = line.copy()
    crumb[:, :80] = False
    crumb[:, 88:] = False
    ownership = assign_ink(replace(ink, drawn=line & ~crumb), [word(45, 58, 170, 105)])
    assert share(ownership, None, line) == 1
    assert share(ownership, 0, letters) == 1


@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
def test_a_dotted_line_under_words_is_no_words_ink(quarters):
    dots = [[(x, 108.0), (x + 0.5, 108.0)] for x in np.arange(30.0, 380.0, 9.0)]
    ink, (first, second, line) = ink_of(
        [cursive(50, 100, 100, 30, 6)], [cursive(220, 100, 100, 30, 6)], dots
    )
    first, second, line, mask = (np.rot90(m, quarters) for m in (first, second, line, ink.mask))
    way = turning(quarters, *SHAPE[::-1])
    words = [word(45, 65, 170, 112), word(215, 65, 340, 112)]
    turned = [Word(Quad.from_points(way(w.quad.points))) for w in words]
    lying = replace(ink, mask=np.ascontiguousarray(mask))
    ownership = assign_ink(lying, turned)
    assert share(ownership, 0, first) == 1
    assert share(ownership, 1, second) == 1
    assert (ownership.left_over().mask == line).all()


def test_a_word_without_ink_has_an_empty_region():
    ink, _ = ink_of([cursive(50, 100, 100, 30, 6)])
    ownership = assign_ink(ink, [word(300, 200, 400, 240), word(45, 65, 170, 105)])
    assert ownership.region(0).area == 0
    assert ownership.region(1).area == ink.mask.sum()
    assert assign_ink(ink, []).left_over().area == ink.mask.sum()


def test_no_words_and_no_ink():
    ink, _ = ink_of([])
    ownership = assign_ink(ink, [word(10, 10, 50, 30)])
    assert ownership.region(0).area == 0
    assert ownership.left_over().area == 0


def test_touching_words_are_cut_between_their_boxes():
    both = cursive(50, 100, 200, 30, 12)
    ink, _ = ink_of([both])
    ownership = assign_ink(ink, [word(40, 65, 150, 105), word(150, 65, 270, 105)])
    columns = np.nonzero(ownership.labels == 1)[1], np.nonzero(ownership.labels == 2)[1]
    assert columns[0].max() < 152
    assert columns[1].min() > 147
    assert ownership.left_over().area == 0


def test_a_neighbour_whose_box_covers_a_word_does_not_take_its_ink():
    upper, lower = [cursive(60, 90, 130, 24, 8)], [cursive(50, 130, 150, 30, 8)]
    upper.append([(120, 80), (120, 115)])
    ink, (first, second) = ink_of(upper, lower)
    ownership = assign_ink(ink, [word(55, 62, 210, 95), word(45, 68, 220, 135)])
    assert share(ownership, 0, first) > 0.6
    assert share(ownership, 1, second) > 0.9


def test_a_descender_that_touches_the_next_line_is_cut():
    upper, lower = [cursive(50, 90, 150, 30, 8)], [cursive(50, 160, 150, 30, 8)]
    upper.append([(120, 80), (120, 135)])
    ink, (first, second) = ink_of(upper, lower)
    ownership = assign_ink(ink, [word(45, 55, 220, 100), word(45, 125, 220, 165)])
    assert share(ownership, 0, first) > 0.93
    assert share(ownership, 1, second) > 0.93


def test_an_underline_beneath_three_words_is_nobodys():
    words = [[cursive(x, 100, 80, 30, 5)] for x in (40, 160, 280)]
    line = [[(35, 112), (390, 114)]]
    ink, masks = ink_of(*words, line)
    boxes = [word(x - 4, 65, x + 100, 118) for x in (40, 160, 280)]
    ownership = assign_ink(ink, boxes)
    for index in range(3):
        assert share(ownership, index, masks[index]) == 1
    assert share(ownership, None, masks[3]) == 1


def test_a_strike_through_is_nobodys_and_a_dash_is_a_word():
    ink, (text, strike, dash) = ink_of(
        [[(60 + 22 * k, 70), (60 + 22 * k, 84)] for k in range(6)]
        + [[(60 + 22 * k, 94), (60 + 22 * k, 108)] for k in range(6)],
        [[(50, 89), (190, 89)]],
        [[(250, 90), (290, 90)]],
    )
    ownership = assign_ink(ink, [word(50, 65, 190, 112), word(245, 80, 295, 100)])
    assert share(ownership, 0, text) == 1
    assert share(ownership, None, strike) == 1
    assert share(ownership, 1, dash) == 1


def test_a_box_around_a_word_is_a_drawing_even_when_it_touches():
    text = [cursive(80, 120, 120, 36, 6), [(130, 100), (130, 146)]]
    frame = [[(60, 60), (240, 60), (240, 145), (60, 145), (60, 60)]]
    ink, (letters, box) = ink_of(text, frame)
    ownership = assign_ink(ink, [word(72, 76, 225, 140)])
    assert share(ownership, 0, letters) > 0.9
    assert share(ownership, None, box & ~letters) > 0.95


def test_small_marks_go_to_the_nearest_word():
    ink, (_, dot, comma, far) = ink_of(
        [cursive(50, 100, 100, 30, 6)], [[(90, 56)]], [[(170, 98), (168, 106)]], [[(300, 30)]]
    )
    ownership = assign_ink(ink, [word(45, 65, 164, 105), word(45, 165, 164, 205)])
    assert share(ownership, 0, dot) == 1
    assert share(ownership, 0, comma) == 1
    assert share(ownership, None, far) == 1


def test_a_dash_beside_a_word_is_no_mark_and_an_accent_over_it_is():
    ink, (_, dash, accent) = ink_of(
        [cursive(50, 100, 100, 30, 6)], [[(172, 70), (172, 86)]], [[(90, 58), (106, 52)]]
    )
    ownership = assign_ink(ink, [word(45, 65, 164, 105)])
    assert share(ownership, None, dash) == 1
    assert share(ownership, 0, accent) == 1


def test_an_accent_over_a_words_end_may_pass_it():
    ink, (_, accent) = ink_of([cursive(50, 100, 100, 30, 6)], [[(158, 58), (174, 52)]])
    assert share(assign_ink(ink, [word(45, 65, 164, 105)]), 0, accent) == 1


def test_commas_after_low_words_are_as_large_as_after_tall_ones():
    ink, (_, _, comma) = ink_of(
        [cursive(50, 100, 100, 10, 6)],
        [cursive(50, 200, 100, 30, 6)],
        [[(170, 97), (167, 105)]],
    )
    low = word(45, 82, 164, 104)
    assert share(assign_ink(ink, [low]), None, comma) == 1
    assert share(assign_ink(ink, [low, word(45, 160, 164, 210)]), 0, comma) == 1


def test_what_a_frames_side_parts_from_a_word_is_not_its_ink():
    ink, (letters, wall, head) = ink_of(
        [cursive(100, 100, 120, 30, 6)],
        [[(80, 55), (80, 125)]],
        [[(50, 82), (70, 90), (52, 98)]],
    )
    box = word(45, 62, 230, 108)
    ownership = assign_ink(replace(ink, drawn=wall), [box])
    assert share(ownership, 0, letters) == 1
    assert share(ownership, None, head | wall) == 1


@pytest.mark.parametrize("degrees", [0, 7, -30, 90, 200])
def test_rotated_words_own_their_ink(degrees):
    turn = Affine.rotation(np.deg2rad(degrees))
    place = Affine.scale_shift(1, 250, 250) @ turn
    strokes = [place(cursive(-90, 15, 60, 30, 4)), place(cursive(20, 15, 60, 30, 4))]
    ink, (first, second) = ink_of([strokes[0]], [strokes[1]], shape=(500, 500))
    quads = [
        Quad.from_points(place(Quad.from_box(Box(a, -22, a + 85, 22)).points)) for a in (-95, 12)
    ]
    ownership = assign_ink(ink, [Word(quad) for quad in quads])
    assert share(ownership, 0, first) == 1
    assert share(ownership, 1, second) == 1


def test_strokes_of_characters_in_squares_are_no_rules():
    """In a row of dashes that touch there are no underlines where they are read as numbers."""
    dashes = [(50, 70), (52, 100), (100, 66), (99, 83), (97, 101)]
    ink, masks = ink_of(*([[(x, y), (x + 44, y)]] for x, y in dashes), width=4.0)
    boxes = [(46, 64, 98, 106), (98, 60, 150, 106)]
    words = [replace(word(*box), text=text) for box, text in zip(boxes, "二三", strict=True)]
    ownership = assign_ink(ink, words)
    for k, mask in enumerate(masks):
        assert share(ownership, int(k > 1), mask) > 0.9
    assert not ownership.left_over().area
