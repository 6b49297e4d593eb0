"""Readers beside each other on the same words: characters and words wrong, and CPU seconds.

    python -m benchmarks.reading ../shared/data/strokes/eval_iam_ondb_words.npz reader.npz

Words of IAM-OnDB become simulated photos (`benchmarks.eval_words`); the product finds the ink and
traces it, the reader reads it drawn evenly; RapidOCR's recogniser reads the photo, nano reads its
crop. `truth` is the reader on the true pen paths. Capitals and signs count.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from benchmarks.eval_words import EvalWord, Picture, load_words, photo
from benchmarks.ink_engines import run
from inksight_cli.detectors.embedded.rapid import read_pictures
from inksight_cli.evaluate.text import Errors, errors, plain
from inksight_cli.reading.ctc import best_path
from inksight_cli.reading.drawing import draw, frame
from inksight_cli.reading.network import ReaderModel, read_model

Read = Callable[[Sequence[EvalWord], Sequence[Picture]], list[str]]


def by_ink(model: ReaderModel, engine: str) -> Read:
    """Return the reader of ink on what an engine traced; ``truth``: on the true pen paths."""

    def read(words: Sequence[EvalWord], pictures: Sequence[Picture]) -> list[str]:
        if engine == "truth":
            inks = [word.strokes for word in words]
        else:
            inks = [[np.asarray(s) for s in ink] for ink, _ in run(engine, words, pictures)]
        began = time.process_time()
        known = [k for k, ink in enumerate(inks) if ink]
        scores = model.read([draw(inks[k], frame(inks[k])) for k in known])
        said = {k: best_path(s, model.symbols).text for k, s in zip(known, scores, strict=True)}
        took = 1000 * (time.process_time() - began) / len(words)
        print(f"  reading alone: {took:.1f} ms of CPU a word", flush=True)
        return [said.get(k, "") for k in range(len(words))]

    return read


def by_rapid(words: Sequence[EvalWord], pictures: Sequence[Picture]) -> list[str]:
    """RapidOCR's recogniser on the photos."""
    return read_pictures(pictures)


def by_nano(words: Sequence[EvalWord], pictures: Sequence[Picture]) -> list[str]:
    """What nano reads while it draws."""
    return [text for _, text in run("nano+read", words, pictures)]


def main() -> None:
    """Read the command line and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("archive", type=Path, help="eval_iam_ondb_words.npz")
    parser.add_argument("weights", type=Path, help="of models.reader.export")
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--readers", default="truth,trace,rapidocr,nano")
    options = parser.parse_args()
    words = load_words(options.archive, options.count, options.seed)
    pictures = [photo(word, options.seed + k) for k, word in enumerate(words)]
    model = read_model(options.weights)
    readers: dict[str, Read] = {
        "truth": by_ink(model, "truth"),
        "trace": by_ink(model, "trace"),
        "rapidocr": by_rapid,
        "nano": by_nano,
    }
    for name in options.readers.split(","):
        began, total, right = time.process_time(), Errors(), 0
        said = readers[name](words, pictures)
        seconds = time.process_time() - began
        for word, text in zip(words, said, strict=True):
            found = errors(plain(word.text), plain(text))
            total += found
            right += not found.edits
        print(
            f"{name:10} CER {100 * total.cer:5.1f} %  words right {100 * right / len(words):5.1f} %"
            f"  CPU {1000 * seconds / len(words):6.1f} ms a word, all steps",
            flush=True,
        )


if __name__ == "__main__":
    main()
