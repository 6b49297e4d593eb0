"""Lines of real pens, and what is no line at all, as dots."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from inksight_cli.geometry import Points
from inksight_cli.looks.drawing import dots_of
from inksight_cli.scripts import script_of
from models.training.corpus import Archive, held_out, usable

EM = 40.0
"""Pixels: how high a line of real pens is made before it is distorted."""
_STRANGE = ("Balinese", "Tagalog")  # Omniglot's alphabets that are none of ours


class Hands:
    """Real hands; ``held``: those kept for validation (a twentieth of the writers, by hash)."""

    def __init__(self, data: Path, *, held: bool) -> None:
        self.words = Archive(data / "unipen_words.npz")
        self.texts = Archive(data / "unipen_text.npz")
        self._by_writer: dict[str, list[int]] = defaultdict(list)
        for i in usable(self.words, validation=held).tolist():
            self._by_writer[self.words.writer[i]].append(i)
        self._writers = sorted(self._by_writer)
        self._lines = [i for i in usable(self.texts, validation=held) if " " in self.texts.text[i]]
        self.letters = Archive(data / "omniglot_labelled.npz")
        self._alphabets: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
        for i, text in enumerate(self.letters.text):
            name = "none" if text.startswith(_STRANGE) else _script(text)
            writer = self.letters.writer[i].rsplit("-", 1)[1]
            if name and (writer in ("07", "19")) == held:
                self._alphabets[name][writer].append(i)
        self.squares = [
            Archive(data / f"{name}.npz")
            for name in ("kanjivg", "hanzi_makemeahanzi", "animcjk_jakana")
        ]
        self.every = np.flatnonzero([held_out(w) == held for w in self.words.writer])

    def latin(self, rng: np.random.Generator, count: int) -> Points:
        """Return words of one writer side by side, or a line as it was written."""
        if rng.random() < 0.25:
            sample = self.texts[int(self._lines[rng.integers(len(self._lines))])]
            tall = float(np.ptp(np.concatenate(sample.strokes)[:, 1]))
            return _dots([stroke * (1.5 * EM / max(tall, 1.0)) for stroke in sample.strokes])
        own = self._by_writer[self._writers[rng.integers(len(self._writers))]]
        chosen = [self.words[own[k]].strokes for k in rng.integers(len(own), size=count)]
        return side_by_side(chosen, rng, gap=4.0)

    def alphabet(self, script: str, rng: np.random.Generator, count: int) -> Points | None:
        """Return letters of one of Omniglot's drawers side by side, None where it has none."""
        drawers = self._alphabets.get(script)
        if not drawers:
            return None
        own = drawers[sorted(drawers)[rng.integers(len(drawers))]]
        strokes = [self.letters[own[k]].strokes for k in rng.integers(len(own), size=3 * count)]
        return side_by_side(strokes, rng, gap=rng.uniform(0.5, 3.0), even=True)

    def square(self, rng: np.random.Generator, count: int) -> Points:
        """Return characters of Chinese and Japanese in pen strokes."""
        shares = [0.4, 0.4, 0.2]
        archive = self.squares[rng.choice(3, p=shares)]
        chosen = [archive[int(k)].strokes for k in rng.integers(len(archive), size=2 * count)]
        chosen = [[_wavy(stroke, rng) for stroke in strokes] for strokes in chosen]
        return side_by_side(chosen, rng, gap=rng.uniform(0.2, 1.2), even=True)


def _script(text: str) -> str:
    script = script_of(text[0]) if len(text) == 1 else ""
    return {"kana": "han"}.get(script, script)


def _wavy(stroke: Points, rng: np.random.Generator) -> Points:
    size = max(float(np.ptp(stroke, axis=0).max()), 1.0)
    return stroke + rng.normal(0, 0.04 * size, 2) + rng.normal(0, 0.02 * size, stroke.shape)


def side_by_side(
    words: Sequence[Sequence[Points]],
    rng: np.random.Generator,
    gap: float,
    *,
    even: bool = False,
) -> Points:
    """Return the dots of words on one line, bodies of one size; ``even``: boxes of one size.

    Args:
        words: strokes (N, 2) of each.
        rng: how each deviates.
        gap: between two, standard deviations of the ink's heights.
        even: whether it is the larger side of their boxes that is alike.
    """
    strokes, x, unit = [], 0.0, EM / 5
    for word in words:
        points = np.concatenate(word)
        low, size = points.min(axis=0), np.ptp(points, axis=0)
        if even:
            scale = 3.5 * unit / max(float(size.max()), 1.0)
        else:
            spread = max(float(points[:, 1].std()), 0.15 * float(size[1]), 0.05 * float(size[0]), 1)
            scale = min(unit / spread, 5 * unit / max(float(size[1]), 1.0))
        scale *= float(np.exp(rng.normal(0, 0.08)))
        shift = np.array([x, rng.normal(0, 0.15) * unit])
        centre = np.array([low[0], points[:, 1].mean()])
        strokes += [(stroke - centre) * scale + shift for stroke in word]
        x += float(size[0]) * scale + gap * unit * float(np.exp(rng.normal(0, 0.2)))
    return _dots(strokes)


def _dots(strokes: Sequence[Points]) -> Points:
    return dots_of([np.asarray(s, np.float64) for s in strokes if len(s)], 0.7)


def scribble(rng: np.random.Generator) -> Points:
    """Return what is no writing: lines, frames, arrows, circles, waves, hatching."""
    paths: list[Points] = []
    for _ in range(int(rng.integers(1, 7))):
        kind, at = rng.integers(6), rng.uniform(0, 1, 2) * (rng.uniform(40, 500), 40)
        size = np.exp(rng.uniform(np.log(6), np.log(90), 2))
        t = np.linspace(0, 1, 60)
        if kind == 0:
            path = at + t[:, None] * size * rng.choice([-1, 1], 2) * rng.choice([0.03, 1, 3], 2)
        elif kind == 1:
            corners = np.array([(0, 0), (1, 0), (1, 1), (0, 1), (0, 0)]) * size * (2, 1) + at
            paths += [corners[k : k + 2] for k in range(4)]
            continue
        elif kind == 2:
            turn = 2 * np.pi * t * rng.uniform(0.3, 1.1) + rng.uniform(0, 6)
            path = at + np.c_[np.cos(turn), np.sin(turn)] * size / 2
        elif kind == 3:
            end = at + size * (2, 0.3)
            paths += [np.array([at, end]), np.array([end - (8, 6), end, end - (8, -6)])]
            continue
        elif kind == 4:
            path = at + np.c_[t * 4 * size[0], np.sin(t * rng.uniform(6, 60)) * size[1] / 4]
        else:
            step = rng.uniform(4, 9)
            paths += [at + [(k * step, 0), (k * step + 12, 20)] + rng.normal(0, 1, 2)
                      for k in range(int(rng.integers(3, 20)))]  # fmt: skip
            continue
        paths.append(path + np.cumsum(rng.normal(0, 0.15, path.shape), axis=0))
    return _dots(paths)
