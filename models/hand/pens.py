"""How strokes become ink: slanted, shaky, running hands; thin, thick, blurred, mottled pens."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.eval_words import MARGIN, EvalWord, Picture, clean, photo
from inksight_cli.ink.scale import LARGER, LARGEST, PEN
from inksight_cli.ink.scale import THICKEST as THICKEST_SEEN
from inksight_cli.pages.closer import CLOSE
from inksight_cli.pages.closer import PEN as CLOSE_PEN
from models.hand.corpora import SCRIPTS, Hand
from models.training.corpus import Points
from models.training.render import draw

THINNEST = 1.5  # pixels of the picture
THICKEST = 1 / 6  # of a character's height
RUNNING = 0.5  # share of idealised characters whose strokes run together here and there
LEAST = 26.0  # pixels of height: below, a word is a flat scrawl
UNDERLINED, CROSSED_OUT = 0.04, 0.03  # shares of words
BLUR = 1.5  # pixels: a thinner pen looks as wide
CLEAN, PHOTO, SMALL = 0.2, 0.35, 0.2  # shares of pictures


def write(hand: Hand, rng: np.random.Generator) -> EvalWord | None:
    """Return a hand's strokes at the size of a picture, None where they are a flat scrawl."""
    strokes = hand.strokes
    if hand.source in SCRIPTS:
        strokes = run_on(shake([spline(s) for s in strokes], rng), rng)
    elif hand.source == "omniglot":
        strokes = [spline(s) for s in strokes]
    strokes = slant(strokes, rng)
    if hand.source == "unipen_words":
        strokes = marked(strokes, rng)
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


def marked(strokes: Sequence[Points], rng: np.random.Generator) -> list[Points]:
    """Underline a few words, or cross them out, once they are written."""
    points = np.concatenate(list(strokes))
    (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
    kind = rng.random()
    if kind > UNDERLINED + CROSSED_OUT:
        return list(strokes)
    low, high = (0.8, 1.1) if kind < UNDERLINED else (0.3, 0.65)
    u = np.linspace(0, 1, 9)
    x = left + (right - left) * (u * rng.uniform(0.85, 1.1) + rng.uniform(-0.06, 0.06))
    y = top + (bottom - top) * (rng.uniform(low, high) + np.cumsum(rng.normal(0, 0.012, 9)))
    return [*strokes, np.stack([x, y], axis=1)]


def pen_for(word: EvalWord, source: str, rng: np.random.Generator) -> float:
    """Return a pen's width in pixels, the thinner the more strokes must fit side by side."""
    left, top, right, bottom = word.box
    if source in ("unipen_words", "unipen_text"):
        most = 0.11 * max(bottom - top, 0.15 * (right - left))
    else:
        share = min(THICKEST, 1 / (4 + 0.6 * len(word.strokes)))
        most = share * max(bottom - top, 0.7 * (right - left))
    return float(np.exp(rng.uniform(np.log(THINNEST), np.log(max(most, 3.0)))))


def picture(word: EvalWord, source: str, rng: np.random.Generator) -> Picture:
    """Return a word on paper, RGB, at the size at which the product looks at such a pen.

    Clean, as the benchmark's photos, with any pen, or enlarged from too few pixels.
    """
    kind = rng.random()
    side = max(word.height, word.width) - 2.0 * MARGIN if source in SCRIPTS else None
    if kind < CLEAN + PHOTO:
        drawn = kind < CLEAN
        taken = clean(word) if drawn else photo(word, int(rng.integers(1_000_000, 2_000_000_000)))
        return _looked_at(taken, 3.0, rng, side)
    pen = pen_for(word, source, rng)
    taken = _on_paper(_coverage(word, pen, rng), rng)
    if kind > 1 - SMALL:
        small = _small(taken, rng)
        smaller = small.shape[1] / taken.shape[1]
        pen, taken, side = pen * smaller, small, side and side * smaller
    return _looked_at(taken, float(np.hypot(pen, BLUR)), rng, side)


def _looked_at(taken: Picture, pen: float, rng: np.random.Generator, side: float | None) -> Picture:
    """Do what `inksight_cli.pages.zoom` and `.closer` would with a whole page of this pen.

    ``side`` is a character's where these stand in squares.
    """
    pen *= float(np.exp(rng.normal(0, 0.15)))  # as well as it is measured
    scale = PEN / pen if pen > THICKEST_SEEN else 1.0
    while pen * scale * LARGER <= THICKEST_SEEN and scale * LARGER <= LARGEST:
        scale *= LARGER
    if side and side < CLOSE * pen:
        scale = max(scale, min(CLOSE_PEN / pen, LARGEST))
    if scale == 1.0:
        return taken
    size = [max(round(side * scale), 8) for side in taken.shape[1::-1]]
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(taken, size, interpolation=how), np.uint8)


def _on_paper(ink: NDArray[np.float32], rng: np.random.Generator) -> Picture:
    paper = rng.uniform(0.7, 1.0) * rng.uniform(0.92, 1.0, 3)
    tone = rng.uniform(0.05, 0.45) + rng.uniform(0, 0.2, 3)
    colour = paper * (1 - ink[:, :, None]) + tone * ink[:, :, None]
    if rng.random() < 0.7:
        colour = cv2.GaussianBlur(colour, (0, 0), float(rng.uniform(0.3, 1.3)))
        colour = colour + rng.normal(0, float(rng.uniform(0, 0.03)), colour.shape)
    return np.asarray(np.clip(colour * 255, 0, 255).astype(np.uint8))


def _small(taken: Picture, rng: np.random.Generator) -> Picture:
    """Return a picture of too few pixels, out of focus and coded badly."""
    scale = float(rng.uniform(0.25, 0.6))
    size = max(round(taken.shape[1] * scale), 8), max(round(taken.shape[0] * scale), 8)
    small = cv2.resize(taken, size, interpolation=cv2.INTER_AREA)
    small = cv2.GaussianBlur(small, (0, 0), float(rng.uniform(0.2, 0.8)))
    coded = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(45, 95))])[1]
    return np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR), np.uint8)


def _coverage(word: EvalWord, pen: float, rng: np.random.Generator) -> NDArray[np.float32]:
    """Return how much ink is where, 0..1; some pens press unevenly, ballpoints skip."""
    shape = (word.height, word.width)
    uneven = float(rng.choice([0.0, 0.08, 0.2], p=[0.5, 0.3, 0.2]))
    ink = draw(word.strokes, shape, pen, uneven, rng)
    if rng.random() < 0.25:
        field = rng.standard_normal(shape, dtype=np.float32)
        spots = cv2.GaussianBlur(field, (0, 0), max(0.3 * pen, 0.8))
        spots /= max(float(spots.std()), 1e-6)
        ink = ink * np.clip(1.15 - float(rng.uniform(0.1, 0.4)) * np.abs(spots), 0, 1)
    return ink.astype(np.float32)
