"""All ink measures of a word in one record, and their summary over many words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from inksight_cli.evaluate.coverage import ink_overlap
from inksight_cli.evaluate.paths import direction_share, dtw_distance, order_agreement
from inksight_cli.evaluate.resample import Strokes


@dataclass(frozen=True)
class InkScores:
    """One word's measures; None where a measure does not apply (see the functions)."""

    precision: float
    recall: float
    f1: float
    dtw: float
    true_strokes: int
    drawn_strokes: int
    direction: float | None
    order: float | None


def compare(truth: Strokes, drawn: Strokes, tolerance: float = 3.0) -> InkScores:
    """Measure `drawn` against the true pen path, both in pixels of the same picture."""
    overlap = ink_overlap(truth, drawn, tolerance)
    return InkScores(
        overlap.precision,
        overlap.recall,
        overlap.f1,
        dtw_distance(truth, drawn),
        sum(1 for stroke in truth if len(stroke)),
        sum(1 for stroke in drawn if len(stroke)),
        direction_share(truth, drawn, tolerance),
        order_agreement(truth, drawn, tolerance),
    )


def _mean(values: Iterable[float | None]) -> float | None:
    kept = [value for value in values if value is not None]
    return float(np.mean(kept)) if kept else None


def summarise(scores: Sequence[InkScores]) -> dict[str, float | None]:
    """Means over words; DTW also as median, the stroke ratio of all words together.

    Words of which nothing was drawn count 0 in F1 and are left out of the DTW mean (their number
    is `empty`).
    """
    finite = [score.dtw for score in scores if np.isfinite(score.dtw)]
    written = sum(score.true_strokes for score in scores)
    return {
        "words": float(len(scores)),
        "empty": float(len(scores) - len(finite)),
        "precision": _mean(score.precision for score in scores),
        "recall": _mean(score.recall for score in scores),
        "f1": _mean(score.f1 for score in scores),
        "dtw_mean": _mean(finite),
        "dtw_median": float(np.median(finite)) if finite else None,
        "stroke_ratio": sum(s.drawn_strokes for s in scores) / written if written else None,
        "direction": _mean(score.direction for score in scores),
        "order": _mean(score.order for score in scores),
    }
