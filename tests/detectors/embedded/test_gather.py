"""RapidOCR's lines and the network's fragments, brought together and judged."""

import numpy as np
import pytest

from inksight_cli.detectors.embedded.cores import Fragment, Loose
from inksight_cli.detectors.embedded.gather import Row, gather
from inksight_cli.detectors.embedded.judge import PageKind, is_writing, usual_height
from inksight_cli.detectors.embedded.reading import RawLine
from inksight_cli.geometry import Box, Quad

NOTHING = Loose(np.zeros((0, 2)), np.zeros(0, dtype=np.intp))
PLAIN, DRAWN = PageKind(squared=False, drawn=False), PageKind(squared=False, drawn=True)


def raw(box, text="word", confidence=0.9):
    places = tuple((c, (i + 0.5) / len(text)) for i, c in enumerate(text))
    return RawLine(Quad.from_box(Box(*box)), places, (False,) * len(text), confidence)


def fragment(left, top, right, bottom, mark=0, sure=0.9):
    y, x = np.mgrid[top:bottom, left:right]
    points = np.stack([x.ravel(), y.ravel()], axis=1) + 0.5
    wide, tall = right - left, bottom - top
    angle = 0.0 if wide > 2.2 * tall else np.pi / 2 if tall > 2.2 * wide else None
    return Fragment(
        points,
        np.full(len(points), mark),
        points.mean(axis=0),
        angle,
        float(max(wide, tall)),
        float(min(wide, tall)),
        sure,
    )


def unread(quads):
    return [RawLine(quad, (("x", 0.5), ("y", 0.7)), (False, False), 0.8) for quad in quads]


def test_fragments_go_to_the_line_they_lie_in():
    first, second = fragment(20, 20, 80, 40), fragment(20, 70, 80, 90)
    lines = [raw((10, 10, 200, 50)), raw((10, 60, 200, 100))]
    rows = gather(lines, [second, first], NOTHING, unread)
    assert [row.fragments for row in rows] == [[first], [second]]
    assert rows[0].line is lines[0] and not rows[0].overlooked


def test_two_rows_that_were_taken_for_one_line_are_parted_and_read_again():
    upper, lower = fragment(20, 20, 80, 40), fragment(30, 50, 90, 70)
    rows = gather([raw((10, 10, 200, 80))], [lower, upper], NOTHING, unread)
    assert [row.fragments for row in rows] == [[upper], [lower]]
    for row, box in zip(rows, (Box(20, 20, 80, 40), Box(30, 50, 90, 70)), strict=True):
        assert row.line.quad.bounds.iou(box.grown(10)) > 0.99
        assert not row.overlooked


def test_a_slope_is_no_second_row():
    parts = [fragment(20 + 70 * k, 20 + 9 * k, 80 + 70 * k, 40 + 9 * k) for k in range(3)]
    rows = gather([raw((10, 10, 240, 70))], parts, NOTHING, unread)
    assert [row.fragments for row in rows] == [parts]


def test_what_no_line_holds_becomes_lines_of_its_own():
    seen, one, two = (
        fragment(20, 20, 80, 40),
        fragment(20, 120, 80, 140),
        fragment(90, 121, 150, 141),
    )
    upward = fragment(300, 20, 320, 120)
    rows = gather([raw((10, 10, 200, 50))], [seen, one, two, upward], NOTHING, unread)
    assert [len(row.fragments) for row in rows if row.overlooked] in ([2, 1], [1, 2])
    (up,) = [row for row in rows if row.fragments == [upward]]
    assert np.degrees(up.line.quad.angle) == pytest.approx(-90)


def test_loose_writing_in_the_middle_of_a_line_is_the_lines():
    y, x = np.mgrid[22:38, 120:150]
    loose = Loose(np.stack([x.ravel(), y.ravel()], axis=1) + 0.5, np.full(x.size, 5))
    line = raw((10, 10, 200, 50))
    (row,) = gather([line], [fragment(20, 20, 80, 40)], loose, unread)
    assert set(row.ink.marks) == {0, 5}
    (row,) = gather([raw((10, 10, 200, 50), confidence=0.3)], [], loose, unread)
    assert not len(row.ink.points)


@pytest.mark.parametrize(
    ("text", "fragments", "page", "overlooked", "confidence", "expected"),
    [
        ("word", [fragment(0, 0, 60, 20)], DRAWN, False, 0.9, True),
        ("X", [fragment(0, 0, 20, 20)], DRAWN, False, 0.9, False),
        ("X", [fragment(0, 0, 20, 20)], PLAIN, False, 0.9, True),
        ("->", [fragment(0, 0, 20, 20)], PLAIN, False, 0.9, False),
        ("个", [fragment(0, 0, 20, 20)], DRAWN, False, 0.9, False),
        ("个", [fragment(0, 0, 50, 20)], DRAWN, False, 0.3, True),  # a short word, not read as one
        ("个", [fragment(0, 0, 50, 20)], DRAWN, True, 0.3, False),
        (",", [fragment(0, 0, 100, 20)], DRAWN, False, 0.4, True),
        ("ab", [fragment(0, 0, 30, 20)], DRAWN, True, 0.3, False),
        ("ab", [fragment(0, 0, 30, 20)], DRAWN, True, 0.8, True),
        ("", [fragment(0, 0, 100, 20)], DRAWN, False, 0.0, False),  # a scribble
        ("", [fragment(0, 0, 100, 20)], PLAIN, False, 0.0, True),
        ("abc", [], PLAIN, False, 0.8, True),
        ("abc", [], PLAIN, False, 0.3, False),
    ],
)
def test_symbols_of_drawings_are_no_writing(
    text, fragments, page, overlooked, confidence, expected
):
    row = Row(raw((0, 0, 100, 40), text, confidence), fragments, overlooked)
    assert is_writing(row, page, 0.9) is expected


@pytest.mark.parametrize(
    ("sure", "page", "written", "expected"),
    [
        (0.75, DRAWN, 0.4, False),
        (0.75, DRAWN, 0.6, True),
        (0.81, DRAWN, 0.4, True),
        (0.75, PLAIN, 0.4, True),
    ],
)
def test_what_lies_under_crossing_strokes_is_no_writing(sure, page, written, expected):
    row = Row(raw((0, 0, 100, 40), "word"), [fragment(0, 0, 60, 20, sure=sure)])
    assert is_writing(row, page, written) is expected


def test_the_usual_height_is_that_of_long_lines():
    lines = [
        raw((0, 0, 20, 90), "x"),
        raw((0, 0, 20, 80), "y"),
        raw((0, 0, 400, 40), "a long line"),
    ]
    assert usual_height(lines) == 40
