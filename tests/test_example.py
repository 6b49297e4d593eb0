"""The example page is what its script makes, and its true strokes lie on its ink."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from examples.make_page import TEXT, make_page

PAGE = Path(__file__).parents[1] / "examples" / "page.jpg"


@pytest.fixture(scope="module")
def made():
    return make_page()


def test_the_committed_page_is_what_the_script_makes(made):
    picture, _, _ = made
    committed = cv2.imread(str(PAGE))[:, :, ::-1]
    assert committed.shape == picture.shape
    # JPEG loses a little, and another OpenCV may draw and resize a little differently.
    assert np.abs(committed.astype(int) - picture).mean() < 3
    assert PAGE.stat().st_size < 400_000


def test_true_strokes_lie_on_the_ink(made):
    picture, words, drawings = made
    assert [word for word, _ in words] == " ".join(TEXT).split()
    grey = picture.mean(axis=2)
    paper = cv2.medianBlur(grey.astype(np.uint8), 31)
    strokes = [stroke for _, strokes in words for stroke in strokes] + drawings
    points = np.concatenate(strokes)
    columns, rows = np.floor(points).astype(int).T
    darker = paper[rows, columns] - grey[rows, columns]
    assert np.mean(darker > 25) > 0.99
