"""Lines of characters in squares: a word for each."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inksight_cli.detectors import find_detector
from inksight_cli.detectors.embedded.characters import tokens_of
from inksight_cli.detectors.embedded.marks import LineInk, ink_of_lines
from inksight_cli.detectors.embedded.reading import RawLine
from inksight_cli.detectors.embedded.split import characters_of, parts_of
from inksight_cli.geometry import Affine, Box, Quad
from inksight_cli.pages.page import PageImage
from inksight_cli.pipeline import find_words

SIDE = 40
SIGNS = {  # strokes in a square of ten
    "三": ["12 92", "25 85", "09 a9"],
    "十": ["05 a5", "50 5a"],
    "口": ["12 19", "12 92 99", "19 99"],
    "日": ["21 29", "21 81 89", "25 85", "29 89"],
    "田": ["12 19", "12 92 99", "15 95", "52 59", "19 99"],
    "工": ["22 82", "52 59", "09 a9"],
    "王": ["12 92", "25 85", "52 59", "09 a9"],
    "上": ["40 4a", "45 95", "0a aa"],
    "下": ["01 a1", "51 5a", "53 86"],
    "山": ["50 59", "04 09 a9", "a4 a9"],
}


def line_of(text, places=None, sure=0.95, breaks=()):
    width = 50 * len(text) + 20
    places = places or [(35 + 50 * k) / width for k in range(len(text))]
    characters = tuple(zip(text, places, strict=True))
    blanks = tuple(k in breaks for k in range(len(text)))
    return RawLine(Quad.from_box(Box(0, 0, width, 60)), characters, blanks, sure)


def ink_of(boxes):
    """Full boxes of ink as a line's marks."""
    points = [
        np.stack(np.meshgrid(np.arange(a, c) + 0.5, np.arange(b, d) + 0.5), axis=2).reshape(-1, 2)
        for a, b, c, d in boxes
    ]
    marks = np.repeat(np.arange(1, len(boxes) + 1), [len(p) for p in points])
    return LineInk(np.concatenate(points), marks, np.zeros(len(marks), dtype=bool))


def characters(line, boxes):
    return characters_of(parts_of(line, ink_of(boxes), None))


def test_halves_of_a_character_stay_together():
    halves = [(15, 10, 30, 50), (36, 10, 55, 50), (65, 10, 82, 50), (86, 10, 105, 50)]
    words = characters(line_of("明好"), halves)
    assert [(word.text, word.box) for word in words] == [
        ("明", Box(15, 10, 55, 50)),
        ("好", Box(65, 10, 105, 50)),
    ]


def test_characters_that_touch_are_cut_where_little_ink_is():
    boxes = [(15, 10, 52, 50), (52, 30, 66, 33), (66, 10, 105, 50)]
    words = characters(line_of("日田"), boxes)
    assert [word.text for word in words] == ["日", "田"]
    assert 50 < words[0].box.right < 68 and words[0].box.width + words[1].box.width == 90


def test_words_and_numbers_stay_whole_between_characters():
    line = line_of("在ab3的", places=[0.1, 0.34, 0.44, 0.55, 0.85])
    boxes = [(10, 10, 50, 50), *((70 + 17 * k, 20, 82 + 17 * k, 50) for k in range(4))]
    words = characters(line, [*boxes, (210, 10, 250, 50)])
    assert [word.text for word in words] == ["在", "ab3", "的"]
    assert words[1].box == Box(70, 20, 133, 50)


def test_a_blank_parts_words_and_a_stop_is_one_of_its_own():
    tokens = tokens_of(line_of("ab3.5好。", breaks=(2,)), np.arange(7.0))
    assert [token.text for token in tokens] == ["ab", "3.5", "好", "。"]
    assert [token.square for token in tokens] == [False, False, True, False]


def test_ink_that_was_not_read_is_a_word_without_text():
    boxes = [(10 + 50 * k, 10, 50 + 50 * k, 50) for k in range(4)]
    line = line_of("日田工", places=[0.08, 0.3, 0.83])
    line = RawLine(Quad.from_box(Box(0, 0, 220, 60)), line.characters, line.breaks, 0.95)
    assert [word.text for word in characters(line, boxes)] == ["日", "田", "", "工"]


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_all_ink_is_in_words_and_all_text_is_said(data):
    number = st.integers(0, 240)
    boxes = data.draw(
        st.lists(st.tuples(number, st.integers(0, 40)), min_size=1, max_size=8).map(
            lambda corners: [(x, y, x + 5 + (7 * x) % 30, y + 4 + (5 * y) % 17) for x, y in corners]
        )
    )
    text = data.draw(st.text("一二田a3。", min_size=0, max_size=6))
    places = sorted(data.draw(st.floats(0, 1)) for _ in text)
    line = line_of(text, places)
    ink = ink_of(boxes)
    words = characters_of(parts_of(line, ink, None))
    inside = sum(
        ((ink.points > word.quad.points[0]) & (ink.points < word.quad.points[2])).all(axis=1)
        for word in words
    )
    assert (inside >= 1).all()
    assert "".join(word.text for word in words) == text


def write(signs, columns=()):
    """A page of signs: one row, or each of ``columns`` from the right."""
    rows = [(k * 60, 0, sign) for k, sign in enumerate(signs)]
    rows += [
        (100 * (len(columns) - c), 55 * r, sign)
        for c, column in enumerate(columns)
        for r, sign in enumerate(column)
    ]
    right, bottom = max(x for x, _, _ in rows), max(y for _, y, _ in rows)
    pixels = np.full((bottom + 140, right + 160, 3), 245, dtype=np.uint8)
    for left, top, sign in rows:
        for stroke in SIGNS[sign]:
            path = np.array([[int(c, 11) for c in point] for point in stroke.split()]) * SIDE / 10
            path = np.round((path + (left + 50, top + 50)) * 16).astype(np.int32)
            cv2.polylines(pixels, [path[:, None]], False, (30, 30, 60), 3, cv2.LINE_AA, 4)
    return pixels


def test_a_line_of_chinese_is_read_and_cut():
    pixels = write("日田工三王口十")
    (line,) = find_words(find_detector("embedded"), PageImage(pixels)).lines
    assert [word.text for word in line.words] == list("日田工三王口十")
    assert line.text == "日田工三王口十"
    for k, word in enumerate(line.words):
        assert word.box.left > 45 + 60 * k and word.box.right < 97 + 60 * k


@pytest.mark.parametrize("quarters", [0, 1, 3])
def test_columns_run_down_from_the_right_and_a_turned_page_is_none(quarters):
    """Characters in columns stand upright; those of a page on its side do not."""
    columns = ["山下三王日上", "王上下三山工", "三山王上下日"]
    if quarters:
        stacked = [write(column) for column in columns]
        pixels = np.rot90(np.concatenate(stacked), quarters)
    else:
        pixels = write("", columns)
    page = find_words(find_detector("embedded"), PageImage(np.ascontiguousarray(pixels)))
    texts = [line.text for line in page.lines]
    assert [len(text) for text in texts] == [6, 6, 6]
    right = sum(
        a == b for t, c in zip(texts, columns, strict=True) for a, b in zip(t, c, strict=True)
    )
    assert right >= 15
    angles = {round(word.quad.angle, 2) for line in page.lines for word in line.words}
    assert angles == {{0: 0.0, 1: -1.57, 3: 1.57}[quarters]}


def test_turning_boxes_keeps_their_place():
    quad = Quad.from_box(Box(3, 4, 9, 20))
    turned = Affine.rotation(np.pi / 2)(quad.points)
    assert Quad.from_points(np.roll(turned, 1, axis=0)).bounds == Quad.from_points(turned).bounds


def test_a_line_is_cut_to_characters_or_not_as_the_user_says():
    pixels = write("日田工三王口十")
    (line,) = find_words(
        find_detector("embedded", script="hangul"), PageImage(pixels), "hangul"
    ).lines
    assert [word.text for word in line.words] == [""] * 7
    (line,) = find_words(
        find_detector("embedded", script="latin"), PageImage(pixels), "latin"
    ).lines
    assert len(line.words) < 7


def test_a_bar_over_a_character_is_its_stroke():
    """Far from the middle of its line, too: nothing of an ordinary line is so wide up there."""
    mask = np.zeros((80, 200), dtype=bool)
    mask[12:15, 50:92] = True
    mask[34:66, 60:84] = True
    quad = Quad.from_box(Box(20, 5, 180, 75))
    for squared, pixels in ((False, 32 * 24), (True, 32 * 24 + 3 * 42)):
        (ink,), _ = ink_of_lines(mask, [quad], [squared])
        assert len(ink.points) == pixels
