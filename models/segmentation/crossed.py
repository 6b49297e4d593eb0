"""What is crossed out: words, or a whole corner of a diagram, under hatching or a scribble.

Nobody wants it read, so it is a drawing to the network. (One line through a word is only struck
through: that word stays.)
"""

from __future__ import annotations

import numpy as np

from models.segmentation.drawings import wobbly
from models.segmentation.hands import Hand, Sheet
from models.segmentation.words import Floats

WHOLLY, BARELY = 0.55, 0.15  # share of a word's body under the strokes: crossed out; untouched


def cross_out(sheet: Sheet, hand: Hand, ink: Floats) -> None:
    """Cross out what lies in the box (4, 2) ``ink``, corners from the text's own top-left on."""
    rng = hand.rng
    middle, along, down = ink.mean(axis=0), (ink[1] - ink[0]) / 2, (ink[3] - ink[0]) / 2
    grow = rng.uniform(0.85, 1.15, 2)
    # A scribble that is much lower than the letters is but a thick line through them.
    along, down = along * grow[0], down * max(grow[1], 0.7)
    path = {"hatch": _hatch, "scribble": _scribble, "loops": _loops, "cross": _cross}
    kind = str(rng.choice(["hatch", "scribble", "scribble", "loops", "cross"]))
    size = 2 * np.hypot(*np.stack([along, down]).T) / hand.letter
    if kind == "cross" and (size[0] > 4 * size[1] or size[1] > 5):
        kind = "scribble"
    pen = hand.pen * float(np.exp(rng.normal(0.05, 0.15)))
    for unit in path[kind](rng, size):
        stroke = middle + unit[:, :1] * along + unit[:, 1:] * down
        sheet.drawing.append((wobbly(rng, stroke, 0.004), pen))
    _leave_out(sheet, middle, along, down)


def cross_out_corner(sheet: Sheet, hand: Hand) -> None:
    """Cross out whatever lies in one place of a page."""
    rng = hand.rng
    half = hand.letter * rng.uniform((2.5, 1.5), (9, 5))
    middle = rng.uniform(0, sheet.size, 2)
    if sheet.bodies:
        middle = sheet.bodies[int(rng.integers(len(sheet.bodies)))].mean(axis=0)
    corners = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)])
    cross_out(sheet, hand, middle + corners * half)


def _hatch(rng: np.random.Generator, size: Floats) -> list[Floats]:
    """Parallel bars, three and more, that lean to the right or to the left.

    Here as below, ``size`` is what they fill, in letter heights, and -1..1 reaches from end to end.
    """
    count = max(int(size[0] / rng.uniform(0.7, 2.5)), 3)
    lean = float(rng.uniform(0.2, 1.2)) * size[1] / size[0] * float(rng.choice([1, 1, 1, -1]))
    feet = np.linspace(-0.95, 0.95, count) + rng.normal(0, 0.1 / count, count)
    return [
        np.array([(x - lean, 1 + rng.normal(0, 0.2)), (x + lean, -1 + rng.normal(0, 0.2))])
        for x in feet
    ]


def _scribble(rng: np.random.Generator, size: Floats) -> list[Floats]:
    """One stroke to and fro: up and down along the words, or from end to end."""
    if rng.random() < 0.5:
        count = max(int(size[0] / rng.uniform(0.3, 0.9)), 5)
        x = np.linspace(-1, 1, count) + rng.normal(0, 0.3 / count, count)
        y = np.where(np.arange(count) % 2, 1, -1) * rng.uniform(0.5, 1, count)
    else:
        count = max(int(size[1] / rng.uniform(0.3, 0.7)), 4)
        x = np.where(np.arange(count) % 2, 1, -1) * rng.uniform(0.7, 1, count)
        y = np.linspace(-0.8, 0.8, count) * float(rng.choice([-1, 1]))
        y += rng.normal(0, 1.2 / count, count)
    return [np.stack([x, np.clip(y, -1.2, 1.2)], axis=1)]


def _loops(rng: np.random.Generator, size: Floats) -> list[Floats]:
    """A row of loops."""
    turns = max(float(size[0] / rng.uniform(0.6, 1.6)), 3.0)
    t = np.linspace(0, 2 * np.pi * turns, int(24 * turns))
    x = np.linspace(-0.9, 0.9, len(t)) + np.cos(t) * size[1] / size[0] * rng.uniform(0.4, 1.0)
    return [np.stack([x, np.sin(t) * rng.uniform(0.6, 1.0)], axis=1)]


def _cross(rng: np.random.Generator, _size: Floats) -> list[Floats]:
    """Two bars from corner to corner, sometimes two more."""
    bars = []
    for _ in range(int(rng.integers(1, 3))):
        ends = np.array([[(-1, -1), (1, 1)], [(-1, 1), (1, -1)]]) + rng.normal(0, 0.12, (2, 2, 2))
        bars += list(ends)
    return bars


def _leave_out(sheet: Sheet, middle: Floats, along: Floats, down: Floats) -> None:
    """Take words that lie in the box from the writing; nothing is asked about half covered ones."""
    frame = np.linalg.inv(np.stack([along, down], axis=1))
    u, v = np.meshgrid(np.linspace(0.05, 0.95, 12), np.linspace(0.1, 0.9, 4))
    for index, body in enumerate(sheet.bodies):
        points = (
            body[0]
            + u.reshape(-1, 1) * (body[1] - body[0])
            + v.reshape(-1, 1) * (body[3] - body[0])
        )
        share = float((np.abs((points - middle) @ frame.T) < 1).all(axis=1).mean())
        if share >= WHOLLY:
            sheet.crossed.add(index)
            sheet.doubtful.discard(index)
        elif share > BARELY and index not in sheet.crossed:
            sheet.doubtful.add(index)
