"""What people put on a sheet, and what was printed on it before: drawn into layers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.eyes.layers import Layers, fonts
from models.eyes.nib import Nib
from models.eyes.rules import margins, rules
from models.eyes.sketch import sketch, wobbly
from models.eyes.strokes import Strokes

Points = NDArray[np.float64]
NIBS = 0.25  # of the scenes are written with a nib
LETTERS = "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


class Content:
    """Composes layers.

    Args:
        data: the folder of strokes; validation: of held-out writers.
    """

    def __init__(self, data: Path, validation: bool = False) -> None:
        names = ("unipen_words", "unipen_text", "stroke_fonts", "omniglot", "unipen_chars")
        self._of = {name: Strokes(data / f"{name}.npz", validation) for name in names}

    def fill(self, layers: Layers, rng: np.random.Generator, kind: str, pen: float) -> None:
        """Draw one ``kind`` of scene: writing, empty, form, diagram, dense, print, sketch."""
        height = float(np.clip(pen / np.exp(rng.uniform(np.log(0.045), np.log(0.17))), 14, 130))
        ruled = {"form": 0.0, "print": 0.0, "empty": 0.85, "sketch": 0.7}.get(kind, 0.5)
        lines: list[Points] = []
        layers.nib = Nib.any(rng) if rng.random() < NIBS else None
        if rng.random() < ruled:
            lines = rules(layers, rng, height)
        elif rng.random() < 0.1:
            margins(layers, rng, rng.uniform(0.8, 2.5))
        if kind in ("form", "print"):
            self._print(layers, rng, dense=kind == "print")
        if kind == "form":
            _form_lines(layers, rng)
        if kind in ("writing", "dense", "form") or (kind == "sketch" and rng.random() < 0.4):
            sparse = kind in ("form", "sketch")
            self._lines(layers, rng, height, pen, dense=kind == "dense", sparse=sparse)
        if kind == "diagram":
            self._diagram(layers, rng, height, pen)
        if kind == "sketch" or (kind in ("writing", "diagram") and rng.random() < 0.07):
            sketch(layers, rng, height, pen, lines)

    def _lines(
        self,
        layers: Layers,
        rng: np.random.Generator,
        height: float,
        pen: float,
        dense: bool,
        sparse: bool,
    ) -> None:
        side = layers.side
        angle = rng.normal(0, 0.05) if rng.random() < 0.88 else rng.uniform(0, 2 * np.pi)
        turn = _turn(angle)
        gap = rng.uniform(0.75, 1.1) if dense else rng.uniform(1.0, 2.4)
        stretch = rng.uniform(1.2, 2.2) if dense else np.exp(rng.normal(0, 0.15))
        spoil = rng.random() < 0.25
        alphabet = "omniglot" if rng.random() < 0.08 else None
        y = rng.uniform(-0.6, 0.3) * height - (0.2 * side if angle > 0.3 else 0)
        while y < 1.15 * side:
            x = rng.uniform(-1.5, 0.8) * height
            while x < 1.15 * side:
                keep = not sparse or rng.random() < 0.3
                source = alphabet or str(
                    rng.choice(
                        ["unipen_words", "unipen_text", "stroke_fonts"], p=[0.92, 0.03, 0.05]
                    )
                )
                wide = self._word(
                    layers, rng, source, (x, y), height, pen, turn, stretch, keep, spoil
                )
                x += wide + height * rng.uniform(0.13, 0.9)
            y += height * gap

    def _word(
        self,
        layers: Layers,
        rng: np.random.Generator,
        source: str,
        at: tuple[float, float],
        height: float,
        pen: float,
        turn: Points,
        stretch: float,
        keep: bool = True,
        spoil: bool = False,
    ) -> float:
        """Write a word with its top-left corner at ``at`` in turned axes; return its width."""
        strokes = self._of[source].pick(rng)
        every = np.concatenate(strokes)
        size = np.maximum(np.ptp(every, axis=0), 1)
        scale = height / max(size[1], size[0] / 7) * rng.uniform(0.7, 1.1)
        shape = np.array([scale / np.sqrt(stretch), scale])
        width = float(size[0] * shape[0])
        if rng.random() < 0.06:  # a felt pen or a marker among thinner ones
            pen = min(pen * rng.uniform(1.7, 5), 0.22 * height, 18)
        corners = _bounds(every * shape + at)
        if not keep or not _seen(corners @ turn.T, layers.side):
            return width
        for stroke in strokes:
            own = max(pen * np.exp(rng.normal(0, 0.08)), 1.0)
            layers.stroke("written", (stroke * shape + at) @ turn.T, own)
        if len(every) > 8 and source != "omniglot":
            layers.body(_body(every * shape + at) @ turn.T)
        if spoil and rng.random() < 0.25:
            _spoil(layers, rng, corners, pen, turn)
        return width

    def _print(self, layers: Layers, rng: np.random.Generator, dense: bool) -> None:
        side, font = layers.side, str(rng.choice(fonts()))
        size = float(np.exp(rng.uniform(np.log(9), np.log(46))))
        y = rng.uniform(-size, side / 4)
        while y < side:
            x = rng.uniform(0, side / 3) * (rng.random() < 0.5)
            while x < side and rng.random() > (0.02 if dense else 0.25):
                word = "".join(rng.choice(list(LETTERS), int(rng.integers(1, 11))))
                x += layers.text(word, (x, y), size, font) + 0.3 * size
            y += size * (rng.uniform(1.2, 1.7) if dense else rng.uniform(1.5, 5))

    def _diagram(self, layers: Layers, rng: np.random.Generator, height: float, pen: float) -> None:
        side = layers.side
        centres = rng.uniform(0.05, 0.95, (int(rng.integers(2, 7)), 2)) * side
        for k, centre in enumerate(centres):
            size = height * np.array([rng.uniform(1.2, 6), rng.uniform(1.2, 2.4)])
            shape = rng.choice(
                ["box", "ring", "diamond", "doodle", "none"], p=[0.4, 0.25, 0.1, 0.15, 0.1]
            )
            if shape == "doodle":
                self._doodle(layers, rng, centre, size.max(), pen)
                continue
            for path in _outline(rng, str(shape), centre, size):
                layers.stroke("drawn", path, pen)
            if rng.random() < 0.1:
                layers.stroke("drawn", _hatch(rng, centre, 0.7 * size, pen), pen)
                continue
            if rng.random() < 0.85:
                self._label(layers, rng, centre, size, height, pen)
            if k and rng.random() < 0.8:
                _arrow(layers, rng, centres[k - 1], centre, height, pen)

    def _label(
        self,
        layers: Layers,
        rng: np.random.Generator,
        centre: Points,
        size: Points,
        height: float,
        pen: float,
    ) -> None:
        """Write a few words, close together, in one to three lines into a shape so large."""
        rows = int(rng.choice([1, 2, 3], p=[0.5, 0.33, 0.17]))
        tall = max(min(height * rng.uniform(0.5, 0.9), 0.9 * size[1] / rows), 10.0)
        pen = min(pen, 0.2 * tall)
        one = rng.random() < 0.12
        left = 0.1 * tall if one else min(0.45 * size[0], 3 * tall)
        y = centre[1] - 0.5 * rows * tall
        for _ in range(rows):
            x = start = centre[0] - left + rng.normal(0, 0.2) * tall
            while x < start + 1.2 * left or x == start:
                source = "unipen_chars" if one else "unipen_words"
                wide = self._word(layers, rng, source, (x, y), tall, pen, np.eye(2), 1.0)
                x += wide + tall * rng.uniform(0.12, 0.6)
                if one:
                    break
            y += tall * rng.uniform(0.95, 1.3)

    def _doodle(
        self, layers: Layers, rng: np.random.Generator, at: Points, size: float, pen: float
    ) -> None:
        strokes = self._of["omniglot"].pick(rng)
        scale = 2 * size / max(np.ptp(np.concatenate(strokes), axis=0).max(), 1)
        for stroke in strokes:
            layers.stroke("drawn", stroke * scale + at - size, pen)


def _turn(angle: float) -> Points:
    return np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])


def _bounds(points: Points) -> Points:
    (left, top), (right, bottom) = points.min(0), points.max(0)
    return np.array([[left, top], [right, top], [right, bottom], [left, bottom]])


def _body(points: Points) -> Points:
    """Return the corners of a word's body: where most of its ink lies across the line."""
    low, high = np.quantile(points[:, 1], [0.22, 0.8])
    left, right = points[:, 0].min(), points[:, 0].max()
    return np.array([[left, low], [right, low], [right, high], [left, high]])


def _seen(points: Points, side: int) -> bool:
    return bool((points.max(0) > 0).all() and (points.min(0) < side).all())


def _spoil(layers: Layers, rng: np.random.Generator, box: Points, pen: float, turn: Points) -> None:
    """Underline, strike out, or ring a word."""
    (left, top), (right, bottom) = box[0], box[2]
    what = rng.choice(["under", "strike", "ring", "scribble"], p=[0.5, 0.2, 0.2, 0.1])
    if what == "ring":
        paths = _outline(rng, "ring", (box[0] + box[2]) / 2, (box[2] - box[0]) * 1.25)
    elif what == "scribble":
        x = np.linspace(left, right, 12)
        paths = [wobbly(rng, np.c_[x, np.where(np.arange(12) % 2, top, bottom)])]
    else:
        y = (
            bottom + rng.uniform(-0.15, 0.2) * (bottom - top)
            if what == "under"
            else (top + bottom) / 2
        )
        paths = [wobbly(rng, np.array([[left, y], [right, y + rng.normal(0, 2)]]))]
    for path in paths:
        layers.stroke("drawn", path @ turn.T, pen)


def _hatch(rng: np.random.Generator, at: Points, size: Points, pen: float) -> Points:
    """Return one long zigzag that fills a shape, loosely or full."""
    steps = max(int(size[0] / (pen * rng.uniform(0.4, 2.5))), 4)
    x = np.linspace(-0.5, 0.5, steps)
    y = np.where(np.arange(steps) % 2, -0.5, 0.5) * np.sqrt(np.maximum(1 - 3 * x**2, 0.1))
    return wobbly(rng, np.c_[x, y] * size + at, 0.002)


def _outline(rng: np.random.Generator, shape: str, at: Points, size: Points) -> list[Points]:
    """Return the paths of a frame around a place."""
    half = np.asarray(size) / 2
    if shape == "none":
        return []
    if shape == "ring":
        t = np.linspace(0, 2 * np.pi + rng.uniform(-0.2, 0.6), 50) + rng.uniform(0, 6)
        ring = (
            np.c_[np.cos(t), np.sin(t)]
            * half
            * (1 + 0.05 * np.sin(2 * t + rng.uniform(0, 6)))[:, None]
        )
        return [ring + at]
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1], [-1, -1]], float)
    if shape == "diamond":
        corners = np.array([[0, -1.2], [1.2, 0], [0, 1.2], [-1.2, 0], [0, -1.2]])
    path = corners * half + at + rng.normal(0, 0.03, (5, 2)) * half
    if rng.random() < 0.5:
        return [wobbly(rng, path)]
    return [wobbly(rng, path[k : k + 2]) for k in range(4)]


def _arrow(
    layers: Layers, rng: np.random.Generator, start: Points, end: Points, height: float, pen: float
) -> None:
    a, b = start + (end - start) * 0.25, start + (end - start) * 0.75
    layers.stroke("drawn", wobbly(rng, np.array([a, b]), 0.01), pen)
    way = (b - a) / max(float(np.hypot(*(b - a))), 1)
    for side in (-1, 1):
        back = _turn(side * rng.uniform(0.35, 0.7)) @ -way * height * rng.uniform(0.2, 0.5)
        layers.stroke("drawn", np.array([b, b + back]), pen)


def _form_lines(layers: Layers, rng: np.random.Generator) -> None:
    """Print boxes, lines to write on, and dotted leaders."""
    side = layers.side
    for _ in range(int(rng.integers(2, 8))):
        x, y = rng.uniform(-0.1, 0.8, 2) * side
        wide, high, width = rng.uniform(0.2, 1) * side, rng.uniform(10, 70), rng.uniform(0.8, 2.5)
        what = rng.choice(["line", "box", "dots"])
        if what == "dots":
            for at in np.arange(x, x + wide, rng.uniform(4, 9)):
                layers.stroke("ruled", np.array([[at, y]]), width, middle=False)
            continue
        corners = np.array([[x, y], [x + wide, y], [x + wide, y + high], [x, y + high], [x, y]])
        layers.stroke("ruled", corners if what == "box" else corners[:2], width, middle=False)
