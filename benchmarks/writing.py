"""Writing in a hand, measured: `python -m benchmarks.writing ../shared/data/strokes style.npz`.

Of every writer whom nothing was learned from (UNIPEN's held-out ones; with --iam --test 10 those of
IAM-OnDB) some words become a hand, and others, whose texts are not among them, are written with it.
Beside each other stand the writer's own words (the floor), the written ones, and other writers'
(the ceiling): how far they are in style from further words of the writer (`models.writing.style`),
whose they are taken for, how they are read, and what the ink is like.
"""

from __future__ import annotations

import argparse
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.eval_words import photo, place
from inksight_cli.detectors.embedded.rapid import read_pictures
from inksight_cli.document import Line, Page, Stroke, Word
from inksight_cli.evaluate.text import Errors, errors, plain
from inksight_cli.geometry import Box, Points, Quad
from inksight_cli.polylines import path_length
from inksight_cli.reading.ctc import best_path
from inksight_cli.reading.drawing import draw, frame
from inksight_cli.reading.network import SHIPPED, ReaderModel, read_model
from inksight_cli.writing.complete import completed, letters_of
from inksight_cli.writing.compose import Composer
from inksight_cli.writing.cut import slant_of
from inksight_cli.writing.hand import Hand
from inksight_cli.writing.learn import learn
from inksight_cli.writing.page import write_text
from models.training.corpus import Archive, Sample, usable
from models.writing.style import WORDS, Style, load

DPI, _SPREAD = 200.0, 10.0  # pixels that the heights of a page's ink spread
_KINDS = ("own", "written", "others")
_SPREADS = 2.0  # standard deviations within which a sample is like the writer's own
Ink = list[Points]


def page_of(samples: Sequence[Sample]) -> Page:
    """Return a page with words on lines, all enlarged alike."""
    spread = float(np.median([np.concatenate(s.strokes)[:, 1].std() for s in samples]))
    scale, x, y = _SPREAD / max(spread, 1e-6), 150.0, 200.0
    lines: list[list[Word]] = [[]]
    for sample in samples:
        points = np.concatenate(sample.strokes) * scale
        wide = float(np.ptp(points[:, 0]))
        if x + wide > 1500 and lines[-1]:
            lines.append([])
            x, y = 150.0, y + 110
        shift = np.array([x - points[:, 0].min(), y - points[:, 1].mean()])
        strokes = [Stroke(s * scale + shift, np.full(len(s), 3.0)) for s in sample.strokes]
        quad = Quad.from_box(Box.around(points + shift))
        lines[-1].append(Word(quad, sample.text, 1.0, strokes))
        x += wide + 35
    made = [Line(w, Quad.from_box(Box.union(each.box for each in w))) for w in lines]
    return Page(1654, int(y + 200), made, dpi=DPI)


@dataclass(eq=False)
class Writer:
    """A writer's words, parted.

    Attributes:
        hand: of `bank`.
        test: those to write.
        others: of neither; what the writer's style is told by.
    """

    hand: Hand
    bank: list[Sample]
    test: list[Sample]
    others: list[Sample]
    written: list[Ink] = field(default_factory=list)

    def write(self, count: int, seed: int) -> None:
        """Write the test words with the first ``count`` of the hand's."""
        kept = Hand(self.hand.words[:count], self.hand.style)
        texts = [letters_of(sample.text) for sample in self.test]
        whole = completed(kept, {letter for text in texts for letter in text})
        composer = Composer(whole.hand, np.random.default_rng(seed))
        known = [
            [c for letter in text for c in whole.spelled.get(letter, [letter])] for text in texts
        ]
        self.written = [composer.word(text) for text in known]


def writers_of(archive: Archive, kept: NDArray[np.int64], bank: int, test: int, model: ReaderModel,
               most: int) -> list[Writer]:  # fmt: skip
    """Return writers with enough words; those to write are not among the hand's."""
    by: dict[str, list[int]] = defaultdict(list)
    for k in kept.tolist():
        by[archive.writer[k]].append(k)
    found = []
    for own in sorted(by.values(), key=len, reverse=True):
        samples = [archive[k] for k in np.random.default_rng(0).permutation(own)]
        mine = samples[:bank]
        said = {sample.text.lower() for sample in mine}
        rest = [s for s in samples[bank:] if s.text.lower() not in said and len(s.text) > 2]
        others = rest[test : test + 3 * test]
        if len(others) >= WORDS and len(found) < most:
            found.append(Writer(learn([page_of(mine)], model), mine, rest[:test], others))
    return found


def samples_of(words: Sequence[Ink]) -> list[Sequence[Ink]]:
    """Return words in tens."""
    return [words[k : k + WORDS] for k in range(0, len(words) - WORDS + 1, WORDS)]


def styles(writers: Sequence[Writer], style: Style) -> tuple[dict[str, float], dict[str, float]]:
    """Return the median distances from the writers, and whose the tens are taken for."""
    centres = np.array(
        [
            np.mean([style.vector(s) for s in samples_of([w.strokes for w in each.others])], axis=0)
            for each in writers
        ]
    )
    away: dict[str, list[float]] = defaultdict(list)
    right: dict[str, list[bool]] = defaultdict(list)
    for k, each in enumerate(writers):
        for kind, words in zip(
            _KINDS, ([w.strokes for w in each.test], each.written), strict=False
        ):
            for sample in samples_of(words):
                far = np.hypot.reduce(centres - style.vector(sample), axis=1)
                away[kind].append(far[k])
                right[kind].append(bool(far.argmin() == k))
                if kind == "own":
                    away["others"] += np.delete(far, k).tolist()
    return (
        {kind: float(np.median(away[kind])) for kind in _KINDS},
        {kind: 100 * float(np.mean(right[kind])) for kind in _KINDS[:2]},
    )


def read_by(model: ReaderModel) -> dict[str, Callable[[Sequence[Ink]], list[str]]]:
    """Return the readers: ours of ink, RapidOCR of simulated photos."""

    def ours(words: Sequence[Ink]) -> list[str]:
        scores = model.read([draw(ink, frame(ink)) for ink in words])
        return [best_path(each, model.symbols).text for each in scores]

    def rapid(words: Sequence[Ink]) -> list[str]:
        return read_pictures([photo(place("", ink), k) for k, ink in enumerate(words)])

    return {"our reader": ours, "RapidOCR": rapid}


def cer(said: Sequence[str], texts: Sequence[str]) -> float:
    """Return the percentage of characters that are wrong."""
    total = Errors()
    for a, b in zip(texts, said, strict=True):
        total += errors(plain(a), plain(b))
    return 100 * total.cer


def looks(words: Sequence[Ink], texts: Sequence[str]) -> NDArray[np.float64]:
    """Return lifts a letter, slant, width a letter and path a letter (in the ink's heights)."""
    letters = sum(map(len, texts))
    tall = [max(float(np.concatenate(ink)[:, 1].std()), 1e-6) for ink in words]
    wide = sum(float(np.ptp(np.concatenate(i)[:, 0])) / t for i, t in zip(words, tall, strict=True))
    long = sum(sum(map(path_length, i)) / t for i, t in zip(words, tall, strict=True))
    slant = slant_of([path for ink in words for path in ink])
    return np.array([sum(map(len, words)) / letters, slant, wide / letters, long / letters])


def alike(writers: Sequence[Writer]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the shares of written tens within their writers' own spread, and their ratio to it."""
    within, ratios = [], []
    for each in writers:
        own = [*each.bank, *each.test, *each.others]
        tens = [own[k : k + WORDS] for k in range(0, len(own) - WORDS + 1, WORDS)]
        real = np.array([looks([w.strokes for w in t], [w.text for w in t]) for t in tens])
        texts = [w.text for w in each.test]
        for k in range(0, len(texts) - WORDS + 1, WORDS):
            made = looks(each.written[k : k + WORDS], texts[k : k + WORDS])
            within.append(np.abs(made - real.mean(0)) <= _SPREADS * real.std(0) + 1e-3)
            ratios.append(made / real.mean(0))
    return 100 * np.mean(within, axis=0), np.median(ratios, axis=0)


def report(name: str, writers: Sequence[Writer], style: Style, model: ReaderModel) -> None:
    """Print what was measured of one kind of hands."""
    away, right = styles(writers, style)
    print(f"{name}: {len(writers)} writers")
    print(
        f"  style: own {away['own']:.2f}, written {away['written']:.2f} "
        f"({away['written'] / away['own']:.2f} times), others {away['others']:.2f}; "
        f"writer named: own {right['own']:.0f} %, written {right['written']:.0f} %"
    )
    own = [word.strokes for each in writers for word in each.test]
    written = [ink for each in writers for ink in each.written]
    texts = [word.text for each in writers for word in each.test]
    for reader, read in read_by(model).items():
        a, b = cer(read(own), texts), cer(read(written), texts)
        print(f"  CER by {reader}: own {a:.1f} %, written {b:.1f} %", flush=True)
    names = ("lifts", "slant", "width", "path")
    shares = ", ".join(
        f"{what} {share:.0f} % ({ratio:.2f} times)"
        for what, share, ratio in zip(names, *(v.tolist() for v in alike(writers)), strict=True)
    )
    print(f"  within the writer's own spread: {shares}", flush=True)


def main() -> None:
    """Read the command line and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("style", type=Path, help="of models.writing.style")
    parser.add_argument("--test", type=int, default=20, help="words to write of each writer")
    parser.add_argument("--most", type=int, default=9, help="writers")
    parser.add_argument("--iam", action="store_true", help="IAM-OnDB's writers, banks of 30 words")
    parser.add_argument("--sizes", type=int, nargs="*", help="words of the hands")
    options = parser.parse_args()
    model, style = read_model(SHIPPED), load(options.style)
    name, sizes = (
        ("eval_iam_ondb_words", (30,)) if options.iam else ("unipen_words", (30, 100, 300))
    )
    archive = Archive(options.data / f"{name}.npz")
    every = np.arange(len(archive))
    kept = every if options.iam else usable(archive, validation=True)
    for size in options.sizes or sizes:
        writers = writers_of(archive, kept, size, options.test, model, options.most)
        for seed, each in enumerate(writers):
            each.write(size, seed)
        report(f"{name}, hands of {size} words", writers, style, model)
    text = " ".join(sample.text for each in writers for sample in each.test) + " "
    began = time.process_time()
    document = write_text(" ".join((text * 300).split()[:300]), writers[0].hand)
    seconds = time.process_time() - began
    print(f"300 words: {seconds:.2f} s, {len(document.pages)} pages")


if __name__ == "__main__":
    main()
