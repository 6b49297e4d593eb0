"""Make ``examples/page.jpg``: a handwritten page of our own, photographed by nobody.

Ruled paper under uneven light, a slight perspective, a hand of our own (`script.py`), an
underline, a drawing. ``make_page`` also returns the true strokes, so that results can be
measured. Run: ``python examples/make_page.py``
"""

from __future__ import annotations

import sys
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parent))
from script import Hand, smooth

WIDTH, HEIGHT = 1600, 1100
MARGIN, FIRST_RULE, RULE = 190, 130, 92
TEXT = (
    "Garden notes, Sunday",
    "The first tulips came up by the gate;",
    "we counted twelve of them, red and white.",
    "Move the old bench under the pear tree",
    "before the weather turns, and ask Martin",
    "about seeds: beans 24, peas 30, dill 5",
    "Paint the shed blue, not grey!",
    "Who borrowed the ladder?",
)
UNDERLINED = {(6, 3), (6, 4), (6, 5)}  # (line, word)
INK, PENCIL = (30, 42, 112), (88, 84, 84)
_FINE = 4  # strokes are drawn on a canvas this much larger

Stroke = NDArray[np.float64]
Pixels = NDArray[np.uint8]


def make_page(seed: int = 5) -> tuple[Pixels, list[tuple[str, list[Stroke]]], list[Stroke]]:
    """Return the picture (H, W, 3) RGB, its words with their strokes, and its drawings.

    Strokes are (N, 2) in pixels of the picture, the origin at its top-left corner.
    """
    random = np.random.default_rng(seed)
    words, drawings = _written(random)
    warp = _perspective()
    ink = _ink([stroke for _, strokes in words for stroke in strokes] + drawings[:1], random, 3.0)
    pencil = _ink(drawings[1:], random, 2.4) * 0.8
    page = _paper()
    for alpha, color in ((ink, INK), (pencil, PENCIL)):
        page += alpha[..., None] * (np.array(color, dtype=np.float32) - page)
    size = (WIDTH, HEIGHT)
    page = cv2.warpPerspective(
        page, warp, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT
    )
    picture = _photographed(page, random)
    mapped = [(word, [_mapped(s, warp) for s in strokes]) for word, strokes in words]
    return picture, mapped, [_mapped(stroke, warp) for stroke in drawings]


def _written(random: np.random.Generator) -> tuple[list[tuple[str, list[Stroke]]], list[Stroke]]:
    hand = Hand(2.75, random)
    words: list[tuple[str, list[Stroke]]] = []
    underlined: list[tuple[float, float, float]] = []
    for number, line in enumerate(TEXT):
        x = MARGIN + 30 + random.normal(0, 8)
        rise = random.normal(0, 0.004)
        for place, word in enumerate(line.split()):
            y = FIRST_RULE + number * RULE - 4 + (x - MARGIN) * rise + random.normal(0, 1.2)
            strokes, end = hand.write(word, x, y)
            words.append((word, strokes))
            if (number, place) in UNDERLINED:
                underlined.append((x, end, y))
            x = end + random.normal(25, 3)
    left, right, y = underlined[0][0], underlined[-1][1], underlined[0][2]
    return words, [_underline(left, right, y + 15, random), *_tulip(1330, 690)]


def _underline(left: float, right: float, y: float, random: np.random.Generator) -> Stroke:
    x = np.linspace(left - 4, right + 6, 40)
    wave = np.cumsum(random.normal(0, 0.35, len(x)))
    return np.column_stack([x, y + 3 * np.sin(np.linspace(0, 3, len(x))) + wave])


def _tulip(x: float, y: float) -> list[Stroke]:
    """A flower with two leaves and the ground it stands on."""
    shapes = (
        "0,0 -58,-34 -62,-110 -40,-150* -18,-118 0,-156* 20,-118 44,-150* 64,-104 56,-30 0,0",
        "-18,-118 -22,-60 0,-2",
        "20,-118 24,-60 2,-2",
        "0,2 8,70 4,150 -4,238",
        "-2,200 -40,150 -92,112 -112,64* -60,96 -22,150 -2,204",
        "2,214 30,160 70,120 116,104* 96,160 50,206 0,222",
        "-150,246 -90,238 -20,244 60,236 150,244",
    )
    drawn = []
    for shape in shapes:
        points = [point.removesuffix("*").split(",") for point in shape.split()]
        sharp = [point.endswith("*") for point in shape.split()]
        controls = np.column_stack([np.array(points, dtype=float), sharp])
        drawn.append(smooth(controls) + np.array((x, y)))
    return drawn


def _ink(strokes: list[Stroke], random: np.random.Generator, width: float) -> NDArray[np.float32]:
    """Return how much of every pixel the pen covers, (H, W) 0..1; the pen presses unevenly."""
    canvas = np.zeros((HEIGHT * _FINE, WIDTH * _FINE), dtype=np.uint8)
    for stroke in strokes:
        pressure = np.cumsum(random.normal(0, 0.06, len(stroke)))
        widths = np.clip(width * (1 + 0.12 * np.sin(pressure * 3)), 0.8 * width, 1.25 * width)
        points = np.rint((stroke * _FINE - 0.5) * 16).astype(int)
        for a, b, w in zip(points[:-1].tolist(), points[1:].tolist(), widths, strict=False):
            cv2.line(canvas, a, b, 255, max(round(w * _FINE), 1), cv2.LINE_AA, 4)
        if len(points) == 1:
            radius = round(0.7 * width * _FINE * 16)
            cv2.circle(canvas, points[0].tolist(), radius, 255, -1, cv2.LINE_AA, 4)
    small = cv2.resize(canvas, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)
    grain = cv2.GaussianBlur(random.normal(0, 1, small.shape).astype(np.float32), (0, 0), 2.0)
    return (small / 255 * np.clip(0.9 + 0.35 * grain, 0.7, 1.0)).astype(np.float32)


def _paper() -> NDArray[np.float32]:
    page = np.full((HEIGHT, WIDTH, 3), (248, 245, 235), dtype=np.float32)
    for y in range(FIRST_RULE, HEIGHT, RULE):
        cv2.line(page, (0, y), (WIDTH, y), (176, 196, 222), 2, cv2.LINE_AA)
    cv2.line(page, (MARGIN - 30, 0), (MARGIN - 30, HEIGHT), (226, 160, 160), 2, cv2.LINE_AA)
    return page


def _perspective() -> NDArray[np.float64]:
    """Return the map of the sheet to the picture; the sheet reaches over every edge."""
    sheet = np.array([(0, 0), (WIDTH, 0), (WIDTH, HEIGHT), (0, HEIGHT)], dtype=np.float32)
    seen = sheet + np.array([(-14, -20), (16, -4), (4, 10), (-26, 22)], dtype=np.float32)
    return cv2.getPerspectiveTransform(sheet, seen).astype(np.float64)


def _photographed(page: NDArray[np.float32], random: np.random.Generator) -> Pixels:
    """Add what a camera does: light from one side, a soft shadow, grain, a little blur."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    light = 1.02 - 0.20 * x / WIDTH - 0.10 * y / HEIGHT
    shadow = 1 / (1 + np.exp((0.9 * (WIDTH - x) + (HEIGHT - y) - 330) / 60))
    light *= 1 - 0.22 * shadow
    tint = np.stack([light, light * 0.995, light * 0.975], axis=-1)
    texture = cv2.GaussianBlur(random.normal(0, 1, page.shape[:2]).astype(np.float32), (0, 0), 3)
    lit = page * tint + (6 * texture + random.normal(0, 1.6, page.shape[:2]))[..., None]
    soft = cv2.GaussianBlur(lit.astype(np.float32), (0, 0), 0.6)
    return np.clip(np.rint(soft), 0, 255).astype(np.uint8)


def _mapped(stroke: Stroke, warp: NDArray[np.float64]) -> Stroke:
    # OpenCV's picture coordinates have their origin at a pixel's centre.
    return cv2.perspectiveTransform(stroke[None] - 0.5, warp)[0] + 0.5


def main() -> None:
    """Write the page beside this script."""
    picture, _, _ = make_page()
    path = Path(__file__).with_name("page.jpg")
    cv2.imwrite(str(path), picture[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, 86])


if __name__ == "__main__":
    main()
