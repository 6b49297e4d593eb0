"""The original network as an ink model: slow, but it runs what cannot be converted."""

from __future__ import annotations

import tempfile
import weakref
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from inksight_cli import tokens as ink
from inksight_cli.bundles import TextVocabulary
from inksight_cli.bundles.vocabulary import SentencePieceVocabulary
from inksight_cli.convert.build import PIECES, PROMPTS, WIDEST, source_hash
from inksight_cli.convert.install import open_model
from inksight_cli.convert.oracle import OracleAnswer, StableHloOracle
from inksight_cli.convert.report import Inspection
from inksight_cli.convert.switches import answer_length, closes_prompts, prompt_length
from inksight_cli.document import Mode
from inksight_cli.engine.protocol import Answer, Job
from inksight_cli.engine.status import status_of
from inksight_cli.errors import ModelError


class StableHloModel:
    """An `InkModel` over a SavedModel's StableHLO, one word at a time in float32.

    Attributes:
        name, revision_hash: of the original; folder: where it is.

    Raises:
        ModelError: the model has no vocabulary with ink tokens.
        MissingBackendError: sentencepiece is not installed.
    """

    name = "small-p (original, StableHLO)"

    def __init__(self, inspection: Inspection) -> None:
        if inspection.vocabulary is None:
            raise ModelError("The SavedModel does not hold exactly one SentencePiece vocabulary.")
        self.folder = inspection.folder
        self._oracle = StableHloOracle(inspection)
        self._first, self._end = inspection.vocabulary.first_ink(), inspection.vocabulary.end
        self._closed = closes_prompts(inspection.model, self._end) is not False
        self._room = prompt_length(inspection) or 128
        self._longest = answer_length(inspection)
        self._pieces = _text_vocabulary(inspection.vocabulary.model)
        self.revision_hash = source_hash(inspection)[:12]
        self.order = None
        self.reads = True
        self.widest = WIDEST

    def run(self, jobs: Iterable[Job]) -> Iterator[Answer]:
        """Yield an answer for every job, in order; an empty one is asked again plainly.

        Raises:
            MissingBackendError: the pinned jax is not installed.
        """
        for job in jobs:
            answer = self._answer(job, job.mode)
            if not answer.strokes and job.mode != "derender":
                again = self._answer(job, "derender")
                answer = replace(again, text=answer.text, retried=True)
            yield answer

    def _answer(self, job: Job, mode: Mode) -> Answer:
        ids = self._pieces.encode(PROMPTS[mode].replace("{text}", job.text))
        ids = ids[: self._room - self._closed]
        prompt = (*ids, self._end) if self._closed else tuple(ids)
        said: OracleAnswer = self._oracle.answer(prompt, job.pixels)
        marks = [t - self._first for t in said.tokens if 0 <= t - self._first < ink.COUNT]
        others = [t for t in said.tokens if not 0 <= t - self._first < ink.COUNT and t != self._end]
        text = self._pieces.decode(others) if mode == "recognize-and-derender" else ""
        count = max(len(said.tokens), 1)
        cut = len(said.tokens) >= self._longest and said.tokens[-1] != self._end
        strokes = ink.decode(marks)
        score = (said.score or 0.0) / count
        status = status_of(strokes, cut)
        return Answer(job.key, strokes, text, score, len(said.tokens), cut, status=status)


def open_original(path: str) -> StableHloModel:
    """Open a SavedModel's own network as an ink model.

    Args:
        path: a folder, a zip, or a Hugging Face id.

    Raises:
        InksightError: as `open_model` and `StableHloModel` do.
    """
    opened = ExitStack()
    model = StableHloModel(opened.enter_context(open_model(path)))
    weakref.finalize(model, opened.close)  # an unpacked zip lives as long as the model
    return model


def _text_vocabulary(model: bytes) -> TextVocabulary:
    with tempfile.TemporaryDirectory(prefix="inksight-") as folder:
        path = Path(folder) / PIECES
        path.write_bytes(model)
        return SentencePieceVocabulary(path)
