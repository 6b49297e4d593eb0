"""Diagrams set from the words of one writer: boxes, circles and arrows that touch the words.

Not the drawings the network learned from (`models/segmentation/drawings.py`): an orderly sheet, as
a process diagram is, in the hand of a writer it has not seen. Some words are underlined, some
struck through, and the lane's title runs up the page.
"""

from __future__ import annotations

import itertools

import cv2
import numpy as np
from numpy.typing import NDArray

from inksight_cli.geometry import Box

Floats = NDArray[np.float64]
ROOM = (-0.2, 0.9)  # between words and the box around them, in letter heights: some touch
STRUCK, UNDERLINED = 0.04, 0.06


class Diagram:
    """A sheet that is being drawn.

    Attributes:
        words: polylines of every word; shapes: of everything else.
        boxes, texts: of every word.
    """

    def __init__(
        self, rng: np.random.Generator, words: list[list[Floats]], texts: list[str]
    ) -> None:
        """Begin with nothing; ``words`` are placed with baseline and left edge at 0."""
        self.rng, self.stock, self.names, self.at = rng, words, texts, 0
        self.words: list[list[Floats]] = []
        self.shapes: list[Floats] = []
        self.boxes: list[Box] = []
        self.texts: list[str] = []

    def line(
        self, x: float, y: float, count: int, gap: float, letter: float, up: bool = False
    ) -> None:
        """Write ``count`` words from (x, y) to the right, or up the page."""
        for _ in range(count):
            word = self.stock[self.at % len(self.stock)]
            ink = np.concatenate(word)
            moved = [_turned(s, up) + ((x, y)) for s in word]
            self.words.append(moved)
            self.boxes.append(Box.around(np.concatenate(moved)))
            self.texts.append(self.names[self.at % len(self.stock)])
            self.at += 1
            if not up:
                self._spoil(self.boxes[-1], y, letter)
            step = float(ink[:, 0].max()) + gap
            x, y = (x, y - step) if up else (x + step, y)

    def _spoil(self, box: Box, baseline: float, letter: float) -> None:
        chance = self.rng.random()
        if chance < STRUCK + UNDERLINED:
            y = baseline + (0.25 if chance < UNDERLINED else -0.5) * letter
            ends = np.array([(box.left - 0.2 * letter, y), (box.right + 0.3 * letter, y)])
            self.shapes.append(ends + self.rng.normal(0, 0.08 * letter, (2, 2)))

    def label(self, x: float, y: float, letter: float, gap: float, boxed: bool) -> Box:
        """Write one to three short lines, boxed or not; return the box around them."""
        first = len(self.boxes)
        for row in range(int(self.rng.integers(1, 4))):
            self.line(x, y + row * 2.9 * letter, int(self.rng.integers(1, 3)), gap, letter)
        around = Box.union(self.boxes[first:])
        a, b, c, d = self.rng.uniform(*ROOM, 4) * letter
        around = Box(around.left - a, around.top - b, around.right + c, around.bottom + d)
        if boxed:
            self.shapes.append(_outline(around, self.rng, letter))
        return around

    def arrow(self, start: tuple[float, float], end: tuple[float, float], letter: float) -> None:
        """Draw an arrow with its head at ``end``."""
        way = np.arctan2(end[1] - start[1], end[0] - start[0])
        tips = [
            np.array(end) - letter * np.array([np.cos(way + s), np.sin(way + s)])
            for s in (-0.5, 0.5)
        ]
        middle = (np.array(start) + end) / 2 + self.rng.normal(0, 0.15 * letter, 2)
        self.shapes += [np.array([start, middle, end]), np.array([tips[0], end, tips[1]])]


def _turned(points: Floats, up: bool) -> Floats:
    return np.stack([points[:, 1], -points[:, 0]], axis=1) if up else points


def _outline(box: Box, rng: np.random.Generator, letter: float) -> Floats:
    """Return a rectangle with more or less round corners, drawn by hand."""
    power = float(rng.choice([0.12, 0.3, 0.45]))
    t = np.linspace(0, 2 * np.pi, 65)
    unit = np.stack([np.cos(t), np.sin(t)], axis=1)
    half = np.array([box.width, box.height]) / 2
    wander = rng.normal(0, 0.03 * letter, unit.shape).cumsum(axis=0)
    wander -= np.linspace(wander[0], wander[-1], len(t))
    return np.array(box.center) + np.sign(unit) * np.abs(unit) ** power * half + wander


def draw_diagram(
    rng: np.random.Generator,
    words: list[list[Floats]],
    texts: list[str],
    size: tuple[int, int],
    letter: float,
    gap: float,
) -> Diagram:
    """Fill a page of ``size`` with labelled boxes, circles, arrows and a lane's title."""
    sheet = Diagram(rng, words, texts)
    width, height = size
    lane = 3.2 * letter
    sheet.line(lane * 0.8, 0.6 * height, 2, gap, letter, up=True)
    for x in (0.1 * lane, lane * 1.15):
        sheet.shapes.append(np.array([(x, 0.05 * height), (x + 3, 0.95 * height)]))
    y = 0.06 * height
    while y < 0.85 * height:
        x, before = lane * 1.4, None
        while True:
            mark, drawn = len(sheet.boxes), len(sheet.shapes)
            circle = rng.random() < 0.25
            around = sheet.label(
                x + letter, y + (4.5 * letter if circle else 0), letter, gap, not circle
            )
            if around.right > 0.97 * width:
                del sheet.boxes[mark:], sheet.words[mark:], sheet.texts[mark:]
                del sheet.shapes[drawn:]
                break
            if circle:
                around = _circle(sheet, around, y, letter)
            if before is not None:
                sheet.arrow(
                    (before.right, before.center[1]), (around.left, around.center[1]), letter
                )
            before, x = around, max(around.right, x) + float(rng.uniform(2.5, 5)) * letter
        y += float(rng.uniform(14, 16)) * letter
    return sheet


def _circle(sheet: Diagram, label: Box, y: float, letter: float) -> Box:
    """Draw a circle right above a label; arrows go to it."""
    radius = 1.4 * letter
    x = label.center[0]
    t = np.linspace(0, 6.6, 40)
    y = label.top - radius * float(sheet.rng.uniform(0.7, 1.1))
    sheet.shapes.append(np.stack([x + radius * np.cos(t), y + radius * np.sin(t)], axis=1))
    return Box(x - radius, y - radius, max(x + radius, label.right), y + radius)


def paint(page: NDArray[np.uint8], sheet: Diagram, pen: int, color: tuple[int, ...]) -> None:
    """Draw words and shapes with one pen."""
    strokes = [*itertools.chain.from_iterable(sheet.words), *sheet.shapes]
    fixed = [np.round(path * 16).astype(np.int32) for path in strokes]
    cv2.polylines(page, fixed, False, color, pen, cv2.LINE_AA, 4)
