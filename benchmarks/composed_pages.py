"""Pages set from single words of many writers, with a known box for every word.

The words are UNIPEN's (pen paths, see ``shared/data/README.md``): every one is scaled on its own,
so sizes are put right by letter height and letter count together. The white between words is
drawn from what real lines show (`GAP`: measured on 600 lines of 300 UNIPEN writers, in units of
the height of small letters: quartiles 0.8, 1.2, 1.8) and is never less than twice what this
writer leaves between letters: whoever writes letters far apart writes words farther apart.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.composed_diagrams import draw_diagram, paint
from inksight_cli.geometry import Box
from models.segmentation.words import is_held_out

GAP = (1.2, 0.45)  # median and log-sigma from writer to writer
GAP_WITHIN = 0.25  # log-sigma from gap to gap of one writer
KINDS = ("clean", "columns", "ruled", "photo", "diagram")


@dataclass(frozen=True, slots=True, eq=False)
class ComposedPage:
    """A page (H, W, 3) uint8 RGB and its words in reading order.

    Attributes:
        pixels: the picture.
        boxes, texts: of every word, true.
        strokes: of every word, page pixels; drawn with a pen of ``pen`` pixels.
    """

    pixels: NDArray[np.uint8]
    boxes: list[Box]
    texts: list[str]
    strokes: list[list[NDArray[np.float64]]]
    pen: int


@dataclass(frozen=True, slots=True, eq=False)
class Corpus:
    """Words as strokes: ``words[i]`` is a list of (N, 2) float arrays, with text and writer."""

    words: list[list[NDArray[np.float64]]]
    texts: list[str]
    by_writer: dict[str, list[int]]


@cache
def corpus(path: Path, held_out: bool = True) -> Corpus:
    """Read up to 60 words of every writer who has at least 30 (texts of letters only).

    By default only of writers whom the network that finds words has not been trained on.
    """
    archive = np.load(path)
    texts, writers = archive["text"], archive["writer"]
    by_writer: dict[str, list[int]] = {}
    for i, (text, writer) in enumerate(zip(texts, writers, strict=True)):
        if is_held_out(str(writer)) != held_out:
            continue
        if text.isalpha() and len(by_writer.setdefault(str(writer), [])) < 60:
            by_writer[str(writer)].append(i)
    chosen = {w: ids for w, ids in by_writer.items() if len(ids) >= 30}
    points = archive["deltas"].cumsum(axis=0, dtype=np.int32)
    stroke_ends, sample_ends = archive["stroke_ends"], archive["sample_ends"]
    words, kept, renumbered = [], [], {}
    for writer, ids in sorted(chosen.items()):
        for i in ids:
            first = sample_ends[i - 1] if i else 0
            starts = [stroke_ends[s - 1] if s else 0 for s in range(first, sample_ends[i])]
            ends = stroke_ends[first : sample_ends[i]]
            renumbered.setdefault(writer, []).append(len(words))
            words.append(
                [points[a:b].astype(np.float64) for a, b in zip(starts, ends, strict=True)]
            )
            kept.append(str(texts[i]))
    return Corpus(words, kept, renumbered)


def compose(source: Corpus, kind: str, seed: int, size: tuple[int, int]) -> ComposedPage:
    """Set a page in one writer's hand.

    Args:
        source: where the words come from.
        kind: ``clean``; ``columns`` (two); ``ruled`` (grey or blue rules); ``photo`` (rules or
            a grid, shading, grain, a stain, JPEG); ``diagram`` (see `composed_diagrams`; as a
            photo, too).
        seed: of everything that is drawn by lot.
        size: (width, height) in pixels.
    """
    rng = np.random.default_rng(seed)
    writer = str(rng.choice(sorted(source.by_writer)))
    order = rng.permutation(source.by_writer[writer])
    width, height = size
    letter = float(rng.uniform(0.010, 0.015)) * width
    pitch = letter * float(rng.uniform(3.2, 4.2))
    gap = letter * float(np.clip(GAP[0] * np.exp(rng.normal(0, GAP[1])), 0.6, 2.6))
    gap = max(gap, 2 * _inner_gap(source, order, letter))
    if kind == "diagram":
        return _diagram(source, rng, order, size, letter, gap)
    columns = 2 if kind == "columns" else 1
    margin, gutter = 0.08 * width, 0.06 * width
    measure = (width - 2 * margin - (columns - 1) * gutter) / columns
    strokes: list[list[NDArray[np.float64]]] = []
    boxes, texts, at = [], [], 0
    pen = max(round(letter * float(rng.uniform(0.1, 0.2))), 2)
    for column in range(columns):
        left = margin + column * (measure + gutter)
        baseline = 0.08 * height
        while baseline < 0.92 * height:
            x = left
            while True:
                index = int(order[at % len(order)])
                word, text = source.words[index], source.texts[index]
                at += 1
                placed = _placed(word, text, letter, x, baseline + rng.normal(0, 0.06) * letter)
                box = Box.around(np.concatenate(placed)).grown(pen / 2)
                if box.right > left + measure:
                    break
                strokes.append(placed)
                boxes.append(box)
                texts.append(text)
                x = box.right + gap * float(np.exp(rng.normal(0, GAP_WITHIN)))
            baseline += pitch
    pixels = _paper(kind, rng, size, pitch, 0.08 * height)
    _draw(pixels, strokes, pen, rng)
    if kind == "photo":
        pixels = _photographed(pixels, rng)
    return ComposedPage(pixels, boxes, texts, strokes, pen)


def _diagram(
    source: Corpus,
    rng: np.random.Generator,
    order: NDArray[np.intp],
    size: tuple[int, int],
    letter: float,
    gap: float,
) -> ComposedPage:
    words = [_placed(source.words[i], source.texts[i], letter, 0.0, 0.0) for i in order]
    texts = [source.texts[i] for i in order]
    sheet = draw_diagram(rng, words, texts, size, letter, gap)
    pen = max(round(letter * float(rng.uniform(0.1, 0.2))), 2)
    pixels = _paper("photo", rng, size, 4 * letter, 0.08 * size[1])
    paint(pixels, sheet, pen, (40, 40, 60))
    boxes = [box.grown(pen / 2) for box in sheet.boxes]
    return ComposedPage(_photographed(pixels, rng), boxes, sheet.texts, sheet.words, pen)


def _inner_gap(source: Corpus, order: NDArray[np.intp], letter: float) -> float:
    """Return the white, in pixels, that nine of ten gaps inside the words do not exceed."""
    gaps = [0.0]
    for index in order:
        placed = _placed(source.words[index], source.texts[index], letter, 0.0, 0.0)
        spans = sorted((float(s[:, 0].min()), float(s[:, 0].max())) for s in placed)
        reach = spans[0][1]
        for left, right in spans[1:]:
            gaps.append(max(left - reach, 0.0))
            reach = max(reach, right)
    return float(np.quantile(gaps, 0.9))


def _placed(
    word: list[NDArray[np.float64]], text: str, letter: float, x: float, baseline: float
) -> list[NDArray[np.float64]]:
    points = np.concatenate(word)
    low, high = np.quantile(points[:, 1], (0.15, 0.85))
    by_height = letter / max(high - low, 1.0)
    by_width = 0.95 * letter * len(text) / max(np.ptp(points[:, 0]), 1.0)
    scale = float(np.sqrt(by_height * by_width))
    origin = np.array([points[:, 0].min(), high])
    return [(stroke - origin) * scale + (x, baseline) for stroke in word]


def _paper(
    kind: str, rng: np.random.Generator, size: tuple[int, int], pitch: float, first: float
) -> NDArray[np.uint8]:
    width, height = size
    page = np.full((height, width, 3), 250, dtype=np.uint8)
    if kind not in ("ruled", "photo"):
        return page
    color = [int(v) for v in rng.choice([(190, 200, 225), (195, 195, 195), (215, 190, 190)])]
    step = pitch if kind == "ruled" or rng.random() < 0.5 else pitch / 2
    for y in np.arange(first + 0.15 * pitch - 20 * step, height, step):
        cv2.line(page, (0, round(y)), (width, round(y)), color, 2, cv2.LINE_AA)
    if step < pitch:
        for x in np.arange(step, width, step):
            cv2.line(page, (round(x), 0), (round(x), height), color, 2, cv2.LINE_AA)
    return page


def _draw(
    page: NDArray[np.uint8],
    strokes: list[list[NDArray[np.float64]]],
    pen: int,
    rng: np.random.Generator,
) -> None:
    color = [int(v) for v in rng.choice([(25, 25, 30), (30, 40, 120), (70, 70, 75)])]
    fixed = [np.round(s * 16).astype(np.int32) for s in itertools.chain.from_iterable(strokes)]
    cv2.polylines(page, fixed, False, color, pen, cv2.LINE_AA, 4)


def _photographed(page: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    height, width = page.shape[:2]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    angle = rng.uniform(0, 2 * np.pi)
    ramp = (x / width - 0.5) * np.cos(angle) + (y / height - 0.5) * np.sin(angle)
    light = 0.8 + 0.35 * ramp
    cx, cy = rng.uniform(0, width), rng.uniform(0, height)
    stain = np.exp(-((((x - cx) / (0.08 * width)) ** 2 + ((y - cy) / (0.06 * width)) ** 2) ** 2))
    tint = 1 - 0.25 * stain[..., None] * np.array([0.4, 0.8, 1.0], dtype=np.float32)
    grain = rng.normal(0, 4, page.shape[:2]).astype(np.float32)[..., None]
    lit = page.astype(np.float32) * light[..., None] * tint + grain
    blurred = cv2.GaussianBlur(lit, (3, 3), 0.7)
    done = np.clip(blurred, 0, 255).astype(np.uint8)
    _, packed = cv2.imencode(".jpg", done, [cv2.IMWRITE_JPEG_QUALITY, 80])
    return np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR), dtype=np.uint8)
