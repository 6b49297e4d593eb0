"""The real network, on a small page of Hershey letters."""

import cv2
import numpy as np
import pytest

from inksight_cli.detectors.segmentation import LARGEST, segment


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
