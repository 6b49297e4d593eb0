"""Whose ink is whose: how much of a word's ink it gets, and how much that is not its own.

    python benchmarks/ink_owners.py --pages 10

Composed pages (`benchmarks/composed_pages.py`), where every pixel's stroke is known, with the
words that `embedded` finds. A word is counted where its box meets a true one at IoU >= 0.5; it is
wrong where more than `WRONG` of its ink is missing or as much is another's. Table to stdout, JSON
to `benchmarks/results/`.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.composed_pages import ComposedPage, compose, corpus
from inksight_cli.detectors.embedded.detector import EmbeddedDetector
from inksight_cli.document import Line, Page
from inksight_cli.ownership.assign import Ownership, assign_ink
from inksight_cli.pages.page import PageImage
from inksight_cli.pages.zoom import as_loaded, at_pen_scale

DATA = Path(__file__).resolve().parents[1] / "../shared/data"
RESULTS = Path(__file__).resolve().parent / "results"
KINDS = ("diagram", "photo", "columns")
SIZE = (1700, 2200)
FIRST_SEED = 9001
WRONG = 0.08
Mask = NDArray[np.bool_]


def true_ink(page: ComposedPage, word: int) -> tuple[Mask, Mask]:
    """Return where word ``word`` was drawn, and that two pixels wider (blur, rounding)."""
    drawn = np.zeros(page.pixels.shape[:2], np.uint8)
    paths = [np.round(stroke * 16).astype(np.int32) for stroke in page.strokes[word]]
    cv2.polylines(drawn, paths, False, 1, page.pen, cv2.LINE_AA, 4)
    return drawn > 0, cv2.dilate(drawn, np.ones((5, 5), np.uint8)) > 0


def shares(page: ComposedPage, word: int, ink: Mask, owned: Mask) -> tuple[float, float]:
    """Return how much of a word's ink is missing and how much is another's, of its own ink."""
    drawn, wide = true_ink(page, word)
    own = drawn & ink
    area = max(int(own.sum()), 1)
    return float((own & ~owned).sum()) / area, float((owned & ~wide).sum()) / area


def judged(page: ComposedPage) -> Iterator[tuple[float, float]]:
    """Yield what is missing and what is foreign for every word that is found."""
    image = at_pen_scale(PageImage(page.pixels))
    found = [word for line in EmbeddedDetector().detect(image) for word in line.words]
    owners: Ownership = assign_ink(image.ink, found)
    size = page.pixels.shape[1::-1]
    cover = np.where(image.ink.mask, image.ink.cover, 0).astype(np.uint8)
    ink = cv2.resize(cover, size, interpolation=cv2.INTER_LINEAR) > 127
    labels = cv2.resize(_wider(owners.labels), size, interpolation=cv2.INTER_NEAREST) * ink
    there = Page(image.width, image.height, [Line([word], word.quad) for word in found])
    for index, word in enumerate(as_loaded(there, image).words):
        overlap = [word.box.iou(box) for box in page.boxes]
        if max(overlap) >= 0.5:
            yield shares(page, int(np.argmax(overlap)), ink, labels == index + 1)


def _wider(labels: NDArray[np.int32]) -> NDArray[np.int32]:
    """Give the pixels around a word's ink to it: where a page is looked at smaller, edges move."""
    around = cv2.dilate(labels.astype(np.float32), np.ones((3, 3), np.uint8)).astype(np.int32)
    return np.where(labels == 0, around, labels)


def summary(found: list[tuple[float, float]]) -> dict[str, float | int]:
    """Return the figures of one kind of page."""
    missing, foreign = np.array(found).T
    return {
        "words": len(found),
        "wrong": round(float((np.maximum(missing, foreign) > WRONG).mean()), 3),
        "missing": round(float(missing.mean()), 4),
        "foreign": round(float(foreign.mean()), 4),
    }


def main() -> int:
    """Measure, print, store."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pages", type=int, default=10, help="pages of each kind")
    count = parser.parse_args().pages
    words = DATA / "strokes/unipen_words.npz"
    if not words.is_file():
        print("The data set ../shared/data is not here; nothing is measured.", file=sys.stderr)
        return 0
    source, results = corpus(words), {}
    for kind in KINDS:
        pages = (compose(source, kind, FIRST_SEED + k, SIZE) for k in range(count))
        results[kind] = summary([found for page in pages for found in judged(page)])
        print(kind, results[kind], flush=True)
    RESULTS.mkdir(exist_ok=True)
    text = json.dumps({"pages": count, "wrong": WRONG, "kinds": results}, indent=1) + "\n"
    (RESULTS / "ink_owners.json").write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
