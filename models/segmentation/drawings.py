"""What is not writing: underlines, strikes, scraps of printed rules, doodles."""

from __future__ import annotations

import numpy as np

from models.segmentation.hands import Hand, Sheet
from models.segmentation.words import Floats


def wobbly(rng: np.random.Generator, points: Floats, much: float = 0.006) -> Floats:
    """Return a path through ``points`` as a hand draws it: never quite straight."""
    steps = np.maximum(np.hypot(*np.diff(points, axis=0).T) / 8, 1).astype(int)
    parts = [
        np.linspace(a, b, n, endpoint=False)
        for a, b, n in zip(points, points[1:], steps, strict=False)
    ]
    path = np.concatenate([*parts, points[-1:]])
    noise = rng.normal(0, 1, (len(path) + 8, 2)).cumsum(axis=0)
    noise -= np.linspace(noise[0], noise[-1], len(noise))
    length = float(np.hypot(*np.diff(path, axis=0).T).sum())
    return path + noise[4 : 4 + len(path)] * (much * length / np.sqrt(len(path) + 8))


def spoil(sheet: Sheet, hand: Hand, inks: list[Floats]) -> None:
    """Underline some words, strike some through, and leave scraps of a printed rule."""
    rng = hand.rng
    habit = float(rng.choice([0.0, 0.05, 0.25], p=[0.4, 0.45, 0.15]))
    for i, ink in enumerate(inks):
        if rng.random() < habit:
            last = inks[min(i + int(rng.integers(0, 3)), len(inks) - 1)]
            _under_or_through(sheet, hand, ink, last)
    if rng.random() < 0.25 and inks:
        _scraps(sheet, hand, inks)


def _under_or_through(sheet: Sheet, hand: Hand, first: Floats, last: Floats) -> None:
    rng, letter = hand.rng, hand.letter
    kind = rng.choice(["under", "under", "double", "through", "through"])
    left, right = first[3], last[2]
    up = (first[0] - first[3]) / max(np.hypot(*(first[0] - first[3])), 1)
    over = rng.normal(0, 0.4, 2)[:, None] * (right - left) / max(np.hypot(*(right - left)), 1)
    a, b = left + over[0] * letter, right + over[1] * letter
    if kind in ("under", "double"):
        for k in range(1 + (kind == "double")):
            drop = -up * letter * (0.3 * k + rng.uniform(-0.3, 0.4))
            sheet.drawing.append((wobbly(rng, np.array([a + drop, b + drop])), hand.pen))
        return
    rise = 0.5 * float(np.hypot(*(first[0] - first[3])))
    tilt = up * rng.normal(0, 0.25) * letter
    path = np.array([a + up * rise - tilt, b + up * rise + tilt])
    sheet.drawing.append((wobbly(rng, path), hand.pen))


def _scraps(sheet: Sheet, hand: Hand, inks: list[Floats]) -> None:
    """What is left of a ruled line where writing hid it: short level pieces at the letters."""
    rng = hand.rng
    line = np.array([inks[0][3], inks[-1][2]])
    shift = (0, rng.uniform(-1.2, 0.5) * hand.letter)
    for _ in range(int(rng.integers(1, 6))):
        t = float(rng.random())
        at = line[0] + t * (line[1] - line[0]) + shift
        reach = hand.letter * float(rng.uniform(0.2, 2.0))
        sheet.drawing.append((np.array([at, at + (reach, 0)]), max(0.5 * hand.pen, 1.0)))


def doodle(sheet: Sheet, hand: Hand, pen: float) -> None:
    """Draw something curved: a few smooth strokes around one place, some of them closed."""
    rng = hand.rng
    centre = rng.uniform(-0.1, 1.1, 2) * sheet.size
    t = np.linspace(0, 2 * np.pi, 80)
    for _ in range(int(rng.integers(1, 6))):
        reach = hand.letter * float(np.exp(rng.normal(1.4, 0.6)))
        at = centre + rng.normal(0, 0.6, 2) * reach
        waves = [rng.normal(0, 1, (2, 2)) / k**1.5 for k in range(1, 5)]
        path = sum(
            np.outer(np.sin(k * t), w[0]) + np.outer(np.cos(k * t), w[1])
            for k, w in enumerate(waves, 1)
        )
        part = slice(0, len(t) if rng.random() < 0.4 else int(rng.integers(15, 60)))
        sheet.drawing.append((at + reach * np.asarray(path)[part], pen))


def litter(sheet: Sheet, rng: np.random.Generator, letter: float) -> None:
    """Strew what is left of a printed grid, and the texture of what lies beside the page."""
    if rng.random() < 0.3:
        step = letter * float(rng.uniform(1, 4))
        for _ in range(int(rng.integers(3, 40))):
            at = np.round(rng.uniform(0, sheet.size, 2) / step) * step
            reach = np.array([letter * float(np.exp(rng.normal(0, 0.8))), rng.normal(0, 1)])
            way = reach if rng.random() < 0.5 else reach[::-1]
            sheet.drawing.append((np.array([at, at + way]), float(rng.integers(1, 4))))
    if rng.random() < 0.12:
        low, high = np.sort(rng.uniform(-0.2, 1.2, (2, 2)) * sheet.size, axis=0)
        for _ in range(int(rng.integers(20, 300))):
            at = rng.uniform(low, high)
            crumb = at + rng.normal(0, 0.4 * letter, (int(rng.integers(2, 6)), 2)).cumsum(axis=0)
            sheet.drawing.append((crumb, float(rng.integers(1, 6))))
