"""Lines into words: marks, gaps, texts."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inksight_cli.detectors.embedded.gaps import Gap, LineGaps, choose_cuts
from inksight_cli.detectors.embedded.marks import drawn_lines, ink_of_lines
from inksight_cli.detectors.embedded.reading import RawLine
from inksight_cli.detectors.embedded.split import split_line, word_quad
from inksight_cli.geometry import Affine, Box, Points, Quad


def raw(text, quad, confidence=0.9):
    letters = [c for c in text if c != " "]
    after = tuple(i > 0 and text[i - 1] == " " for i, c in enumerate(text) if c != " ")
    total = len(text)
    places = tuple((c, (i + 0.5) / total) for i, c in enumerate(text) if c != " ")
    assert len(places) == len(letters)
    return RawLine(quad, places, after, confidence)


def bars(count, first=20, width=10, gap=6, top=20, bottom=50):
    """Boxes of upright bars that stand for letters."""
    return [
        (first + i * (width + gap), top, first + i * (width + gap) + width, bottom)
        for i in range(count)
    ]


def page(boxes, height=70, width=400):
    mask = np.zeros((height, width), dtype=bool)
    for left, top, right, bottom in boxes:
        mask[top:bottom, left:right] = True
    return mask


def words_of(mask, quad, text):
    (ink,), left = ink_of_lines(mask, [quad])
    return split_line(raw(text, quad), ink), left


def test_words_are_parted_at_the_wide_gap_and_boxes_are_tight():
    first, second = bars(3), bars(4, first=100)
    mask = page(first + second)
    words, left = words_of(mask, Quad.from_box(Box(10, 8, 180, 62)), "abc defg")
    assert [word.text for word in words] == ["abc", "defg"]
    assert words[0].box == Box(20, 20, 62, 50)
    assert words[1].box == Box(100, 20, 158, 50)
    assert not left.any()
    assert all(word.confidence == 0.9 for word in words)


@pytest.mark.parametrize("seen", [True, False])
def test_a_lone_letter_that_was_not_read_is_a_word_where_the_network_sees_its_body(seen):
    mask = page([*bars(4), (110, 20, 128, 50), *bars(4, first=160)])
    quad = Quad.from_box(Box(10, 8, 230, 62))
    (ink,), _ = ink_of_lines(mask, [quad])

    def core(points):
        inside = np.abs(points[:, 1] - 35) < 8
        for white in ((80, 108), (130, 158)):
            inside &= (points[:, 0] < white[0]) | (points[:, 0] > white[1])
        return (inside & (seen | (np.abs(points[:, 0] - 119) > 10))).astype(float)

    ends = replace(
        raw("abcd efgh", quad), characters=(("a", 0.1), ("e", 0.9)), breaks=(False, True)
    )
    found = [round(word.box.left) for word in split_line(ends, ink, core)]
    assert found == ([20, 110, 160] if seen else [20, 160])


def test_even_gaps_are_one_word():
    words, _ = words_of(page(bars(8)), Quad.from_box(Box(10, 8, 160, 62)), "abcdefgh")
    assert len(words) == 1 and words[0].text == "abcdefgh"


def test_text_follows_the_letters_when_counts_disagree():
    mask = page(bars(3) + bars(4, first=110))
    words, _ = words_of(mask, Quad.from_box(Box(10, 8, 180, 62)), "abcdefg")
    assert len(words) == 2
    assert "".join(word.text for word in words) == "abcdefg"


def test_dot_above_and_tail_below_belong_to_the_word():
    dot, tail = (22, 8, 28, 13), (38, 50, 42, 66)
    mask = page([*bars(3), dot, tail])
    words, _ = words_of(mask, Quad.from_box(Box(10, 15, 80, 55)), "ijg")
    assert words[0].box == Box(20, 8, 62, 66)


def test_underline_is_no_letter():
    mask = page([*bars(3), *bars(4, first=100), (15, 56, 165, 59)])
    words, left = words_of(mask, Quad.from_box(Box(10, 8, 180, 62)), "abc defg")
    assert [word.box.bottom for word in words] == [50, 50]
    assert left[57, 80]


def test_drawn_box_around_a_word_is_left_over():
    mask = page(bars(4))
    frame = np.zeros(mask.shape, dtype=np.uint8)
    cv2.rectangle(frame, (4, 4), (380, 66), 1, 2)
    words, left = words_of(mask | frame.astype(bool), Quad.from_box(Box(10, 8, 100, 62)), "abcd")
    assert len(words) == 1 and words[0].box == Box(20, 20, 78, 50)
    assert left[4, 200] and not left[30, 25]


def test_each_of_two_touching_lines_gets_its_part():
    upper, lower = bars(3, top=10, bottom=40), bars(3, top=60, bottom=90)
    mask = page([*upper, *lower, (20, 40, 26, 60)], height=110)
    quads = [Quad.from_box(Box(10, 0, 80, 50)), Quad.from_box(Box(10, 50, 80, 100))]
    inks, _ = ink_of_lines(mask, quads)
    tops = [split_line(raw("abc", quad), ink)[0].box for quad, ink in zip(quads, inks, strict=True)]
    assert tops[0].bottom <= 52 and tops[1].top >= 48
    assert tops[0].left == tops[1].left == 20


def test_no_ink_no_words():
    words, _ = words_of(page([]), Quad.from_box(Box(10, 8, 180, 62)), "ghost")
    assert words == []


@settings(max_examples=25)
@given(degrees=st.integers(-180, 180))
def test_a_turned_line_gives_turned_words(degrees):
    turn = Affine(1, 0, 250, 0, 1, 250) @ Affine.rotation(float(np.radians(degrees)))
    shift = Affine.scale_shift(1, -100, -35)
    mask = np.zeros((500, 500), dtype=np.uint8)
    boxes = bars(3) + bars(4, first=110)
    for box in boxes:
        corners = (turn @ shift)(Quad.from_box(Box(*box)).points)
        cv2.fillPoly(mask, [np.round((corners - 0.5) * 16).astype(np.int32)], 1, shift=4)
    quad = Quad.from_points((turn @ shift)(Quad.from_box(Box(10, 8, 180, 62)).points))
    words, _ = words_of(mask.astype(bool), quad, "abc defg")
    assert [word.text for word in words] == ["abc", "defg"]
    for word, true in zip(words, (Box(20, 20, 62, 50), Box(110, 20, 168, 50)), strict=True):
        assert np.cos(word.quad.angle - quad.angle) > np.cos(np.radians(8.1))
        centre = (turn @ shift)(Quad.from_box(true).points).mean(axis=0)
        assert np.abs(word.quad.points.mean(axis=0) - centre).max() < 2.5


@given(
    angle=st.floats(-3.1, 3.1),
    points=st.lists(st.tuples(st.integers(0, 300), st.integers(0, 300)), min_size=1, max_size=40),
)
def test_word_quad_holds_every_pixel(angle, points):
    centres: Points = np.array(points) + 0.5
    quad = word_quad(centres, angle)
    turn = Affine.rotation(-quad.angle)
    box, inside = Box.around(turn(quad.points)), turn(centres)
    assert (inside >= (box.left + 0.49, box.top + 0.49)).all()
    assert (inside <= (box.right - 0.49, box.bottom - 0.49)).all()


@given(widths=st.lists(st.floats(-5, 80), min_size=1, max_size=20), scale=st.floats(0.3, 4))
def test_cuts_do_not_depend_on_the_resolution(widths, scale):
    def gaps(factor):
        starts = np.arange(len(widths)) * 100.0
        return [
            Gap(s * factor, (s + w) * factor, float(i % 3 == 0))
            for i, (s, w) in enumerate(zip(starts, widths, strict=True))
        ]

    one, other = (choose_cuts(LineGaps(gaps(by), 30 * by, 40)) for by in (1, scale))
    assert (one == other).all()


def test_no_gaps_no_cuts():
    assert choose_cuts(LineGaps([], 20, 5)).shape == (0,)


@pytest.mark.parametrize("slope", [0, 3, -3])
def test_a_long_line_is_told_from_letters(slope):
    mask = np.zeros((120, 300), dtype=np.uint8)
    cv2.line(mask, (0, 60), (299, 60 + slope * 5), 1, 4)
    line = mask.astype(bool)
    mask[20:50, 40:46] = 1
    found = drawn_lines(mask.astype(bool), 60)
    assert found[line].mean() > 0.9
    assert not found[25:45, 40:46].any()
