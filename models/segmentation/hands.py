"""Writers, each with a size, a pen and a habit of spacing, and the sheets they write on."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from models.segmentation.words import Archive, Floats, Word

GAP = (1.2, 0.5)  # white between words, in letter heights: median and log-sigma over writers
GAP_WITHIN = 0.28  # log-sigma from gap to gap
LEAST = 0.35  # the least white between words, in letter heights,
TIGHT = 0.12, (0.08, 0.5)  # but some who join their letters leave hardly any
CAPITALS = 0.12  # share of the writers on a page who write in capitals


@dataclass(slots=True, eq=False)
class Sheet:
    """What is on a page so far, in pixels.

    Attributes:
        writing, drawing: polylines (N, 2) and the pen's width.
        bodies: (4, 2) corners of the words' bodies, from the text's own top-left on.
        whites: (4, 2) corners of the white between neighbours of a line.
        owners: of each polyline of ``writing``, the number of its body.
        crossed, doubtful: numbers of the bodies that are crossed out, or may be.
    """

    size: int
    writing: list[tuple[Floats, float]] = field(default_factory=list)
    drawing: list[tuple[Floats, float]] = field(default_factory=list)
    bodies: list[Floats] = field(default_factory=list)
    whites: list[Floats] = field(default_factory=list)
    owners: list[int] = field(default_factory=list)
    crossed: set[int] = field(default_factory=set)
    doubtful: set[int] = field(default_factory=set)


@dataclass(slots=True, eq=False)
class Hand:
    """One writer on one page.

    Attributes:
        letter: height of small letters in pixels.
        pen: width in pixels.
        gap: the white between words in letter heights.
        spread: what is added between letters that do not touch, in letter heights.
        least: the least white between words, in letter heights.
        capitals: the writer of capitals, and the white between those in their heights; or None.
    """

    rng: np.random.Generator
    archive: Archive
    indices: NDArray[np.intp]
    letter: float
    pen: float
    gap: float
    spread: float = 0.0
    least: float = LEAST
    capitals: tuple[int, float] | None = None

    @classmethod
    def of(cls, rng: np.random.Generator, archive: Archive) -> Hand:
        """Draw a writer, a size and a pen by lot."""
        names = list(archive.by_writer)
        indices = archive.by_writer[names[int(rng.integers(len(names)))]]
        letter = float(np.clip(np.exp(rng.normal(np.log(12.5), 0.33)), 6.5, 28))
        pen = float(np.clip(letter * np.exp(rng.normal(np.log(0.16), 0.35)), 1.0, 7.0))
        gap = float(np.clip(GAP[0] * np.exp(rng.normal(0, GAP[1])), 0.5, 3.0))
        spread = float(rng.uniform(0, 0.5)) if rng.random() < 0.3 else 0.0
        hand = cls(rng, archive, indices, letter, pen, gap, spread)
        if rng.random() < CAPITALS:
            return hand.in_capitals()
        # Who writes letters far apart writes words farther apart.
        inner = [g for _ in range(6) if (w := hand.word()) for g in _inner_gaps(w)]
        widest = float(np.quantile(inner, 0.9)) if inner else 0.0
        if widest < TIGHT[1][0] and not spread and rng.random() < 2 * TIGHT[0]:
            return replace(hand, gap=float(rng.uniform(*TIGHT[1])), least=TIGHT[1][0])
        return replace(hand, gap=max(gap, min(1.8 * widest, 4.0)))

    def in_capitals(self) -> Hand:
        """Return this hand, writing in capitals."""
        rng = self.rng
        space = float(rng.uniform(0.05, 0.3) if rng.random() < 0.7 else rng.uniform(0.3, 0.8))
        writer = int(rng.integers(len(self.archive.capitals.by_writer)))
        gap = max(float(rng.uniform(0.5, 2.2)), 2.4 * space)
        return replace(self, spread=0.0, gap=gap, capitals=(writer, space), least=LEAST)

    def word(self) -> Word | None:
        """Return a word by lot, sometimes with a comma, a full stop or a bracket."""
        index = int(self.rng.choice(self.indices))
        if self.capitals:
            writer, space = self.capitals
            text = self.archive.texts[index]
            word = self.archive.capitals.word(self.rng, writer, text, space)
        else:
            word = self.archive.word(index)
        if word is not None and self.spread:
            word = _spread(word, self.spread)
        if word is not None and self.rng.random() < 0.1:
            word = _with_mark(word, self.rng)
        return word


def _spread(word: Word, much: float) -> Word:
    """Move letters that do not touch apart."""
    spans = np.array([(s[:, 0].min(), s[:, 0].max()) for s in word.strokes])
    shift, reach, moves = 0.0, -np.inf, np.zeros(len(spans))
    for i in np.argsort(spans.mean(axis=1)):
        narrower = min(np.ptp(spans[i]), 1.0)
        shift += much if reach - spans[i, 0] < 0.3 * narrower and np.isfinite(reach) else 0.0
        reach = max(reach, spans[i, 1])
        moves[i] = shift
    left, top, right, bottom = word.body
    strokes = [s + (m, 0) for s, m in zip(word.strokes, moves, strict=True)]
    return Word(strokes, (left, top, right + shift, bottom))


def _inner_gaps(word: Word) -> list[float]:
    spans = sorted((float(s[:, 0].min()), float(s[:, 0].max())) for s in word.strokes)
    gaps, reach = [], spans[0][1]
    for left, right in spans[1:]:
        gaps.append(max(left - reach, 0.0))
        reach = max(reach, right)
    return gaps


def _with_mark(word: Word, rng: np.random.Generator) -> Word:
    """Put a comma, stop, exclamation mark or bracket behind the word, or a bracket before it."""
    left, top, right, bottom = word.body
    if rng.random() < 0.25:
        bracket = np.array([(-0.2, -1.5), (-0.45, -0.6), (-0.2, 0.4)])
        if rng.random() < 0.3:
            bracket = np.array([(-0.2, -1.5), (-0.4, -1.5), (-0.4, 0.3), (-0.2, 0.3)])
        moved = [bracket + (0.5, 0), *(stroke + (0.5, 0) for stroke in word.strokes)]
        return Word(moved, (left, top, right + 0.5, bottom))
    x = word.width + float(rng.uniform(0.1, 0.4))
    shapes = {
        ",": [(0, -0.1), (0.05, 0.0), (-0.1, 0.3)],
        ".": [(0, -0.05), (0.05, 0.0)],
        "!": [(0.1, -1.6), (0, -0.4)],
        ")": [(0, -1.5), (0.25, -0.6), (0, 0.4)],
        ":": [(0, -0.7), (0.03, -0.65)],
    }
    mark = list(shapes)[int(rng.integers(len(shapes)))]
    strokes = [*word.strokes, np.array(shapes[mark]) + (x, 0)]
    if mark in "!:":
        strokes.append(np.array([(0, -0.05), (0.04, 0.0)]) + (x, 0))
    return Word(strokes, (left, top, x if mark in "!)" else right, bottom))


def write_line(
    sheet: Sheet, hand: Hand, start: tuple[float, float], angle: float, length: float, most: int
) -> list[Floats]:
    """Write up to ``most`` words from ``start`` (on the baseline); return corners of their ink."""
    rng, letter = hand.rng, hand.letter
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    x, inks, before = 0.0, [], None
    for _ in range(most):
        word = hand.word()
        if word is None or x + word.width * letter > length:
            break
        shift = np.array([x, rng.normal(0, 0.06) * letter])
        for stroke in word.strokes:
            sheet.writing.append((((stroke * letter + shift) @ turn) + start, hand.pen))
            sheet.owners.append(len(sheet.bodies))
        body = np.array(word.body) * letter + np.tile(shift, 2)
        sheet.bodies.append(_corners(body) @ turn + start)
        if before is not None:
            top, bottom = min(before[1], body[1]), max(before[3], body[3])
            sheet.whites.append(_corners((before[2], top, body[0], bottom)) @ turn + start)
        ink = np.concatenate(word.strokes) * letter + shift
        inks.append(_corners((*ink.min(axis=0), *ink.max(axis=0))) @ turn + start)
        before = body
        x += (word.width + max(hand.gap * np.exp(rng.normal(0, GAP_WITHIN)), hand.least)) * letter
    return inks


def _corners(box: Floats | tuple[float, ...]) -> Floats:
    left, top, right, bottom = box
    return np.array([(left, top), (right, top), (right, bottom), (left, bottom)])
