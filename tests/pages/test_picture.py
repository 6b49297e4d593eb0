"""The picture of a page as a file."""

import cv2
import numpy as np
import pytest

from inksight_cli.document import Photo
from inksight_cli.errors import OutputError
from inksight_cli.homography import Homography
from inksight_cli.pages.picture import as_taken, jpeg


def opened(data: bytes) -> np.ndarray:
    return cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)[:, :, ::-1]


def spot(x: int, y: int) -> np.ndarray:
    """A page of paper with a round red spot around a point."""
    pixels = np.full((80, 120, 3), 240, np.uint8)
    cv2.circle(pixels, (x * 16 - 8, y * 16 - 8), 6 * 16, (200, 30, 30), -1, cv2.LINE_AA, 4)
    return pixels


def test_a_jpeg_looks_like_the_page():
    pixels = spot(30, 40)
    again = opened(jpeg(pixels))
    assert again.shape == pixels.shape
    assert np.abs(again.astype(int) - pixels).mean() < 2


def test_a_picture_that_no_jpeg_holds_is_an_error():
    with pytest.raises(OutputError, match="fits no JPEG file"):
        jpeg(np.zeros((1, 70_000, 3), np.uint8))


def test_a_flat_page_is_laid_back_on_its_photo():
    to_photo = Homography(np.array([[1.5, 0.1, 20], [-0.1, 1.4, 30], [0, 1e-4, 1]]))
    laid = opened(as_taken(jpeg(spot(60, 40)), Photo(240, 200, to_photo)))
    assert laid.shape == (200, 240, 3)
    red = np.argwhere(laid[:, :, 1] < 120)[:, ::-1].mean(axis=0) + 0.5
    assert np.abs(red - to_photo(np.array([[60.0, 40.0]]))[0]).max() < 0.5
    assert (laid[:10, :10] > 245).all()
