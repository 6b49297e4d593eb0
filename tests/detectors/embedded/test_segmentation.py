"""The real network, on a small page of Hershey letters."""

import cv2
import numpy as np
import pytest

from inksight_cli.detectors.embedded.segmentation import LARGEST, Maps, segment
from inksight_cli.geometry import Box, Quad


@pytest.fixture
def page():
    """Two words in a box: (ink of the words, ink of the box)."""
    words, box = (np.zeros((200, 480), np.uint8) for _ in range(2))
    font = cv2.FONT_HERSHEY_SCRIPT_SIMPLEX
    cv2.putText(words, "paper", (70, 110), font, 1.3, 255, 2, cv2.LINE_AA)
    cv2.putText(words, "planes", (240, 110), font, 1.3, 255, 2, cv2.LINE_AA)
    cv2.rectangle(box, (40, 50), (430, 150), 255, 2, cv2.LINE_AA)
    return words > 127, box > 127


def test_writing_is_told_from_the_box_around_it(page):
    words, box = page
    maps = segment(words | box, 60)
    size = maps.writing.shape[::-1]
    small = [cv2.resize(m.astype(np.float32), size, interpolation=cv2.INTER_AREA) for m in page]
    assert maps.writing[small[0] > 0.3].mean() > 0.8
    assert maps.writing[(small[1] > 0.3) & (small[0] == 0)].mean() < 0.2


def test_words_have_cores_and_paper_has_none(page):
    maps = segment(page[0] | page[1], 60)
    inside, gap, paper = maps.core_at(np.array([(120.0, 100.0), (215.0, 100.0), (20.0, 20.0)]))
    assert inside > 0.5 and gap < 0.3 and paper < 0.1


def test_maps_cover_the_page_whatever_its_size(page):
    mask = page[0] | page[1]
    for shape in ((1, 1), (40, 7), (33, 250)):
        maps = segment(mask[: shape[0], : shape[1]], 30)
        assert maps.ink.shape == maps.core.shape == maps.writing.shape
        height, width = maps.ink.shape
        assert (width * maps.cell[0], height * maps.cell[1]) >= (shape[1] - 2, shape[0] - 2)


def test_very_small_writing_does_not_make_a_very_large_picture():
    mask = np.zeros((1500, 1500), dtype=bool)
    maps = segment(mask, 6)
    assert 4 * maps.ink.size <= 1.1 * LARGEST


def test_how_much_of_a_quads_ink_is_written():
    ink, writing = np.zeros((2, 20, 30), np.float32)
    ink[5:10, 5:15], writing[5:10, 5:15] = 1.0, 0.9
    ink[5:10, 15:20], writing[5:10, 15:20] = 1.0, 0.0
    maps = Maps(ink, writing, np.zeros_like(ink), (2.0, 2.0))
    assert maps.written(Quad.from_box(Box(0, 0, 29, 40))) == pytest.approx(0.9)
    assert maps.written(Quad.from_box(Box(0, 0, 60, 40))) == pytest.approx(0.6)
    assert maps.written(Quad.from_box(Box(0, 30, 60, 40))) == 1.0
    assert maps.written(Quad.from_box(Box(-20, -20, 29, 90))) == pytest.approx(0.9)
    assert maps.written(Quad.from_box(Box(70, 0, 90, 40))) == 1.0
