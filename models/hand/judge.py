"""How well a hand writes: `python -m models.hand.judge HAND.npz --kept KEPT.pkl`.

The same pictures and graphs for all: the rules (`trace`), the true walk itself (the ceiling of
what any walk over these lines can reach), and the hand with each width of beam. UNIPEN dev is
what settings are chosen by; IAM-OnDB is only looked at.
"""

from __future__ import annotations

import argparse
import pickle
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.eval_words import EvalWord, Picture, clean, load_words, low, photo, place
from benchmarks.ink_engines import Desk
from inksight_cli.geometry import Points
from inksight_cli.ownership.closeup import Closeup, look_closely
from inksight_cli.pen_order import beam
from inksight_cli.pen_order.drawing import draw
from inksight_cli.pen_order.hand import Hand, read_hand
from inksight_cli.pen_order.lines import Lines
from inksight_cli.pen_order.writing import lines_of, write_all
from inksight_cli.polylines import simplify_all
from inksight_cli.trace import TOLERANCE, trace_graph
from inksight_cli.trace.graph import Graph, build_graph
from models.hand.corpora import hands
from models.hand.figures import Ink, figures, table
from models.hand.pens import placed, spline
from models.hand.targets import true_walk


@dataclass
class Item:
    """A word, its ink as the product sees it, its graph and its pen in the graph's pixels.

    ``scale`` is the page's pixels for one of the word's truth, across and down.
    """

    word: EvalWord
    scale: NDArray[np.float64]
    close: Closeup
    graph: Graph
    pen: float

    def to_page(self, strokes: Sequence[Points]) -> Ink:
        """Strokes of the graph in pixels of the picture, simplified as the product does."""
        pages = simplify_all([self.close.to_page(stroke) for stroke in strokes], TOLERANCE)
        return [stroke / self.scale for stroke in pages]

    @property
    def truth(self) -> list[Points]:
        """The true strokes in the graph's pixels."""
        return [self.close.inside(stroke * self.scale) for stroke in self.word.strokes]


def item(word: EvalWord, page: Picture) -> Item | None:
    """Trace a picture; None without ink."""
    desk = Desk(word, page)
    region = desk.ownership.region(0)
    if not region.area:
        return None
    close = look_closely(desk.page.ink, region)
    pen = desk.page.ink.pen_width * close.zoom
    graph = build_graph(close.mask, lines=close.lines)
    return Item(word, desk.scale, close, graph, pen)


def pictures(folder: Path, count: int) -> dict[str, list[tuple[EvalWord, Picture]]]:
    """Words and pictures of every set that is judged."""
    iam = load_words(folder / "eval_iam_ondb_words.npz", count, 1)
    dev = _words(folder, "unipen_words", count)
    han = _signs(folder, "hanzi_makemeahanzi", count * 3 // 4, 96)
    both = {"iam": iam, "unipen dev": dev, "hanzi": han}
    sets: dict[str, list[tuple[EvalWord, Picture]]] = {}
    for name, words in both.items():
        sets[f"{name} clean"] = [(word, clean(word)) for word in words]
        sets[f"{name} photo"] = [(word, photo(word, i)) for i, word in enumerate(words)]
        sets[f"{name} low"] = [(word, low(word, i)) for i, word in enumerate(words)]
    for name, source, height in (("kanji", "kanjivg", 96), ("alphabets", "omniglot_labelled", 64)):
        some = _signs(folder, source, count // 2, height)
        sets[f"{name} clean"] = [(word, clean(word)) for word in some]
    return sets


def _words(folder: Path, source: str, count: int) -> list[EvalWord]:
    found = []
    for hand in hands(folder, source, held=True, seed=3):
        word = place(hand.text, hand.strokes)
        if word.box[3] - word.box[1] >= 28 and len(hand.text) >= 2:
            found.append(word)
        if len(found) == count:
            break
    return found


def _signs(folder: Path, source: str, count: int, height: float) -> list[EvalWord]:
    found = []
    for hand in hands(folder, source, held=True, seed=3):
        found.append(placed(hand.text, [spline(s) for s in hand.strokes], height, height * 1.3))
        if len(found) == count:
            break
    return found


def by_rules(items: Sequence[Item]) -> list[Ink]:
    """The tracer's own strokes."""
    return [i.to_page(trace_graph(i.graph, i.pen)) for i in items]


def ceiling(items: Sequence[Item]) -> list[Ink]:
    """The true walk over the lines, drawn."""
    inks = []
    for i in items:
        lines = _lines(i)
        walk = true_walk(lines, i.truth)
        inks.append(i.to_page(draw(lines, walk.states, walk.down)))
    return inks


def written(hand: Hand, beams: int) -> Callable[[Sequence[Item]], list[Ink]]:
    """The hand with a width of beam."""

    def write(items: Sequence[Item]) -> list[Ink]:
        inks = write_all(hand, [_lines(i) for i in items], beams)
        return [i.to_page(ink) for i, ink in zip(items, inks, strict=True)]

    return write


def _lines(i: Item) -> Lines:
    lines = lines_of(i.graph, i.pen)
    assert lines is not None
    return lines


def main() -> None:
    """Judge and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("hands", type=Path, nargs="*", help="files of models.hand.export")
    parser.add_argument("--data", type=Path, default=Path("../shared/data/strokes"))
    parser.add_argument("--kept", type=Path, required=True, help="traced words, made if not there")
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--sets", default="", help="only these, by the beginning of their names")
    parser.add_argument("--beams", default="1,4")
    parser.add_argument("--no-base", action="store_true", help="leave rules and ceiling out")
    parser.add_argument("--lost", type=float, default=beam.LOST)
    parser.add_argument("--down", type=float, default=beam.DOWN)
    options = parser.parse_args()
    cv2.setNumThreads(1)
    beam.LOST, beam.DOWN = options.lost, options.down
    if not options.kept.exists():
        sets = pictures(options.data, options.count)
        traced = {n: [i for w, p in s if (i := item(w, p))] for n, s in sets.items()}
        options.kept.write_bytes(pickle.dumps(traced))  # ours, read on this machine alone
    kept: dict[str, list[Item]] = pickle.loads(options.kept.read_bytes())
    ways: dict[str, Callable[[Sequence[Item]], list[Ink]]] = {}
    if not options.no_base:
        ways |= {"rules": by_rules, "ceiling": ceiling}
    for path in options.hands:
        hand = read_hand(path)
        ways |= {
            f"{path.parent.name}/{path.stem} {k}": written(hand, int(k))
            for k in options.beams.split(",")
        }
    chosen = tuple(options.sets.split(","))
    for name, items in kept.items():
        if name.startswith(chosen):
            rows = {}
            for way, write in ways.items():
                start = time.perf_counter()
                inks = write(items)
                rows[f"{name}: {way}"] = figures(
                    [i.word for i in items], inks, time.perf_counter() - start
                )
            sys.stdout.write(table(rows) + "\n\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
