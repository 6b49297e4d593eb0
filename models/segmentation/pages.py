"""Pages of lines to learn from, and what people do to them.

Everything is drawn with pens on paper that has neither light nor print: the network sees the ink
mask, from which `inksight_cli.ink.find` has taken those.
"""

from __future__ import annotations

import numpy as np

from models.segmentation.crossed import cross_out, cross_out_corner
from models.segmentation.drawings import doodle, litter, spoil
from models.segmentation.hands import Hand, Sheet, write_line
from models.segmentation.words import Archive, Floats


def text_page(rng: np.random.Generator, archive: Archive, size: int) -> Sheet:
    """Fill a page with lines of one hand; some words are underlined, struck or crossed out."""
    sheet, hand = Sheet(size), Hand.of(rng, archive)
    wide = rng.random() < 0.1
    angle = float(rng.uniform(-0.5, 0.5) if wide else rng.normal(0, np.radians(2)))
    pitch = hand.letter * float(rng.uniform(2.1, 4.5))
    y = float(rng.uniform(-0.3, 0.3)) * pitch - abs(np.tan(angle)) * size
    margin = float(rng.uniform(-0.4, 0.3)) * size
    while y < size * (1 + abs(np.tan(angle))) + pitch:
        if rng.random() < 0.9:
            length = size * 1.4 * float(rng.uniform(0.4, 1.0)) if rng.random() < 0.3 else size * 1.6
            wander = angle + float(rng.normal(0, np.radians(0.7)))
            inks = write_line(sheet, hand, (margin + rng.normal(0, 3), y), wander, length, 30)
            spoil(sheet, hand, inks)
            if inks and rng.random() < 0.08:
                _cross_out_some(sheet, hand, inks)
        y += pitch * float(np.clip(rng.normal(1, 0.05), 0.85, 1.3))
    if rng.random() < 0.05:
        cross_out_corner(sheet, hand)
    litter(sheet, rng, hand.letter)
    for _ in range(int(rng.integers(0, 3)) if rng.random() < 0.3 else 0):
        doodle(sheet, hand, hand.pen)
    return sheet


def _cross_out_some(sheet: Sheet, hand: Hand, inks: list[Floats]) -> None:
    """Cross out one to three neighbours of a line."""
    first = int(hand.rng.integers(len(inks)))
    last = inks[min(first + int(hand.rng.integers(0, 3)), len(inks) - 1)]
    left = inks[first]
    cross_out(sheet, hand, np.array([left[0], last[1], last[2], left[3]]))
