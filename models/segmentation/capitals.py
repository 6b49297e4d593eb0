"""Words in capitals, set letter by letter: lanes and titles of diagrams are often written so.

UNIPEN has few words in capitals, but the single capitals of many writers.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from models.segmentation.words import Floats, Word, is_held_out

FEWEST = 20  # different capitals of a writer
HEIGHT = (1.15, 1.75)  # of capitals, in heights of small letters
BODY = 0.15  # of their height: a capital's body begins and ends this far from its edges


@dataclass(frozen=True, slots=True, eq=False)
class Capitals:
    """Capitals by writer: for each letter its samples, strokes one unit high from (0, -1)."""

    by_writer: list[dict[str, list[list[Floats]]]]

    @classmethod
    def read(cls, path: Path, held_out: bool) -> Capitals:
        """Read the writers that are held out, or the others, from `unipen_chars.npz`."""
        archive = np.load(path)
        points = archive["deltas"].cumsum(axis=0, dtype=np.int32)
        stroke_ends = np.concatenate([[0], archive["stroke_ends"]])
        first = np.concatenate([[0], archive["sample_ends"]])
        found: dict[str, dict[str, list[list[Floats]]]] = {}
        texts, writers = archive["text"], archive["writer"]
        for i in np.flatnonzero(np.char.isupper(texts)):
            if is_held_out(str(writers[i])) != held_out:
                continue
            ends = stroke_ends[first[i] : first[i + 1] + 1]
            strokes = [points[a:b] for a, b in pairwise(ends) if b > a]
            letter = _scaled(strokes, str(texts[i]))
            if letter:
                found.setdefault(str(writers[i]), {}).setdefault(str(texts[i]), []).append(letter)
        return cls([hand for hand in found.values() if len(hand) >= FEWEST])

    def word(self, rng: np.random.Generator, writer: int, text: str, space: float) -> Word | None:
        """Set ``text`` in the hand of a writer, ``space`` (of the letters' height) between them."""
        hand, strokes, x = self.by_writer[writer], [], 0.0
        tall = float(np.clip(rng.normal(1.45, 0.15), *HEIGHT))
        for letter in text.upper():
            samples = hand.get(letter)
            if samples is None:
                continue
            drawn = samples[int(rng.integers(len(samples)))]
            size = float(np.exp(rng.normal(0, 0.06)))
            shift = np.array([x, rng.normal(0, 0.03)])
            strokes += [(stroke * size + shift) * tall for stroke in drawn]
            x += max(float(s[:, 0].max()) for s in drawn) * size
            x += space * float(np.exp(rng.normal(0, 0.25)))
        if not strokes:
            return None
        wide = float(max(stroke[:, 0].max() for stroke in strokes))
        return Word(strokes, (0.0, -(1 - BODY) * tall, wide, -BODY * tall))


def _scaled(strokes: list[Floats], text: str) -> list[Floats]:
    """Put a capital on the line, one unit high; nothing where it cannot be one."""
    if not strokes:
        return []
    points = np.concatenate(strokes)
    wide, tall = np.ptp(points, axis=0)
    if tall < 1 or wide > 1.8 * tall or (wide < 0.25 * tall and text not in "IJ1"):
        return []
    origin = np.array([points[:, 0].min(), points[:, 1].max()])
    return [(stroke - origin) / tall for stroke in strokes]
