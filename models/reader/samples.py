"""One drawing with its text at a time: who wrote it, how it was distorted and spoiled."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np

from inksight_cli.geometry import Points
from inksight_cli.reading.drawing import HEIGHT, Drawing, Frame, draw, frame
from inksight_cli.reading.network import STRIDE
from models.reader.alphabet import Alphabet
from models.reader.hands import Fonts, Letters, Words, Written
from models.reader.pieces import Lines
from models.reader.texts import Texts

WIDEST = 1400  # columns
LONGEST = 120  # characters of a real line
LINES = 3000  # real lines: where there are fewer, they come less often
_PRINT = ("Hershey", "TwinSans", "EMSTech", "EMSSwiss", "EMSReadability", "EMSBrush", "Relief")


@dataclass(frozen=True)
class Shares:
    """How often a drawing is of what; the rest are real words.

    ``lines`` of all; the others of what is left.
    """

    lines: float = 0.4
    phrases: float = 0.1
    letters: float = 0.14
    fonts: float = 0.16
    single: float = 0.03


class Samples:
    """Draws samples without end; the same generator state always gives the same one."""

    def __init__(
        self, folder: Path, glyphs: Path | None, alphabet: Alphabet, lines: Path | None = None
    ) -> None:
        self.alphabet = alphabet
        self.words = Words(folder, alphabet)
        self.letters = Letters(folder)
        traced = [glyphs] if glyphs is not None and glyphs.exists() else []
        self.fonts = Fonts([folder / "stroke_fonts.npz", *traced], lambda f: f.startswith(_PRINT))
        self.texts = Texts(alphabet.knows)
        self.lines = Lines(lines, "train", alphabet) if lines is not None else None
        self.shares = Shares()

    def draw(self, rng: np.random.Generator, longest: int = 32) -> tuple[Drawing, list[int]]:
        """Return a drawing and the numbers of its symbols; words of up to ``longest``."""
        while True:
            written = self._written(rng, longest)
            if written is None or not written.strokes or not self.alphabet.knows(written.text):
                continue
            symbols = self.alphabet.encode(written.text)
            drawing = spoiled(written.strokes, rng)
            if drawing.shape[1] <= WIDEST and needed(symbols) <= drawing.shape[1] // STRIDE:
                return drawing, symbols

    def _written(self, rng: np.random.Generator, longest: int) -> Written | None:
        shares, kind = self.shares, rng.random()
        if self.lines and longest >= 16:
            lines = shares.lines * min(1.0, len(self.lines) / LINES)
            if kind < lines:
                return self.lines.draw(rng, LONGEST)
            kind = (kind - lines) / (1.0 - lines)
        if kind < shares.single:
            return self.letters.single(rng)
        kind -= shares.single
        if kind < shares.phrases and longest >= 16:
            return self.words.phrase(rng, int(rng.integers(2, 5)))
        kind -= shares.phrases
        if 0 <= kind < shares.letters:
            return self.letters.write(self._text(rng, longest), rng)
        kind -= shares.letters
        if 0 <= kind < shares.fonts:
            return self.fonts.write(self._text(rng, longest), rng)
        return self.words.draw(rng, longest)

    def _text(self, rng: np.random.Generator, longest: int) -> str:
        language = self.texts.language(rng)
        text = self.texts.word(rng, language)
        while len(text) > longest:
            text = self.texts.word(rng, language)
        while longest >= 16 and rng.random() < 0.25:
            text += " " + self.texts.word(rng, language)
        return text


def needed(symbols: Sequence[int]) -> int:
    """Return how many columns CTC needs at least: a blank parts what is alike."""
    return len(symbols) + sum(a == b for a, b in itertools.pairwise(symbols))


def distorted(strokes: Sequence[Points], rng: np.random.Generator) -> list[Points]:
    """Return strokes slanted, turned, stretched; half of them wavy."""
    wide, tall = np.ptp(np.concatenate(list(strokes)), axis=0)
    turn = rng.normal(0, 0.03) * min(1.0, 3 * float(tall) / max(float(wide), 1e-6))
    c, s = np.cos(turn), np.sin(turn)
    shear, stretch = rng.normal(0, 0.18), np.exp(rng.normal(0, 0.16))
    matrix = np.array([[c, s], [-s, c]]) @ np.array([[stretch, 0], [-shear, 1]])
    moved = [np.asarray(stroke, np.float64) @ matrix for stroke in strokes]
    if rng.random() < 0.5:
        points = np.concatenate(moved)
        low, size = points.min(axis=0), np.ptp(points, axis=0)
        knots = max(4, int(4 * size[0] / max(size[1], 1)))
        way = np.linspace(low[0], low[0] + max(size[0], 1.0), knots)
        wave = rng.normal(0, 0.025 * size[1], (2, knots))
        moved = [
            stroke + np.stack([np.interp(stroke[:, 0], way, w) for w in wave], axis=1)
            for stroke in moved
        ]
    return moved


def spoiled(strokes: Sequence[Points], rng: np.random.Generator) -> Drawing:
    """Return a distorted drawing with what tracing leaves: other pens, blur, gaps, crumbs."""
    moved = distorted(strokes, rng)
    drawing = draw(moved, jittered(frame(moved), rng), float(rng.uniform(1.8, 2.9)))
    kind = rng.random()
    if kind < 0.15:
        drawing = np.asarray(cv2.GaussianBlur(drawing, (0, 0), float(rng.uniform(0.4, 0.9))))
    elif kind < 0.3:
        _gaps(drawing, rng)
    if rng.random() < 0.12:
        _crumb(drawing, rng)
    return drawing


def jittered(at: Frame, rng: np.random.Generator) -> Frame:
    """Return the frame of a word that was not measured quite right."""
    scale = at.scale * float(np.exp(rng.normal(-0.05, 0.1)))
    return replace(at, scale=scale, middle=at.middle + float(rng.normal(0, 1.2)) / scale)


def _gaps(drawing: Drawing, rng: np.random.Generator) -> None:
    """Take ink away in some spots, in place."""
    for _ in range(int(rng.integers(1, 2 + drawing.shape[1] // 50))):
        x, y = int(rng.integers(drawing.shape[1])), int(rng.integers(8, HEIGHT - 8))
        cv2.circle(drawing, (x, y), int(rng.integers(1, 4)), 0, -1)


def _crumb(drawing: Drawing, rng: np.random.Generator) -> None:
    """Draw a piece of a neighbour or a rule, in place."""
    x, y = int(rng.integers(drawing.shape[1])), int(rng.choice([0, 1, HEIGHT - 2, HEIGHT - 1]))
    to = (x + int(rng.normal(0, 14)), y + int(rng.normal(0, 5)))
    cv2.line(drawing, (x, y), to, 255, 2, cv2.LINE_AA)
