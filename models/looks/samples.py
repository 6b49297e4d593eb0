"""One drawing at a time, with its kind: who wrote it, how it was distorted and spoiled."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from inksight_cli.geometry import Points
from inksight_cli.looks.drawing import Drawing, draw
from inksight_cli.looks.network import SCRIPTS
from models.looks.fonts import Fonts
from models.looks.hands import Hands, scribble

SHARES = {"latin": 0.3, "cyrillic": 0.11, "none": 0.05}
"""How often a drawing is of what; all other scripts alike."""
REAL = {"latin": 0.7, "greek": 0.2, "han": 0.3, "devanagari": 0.15, "none": 0.25}
"""Share of a script's drawings that are of real pens."""
DIGITS = 0.08  # of Latin's lines are of digits and signs, which are Latin's or anybody's


class Samples:
    """Draws samples without end; the same generator state gives the same one."""

    def __init__(self, data: Path, fonts: Sequence[Path], *, held: bool = False) -> None:
        self.fonts, self.hands = Fonts(fonts, held=held), Hands(data, held=held)
        names = [*SCRIPTS, "none"]
        rest = (1 - sum(SHARES.values())) / (len(names) - len(SHARES))
        self.names, self.shares = names, [SHARES.get(name, rest) for name in names]

    def draw(self, rng: np.random.Generator, name: str = "") -> tuple[Drawing, str, str]:
        """Return a drawing, upright; its kind; "real" or "font"."""
        while True:
            kind = name or str(rng.choice(self.names, p=self.shares))
            dots, source = self._dots(kind, rng)
            if dots is None or len(dots) < 12:
                continue
            drawing = draw(spoiled(distorted(dots, rng), rng))
            if drawing.any():
                return drawing, kind, source

    def _dots(self, kind: str, rng: np.random.Generator) -> tuple[Points | None, str]:
        count = int(np.clip(rng.geometric(0.28), 1, 8))
        if rng.random() < REAL.get(kind, 0.0):
            if kind == "latin":
                return self.hands.latin(rng, count), "real"
            if kind == "han":
                return self.hands.square(rng, count), "real"
            return self.hands.alphabet(kind, rng, count), "real"
        if kind == "none":
            return scribble(rng), "drawn"
        return self.fonts.draw(kind, rng, count), "font"


def distorted(dots: Points, rng: np.random.Generator) -> Points:
    """Return a line as another hand writes it: slanted, wider, wavy, its letters bent."""
    x, y = (dots - dots.mean(axis=0)).T
    unit = max(float(y.std()), 1.0)
    grid = rng.normal(0, 1, (2, 7, max(int(np.ptp(x) / (2.5 * unit)), 2) + 3)).astype(np.float32)
    across = ((x - x.min()) / max(float(np.ptp(x)), 1.0) * (grid.shape[2] - 3) + 1).astype(
        np.float32
    )
    down = (np.clip(y / (2.5 * unit), -2, 2) + 3).astype(np.float32)
    bent = [
        cv2.remap(plane, across[:, None], down[:, None], cv2.INTER_CUBIC)[:, 0] for plane in grid
    ]
    much = unit * float(rng.uniform(0, 0.3))
    slow = np.sin(x / (unit * rng.uniform(6, 40)) + rng.uniform(0, 6)) * unit * rng.uniform(0, 0.35)
    wide, lean, rise = np.exp(rng.normal(0, 0.2)), rng.normal(0, 0.2), rng.normal(0, 0.02)
    taller = np.exp(rng.normal(0, 0.15) * np.clip(y / unit, -2, 2))  # of what reaches up or down
    x, y = x * wide + much * bent[0], y * taller + much * bent[1] + slow
    return np.column_stack([x + lean * y, y + rise * x])


def spoiled(dots: Points, rng: np.random.Generator) -> Points:
    """Return a line as it is found: pieces lost, specks, bits of lines above and below, rules."""
    low, high = dots.min(axis=0), dots.max(axis=0)
    unit = max(float(dots[:, 1].std()), 1.0)
    if rng.random() < 0.5:
        centres = dots[rng.integers(len(dots), size=int(rng.integers(1, 2 + len(dots) // 150)))]
        for centre in centres:
            near = np.hypot(*(dots - centre).T) < unit * rng.uniform(0.1, 0.5)
            dots = dots[~near] if (~near).sum() > 12 else dots
    parts = [dots]
    if rng.random() < 0.3:  # of another line
        shift = (rng.normal(0, 6) * unit, rng.choice([-1, 1]) * unit * rng.uniform(3.5, 5.5))
        other = dots * (rng.choice([1, -1]), 1) + shift
        inside = np.abs(other[:, 1] - dots[:, 1].mean()) < unit * rng.uniform(2, 3)
        parts.append(other[inside & (np.sin(other[:, 0] / unit / 3) > 0.3)])
    if rng.random() < 0.12:  # underlined
        x = np.arange(low[0], high[0], 0.7)
        first, last = np.sort(rng.uniform(low[0], high[0], 2))
        y = dots[:, 1].mean() + unit * rng.uniform(1.5, 2.5) + 0.02 * rng.normal() * (x - low[0])
        parts.append(np.column_stack([x, y])[(x > first) & (x < last)])
    if rng.random() < 0.2:
        specks = rng.uniform(low, high, (int(rng.integers(1, 6)), 2))
        parts += [speck + rng.normal(0, 0.1 * unit, (6, 2)) for speck in specks]
    dots = np.concatenate(parts)
    return dots + rng.normal(0, rng.uniform(0, 0.06) * unit, dots.shape)
