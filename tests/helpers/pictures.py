"""Small handwritten pictures for tests, written by the example's own hand."""

from pathlib import Path

import cv2
import numpy as np

from examples.script import Hand


def written(text: str = "garden ink", seed: int = 1) -> np.ndarray:
    """Return (130, W, 3) uint8 RGB: one line of writing on white paper."""
    hand = Hand(2.8, np.random.default_rng(seed))
    x, strokes = 20.0, []
    for word in text.split():
        drawn, end = hand.write(word, x, 80.0)
        strokes += drawn
        x = end + 30
    canvas = np.full((130, int(x) + 20, 3), 250, dtype=np.uint8)
    for stroke in strokes:
        points = np.rint(stroke * 16).astype(np.int32).reshape(-1, 1, 2)
        cv2.polylines(canvas, [points], False, (30, 40, 110), 3, cv2.LINE_AA, 4)
    return canvas


def save(path: Path, text: str = "garden ink", seed: int = 1) -> Path:
    """Write the picture of ``text`` to ``path``."""
    assert cv2.imwrite(str(path), written(text, seed)[:, :, ::-1])
    return path


def save_pages(path: Path, texts: list[str]) -> Path:
    """Write a TIFF with a page for every text."""
    from PIL import Image

    pages = [Image.fromarray(written(text)) for text in texts]
    pages[0].save(path, save_all=True, append_images=pages[1:], dpi=(150, 150))
    return path
