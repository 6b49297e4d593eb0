"""Words and lines as the readers get them: what was traced, drawn evenly, and RapidOCR's reading.

    python -m benchmarks.cases iam CASES/iam.pkl            # photos of words of IAM-OnDB
    python -m benchmarks.cases unipen CASES/unipen.pkl      # of UNIPEN's held-out writers
    python -m benchmarks.cases lines CASES/test.pkl --split test --count 20     # real lines

`benchmarks.reading` puts the readers beside each other on them, `models.reader.calibrate` learns
when to believe which. None of it depends on a reader's weights, so it is made once.
"""

from __future__ import annotations

import argparse
import io
import pickle
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from benchmarks.eval_words import EvalWord, load_words, photo, place
from benchmarks.ink_engines import run
from inksight_cli.detectors import find_detector
from inksight_cli.detectors.embedded.rapid import engine, read_pictures
from inksight_cli.document import Page
from inksight_cli.pages.load import load_pages
from inksight_cli.pipeline import Derenderer
from inksight_cli.reading.drawing import Drawing, draw, frame
from inksight_cli.reading.page import drawn
from models.reader.alphabet import Alphabet
from models.reader.hands import Words
from models.reader.lines import chosen, framed

STROKES, LINES = Path("../shared/data/strokes"), Path("../shared/data/lines")
ROOM = 24  # pixels of paper around a line, as it has on a page


@dataclass(frozen=True)
class Seen:
    """A word as the product found it: drawn evenly (None: no ink), and what RapidOCR read."""

    drawing: Drawing | None
    text: str
    confidence: float


@dataclass(frozen=True)
class Case:
    """A picture of known text.

    Attributes:
        source: where it is from.
        truth: what it says.
        words: in reading order.
        rapid: what RapidOCR reads in the whole picture.
    """

    source: str
    truth: str
    words: list[Seen]
    rapid: str


def of_words(source: str, words: list[EvalWord], seed: int) -> Iterator[Case]:
    """Yield simulated photos of words, each whole."""
    pictures = [photo(word, seed + k) for k, word in enumerate(words)]
    said = engine().recognize_txt([cv2.cvtColor(p, cv2.COLOR_RGB2BGR) for p in pictures])
    for word, (ink, _), text, sure in zip(
        words, run("trace", words, pictures), said.txts, said.scores, strict=True
    ):
        strokes = [np.asarray(stroke) for stroke in ink]
        drawing = draw(strokes, frame(strokes)) if strokes else None
        yield Case(source, word.text, [Seen(drawing, str(text), float(sure))], str(text))


def of_paths(source: str, words: list[EvalWord]) -> Iterator[Case]:
    """Yield true pen paths: nothing was traced, and RapidOCR sees nothing."""
    for word in words:
        yield Case(source, word.text, [Seen(draw(word.strokes, frame(word.strokes)), "", 0.0)], "")


def of_lines(split: str, count: int) -> Iterator[Case]:
    """Yield real lines, their words found by the product."""
    derenderer = Derenderer(find_detector("embedded"))
    for line in chosen(LINES, split, count):
        stream = io.BytesIO()
        Image.fromarray(framed(line.picture, ROOM)).save(stream, "png")
        (page,) = derenderer.pages(load_pages(stream.getvalue()))
        (rapid,) = read_pictures([line.picture])
        yield Case(line.repo, line.text, list(seen(page)), rapid)


def seen(page: Page) -> Iterator[Seen]:
    """Yield a page's words."""
    for line in page.lines:
        drawings = iter(drawn(line))
        for word in line.words:
            drawing = next(drawings) if word.strokes else None
            yield Seen(drawing, word.text, word.confidence or 0.0)


def unipen(count: int, seed: int) -> list[EvalWord]:
    """Return words of UNIPEN's held-out writers."""
    words = Words(STROKES, Alphabet(), validation=True)
    order = np.random.default_rng(seed).permutation(words.kept)[:count].tolist()
    every = (words.get(i) for i in order)
    return [place(word.text, [np.asarray(s, np.float64) for s in word.strokes]) for word in every]


def load(path: Path) -> list[Case]:
    """Read cases that `main` kept: files of one's own, for pickle runs what it is told."""
    with path.open("rb") as file:
        return [_cased(row) for row in pickle.load(file)]


def _cased(row: tuple[str, str, list[tuple[Drawing | None, str, float]], str]) -> Case:
    source, truth, words, rapid = row
    return Case(source, truth, [Seen(*word) for word in words], rapid)


def main() -> None:
    """Read the command line and keep the cases."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=("iam", "unipen", "iam-paths", "unipen-paths", "lines"))
    parser.add_argument("out", type=Path)
    parser.add_argument("--count", type=int, default=300, help="words, or lines of a source")
    parser.add_argument("--split", default="val")
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    name, _, paths = options.kind.partition("-")
    if name == "lines":
        cases = of_lines(options.split, options.count)
    else:
        archive = STROKES / "eval_iam_ondb_words.npz"
        count, seed = options.count, options.seed
        words = load_words(archive, count, seed) if name == "iam" else unipen(count, seed)
        cases = of_paths(options.kind, words) if paths else of_words(name, words, seed)
    kept = [
        (c.source, c.truth, [(w.drawing, w.text, w.confidence) for w in c.words], c.rapid)
        for c in cases
    ]
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_bytes(pickle.dumps(kept))
    print(f"{len(kept)} cases in {options.out}")


if __name__ == "__main__":
    main()
