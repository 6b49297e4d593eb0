"""The table and the pictures of docs/pages.md: every detector on every kind of page, in one run.

    python benchmarks/page_kinds.py --pages 2              # writes the table into docs/pages.md
    python benchmarks/page_kinds.py --pictures docs/pages  # writes the pictures

The pages are ours (`benchmarks/kinds.py`); half of them are in the hands of UNIPEN writers where
`../shared/data` is, who are in no picture. F1 of words at IoU >= 0.5 of their quads. A detector
that is not installed, lacks its weights or would send pictures away is named with its reason.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.composed_pages import corpus
from benchmarks.detection import Score, matches
from benchmarks.forms import Write, own_hand, unipen_hand
from benchmarks.kinds import KINDS, KindPage
from inksight_cli.coordinates import in_coordinates
from inksight_cli.detectors import find_detector
from inksight_cli.detectors.protocol import Detector
from inksight_cli.flatten.sheet import flatten_page
from inksight_cli.formats.preview import preview_png
from inksight_cli.geometry import Points
from inksight_cli.pages.page import PageImage
from inksight_cli.pipeline import Derenderer, find_words

ROOT = Path(__file__).resolve().parents[1]
WORDS = ROOT / "../shared/data/strokes/unipen_words.npz"
RESULTS = ROOT / "benchmarks/results/page_kinds.json"
START, END = "<!-- table: written by benchmarks/page_kinds.py -->", "<!-- end -->"
DETECTORS = ("embedded", "tesseract", "whole", "doctr", "cloud-vision")
SKIPPED = "form, `--skip-printed`"
WIDTH = 620  # of the pictures


def hands(pages: int) -> list[Write]:
    """Return ``pages`` hands: our own, and every second one a UNIPEN writer's where they are."""
    source = corpus(WORDS) if WORDS.is_file() else None
    made = []
    for page in range(pages):
        rng = np.random.default_rng(700 + page)
        other = source is not None and page % 2
        made.append(unipen_hand(source, sorted(source.by_writer), rng) if other else own_hand(rng))
    return made


def iou(one: Points, other: Points) -> float:
    """Return intersection over union of two convex quads (4, 2)."""
    a, b = one.astype(np.float32), other.astype(np.float32)
    shared, _ = cv2.intersectConvexConvex(a, b)
    total = cv2.contourArea(a) + cv2.contourArea(b) - shared
    return float(shared / total) if total > 0 else 0.0


def cpu_seconds() -> float:
    """Return the seconds of one core used so far, programs called included: load hardly matters."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def measure(detector: Detector, page: KindPage, true: list[Points], score: Score) -> None:
    """Find the words of a page, and compare them where they lie on the picture as taken."""
    start = cpu_seconds()
    image = PageImage(page.pixels)
    image = flatten_page(image) if page.flatten else image
    lines = find_words(detector, image).lines
    score.seconds.append(cpu_seconds() - start)
    quads = [word.quad.points for line in lines for word in line.words]
    if image.photo is not None:
        quads = [image.photo.to_photo(quad) for quad in quads]
    score.found += matches(np.array([[iou(a, b) for b in true] for a in quads]))
    score.proposed += len(quads)
    score.true += len(true)


def measure_all(pages: int) -> tuple[dict[str, dict[str, Score]], dict[str, str]]:
    """Return the scores by kind and detector, and the reasons of those that were not measured."""
    reasons = {n: str(r) for n in DETECTORS if (r := find_detector(n).missing())}
    ready = [name for name in DETECTORS if name not in reasons and name != "cloud-vision"]
    scores: dict[str, dict[str, Score]] = {}
    for name in ready:  # models are loaded before time is taken
        find_detector(name).detect(PageImage(np.full((64, 64, 3), 255, np.uint8)))
    for number, write in enumerate(hands(pages)):
        for kind, make in KINDS.items():
            page = make(write, np.random.default_rng(100 + number))
            for name in ready:
                score = scores.setdefault(kind, {}).setdefault(name, Score())
                measure(find_detector(name), page, page.words, score)
                if kind == "form" and name == "embedded":
                    true = [q for q, hand in zip(page.words, page.written, strict=True) if hand]
                    score = scores.setdefault(SKIPPED, {}).setdefault(name, Score())
                    measure(find_detector(name, skip_printed=True), page, true, score)
        print(f"page {number + 1} of {pages} done", file=sys.stderr, flush=True)
    return scores, reasons


def table(scores: dict[str, dict[str, Score]], reasons: dict[str, str], pages: int) -> str:
    """Return the table of the docs."""
    names = list(next(iter(scores.values())))
    head = ["pages", "words", *(f"`{name}`" for name in names)]
    rows = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    for kind, by in scores.items():
        cells = [
            f"{by[n].f1:.2f} ({np.median(by[n].seconds):.1f} s)" if n in by else "" for n in names
        ]
        rows.append(f"| {kind} | {next(iter(by.values())).true} | " + " | ".join(cells) + " |")
    missing = [f"- `{name}` is not measured: {reason}" for name, reason in reasons.items()]
    how = (
        f"{pages} pages of each kind, {machine()}; F1 at IoU 0.5, and the median seconds of one "
        "core that a page takes, its ink and flattening included, models loaded."
    )
    return "\n".join([how, "", *rows, "", *missing])


def machine() -> str:
    """Return what the figures were taken on."""
    return f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"


def pictures(folder: Path) -> None:
    """Write one small picture of every kind: boxes and ink over the page."""
    folder.mkdir(parents=True, exist_ok=True)
    for kind, make in KINDS.items():
        page = make(own_hand(np.random.default_rng(5)), np.random.default_rng(5))
        image = PageImage(page.pixels, source=f"{kind}.jpg")
        image = flatten_page(image) if page.flatten else image
        detector = find_detector("embedded", skip_printed=kind == "form")
        (ink,) = Derenderer(detector).pages([image])
        shown = [_shown(preview_png(image.pixels, ink))]
        if page.flatten:
            shown.insert(0, _shown(preview_png(page.pixels, in_coordinates(ink, "photo"))))
        height = max(picture.shape[0] for picture in shown)
        row = np.hstack([_padded(picture, height) for picture in shown])
        scale = WIDTH * (1.6 if page.flatten else 1) / row.shape[1]
        small = cv2.resize(row, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        path = folder / f"{kind.replace(', ', '_').replace(' ', '_')}.jpg"
        cv2.imwrite(str(path), small, [cv2.IMWRITE_JPEG_QUALITY, 78])
        print(path, path.stat().st_size, file=sys.stderr)


def _shown(png: bytes) -> NDArray[np.uint8]:
    return np.asarray(cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR), np.uint8)


def _padded(picture: NDArray[np.uint8], height: int) -> NDArray[np.uint8]:
    below = height - picture.shape[0]
    white = (255, 255, 255)
    return np.asarray(cv2.copyMakeBorder(picture, 0, below, 0, 8, cv2.BORDER_CONSTANT, value=white))


def main() -> int:
    """Measure and write the table, or write the pictures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pages", type=int, default=2, help="pages of each kind")
    parser.add_argument("--pictures", type=Path, help="write the pictures into this folder instead")
    arguments = parser.parse_args()
    if arguments.pictures:
        pictures(arguments.pictures)
        return 0
    scores, reasons = measure_all(arguments.pages)
    text = table(scores, reasons, arguments.pages)
    print(text)
    docs = ROOT / "docs/pages.md"
    before, _, rest = docs.read_text().partition(START)
    docs.write_text(f"{before}{START}\n\n{text}\n\n{END}{rest.partition(END)[2]}")
    plain = {
        kind: {
            name: {
                "f1": round(s.f1, 4),
                "words": s.true,
                "seconds": round(float(np.median(s.seconds)), 2),
            }
            for name, s in by.items()
        }
        for kind, by in scores.items()
    }
    load = round(os.getloadavg()[0], 1)
    stored = {"machine": machine(), "load_average": load, "pages": arguments.pages}
    stored |= {"scores": plain, "not_measured": reasons}
    RESULTS.write_text(json.dumps(stored, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
