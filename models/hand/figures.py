"""What is measured of ink against the true pen path: the product's measures and three more."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from benchmarks.eval_words import EvalWord
from inksight_cli.evaluate import compare, summarise
from inksight_cli.evaluate.paths import kendall_tau
from inksight_cli.evaluate.resample import nearest, resample_all
from inksight_cli.geometry import Points

Ink = list[Points]
COLUMNS = (
    "words",
    "dtw_median",
    "dtw_mean",
    "direction",
    "order",
    "tau",
    "stroke_ratio",
    "count_right",
    "exact",
    "f1",
    "ms",
)


def stroke_tau(truth: Ink, drawn: Ink) -> float | None:
    """Kendall's tau of true strokes against the places at which they are drawn."""
    if len(truth) < 2 or not drawn:
        return None
    track = np.concatenate(resample_all(drawn, 1.0))
    when = []
    for stroke in resample_all(truth, 1.0):
        index, far = nearest(stroke, track)
        when.append(float(np.median(index[far <= 3])) if (far <= 3).any() else -1.0)
    places = np.array(when)
    there = places >= 0
    if there.sum() < 2:
        return None
    return kendall_tau(np.flatnonzero(there), places[there].astype(np.int64))


def exact(truth: Ink, drawn: Ink) -> bool:
    """Whether all strokes are there, in order, each from its start to its end, within 6 px."""
    if len(truth) != len(drawn):
        return False
    for a, b in zip(truth, drawn, strict=True):
        if min(np.ptp(a, axis=0).max(), np.ptp(b, axis=0).max()) <= 4:
            ends = [(a.mean(axis=0), b.mean(axis=0))]
        else:
            ends = [(a[0], b[0]), (a[-1], b[-1])]
        if max(float(np.hypot(*(p - q))) for p, q in ends) > 6:
            return False
    return True


def figures(words: Sequence[EvalWord], inks: Sequence[Ink], seconds: float) -> dict[str, float]:
    """All measures of one way to write over one set."""
    scores = [compare(word.strokes, ink) for word, ink in zip(words, inks, strict=True)]
    pairs = [(word.strokes, ink) for word, ink in zip(words, inks, strict=True)]
    taus = [tau for pair in pairs if (tau := stroke_tau(*pair)) is not None]
    row = {k: v for k, v in summarise(scores).items() if v is not None}
    counts = [s.drawn_strokes == s.true_strokes for s in scores]
    row["tau"], row["count_right"] = float(np.mean(taus)), float(np.mean(counts))
    row["exact"] = float(np.mean([exact(*pair) for pair in pairs]))
    row["ms"] = 1000 * seconds / len(words)
    return row


def table(rows: dict[str, dict[str, float]]) -> str:
    """A Markdown table."""
    lines = ["| | " + " | ".join(COLUMNS) + " |", "|---" * (len(COLUMNS) + 1) + "|"]
    for name, row in rows.items():
        cells = [f"{row.get(c, float('nan')):.3g}" for c in COLUMNS]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)
