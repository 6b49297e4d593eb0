"""Pages drawn on the spot: single-stroke letters, so that the boxes are known."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from inksight_cli.geometry import Box
from inksight_cli.pages.page import PageImage
from tests.detectors.ideal import letters
from tests.helpers.inked import ink_of


@pytest.fixture
def write() -> Callable[..., Box]:
    """Write text in a Hershey font; returns the box of its ink."""

    def put(pixels, text, left, baseline, scale=1.5, pen=3, font=cv2.FONT_HERSHEY_SIMPLEX):
        before = pixels.copy()
        cv2.putText(pixels, text, (left, baseline), font, scale, (20, 20, 40), pen, cv2.LINE_AA)
        y, x = np.nonzero((before != pixels).any(axis=2) & (pixels.min(axis=2) < 128))
        return Box(float(x.min()), float(y.min()), x.max() + 1.0, y.max() + 1.0)

    return put


@pytest.fixture
def blank() -> Callable[[int, int], np.ndarray]:
    return lambda height, width: np.full((height, width, 3), 250, dtype=np.uint8)


@pytest.fixture
def inked() -> Callable[[np.ndarray], PageImage]:
    """A page whose ink mask is given: tests of geometry do not depend on finding ink."""

    def make(mask: np.ndarray, source: str = "page.png") -> PageImage:
        pixels = np.where(mask[..., None], 0, 255).astype(np.uint8).repeat(3, axis=2)
        ink = ink_of(mask, np.full_like(pixels, 255), 3.0, strength=255)
        return PageImage(pixels, source=source, _ink=ink)

    return make


@pytest.fixture
def mask() -> np.ndarray:
    """Two words of five and six letters, at `ideal.CORES`."""
    empty = np.zeros((160, 300), dtype=np.bool_)
    letters(empty, 20, 40, 5)
    letters(empty, 120, 40, 6)
    return empty
