"""Whether the right places are inked, whatever the order: precision, recall and F1."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from inksight_cli.evaluate.resample import Strokes, nearest, resample_all

SPACING = 1.0


@dataclass(frozen=True)
class InkOverlap:
    """Shares (0..1) of drawn ink that is right, of true ink that is drawn, and their F1."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall; 0 when both are 0."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


def ink_overlap(truth: Strokes, drawn: Strokes, tolerance: float = 3.0) -> InkOverlap:
    """How much of the path length of either side lies within `tolerance` px of the other.

    Both sides are cut into points a pixel apart. Nothing drawn where nothing was written is
    perfect; nothing on one side only is worthless.
    """
    true_points, drawn_points = resample_all(truth, SPACING), resample_all(drawn, SPACING)
    if not true_points or not drawn_points:
        same = float(not true_points and not drawn_points)
        return InkOverlap(same, same)
    a, b = np.concatenate(true_points), np.concatenate(drawn_points)
    precision = float((nearest(b, a)[1] <= tolerance).mean())
    recall = float((nearest(a, b)[1] <= tolerance).mean())
    return InkOverlap(precision, recall)
