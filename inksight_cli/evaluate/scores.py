"""All ink measures of a word in one record, and their summary over many words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from inksight_cli.evaluate.coverage import ink_overlap
from inksight_cli.evaluate.paths import direction_share, dtw_distance, order_agreement
from inksight_cli.evaluate.resample import Strokes
from inksight_cli.evaluate.shape import (
    Kept,
    Lifts,
    adaptive_iou,
    crossings_kept,
    length_normalised_dtw,
    pen_lifts,
    retraces_kept,
)


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
    aiou: float
    ldtw: float
    crossings: Kept
    retraces: Kept
    lifts: Lifts


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
        adaptive_iou(truth, drawn),
        length_normalised_dtw(truth, drawn),
        crossings_kept(truth, drawn, tolerance),
        retraces_kept(truth, drawn, tolerance),
        pen_lifts(truth, drawn, tolerance),
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
        "aiou": _mean(score.aiou for score in scores),
        "ldtw": _mean(score.ldtw for score in scores if np.isfinite(score.ldtw)),
        "crossings_kept": _share([score.crossings for score in scores]),
        "retraces_kept": _share([score.retraces for score in scores]),
        "lifts_extra": float(sum(score.lifts.extra for score in scores)),
        "lifts_missing": float(sum(score.lifts.missing for score in scores)),
    }


def _share(counts: Sequence[Kept]) -> float | None:
    """Share kept of all words together."""
    return Kept(sum(c.true for c in counts), sum(c.kept for c in counts)).share
