"""How strokes become ink: slanted, shaky, running hands; thin, thick, blurred, mottled pens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.eval_words import MARGIN, EvalWord, Picture, photo
from inksight_cli.ink.types import Mask
from models.hand.corpora import SCRIPTS, Hand
from models.training.corpus import Points
from models.training.render import draw

THINNEST = 1.5  # pixels of the picture
THICKEST = 1 / 6  # of a character's height
WIDE = 5.0  # pixels: thinner pens are looked at twice as large, as `look_closely` does
RUNNING = 0.5  # share of idealised characters whose strokes run together here and there
LEAST = 26.0  # pixels of height: below, a word is a flat scrawl
_GRAIN_BLUR = 1.2


@dataclass(frozen=True)
class Inked:
    """Ink as the tracer sees it, with its zoom against the picture and the pen in its pixels."""

    mask: Mask
    zoom: int
    pen: float


def write(hand: Hand, rng: np.random.Generator) -> EvalWord | None:
    """Return a hand's strokes at the size of a picture, None where they are a flat scrawl."""
    strokes = hand.strokes
    if hand.source in SCRIPTS:
        strokes = run_on(shake([spline(s) for s in strokes], rng), rng)
    elif hand.source == "omniglot":
        strokes = [spline(s) for s in strokes]
    strokes = slant(strokes, rng)
    if hand.source in ("unipen_words", "unipen_text"):
        height, widest = 64 * float(np.exp(rng.normal(0, 0.15))), 320.0
    else:
        height, widest = float(rng.uniform(40, 110)), 130.0
    word = placed(hand.text, strokes, height, widest)
    tall = word.box[3] - word.box[1]
    return word if tall >= LEAST or hand.source not in ("unipen_words", "unipen_text") else None


def slant(strokes: Sequence[Points], rng: np.random.Generator) -> list[Points]:
    """Shear, stretch and turn a little."""
    shear, stretch = rng.normal(0, 0.15), np.exp(rng.normal(0, 0.12))
    angle = rng.normal(0, 0.04)
    c, s = np.cos(angle), np.sin(angle)
    matrix = np.array([[c, s], [-s, c]]) @ np.array([[stretch, 0], [-shear, 1]])
    return [stroke @ matrix for stroke in strokes]


def shake(strokes: Sequence[Points], rng: np.random.Generator) -> list[Points]:
    """Idealised centre lines as a hand draws them: moved ends, bent strokes."""
    size = max(float(np.ptp(np.concatenate(list(strokes)), axis=0).max()), 1.0)
    amount = float(rng.uniform(0.006, 0.024)) * size
    moved = []
    for stroke in strokes:
        u = np.linspace(0, 1, len(stroke))[:, None]
        a, b, c = rng.normal(0, amount, (3, 2))
        moved.append(stroke + a + (b - a) * u + c * np.sin(np.pi * u))
    return moved


def run_on(strokes: Sequence[Points], rng: np.random.Generator) -> list[Points]:
    """Join some strokes with the next, as running hands do: the pen is not lifted far enough."""
    chance = float(rng.uniform(0.05, 0.5)) if rng.random() < RUNNING else 0.0
    size = float(np.ptp(np.concatenate(list(strokes)), axis=0).max())
    joined = [strokes[0]]
    for stroke in strokes[1:]:
        gap = float(np.hypot(*(stroke[0] - joined[-1][-1])))
        if gap < 0.45 * size and rng.random() < chance:
            joined[-1] = np.concatenate([joined[-1], _link(joined[-1], stroke, gap, rng), stroke])
        else:
            joined.append(stroke)
    return joined


def _link(before: Points, after: Points, gap: float, rng: np.random.Generator) -> Points:
    """Return points on a bow from the end of one stroke to the start of the next."""
    u = np.linspace(0, 1, 8)[1:-1, None]
    way = after[0] - before[-1]
    aside = np.array([-way[1], way[0]]) * float(rng.normal(0, 0.12))
    return before[-1] + way * u + aside * np.sin(np.pi * u) * (gap > 0)


def spline(stroke: Points) -> Points:
    """Return a Catmull-Rom curve through few points; what has many is left as it is."""
    if len(stroke) < 3 or len(stroke) > 40:
        return stroke
    p = np.concatenate([[2 * stroke[0] - stroke[1]], stroke, [2 * stroke[-1] - stroke[-2]]])
    t = np.linspace(0, 1, 8, endpoint=False)[None, :, None]
    a, b, c, d = (p[k : len(p) - 3 + k, None] for k in range(4))
    bends = (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3
    curve = 0.5 * (2 * b + (c - a) * t + bends)
    return np.concatenate([curve.reshape(-1, 2), stroke[-1:]])


def placed(text: str, strokes: Sequence[Points], height: float, widest: float) -> EvalWord:
    """Return strokes of any unit as a word ``height`` pixels high, or ``widest`` wide if less."""
    points = np.concatenate(list(strokes))
    low, size = points.min(axis=0), np.maximum(np.ptp(points, axis=0), 1.0)
    scale = min(height / size[1], widest / size[0])
    width, tall = (int(np.ceil(side * scale)) + 2 * MARGIN for side in size)
    return EvalWord(text, [(s - low) * scale + MARGIN for s in strokes], width, tall)


def pen_for(word: EvalWord, source: str, rng: np.random.Generator) -> float:
    """Return a pen's width in pixels, the thinner the more strokes must fit side by side."""
    left, top, right, bottom = word.box
    if source in ("unipen_words", "unipen_text"):
        most = 0.09 * max(bottom - top, 0.15 * (right - left))
    else:
        share = min(THICKEST, 1 / (4 + 0.6 * len(word.strokes)))
        most = share * max(bottom - top, 0.7 * (right - left))
    return float(np.exp(rng.uniform(np.log(THINNEST), np.log(max(most, 3.0)))))


def quick_mask(word: EvalWord, source: str, rng: np.random.Generator) -> Inked:
    """Return ink without a page around: drawn, blurred until eyes close, mottled, cut."""
    pen = pen_for(word, source, rng)
    zoom = 2 if pen < WIDE else 1
    wide = pen * zoom
    ink = _coverage(word, pen, zoom, rng)
    if rng.random() < 0.8:
        ink = cv2.GaussianBlur(ink, (0, 0), float(rng.uniform(0.3, max(0.28 * wide, 0.6))))
    if rng.random() < 0.6:
        grain = rng.standard_normal(ink.shape, dtype=np.float32)
        ink += cv2.GaussianBlur(grain, (0, 0), _GRAIN_BLUR) * float(rng.uniform(0, 0.35))
    mask = ink > float(rng.uniform(0.36, 0.6))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    small = stats[:, 4] < 0.44 * wide**2
    small[0] = True
    told = wide * float(np.exp(rng.normal(0, 0.08)))
    return Inked(np.asarray(~small[labels]), zoom, told)


def picture(word: EvalWord, source: str, rng: np.random.Generator) -> Picture:
    """Return a word on paper: as the benchmark's photos, or with any pen of `quick_mask`."""
    if rng.random() < 0.5:
        return photo(word, int(rng.integers(1_000_000, 2_000_000_000)))
    ink = _coverage(word, pen_for(word, source, rng), 1, rng)[:, :, None]
    paper = rng.uniform(0.7, 1.0) * rng.uniform(0.92, 1.0, 3)
    tone = rng.uniform(0.05, 0.35) + rng.uniform(0, 0.2, 3)
    colour = paper * (1 - ink) + tone * ink
    if rng.random() < 0.7:
        colour = cv2.GaussianBlur(colour, (0, 0), float(rng.uniform(0.3, 1.3)))
        colour = colour + rng.normal(0, float(rng.uniform(0, 0.03)), colour.shape)
    return np.asarray(np.clip(colour * 255, 0, 255).astype(np.uint8))


def _coverage(
    word: EvalWord, pen: float, zoom: int, rng: np.random.Generator
) -> NDArray[np.float32]:
    """Return how much ink is where, 0..1; some pens press unevenly, ballpoints skip."""
    shape = (word.height * zoom, word.width * zoom)
    uneven = float(rng.choice([0.0, 0.08, 0.2], p=[0.5, 0.3, 0.2]))
    ink = draw([s * zoom for s in word.strokes], shape, pen * zoom, uneven, rng)
    if rng.random() < 0.25:
        field = rng.standard_normal(shape, dtype=np.float32)
        spots = cv2.GaussianBlur(field, (0, 0), max(0.3 * pen * zoom, 0.8))
        spots /= max(float(spots.std()), 1e-6)
        ink = ink * np.clip(1.15 - float(rng.uniform(0.1, 0.4)) * np.abs(spots), 0, 1)
    return ink.astype(np.float32)
