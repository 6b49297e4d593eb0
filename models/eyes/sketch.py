"""What a hand draws in long lines: stems, ground lines, curves, tables by hand and by ruler.

A line of the pen on ruled paper is the hard case: what tells it from a rule is that it ends, that
it is as dark as the writing, and that no others run beside it in an even pitch.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from models.eyes.layers import Layers

Points = NDArray[np.float64]


def sketch(
    layers: Layers, rng: np.random.Generator, height: float, pen: float, rules: list[Points]
) -> None:
    """Draw a few long lines with the pen; some of them on top of the sheet's ``rules``."""
    for _ in range(int(rng.integers(1, 6))):
        make = rng.choice([_line, _arc, _wave, _table], p=[0.48, 0.27, 0.15, 0.1])
        for path in make(rng, layers.side, height):
            layers.stroke("drawn", path, pen)
    for _ in range(int(rng.integers(1, 3)) if rules and rng.random() < 0.2 else 0):
        path = rules[int(rng.integers(len(rules)))]
        first, last = np.sort(rng.integers(0, len(path), 2))
        if last > first:
            drawn = wobbly(rng, path[[first, last]], rng.uniform(0.002, 0.006))
            layers.stroke("drawn", drawn + rng.normal(0, 1.5, 2), pen)


def _line(rng: np.random.Generator, side: int, height: float) -> list[Points]:
    """Return a line, level, upright or neither; by hand or by a ruler; sometimes dashed."""
    way = rng.choice([0, np.pi / 2, rng.uniform(0, np.pi)], p=[0.4, 0.3, 0.3]) + rng.normal(0, 0.03)
    long = float(np.exp(rng.uniform(np.log(1.2 * height), np.log(0.85 * side))))
    start = rng.uniform(-0.1, 0.9, 2) * side
    ends = np.array([start, start + long * np.array([np.cos(way), np.sin(way)])])
    path = wobbly(rng, ends, 0.0 if rng.random() < 0.1 else rng.uniform(0.002, 0.01))
    if rng.random() < 0.08:
        step = max(int(height / 18), 2)
        return [path[k : k + step] for k in range(0, len(path), 2 * step)]
    return [path]


def _arc(rng: np.random.Generator, side: int, height: float) -> list[Points]:
    """Return one long bow: a stem, a brace, half a circle."""
    t = np.linspace(0, rng.uniform(0.4, 3.5), 40) + rng.uniform(0, 6)
    size = height * np.exp(rng.uniform(0, 2.2, 2))
    return [wobbly(rng, np.c_[np.cos(t), np.sin(t)] * size + rng.uniform(0, 1, 2) * side, 0.003)]


def _wave(rng: np.random.Generator, side: int, height: float) -> list[Points]:
    """Return a ground line, water, a graph's curve: gently up and down along a level line."""
    x = np.linspace(0, rng.uniform(0.2, 1.2) * side, 60)
    pitch, high = height * np.exp(rng.uniform(-0.5, 2)), height * rng.uniform(0.03, 0.5)
    y = (
        high
        * np.sin(2 * np.pi * x / pitch + rng.uniform(0, 6))
        * np.linspace(1, rng.uniform(0, 2), 60)
    )
    return [wobbly(rng, np.c_[x, y] + rng.uniform(-0.1, 0.9, 2) * side, 0.003)]


def _table(rng: np.random.Generator, side: int, height: float) -> list[Points]:
    """Return the lines of a table, of a timetable, of two axes: all of them end."""
    rows, columns = rng.integers(1, 6, 2)
    left, top = rng.uniform(-0.2, 0.6, 2) * side
    wide, high = height * rng.uniform(1.5, 6), height * rng.uniform(0.9, 2.5)
    much = 0.0 if rng.random() < 0.3 else 0.004
    over = rng.uniform(0, 0.3) * height
    even = rng.random() < 0.5
    down = np.arange(rows + 1) * high + (0 if even else rng.normal(0, 0.1 * high, rows + 1))
    right = np.arange(columns + 1) * wide + (0 if even else rng.normal(0, 0.2 * wide, columns + 1))
    level = [[[right[0] - over, y], [right[-1] + over, y]] for y in down]
    upright = [[[x, down[0] - over], [x, down[-1] + over]] for x in right]
    lean = np.array([[1, rng.normal(0, 0.01)], [rng.normal(0, 0.01), 1]])
    paths = [np.array(ends) @ lean + (left, top) for ends in level + upright]
    return [wobbly(rng, path, much) for path in paths]


def wobbly(rng: np.random.Generator, points: Points, much: float = 0.006) -> Points:
    """Return a path through ``points`` (N, 2) as a hand draws it: never quite straight."""
    steps = np.maximum(np.hypot(*np.diff(points, axis=0).T) / 6, 1).astype(int)
    pairs = zip(points, points[1:], steps, strict=False)
    path = np.concatenate(
        [*(np.linspace(a, b, n, endpoint=False) for a, b, n in pairs), points[-1:]]
    )
    walk = rng.normal(0, 1, (len(path), 2)).cumsum(axis=0)
    walk -= np.linspace(walk[0], walk[-1], len(walk))
    length = float(np.hypot(*np.diff(path, axis=0).T).sum())
    return path + walk * (much * length / np.sqrt(len(path) + 8))
