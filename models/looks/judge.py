"""How well scripts are told: `python -m models.looks.judge SHARDS/held.npz ../shared/data/strokes`.

Held-out fonts and writers line by line, by the network alone; and pages of IAM-OnDB (another data
set, Latin, never learned from) as the product tells them: how many lines were taken for another
script, or for lines on their head, on pages of ten lines, line by line, and word by word.
"""

from __future__ import annotations

import argparse
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from inksight_cli.geometry import Points
from inksight_cli.looks.network import SCRIPTS, SHIPPED, LooksModel, read_looks
from inksight_cli.looks.page import tell
from models.looks.generate import unpacked
from models.looks.hands import side_by_side
from models.looks.train import number
from models.training.corpus import Archive

WORDS = 6  # a line


def held(model: LooksModel, path: Path) -> dict[str, tuple[float, float, int]]:
    """Return by kind how often it was told, upright and on its head, and of how many lines."""
    drawings, kinds, _ = unpacked(path)
    right: dict[str, list[list[bool]]] = defaultdict(lambda: [[], []])
    for turned in (False, True):
        logs = model.look([d[::-1, ::-1] if turned else d for d in drawings])
        for kind, best in zip(kinds, logs.argmax(axis=1), strict=True):
            right[kind][turned].append(bool(best == number(kind, turned)))
    return {k: (float(np.mean(a)), float(np.mean(b)), len(a)) for k, (a, b) in right.items()}


def latin_pages(data: Path, seed: int = 0) -> list[list[Points]]:
    """Return the lines of each of IAM-OnDB's writers: six words side by side."""
    words = Archive(data / "eval_iam_ondb_words.npz")
    by_writer: dict[str, list[int]] = defaultdict(list)
    for i, writer in enumerate(words.writer):
        by_writer[writer].append(i)
    rng = np.random.default_rng(seed)
    return [
        [
            side_by_side([words[i].strokes for i in own[k : k + WORDS]], rng, gap=4.0)
            for k in range(0, len(own) - WORDS + 1, WORDS)
        ]
        for own in by_writer.values()
    ]


def told(model: LooksModel, pages: Sequence[Sequence[Points]]) -> tuple[Counter[str], int]:
    """Return how many lines were told to be in which script, and how many on their head."""
    scripts: Counter[str] = Counter()
    turned = 0
    for lines in pages:
        telling = tell(lines, [0.0] * len(lines), model=model)
        scripts.update(line.script or "unsure" for line in telling.lines)
        turned += sum(line.upside_down > 0.5 for line in telling.lines)
    return scripts, turned


def main() -> None:
    """Read the command line and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("held", type=Path)
    parser.add_argument("data", type=Path)
    parser.add_argument("--weights", type=Path, default=SHIPPED)
    options = parser.parse_args()
    model = read_looks(options.weights)
    rows = held(model, options.held)
    for kind in (*SCRIPTS, "none"):
        upright, turned, count = rows[kind]
        print(f"{kind:12} upright {upright:.3f} on its head {turned:.3f} of {count}")
    pages = latin_pages(options.data)
    lines = [[line] for page in pages for line in page]
    words = Archive(options.data / "eval_iam_ondb_words.npz")
    rng = np.random.default_rng(1)
    alone = [[side_by_side([words[i].strokes], rng, gap=4.0)] for i in range(len(words))]
    heads = [[-line for line in page] for page in pages]
    for name, group in (("pages", pages), ("lines", lines), ("words", alone), ("on head", heads)):
        scripts, turned = told(model, group)
        print(f"IAM-OnDB {name:8}", dict(scripts), f"{turned} on their head")


if __name__ == "__main__":
    main()
