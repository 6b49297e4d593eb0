"""What a cheaper precision costs: the same words asked twice, answers compared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from inksight_cli.bundles import Bundle
from inksight_cli.engine import Answer, Job, load_model
from inksight_cli.evaluate.paths import dtw_distance

_FEWEST = 1.0  # canvas pixels: below the grid's own rounding


@dataclass(frozen=True, slots=True)
class Cost:
    """How far answers are from those of float32.

    Attributes:
        words: how many were compared; same: how many came out identical.
        close: how many lie within 1 canvas pixel of float32's path on average (same included).
        tokens: of all answers together, float32's first.
        distance: median DTW distance in canvas pixels per point, over words with ink.
        emptied: words that lost their ink; score: mean change of log-probability per token.
    """

    words: int
    same: int
    close: int
    tokens: tuple[int, int]
    distance: float
    emptied: int
    score: float


class Recorder:
    """An `InkModel` that answers nothing and keeps the questions: crops as a pipeline cuts them."""

    name = "recorder"
    revision_hash = ""
    order = None
    reads = False
    widest = 0.0

    def __init__(self) -> None:
        self.jobs: list[Job] = []

    def run(self, jobs: Iterable[Job]) -> Iterator[Answer]:
        """Keep every job, answer it with no ink."""
        for job in jobs:
            self.jobs.append(job)
            yield Answer(job.key)


def measure_cost(bundle: Bundle, precision: str, jobs: list[Job]) -> Cost:
    """Ask `jobs` with float32 and with `precision` and compare the answers.

    Raises:
        ModelError: the bundle lacks one of the two.
    """
    return cost_of(*(answers_of(bundle, p, jobs) for p in (bundle.exact, precision)))


def answers_of(bundle: Bundle, precision: str, jobs: list[Job]) -> list[Answer]:
    """What one precision says on the CPU, in the jobs' order."""
    numbered = [replace(job, key=number) for number, job in enumerate(jobs)]
    model = load_model(bundle, precision=precision, device="cpu")
    found = {answer.key: answer for answer in model.run(numbered)}
    return [found[job.key] for job in numbered]


def cost_of(exact: list[Answer], cheap: list[Answer]) -> Cost:
    """Compare answers to the same jobs, float32's first."""
    pairs = list(zip(exact, cheap, strict=True))
    far = [dtw_distance(a.strokes, b.strokes) for a, b in pairs if a.strokes and b.strokes]
    return Cost(
        words=len(pairs),
        same=sum(_same(a, b) for a, b in pairs),
        close=sum(dtw_distance(a.strokes, b.strokes) <= _FEWEST for a, b in pairs),
        tokens=(sum(a.tokens for a, _ in pairs), sum(b.tokens for _, b in pairs)),
        distance=float(np.median(far)) if far else float("nan"),
        emptied=sum(bool(a.strokes) and not b.strokes for a, b in pairs),
        score=float(np.mean([b.score - a.score for a, b in pairs])) if pairs else 0.0,
    )


def _same(a: Answer, b: Answer) -> bool:
    return (
        a.text == b.text
        and len(a.strokes) == len(b.strokes)
        and all(np.array_equal(s, t) for s, t in zip(a.strokes, b.strokes, strict=True))
    )
