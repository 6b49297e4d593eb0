"""Comparing two models' answers, and what follows from many comparisons.

Two programs that compute the same network round differently, so at a near tie they may choose
different tokens, and everything after that differs. A first difference counts as a tie when the
two candidates are closer than `TIE`; anything else is a different network.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from inksight_cli import tokens as ink
from inksight_cli.convert.runner import Judgement
from inksight_cli.geometry import Points

TIE = 0.05  # log-probability; bf16 against fp32 on replicas stayed below 0.03
DRIFT = 1e-3  # log-probability per token, between two float32 programs


@dataclass(frozen=True, slots=True)
class Comparison:
    """Our answer to one question beside the original's.

    Attributes:
        mode: how the model was asked; length: of the original's answer in tokens.
        same: how many tokens agree before the first difference.
        identical: all tokens are the same.
        margin: how close the two candidates were at the first difference; 0: no difference.
        agreement: share of the original's tokens that we would choose after its own beginning.
        drift: difference of the answer's log-probability per token, None without a score.
        distance: between the two inks in canvas pixels, None where one has none.
    """

    mode: str
    length: int
    same: int
    identical: bool
    margin: float
    agreement: float
    drift: float | None
    distance: float | None

    @property
    def sound(self) -> bool:
        """Identical, or different from a near tie on."""
        return self.identical or self.margin <= TIE


@dataclass(slots=True)
class Verdict:
    """What many comparisons say together.

    Attributes:
        oracle: what the model was compared with.
        comparisons: one for each question.
        switches: the settled switches; undecided: those that no question could tell apart.
        stages: other checks by name, each with what was found.
    """

    oracle: str
    comparisons: list[Comparison] = field(default_factory=list)
    switches: dict[str, Any] = field(default_factory=dict)
    undecided: list[str] = field(default_factory=list)
    stages: dict[str, str] = field(default_factory=dict)

    @property
    def passed(self) -> bool:
        """Whether the converted model is the original one."""
        return bool(self.comparisons) and all(item.sound for item in self.comparisons)

    @property
    def sentence(self) -> str:
        """The verdict for a person."""
        count = len(self.comparisons)
        same = sum(item.identical for item in self.comparisons)
        ties = sum(item.sound and not item.identical for item in self.comparisons)
        text = f"{same} of {count} answers are the original's, token for token"
        text += f"; {ties} part from it at a near tie" if ties else ""
        wrong = count - same - ties
        return text + (f"; {wrong} differ: this is not the same model" if wrong else "")

    def as_data(self) -> dict[str, Any]:
        """Return the verdict as a manifest keeps it."""
        return {
            "verified": self.passed,
            "verdict": self.sentence,
            "oracle": self.oracle,
            "switches": self.switches,
            "undecided": self.undecided,
            "stages": self.stages,
            "comparisons": [asdict(item) for item in self.comparisons],
        }


def compare(
    mode: str,
    theirs: tuple[int, ...],
    ours: list[int],
    judgement: Judgement,
    drift: float | None,
    first_ink: int,
) -> Comparison:
    """Compare our free answer with the original's, which ``judgement`` is about."""
    shared = min(len(theirs), len(ours))
    different = [i for i in range(shared) if theirs[i] != ours[i]]
    same = different[0] if different else shared
    identical = list(theirs) == ours
    margin = 0.0
    if not identical:
        # One answer may simply go on longer; then there is no token to weigh.
        margin = float(judgement.margins[same]) if same < len(theirs) else float("inf")
    return Comparison(
        mode, len(theirs), same, identical, round(margin, 5),
        round(judgement.agreement, 5), None if drift is None else round(drift, 7),
        ink_distance(strokes_of(theirs, first_ink), strokes_of(ours, first_ink)),
    )  # fmt: skip


def strokes_of(tokens: tuple[int, ...] | list[int], first_ink: int) -> list[Points]:
    """Return the ink in an answer."""
    return ink.decode([t - first_ink for t in tokens if 0 <= t - first_ink < ink.COUNT])


def ink_distance(one: list[Points], other: list[Points]) -> float | None:
    """Return the mean distance from each point of one ink to the nearest of the other, in pixels.

    Taken both ways and averaged; None where either has no point.
    """
    if not one or not other:
        return None
    a, b = np.concatenate(one), np.concatenate(other)
    apart = np.hypot(*(a[:, None] - b[None]).transpose(2, 0, 1))
    return round(float(apart.min(0).mean() + apart.min(1).mean()) / 2, 4)
