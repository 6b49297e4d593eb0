"""What can be compared before two models choose a token: the encoder, and log-probabilities."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from inksight_cli.convert.build import ModelWeights
from inksight_cli.convert.oracle import OracleAnswer
from inksight_cli.convert.report import Inspection
from inksight_cli.convert.runner import Runner
from inksight_cli.convert.switches import Switches
from inksight_cli.convert.verdict import Verdict
from inksight_cli.engine.request import Request


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """One question and what the original answered."""

    request: Request
    answer: OracleAnswer

    @property
    def mode(self) -> str:
        """How the model was asked."""
        return self.request.job.mode


def earlier_stages(
    runner: Runner,
    inspection: Inspection,
    questions: list[Question],
    switches: Switches,
    verdict: Verdict,
) -> dict[str, str]:
    """Return what the stages before the answers show, by name."""
    apart = [_encoder_apart(runner, inspection, question, switches) for question in questions]
    seen = [value for value in apart if value is not None]
    drifts = [item.drift for item in verdict.comparisons if item.drift is not None]
    return {
        "encoder": f"keys differ by at most {max(seen):.1e} of the largest"
        if seen
        else "the network's program does not show it",
        "log-probabilities": f"differ by at most {max(drifts):.1e} per token"
        if drifts
        else "the original gives none",
    }


def _encoder_apart(
    runner: Runner, inspection: Inspection, question: Question, switches: Switches
) -> float | None:
    """Return the largest relative difference of the first layer's cross-attention keys."""
    encoded = question.answer.encoded
    if encoded is None:
        return None
    ours = runner.encode(question.request)["cross_key_0"]
    words, patches = len(question.request.prompt), ours.shape[1] - len(question.request.prompt)
    pad = len(encoded) - ours.shape[1]
    kept = slice(0, patches + words)
    rows = (
        encoded[kept] if switches.image_first else np.delete(encoded, slice(words, words + pad), 0)
    )
    keys = rows @ ModelWeights(inspection, switches)["decoder.0.cross_k"]
    theirs = keys.reshape(len(rows), len(ours), -1).transpose(1, 0, 2)
    return float(np.abs(theirs - ours).max() / np.abs(theirs).max())
