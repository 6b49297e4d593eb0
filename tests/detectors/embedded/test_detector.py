"""The real RapidOCR and our split, on a small page."""

import logging
from unittest.mock import patch

import cv2
import numpy as np
import pytest

from inksight_cli.detectors import find_detector
from inksight_cli.detectors.embedded import rapid
from inksight_cli.detectors.embedded.rapid import FIND_SIDE, READ_SIDE
from inksight_cli.detectors.embedded.reading import RawLine
from inksight_cli.detectors.embedded.upright import turning
from inksight_cli.geometry import Box, Quad
from inksight_cli.pages.page import PageImage

TEXT = [["Hello", "brave", "world"], ["second", "line"]]


@pytest.fixture
def page(blank, write):
    pixels = blank(260, 760)
    boxes = []
    for words, baseline in zip(TEXT, (90, 200), strict=True):
        left = 40
        for word in words:
            boxes.append(write(pixels, word, left, baseline))
            left = int(boxes[-1].right) + 32
    return pixels, boxes


def test_words_text_and_tight_boxes(page, capfd):
    pixels, boxes = page
    lines = find_detector("embedded").detect(PageImage(pixels))
    assert [[word.text for word in line.words] for line in lines] == TEXT
    for word, box in zip((w for line in lines for w in line.words), boxes, strict=True):
        assert word.box.iou(box) > 0.85
        assert word.confidence > 0.8 and word.quad.upright
    assert capfd.readouterr() == ("", "")
    assert logging.getLogger("RapidOCR").level >= logging.CRITICAL


def test_words_of_a_picture_larger_than_what_is_looked_at(page):
    pixels, boxes = page
    larger = cv2.resize(pixels, None, fx=3, fy=3, interpolation=cv2.INTER_CUBIC)
    assert larger.shape[1] > READ_SIDE > FIND_SIDE
    lines = find_detector("embedded").detect(PageImage(larger))
    assert [[word.text for word in line.words] for line in lines] == TEXT
    for word, box in zip((w for line in lines for w in line.words), boxes, strict=True):
        there = Box(3 * box.left, 3 * box.top, 3 * box.right, 3 * box.bottom)
        assert word.box.iou(there) > 0.85


@pytest.mark.parametrize("turn", [cv2.ROTATE_90_COUNTERCLOCKWISE, cv2.ROTATE_90_CLOCKWISE])
def test_text_that_runs_up_or_down_the_page(blank, write, turn):
    pixels = blank(120, 400)
    write(pixels, "Customer", 40, 80)
    (line,) = find_detector("embedded").detect(PageImage(cv2.rotate(pixels, turn)))
    (word,) = line.words
    assert word.text == "Customer"
    expected = -90 if turn == cv2.ROTATE_90_COUNTERCLOCKWISE else 90
    assert np.degrees(word.quad.angle) == pytest.approx(expected)


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_a_page_on_its_side_or_upside_down_is_read_as_if_it_lay_upright(page, quarters):
    pixels, boxes = page
    pixels[20:250, 700:704] = 0  # a line of a drawing
    height, width = pixels.shape[:2]
    lying = PageImage(np.ascontiguousarray(np.rot90(pixels, quarters)))
    with patch.object(rapid, "read_lines", wraps=rapid.read_lines) as reading:
        lines = find_detector("embedded").detect(lying)
    assert np.array_equal(reading.call_args.args[0], pixels)
    assert [[word.text for word in line.words] for line in lines] == TEXT
    way = turning(quarters, width, height)
    for word, box in zip((w for line in lines for w in line.words), boxes, strict=True):
        assert word.box.iou(Box.around(way(Quad.from_box(box).points))) > 0.85
        assert np.degrees(word.quad.angle) % 360 == pytest.approx(-90 * quarters % 360)
    drawn = np.rot90(lying.ink.drawn, -quarters)
    assert drawn[20:250, 695:710].sum() > 500
    assert not drawn[:, :690].any()


def test_sloping_line_gets_sloping_boxes(blank, write):
    pixels = blank(420, 700)
    write(pixels, "brave world", 120, 200)
    matrix = cv2.getRotationMatrix2D((350, 210), -20, 1.0)
    turned = cv2.warpAffine(pixels, matrix, (700, 420), borderValue=(250, 250, 250))
    (line,) = find_detector("embedded").detect(PageImage(turned))
    assert [word.text for word in line.words] == ["brave", "world"]
    for word in line.words:
        assert np.degrees(word.quad.angle) == pytest.approx(20, abs=3)


def test_empty_page(blank):
    assert find_detector("embedded").detect(PageImage(blank(200, 300))) == []


@pytest.mark.parametrize("size", [(1, 1), (3, 500), (40, 9)])
def test_tiny_pages_do_no_harm(blank, size):
    assert find_detector("embedded").detect(PageImage(blank(*size))) == []


def test_raw_line_places_letters_along_the_quad():
    from inksight_cli.detectors.embedded.rapid import read_lines

    pixels = np.full((120, 500, 3), 250, dtype=np.uint8)
    cv2.putText(pixels, "ab cd", (60, 80), cv2.FONT_HERSHEY_SIMPLEX, 1.6, (0, 0, 0), 3)
    (line,) = read_lines(pixels)
    assert isinstance(line, RawLine) and isinstance(line.quad, Quad)
    places = [place for _, place in line.characters]
    assert places == sorted(places) and 0 < places[0] < places[-1] <= 1
    assert line.quad.bounds.iou(Box(60, 45, 220, 85)) > 0.3
    assert line.breaks[0] is False and sum(line.breaks) <= 1
