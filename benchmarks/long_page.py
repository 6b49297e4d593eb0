"""A page of any number of words in the example's own hand: what speed is measured on.

python -m benchmarks.long_page page150.jpg --words 150
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "examples"))

from make_page import TEXT
from script import Hand

WIDTH, HEIGHT = 1654, 2339  # A4 at 200 dpi
MARGIN, FIRST, RULE, SIZE, GAP = 120, 140, 92, 2.6, 26  # SIZE: of the hand, per grid unit
INK, PAPER = (30, 42, 112), (246, 244, 238)


def long_page(words: int, seed: int = 1) -> NDArray[np.uint8]:
    """Return an A4 page (H, W, 3) RGB with the example's text again and again.

    Raises:
        ValueError: that many words do not fit.
    """
    hand = Hand(SIZE, np.random.default_rng(seed))
    page = np.full((HEIGHT, WIDTH, 3), PAPER, np.uint8)
    stock = [word for line in TEXT for word in line.split()]
    x, y = float(MARGIN), float(FIRST)
    for number in range(words):
        word = stock[number % len(stock)]
        if x + 9 * SIZE * len(word) > WIDTH - MARGIN:
            x, y = float(MARGIN), y + RULE
        if y > HEIGHT - RULE / 2:
            raise ValueError(f"only {number} words fit on the page")
        strokes, x = hand.write(word, x, y)
        for stroke in strokes:
            # A dot is one point, which OpenCV draws only as a line to itself.
            path = np.rint(np.asarray(stroke) * 16).astype(np.int32).reshape(-1, 1, 2)
            cv2.polylines(page, [np.concatenate([path, path[-1:]])], False, INK, 4, cv2.LINE_AA, 4)
        x += GAP
    noise = np.random.default_rng(seed).normal(0, 3, page.shape)
    return np.clip(page + noise, 0, 255).astype(np.uint8)


def main() -> None:
    """Write the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("output", type=Path)
    parser.add_argument("--words", type=int, default=150)
    arguments = parser.parse_args()
    cv2.imwrite(str(arguments.output), long_page(arguments.words)[:, :, ::-1])


if __name__ == "__main__":
    main()
