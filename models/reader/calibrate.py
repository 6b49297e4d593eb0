"""Whom to believe: `python -m models.reader.calibrate CASES... --check CASES... --lang fr,en`.

CASES are files of `benchmarks.cases`: learn from lines of the `val` split and UNIPEN's held-out
writers. Each word of a case is an example: how many characters of the whole case are wrong with
the ink's text, and with RapidOCR's. What is printed goes into `inksight_cli/reading/choice.py`.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.cases import Case, load
from inksight_cli.evaluate.text import edit_distance, plain
from inksight_cli.reading.choice import evidence
from inksight_cli.reading.ctc import Reading
from inksight_cli.reading.language import language
from inksight_cli.reading.network import SHIPPED, ReaderModel, Scores, read_model
from inksight_cli.reading.page import TYPED, Spelling, must_stay
from inksight_cli.reading.search import Expecting

PULL = 0.02  # towards nought
STEPS = 40  # of Newton's


@dataclass(frozen=True)
class Example:
    """A word that may be read in two ways.

    Attributes:
        evidence: (8,), see `inksight_cli.reading.choice.evidence`.
        gain: characters of its case that are wrong with RapidOCR's text and not with the ink's.
    """

    evidence: NDArray[np.float64]
    gain: float


@dataclass(frozen=True)
class Read:
    """A case read by the ink.

    Attributes:
        case: the case.
        texts: the ink's, word by word.
        evidence: of every word, None where there is no choice.
        obliged: what is taken where there is none.
    """

    case: Case
    texts: list[str]
    evidence: list[NDArray[np.float64] | None]
    obliged: list[str]

    def said(self, weights: NDArray[np.float64]) -> str:
        """Return the text of the case when such weights choose."""
        return joined(
            obliged if own is None else text if own @ weights > 0 else word.text
            for obliged, own, text, word in zip(
                self.obliged, self.evidence, self.texts, self.case.words, strict=True
            )
        )

    def examples(self) -> Iterator[Example]:
        """Yield the words whose two readings differ in their worth."""
        truth, texts = plain(self.case.truth.translate(TYPED)), [w.text for w in self.case.words]
        before = edit_distance(truth, joined(texts))
        for k, own in enumerate(self.evidence):
            if own is not None and self.texts[k] != texts[k]:
                other = edit_distance(truth, joined([*texts[:k], self.texts[k], *texts[k + 1 :]]))
                if other != before:
                    yield Example(own, float(before - other))


def joined(texts: Iterable[str]) -> str:
    """Return words as their case's text is compared."""
    return plain(" ".join(text for text in texts if text).translate(TYPED))


def read(cases: Sequence[Case], model: ReaderModel, spelling: Spelling) -> list[Read]:
    """Return what the ink says of every case, and how much speaks for it."""
    scores = iter(model.read([w.drawing for c in cases for w in c.words if w.drawing is not None]))
    return [_read(case, scores, model, spelling) for case in cases]


def _read(case: Case, scores: Iterator[Scores], model: ReaderModel, spelling: Spelling) -> Read:
    found = Read(case, [], [], [])
    for word in case.words:
        own, how = None, Reading("", 0.0, ())
        if word.drawing is not None:
            own = next(scores)
            how = spelling.read(own, model.symbols)
        text = word.text.translate(TYPED)
        stays = must_stay(text, how, model.symbols)
        choice = None
        if stays is None and own is not None:
            heard = spelling.expecting
            choice = evidence(own, model.symbols, how, text, word.confidence, heard)
        found.texts.append(how.text)
        found.obliged.append(text if stays else how.text)
        found.evidence.append(choice)
    return found


def learn(examples: Sequence[Example]) -> NDArray[np.float64]:
    """Return weights that tell gains from losses: logistic, by how much they are (Newton)."""
    rows = np.array([example.evidence for example in examples])
    gains = np.array([example.gain for example in examples])
    weights = np.zeros(rows.shape[1])
    for _ in range(STEPS):
        chance = 1 / (1 + np.exp(-rows @ weights))
        slope = rows.T @ (np.abs(gains) * (chance - (gains > 0))) + PULL * weights
        bend = (rows.T * (np.abs(gains) * chance * (1 - chance))) @ rows
        weights -= np.linalg.solve(bend + PULL * np.eye(len(weights)), slope)
    return weights


def counted(reads: Sequence[Read], weights: NDArray[np.float64]) -> dict[str, NDArray[np.int64]]:
    """Return by source: cases, characters, and those wrong of RapidOCR, its words, ink, both."""
    found: dict[str, list[tuple[int, ...]]] = defaultdict(list)
    for each in reads:
        truth = plain(each.case.truth.translate(TYPED))
        texts = (joined([each.case.rapid]), joined(w.text for w in each.case.words),
                 joined(each.texts), each.said(weights))  # fmt: skip
        row = (1, len(truth), *(edit_distance(truth, text) for text in texts))
        found[each.case.source].append(row)
        found["all"].append(row)
    return {source: np.sum(rows, axis=0) for source, rows in found.items()}


def table(reads: Sequence[Read], weights: NDArray[np.float64]) -> None:
    """Print characters wrong by source."""
    for source, (cases, total, *wrong) in counted(reads, weights).items():
        shares = "  ".join(f"{100 * w / total:6.1f}" for w in wrong)
        print(f"{source[-32:]:32} {cases:5} {shares}", flush=True)


def main() -> None:
    """Learn, print the weights and both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cases", type=Path, nargs="+")
    parser.add_argument("--check", type=Path, nargs="*", default=[])
    parser.add_argument("--lang", default="")
    parser.add_argument("--reader", type=Path, default=SHIPPED)
    options = parser.parse_args()
    model, spelling = read_model(options.reader), Spelling()
    if options.lang:
        heard = language(options.lang.split(","))
        spelling = Spelling(expecting=Expecting(heard, model.symbols))
    taught = [read(load(path), model, spelling) for path in options.cases]
    weights = learn([e for reads in taught for each in reads for e in each.examples()])
    print("weights", tuple(round(w, 3) for w in weights.tolist()))
    print("characters wrong, %: RapidOCR, the detector's words, ink, both")
    for reads in [*taught, *(read(load(path), model, spelling) for path in options.check)]:
        table(reads, weights)


if __name__ == "__main__":
    main()
