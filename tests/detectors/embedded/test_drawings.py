"""What the network calls a drawing is one where it is long; short bits may be tails of letters."""

import cv2
import numpy as np
import pytest

from inksight_cli.detectors.embedded.drawings import drawn_ink
from inksight_cli.detectors.embedded.segmentation import Maps

LINE = 40.0
CELL = (3.0, 4.0)


@pytest.fixture
def mask():
    ink = np.zeros((240, 300), np.uint8)
    cv2.putText(ink, "word", (40, 90), cv2.FONT_HERSHEY_SIMPLEX, 1.4, 1, 3)
    cv2.rectangle(ink, (20, 40), (200, 120), 1, 3)
    cv2.line(ink, (220, 90), (232, 90), 1, 3)
    return ink.astype(bool)


def maps_of(writing):
    """Cells of ``CELL`` pixels with the probabilities of a page's picture (H, W)."""
    size = (int(300 / CELL[0]), int(240 / CELL[1]))
    cells = cv2.resize(writing.astype(np.float32), size, interpolation=cv2.INTER_AREA)
    return Maps(np.ones_like(cells), cells, np.zeros_like(cells), CELL)


def test_frames_are_drawn_and_words_are_not(mask):
    writing = np.zeros(mask.shape)
    writing[50:110, 32:190] = 1
    drawn = drawn_ink(maps_of(writing), mask, LINE)
    assert (drawn <= mask).all()
    assert drawn[38:42, 20:200][mask[38:42, 20:200]].all()
    assert not drawn[52:108, 34:188].any()


def test_short_bits_are_left_to_the_words(mask):
    drawn = drawn_ink(maps_of(np.zeros(mask.shape)), mask, LINE)
    assert drawn[:, :210][mask[:, :210]].mean() > 0.5
    assert not drawn[:, 215:].any()


def test_where_all_is_writing_nothing_is_drawn(mask):
    assert not drawn_ink(maps_of(np.ones(mask.shape)), mask, LINE).any()
    assert not drawn_ink(maps_of(np.ones(mask.shape)), np.zeros_like(mask), LINE).any()
