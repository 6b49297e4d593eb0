"""How well words are found: F1 at IoU >= 0.5, every detector in the same run.

    python benchmarks/detection.py --pages 4

Photos: the hdBPMN pictures of `../shared/data/images` (CC BY 4.0; boxes drawn by people, looser
than the ink). Composed pages: `benchmarks/composed_pages.py`, words of UNIPEN writers whom the
network of `embedded` has not seen. Neither is in the repository. Table to stdout, JSON to
`benchmarks/results/`.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.composed_pages import KINDS, compose, corpus
from inksight_cli.detectors import find_detector
from inksight_cli.geometry import Box
from inksight_cli.pages.page import PageImage
from inksight_cli.pipeline import find_words

DATA = Path(__file__).resolve().parents[1] / "../shared/data"
RESULTS = Path(__file__).resolve().parent / "results"
COMPOSED_SIZE = (1654, 2339)  # A4 at 200 dpi
Find = Callable[[PageImage], list[Box]]


@dataclass
class Score:
    """Counts over the pages of one kind."""

    found: int = 0
    proposed: int = 0
    true: int = 0
    seconds: list[float] = field(default_factory=list)

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        return 2 * self.found / max(self.proposed + self.true, 1)

    def as_json(self) -> dict[str, float | int]:
        """The figures, rounded."""
        return {
            "f1": round(self.f1, 4),
            "precision": round(self.found / max(self.proposed, 1), 4),
            "recall": round(self.found / max(self.true, 1), 4),
            "words": self.true,
            "pages": len(self.seconds),
            "seconds_per_page": round(float(np.median(self.seconds)), 3),
        }


def matches(overlap: NDArray[np.float64], least: float = 0.5) -> int:
    """Return how many pair up one to one at IoU >= ``least``, the best pairs first.

    Args:
        overlap: (P, T) IoU of everything proposed with everything true.
        least: IoU from which on a pair counts.
    """
    overlap, found = overlap.copy(), 0
    while overlap.size and overlap.max() >= least:
        i, j = np.unravel_index(int(overlap.argmax()), overlap.shape)
        overlap[i, :], overlap[:, j] = -1, -1
        found += 1
    return found


def photos() -> Iterator[tuple[str, NDArray[np.uint8], list[Box]]]:
    """Yield (kind, pixels, true boxes) of every photo with word boxes."""
    index = json.loads((DATA / "images/index.json").read_text())
    for entry in index:
        if entry["word_boxes"]:
            picture = cv2.imread(str(DATA / "images" / entry["file"]))
            boxes = [(x, y, x + w, y + h) for x, y, w, h in (b["box"] for b in entry["word_boxes"])]
            yield "photos", cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), [Box(*b) for b in boxes]


def composed(count: int) -> Iterator[tuple[str, NDArray[np.uint8], list[Box]]]:
    """Yield ``count`` composed pages of each kind."""
    source = corpus(DATA / "strokes/unipen_words.npz")
    for kind in KINDS:
        for seed in range(count):
            page = compose(source, kind, seed, COMPOSED_SIZE)
            yield f"composed, {kind}", page.pixels, page.boxes


def finders() -> dict[str, Find]:
    """Return the detectors to compare; what is not installed is left out."""
    found: dict[str, Find] = {"rapidocr's own words": rapid_words()}
    for name in ("embedded", "tesseract"):
        detector = find_detector(name)
        if detector.missing():
            print(f"{name}: {detector.missing()}", file=sys.stderr)
            continue
        found[name] = lambda page, d=detector: [w.box for w in find_words(d, page).words]
    return found


def rapid_words() -> Find:
    """Return RapidOCR as it comes, with the word boxes that it guesses itself."""
    from rapidocr import RapidOCR

    params = {
        "Global.log_level": "critical",
        "Global.return_word_box": True,
        "EngineConfig.onnxruntime.intra_op_num_threads": 2,
    }
    engine = RapidOCR(params=params)

    def find(page: PageImage) -> list[Box]:
        result = engine(cv2.cvtColor(page.pixels, cv2.COLOR_RGB2BGR))
        return [Box.around(word[2]) for line in result.word_results or () for word in line]

    return find


def measure(pages: Iterator[tuple[str, NDArray[np.uint8], list[Box]]]) -> dict[str, dict]:
    """Run every detector over ``pages``; the ink mask counts as part of ``embedded``."""
    scores: dict[str, dict[str, Score]] = {}
    detectors = finders()
    for kind, pixels, true in pages:
        for name, find in detectors.items():
            page = PageImage(pixels)
            start = time.perf_counter()
            boxes = find(page)
            score = scores.setdefault(kind, {}).setdefault(name, Score())
            score.seconds.append(time.perf_counter() - start)
            score.found += matches(np.array([[a.iou(b) for b in true] for a in boxes]))
            score.proposed += len(boxes)
            score.true += len(true)
    return {k: {n: s.as_json() for n, s in by.items()} for k, by in scores.items()}


def report(results: dict[str, dict]) -> None:
    """Print the table."""
    print(f"{'pages':20} {'detector':26} {'F1':>6} {'prec.':>6} {'recall':>6} {'s/page':>7} words")
    for kind, by in results.items():
        for name, s in by.items():
            figures = f"{s['f1']:6.3f} {s['precision']:6.3f} {s['recall']:6.3f}"
            print(f"{kind:20} {name:26} {figures} {s['seconds_per_page']:7.2f} {s['words']}")


def main() -> int:
    """Measure, print, store."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pages", type=int, default=4, help="composed pages of each kind")
    arguments = parser.parse_args()
    if not (DATA / "images/index.json").is_file():
        print("The data set ../shared/data is not here; nothing is measured.", file=sys.stderr)
        return 0
    results = measure(photos()) | measure(composed(arguments.pages))
    report(results)
    RESULTS.mkdir(exist_ok=True)
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    # Seconds only count when nothing else ran: the load tells.
    load = round(os.getloadavg()[1], 1)
    stored = {"machine": machine, "load_average": load, "iou": 0.5, "results": results}
    (RESULTS / "detection.json").write_text(json.dumps(stored, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
