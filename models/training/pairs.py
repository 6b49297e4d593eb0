"""Two words side by side, of one size and on one baseline.

With one word in the crop, the text that the prompt tells says nothing about where the ink runs,
and the model learns to ignore it. With two words in the crop it says which one to draw.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from models.training.corpus import Sample

RISING = frozenset("bdfhijklt!?'\"()")
FALLING = frozenset("gjpqyQ(),;")
REACH = 0.8
"""Of ascenders above and of descenders below the small letters, in their heights."""


def small_letters(sample: Sample) -> tuple[float, float]:
    """Height of the small letters and the y of the baseline, from the box and what is written."""
    points = np.concatenate(sample.strokes)
    top, bottom = float(points[:, 1].min()), float(points[:, 1].max())
    up = any(c in RISING or c.isupper() or c.isdigit() for c in sample.text)
    down = any(c in FALLING for c in sample.text)
    height = max(bottom - top, 1.0) / (1 + REACH * up + REACH * down)
    return height, bottom - REACH * height * down


def side_by_side(first: Sample, second: Sample, rng: np.random.Generator) -> tuple[Sample, Sample]:
    """Both in units of their small letters' height, the second a space to the right."""
    return _placed(first, 0.0, rng), _placed(second, _width(first) + rng.uniform(0.5, 2.0), rng)


def _width(sample: Sample) -> float:
    points = np.concatenate(sample.strokes)
    return float(np.ptp(points[:, 0])) / small_letters(sample)[0]


def _placed(sample: Sample, left: float, rng: np.random.Generator) -> Sample:
    """`sample` with its left edge at `left` and its baseline at about 0."""
    height, baseline = small_letters(sample)
    edge = float(np.concatenate(sample.strokes)[:, 0].min())
    shift = np.array([left, rng.normal(0, 0.1)])
    return replace(
        sample,
        strokes=[(stroke - [edge, baseline]) / height + shift for stroke in sample.strokes],
    )
