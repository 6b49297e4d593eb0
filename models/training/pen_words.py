"""Traced words with their true pen paths, from which pen order is learned.

`python -m models.training.pen_words OUT` renders words of UNIPEN, cuts their
ink into the tracer's pieces as the pipeline would, and keeps them beside the true strokes.
`--model BUNDLE --held-out` adds what a model answers, for words of writers it never saw: what is
learned from the answers must not come from words that the model remembers.
"""

from __future__ import annotations

import argparse
import itertools
import pickle
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np

from benchmarks.eval_words import EvalWord, Picture, clean, photo, place
from benchmarks.ink_engines import Desk, ask
from inksight_cli.geometry import Points
from inksight_cli.ownership.closeup import as_it_is, look_closely
from inksight_cli.polylines import simplify_all
from inksight_cli.trace import TOLERANCE, trace_pieces
from inksight_cli.trace.graph import build_graph
from models.training.corpus import Archive, Sample, usable

SMALLEST = 10  # tablet units: what is smaller in either direction is a slip of the pen
SHORTEST, LONGEST = 2, 14  # characters
BLOCK = 1000  # words whose pictures are in memory at a time
LOWEST = 28  # pixels of height: below, a word is a flat scrawl 320 px wide


@dataclass
class TracedWord:
    """True strokes, the tracer's pieces and a model's answer, all in pixels of one picture."""

    truth: list[Points]
    pieces: list[Points]
    answer: list[Points] = field(default_factory=list)


def _good(sample: Sample) -> bool:
    extent = np.ptp(np.concatenate(sample.strokes), axis=0)
    return SHORTEST <= len(sample.text) <= LONGEST and bool((extent >= SMALLEST).all())


def _words(folder: Path, *, held_out: bool, seed: int) -> Iterator[EvalWord]:
    archive = Archive(folder / "unipen_words.npz")
    indices = usable(archive, validation=held_out)
    np.random.default_rng(seed).shuffle(indices)
    for index in indices:
        sample = archive[int(index)]
        if _good(sample):
            word = place(sample.text, sample.strokes)
            if word.box[3] - word.box[1] >= LOWEST:
                yield word


def _picture(word: EvalWord, index: int) -> Picture:
    """Every other word as a photo; seeds far from those of the benchmark."""
    return photo(word, 100_000 + index) if index % 2 else clean(word)


def gather(
    folder: Path, which: slice, model: str, *, held_out: bool, seed: int, closely: bool
) -> list[TracedWord]:
    """Return words, traced; with a model's name or folder also its answers."""
    words = enumerate(_words(folder, held_out=held_out, seed=seed))
    chosen = itertools.islice(words, which.start, which.stop)
    traced: list[TracedWord] = []
    while block := list(itertools.islice(chosen, BLOCK)):
        traced += _traced([(word, _picture(word, i)) for i, word in block], model, closely)
    return traced


def _traced(drawn: list[tuple[EvalWord, Picture]], model: str, closely: bool) -> list[TracedWord]:
    """Return the words whose ink has pieces."""
    desks = [Desk(word, picture) for word, picture in drawn]
    traced = []
    for (word, _), desk in zip(drawn, desks, strict=True):
        region = desk.ownership.region(0)
        close = look_closely(desk.page.ink, region) if closely else as_it_is(region)
        pieces = trace_pieces(build_graph(close.mask, open_eyes=True))
        pieces = simplify_all([close.to_page(piece) for piece in pieces], TOLERANCE)
        traced.append(TracedWord(word.strokes, pieces))
    if model:
        crops = [desk.crop() for desk in desks]
        for found, crop, answer in zip(traced, crops, ask(model, crops, ["rules"]), strict=True):
            found.answer = [crop.to_page(stroke) for stroke in answer.strokes]
    return [word for word in traced if word.pieces]


def main() -> None:
    """Gather and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--data", type=Path, default=Path("../shared/data/strokes"))
    parser.add_argument("--words", type=int, default=30000)
    parser.add_argument("--skip", type=int, default=0, help="words to leave to another file")
    parser.add_argument("--model", default="", help="name or folder of a bundle to ask")
    parser.add_argument("--held-out", action="store_true", help="writers kept from training")
    parser.add_argument("--mask", action="store_true", help="trace thin pens as wide ones are")
    parser.add_argument("--seed", type=int, default=8)
    options = parser.parse_args()
    cv2.setNumThreads(1)
    which = slice(options.skip, options.skip + options.words)
    words = gather(
        options.data,
        which,
        options.model,
        held_out=options.held_out,
        seed=options.seed,
        closely=not options.mask,
    )
    # Ours, written and read by the same two programs on the same machine: never shipped.
    options.out.write_bytes(pickle.dumps([vars(word) for word in words]))


if __name__ == "__main__":
    main()
