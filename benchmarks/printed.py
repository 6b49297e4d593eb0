"""How well ``--skip-printed`` tells print from writing, and the fit of its weights.

    python benchmarks/printed.py --pages 2        # forms of our own making, and real pictures
    python benchmarks/printed.py --fit            # weights for detectors/printed/marks.py

Forms (`benchmarks/forms.py`) are set in the fonts of this machine and filled in by our own stroke
script and by UNIPEN writers of `../shared/data`; fonts and writers that the weights were fitted on
take no part in the measurement. A word counts as left out when more than half of its ink is gone.
Real pictures hold writing alone, block letters too: what is left out there is lost.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.composed_pages import Corpus, _placed, corpus
from benchmarks.forms import (
    KINDS,
    LABELS,
    SMALL_PRINT,
    STAMPS,
    Form,
    compose_form,
    fonts,
    own_hand,
    unipen_hand,
)
from inksight_cli.detectors import find_detector
from inksight_cli.detectors.printed.marks import MEASURES, measure_word
from inksight_cli.geometry import Box
from inksight_cli.ink.types import Ink
from inksight_cli.ownership.region import Region
from inksight_cli.pages.page import PageImage

DATA = Path(__file__).resolve().parents[1] / "../shared/data"
RESULTS = Path(__file__).resolve().parent / "results/printed.json"
FITTED_FONTS = (
    "LiberationSans-",
    "LiberationSerif",
    "LiberationMono",
    "LiberationSansNarrow",
    "Lato",
    "EBGaramond12",
    "NotoSans-",
    "NotoSerif-",
)
OTHER_FONTS = ("DejaVuSans-", "DejaVuSerif", "Roboto-", "DejaVuSansMono")
Floats = NDArray[np.float64]


@dataclass
class Counts:
    """Words of forms, by what they are and what became of them."""

    printed: int = 0
    printed_out: int = 0
    written: int = 0
    written_out: int = 0

    def as_json(self) -> dict[str, float | int]:
        """The figures, rounded."""
        out = self.printed_out + self.written_out
        return {
            "printed": self.printed,
            "written": self.written,
            "precision": round(self.printed_out / max(out, 1), 4),
            "recall": round(self.printed_out / max(self.printed, 1), 4),
            "writing_kept": round(1 - self.written_out / max(self.written, 1), 4),
        }


def fitted_writers(*sources: Corpus) -> list[str]:
    """Return the writers to fit on, chosen from those of all corpora."""
    writers = sorted({writer for source in sources for writer in source.by_writer})
    np.random.default_rng(0).shuffle(writers)
    return writers[:240]


def forms(pages: int) -> Iterator[tuple[str, Form]]:
    """Yield (hand and kind, form), fonts and writers that were not fitted on."""
    archive = DATA / "strokes/unipen_words.npz"
    source = corpus(archive) if archive.is_file() else None
    writers = []
    if source:
        fitted = fitted_writers(source, corpus(archive, held_out=False))
        writers = [writer for writer in sorted(source.by_writer) if writer not in fitted]
    families = [family for family in OTHER_FONTS if fonts(family)]
    for kind in KINDS:
        for page in range(pages):
            faces = fonts(families[page % len(families)])
            rng = np.random.default_rng(page)
            yield f"our hand, {kind}", compose_form(own_hand(rng), faces, kind, page)
            if source:
                hand = unipen_hand(source, writers, rng)
                faces = fonts(families[(page + 2) % len(families)])
                yield f"UNIPEN writers, {kind}", compose_form(hand, faces, kind, 100 + page)


def count_out(form: Form, counts: Counts) -> None:
    """Find the words of a form without its print, and count what is gone."""
    page = PageImage(form.pixels)
    before = page.ink.mask.copy()
    find_detector("embedded", skip_printed=True).detect(page)
    for boxes, ink, printed in (
        (form.printed, form.printed_ink, True),
        (form.written, form.written_ink, False),
    ):
        assert ink is not None
        for box in boxes:
            gone = _gone(before, page.ink.mask, ink, box)
            if printed:
                counts.printed += 1
                counts.printed_out += gone
            else:
                counts.written += 1
                counts.written_out += gone


def _gone(
    before: NDArray[np.bool_], after: NDArray[np.bool_], own: NDArray[np.bool_], box: Box
) -> int:
    height, width = before.shape
    rows, columns = box.clipped(width, height).pixels()
    mine = before[rows, columns] & own[rows, columns]
    left = np.count_nonzero(mine & after[rows, columns])
    return int(left < 0.5 * np.count_nonzero(mine))


def real_pictures() -> dict[str, tuple[int, int]]:
    """Return (words found, words left out) of every picture of handwriting in ``../shared``."""
    found = {}
    for path in sorted((DATA / "images").glob("*.jpg")):
        pixels = cv2.imread(str(path))[:, :, ::-1]
        pages = [PageImage(np.ascontiguousarray(pixels)) for _ in range(2)]
        lines = [
            find_detector("embedded", skip_printed=s).detect(p)
            for s, p in zip((False, True), pages, strict=True)
        ]
        words = [sum(len(line.words) for line in each) for each in lines]
        found[path.name] = (words[0], words[0] - words[1])
    return found


def fit(count: int) -> None:
    """Print the weights of the logistic regression, fitted on single words of both kinds."""
    archive = DATA / "strokes/unipen_words.npz"
    source = corpus(archive, held_out=False)
    fitted = fitted_writers(source, corpus(archive))
    writers = [writer for writer in fitted if writer in source.by_writer]
    rows, labels = [], []
    for seed in range(count):
        rng = np.random.default_rng(seed)
        for printed in (True, False):
            patch = _printed(rng, seed) if printed else _written(source, writers, rng, seed)
            measured = _measured(patch, rng)
            if measured is not None:
                rows.append(measured)
                labels.append(printed)
    x, y = np.array(rows), np.array(labels, dtype=bool)
    mean, deviation = x.mean(axis=0), x.std(axis=0)
    z = (x - mean) / deviation
    weights = _logistic(np.hstack([z, z**2]), y)
    half = len(mean)
    for name, m, d, a, b in zip(MEASURES, mean, deviation, weights, weights[half:], strict=False):
        print(f'    "{name}": ({m:.3f}, {d:.3f}, {a:.2f}, {b:.2f}),')
    print(f"BIAS = {weights[-1]:.2f}, and less of it: see there")


def _printed(rng: np.random.Generator, seed: int) -> tuple[Floats, float]:
    families = [family for family in FITTED_FONTS if fonts(family)]
    faces = fonts(families[seed % len(families)])
    face, size = str(faces[int(rng.integers(len(faces)))]), int(rng.uniform(14, 60))
    word = str(rng.choice(" ".join((*LABELS, *STAMPS, SMALL_PRINT)).split()))
    word = word.upper() if rng.random() < 0.15 else word
    word = str(rng.integers(10, 99999)) if rng.random() < 0.1 else word
    font = ImageFont.truetype(face, size)
    canvas = Image.new("L", (int(font.getlength(word)) + 2 * size, 3 * size), 0)
    place = (size + rng.random(), 2 * size + rng.random())
    ImageDraw.Draw(canvas).text(place, word, fill=255, font=font, anchor="ls")
    return np.asarray(canvas, dtype=np.float64) / 255, size * (0.14 if "Bold" in face else 0.09)


def _written(
    source: Corpus, writers: list[str], rng: np.random.Generator, seed: int
) -> tuple[Floats, float]:
    letter = float(rng.uniform(7, 30))
    words = source.by_writer[writers[seed % len(writers)]]
    if rng.random() < 0.25:  # block letters are nearest to print, and rare in the data
        words = [i for w in writers for i in source.by_writer[w] if source.texts[i].isupper()]
    index = int(rng.choice(words))
    strokes = _placed(source.words[index], source.texts[index], letter, 0, 0)
    around = Box.around(np.concatenate(strokes)).grown(20)
    pen = max(round(letter * float(rng.uniform(0.1, 0.25))), 1)
    canvas = np.zeros((int(around.height) + 1, int(around.width) + 1), np.uint8)
    fixed = [np.round((s - (around.left, around.top)) * 16).astype(np.int32) for s in strokes]
    cv2.polylines(canvas, fixed, False, 255, pen, cv2.LINE_AA, 4)
    return canvas / 255.0, float(pen)


def _measured(patch: tuple[Floats, float], rng: np.random.Generator) -> Floats | None:
    """Return the measures of a word as a camera might give it, slightly turned."""
    cover, pen = patch
    height, width = cover.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), float(rng.normal(0, 1.2)), 1)
    cover = cv2.warpAffine(cover, turn, (width, height))
    if rng.random() < 0.6:
        cover = cv2.GaussianBlur(cover, (0, 0), float(rng.uniform(0.4, 1.1)))
    dark = float(rng.uniform(0.6, 1))
    noise = rng.normal(0, float(rng.choice([0, 4, 8])), cover.shape)
    strength = np.clip(cover * 255 * dark + noise, 0, 255).astype(np.uint8)
    mask = strength > 110 * dark
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    real = stats[:, 4] >= 6
    real[0] = False
    mask = real[labels]
    if np.count_nonzero(mask) < 20:
        return None
    ys, xs = np.nonzero(mask)
    rows, columns = slice(ys.min(), ys.max() + 1), slice(xs.min(), xs.max() + 1)
    white = np.full((*mask.shape, 3), 255, np.uint8)
    ink = Ink(mask, np.zeros_like(mask), strength, white, pen)
    return measure_word(ink, Region(mask[rows, columns], columns.start, rows.start), 0.0)


def _logistic(x: Floats, y: NDArray[np.bool_]) -> Floats:
    """Return weights and bias by Newton's method, both classes counting alike."""
    a = np.hstack([x, np.ones((len(x), 1))])
    w, sample = np.zeros(a.shape[1]), np.where(y, 0.5 / y.mean(), 0.5 / (1 - y.mean()))
    ridge = np.eye(len(w)) * 1e-4 * len(y)
    ridge[-1, -1] = 1e-9
    for _ in range(50):
        p = 1 / (1 + np.exp(-a @ w))
        gradient = a.T @ ((p - y) * sample) + ridge @ w
        w -= np.linalg.solve((a * (p * (1 - p) * sample)[:, None]).T @ a + ridge, gradient)
    return w


def main() -> int:
    """Fit, or measure, print and store."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pages", type=int, default=2, help="forms of each hand and kind")
    parser.add_argument("--fit", action="store_true", help="print weights instead")
    arguments = parser.parse_args()
    if arguments.fit:
        fit(1600)
        return 0
    counted: dict[str, Counts] = {}
    for name, form in forms(arguments.pages):
        count_out(form, counted.setdefault(name, Counts()))
    results = {name: counts.as_json() for name, counts in counted.items()}
    for name, s in results.items():
        print(f"{name:24}", *(f"{key} {value}" for key, value in s.items()), flush=True)
    pictures = real_pictures()
    for name, (words, out) in pictures.items():
        print(f"{name:34} {words} words, {out} left out", flush=True)
    stored = {"forms": results, "handwriting": pictures}
    RESULTS.write_text(json.dumps(stored, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
