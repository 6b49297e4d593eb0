"""Pages of every kind that the docs speak of, made by ourselves, with every word's place known.

A hand writes (`benchmarks.forms`: our own stroke script's, or UNIPEN writers'); paper, frames,
light and the way the sheet lies are drawn by lot from the seed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.composed_pages import _photographed
from benchmarks.forms import Write, compose_form, fonts
from inksight_cli.geometry import Affine, Box, Points, Quad
from inksight_cli.homography import Homography

SIZE = (1240, 1754)  # A4 at 150 dpi
HALF = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1]])  # OpenCV counts from pixel centres
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class KindPage:
    """A page of some kind.

    Attributes:
        pixels: (H, W, 3) uint8 RGB.
        words: the corners (4, 2) of every word on it, in its pixels.
        written: of each word, whether a hand wrote it; else it was printed.
        flatten: whether the sheet is to be flattened first.
    """

    pixels: NDArray[np.uint8]
    words: list[Points]
    written: list[bool]
    flatten: bool = False


def clean(write: Write, rng: np.random.Generator) -> KindPage:
    """A clean scan: lines of writing on white paper."""
    return _sheet(write, rng, ruled=False)


def ruled(write: Write, rng: np.random.Generator) -> KindPage:
    """A photo of ruled paper: shading, grain, a stain, blur, JPEG."""
    sheet = _sheet(write, rng, ruled=True)
    return KindPage(_photographed(sheet.pixels, rng), sheet.words, sheet.written)


def form(write: Write, rng: np.random.Generator) -> KindPage:
    """A photo of a printed form, filled in."""
    faces = fonts("DejaVuSans-") or fonts("")
    made = compose_form(write, faces, "photo", int(rng.integers(1000)), SIZE)
    boxes = made.printed + made.written
    kinds = [False] * len(made.printed) + [True] * len(made.written)
    return KindPage(made.pixels, [Quad.from_box(box).points for box in boxes], kinds)


def diagram(write: Write, rng: np.random.Generator) -> KindPage:
    """Words in boxes and ovals that arrows join, drawn with the same pen."""
    page, ink = _paper(rng, 0), _ink(rng)
    boxes: list[Box] = []
    middles = []
    for row in range(4):
        for column in range(2):
            x, y = 330 + 580 * column + rng.normal(0, 25), 260 + 400 * row + rng.normal(0, 20)
            strokes, found = write(x - 130, y + 10, 17, 280)
            _draw(page, strokes, ink, 4)
            boxes += found
            right = max((box.right for box in found), default=x + 100)
            frame = Box(x - 165, y - 60, right + 35, y + 65)
            _draw(page, [_shape(frame, rng.random() < 0.4, rng)], ink, 4)
            middles.append(frame)
    for one, other in zip(middles, middles[2:], strict=False):
        _draw(page, _arrow((one.center[0], one.bottom), (other.center[0], other.top)), ink, 4)
    words = [Quad.from_box(box.grown(2)).points for box in boxes]
    return KindPage(_photographed(page, rng), words, [True] * len(words))


def rotated(write: Write, rng: np.random.Generator) -> KindPage:
    """A clean scan that lies askew, by up to 40 degrees."""
    sheet = _sheet(write, rng, ruled=False)
    width, height = SIZE
    side = round(float(np.hypot(width, height)))
    angle = float(np.deg2rad(rng.uniform(15, 40))) * int(rng.choice([-1, 1]))
    middle = Affine(1, 0, side / 2, 0, 1, side / 2)
    to_page = middle @ Affine.rotation(angle) @ Affine(1, 0, -width / 2, 0, 1, -height / 2)
    pixels = _laid(sheet.pixels, to_page.square, (side, side), np.full((side, side, 3), 250))
    return KindPage(pixels, [to_page(word) for word in sheet.words], sheet.written)


def on_a_table(write: Write, rng: np.random.Generator) -> KindPage:
    """A sheet photographed askew on a dark table, to be flattened."""
    sheet = _sheet(write, rng, ruled=True)
    width, height = SIZE
    corners = np.array([(170, 210), (1250, 120), (1390, 1720), (60, 1790)], dtype=float)
    to_photo = Homography.between(corners + rng.normal(0, 20, (4, 2)), width, height)
    size = (1450, 1900)
    table = np.clip(rng.normal((62, 50, 42), 5, (size[1], size[0], 3)), 0, 255)
    pixels = _photographed(_laid(sheet.pixels, to_photo.matrix, size, table), rng)
    return KindPage(pixels, [to_photo(word) for word in sheet.words], sheet.written, flatten=True)


KINDS: dict[str, Callable[[Write, np.random.Generator], KindPage]] = {
    "clean scan": clean,
    "ruled, a photo": ruled,
    "form": form,
    "diagram": diagram,
    "askew": rotated,
    "on a table, flattened": on_a_table,
}


def _sheet(write: Write, rng: np.random.Generator, ruled: bool) -> KindPage:
    width, height = SIZE
    letter = float(rng.uniform(13, 18))
    pitch = 5.2 * letter
    page, ink, pen = _paper(rng, pitch if ruled else 0), _ink(rng), max(round(0.18 * letter), 2)
    boxes: list[Box] = []
    for baseline in np.arange(2.4 * pitch, height - pitch, pitch):
        x = 110 + float(rng.normal(0, 8))
        while x < width - 260:
            strokes, found = write(x, baseline - 3, letter, width - 90 - x)
            if not found:
                break
            _draw(page, strokes, ink, pen)
            boxes += found
            x = found[-1].right + 1.4 * letter
    words = [Quad.from_box(box.grown(pen / 2)).points for box in boxes]
    return KindPage(page, words, [True] * len(words))


def _paper(rng: np.random.Generator, pitch: float) -> NDArray[np.uint8]:
    width, height = SIZE
    page = np.full((height, width, 3), 250, dtype=np.uint8)
    color = [int(v) for v in rng.choice([(185, 200, 226), (198, 198, 198)])]
    for y in np.arange(2.4 * pitch, height, pitch) if pitch else ():
        cv2.line(page, (0, round(y)), (width, round(y)), color, 2, cv2.LINE_AA)
    return page


def _ink(rng: np.random.Generator) -> tuple[int, ...]:
    return tuple(int(v) for v in rng.choice([(25, 25, 30), (30, 40, 120), (70, 70, 75)]))


def _draw(page: NDArray[np.uint8], strokes: list[Floats], color: tuple[int, ...], pen: int) -> None:
    fixed = [np.round(stroke * 16 - 8).astype(np.int32) for stroke in strokes]
    cv2.polylines(page, fixed, False, color, pen, cv2.LINE_AA, 4)


def _shape(frame: Box, oval: bool, rng: np.random.Generator) -> Floats:
    """Return the outline of a box or an oval as a hand draws it: once around, a little unsteady."""
    t = np.linspace(-0.1, 2 * np.pi, 120)
    round_ = np.stack([np.cos(t), np.sin(t)], axis=1)
    unit = round_ if oval else np.clip(round_ * np.sqrt(2), -1, 1)
    shape = unit * (frame.width / 2 * (1.15 if oval else 1), frame.height / 2) + frame.center
    return np.asarray(shape + np.cumsum(rng.normal(0, 0.3, shape.shape), axis=0))


def _arrow(start: tuple[float, float], end: tuple[float, float]) -> list[Floats]:
    tip, tail = np.array(end), np.array(start)
    along = (tip - tail) / max(float(np.hypot(*(tip - tail))), 1.0)
    across = np.array([-along[1], along[0]])
    barbs = [tip - 22 * along + 11 * across, tip, tip - 22 * along - 11 * across]
    return [np.array([tail, tip]), np.array(barbs)]


def _laid(
    page: NDArray[np.uint8], matrix: Floats, size: tuple[int, int], under: NDArray[np.generic]
) -> NDArray[np.uint8]:
    """Return ``page`` mapped by ``matrix`` onto what lies ``under`` it."""
    at = np.linalg.inv(HALF) @ matrix @ HALF
    cover = cv2.warpPerspective(np.full(page.shape[:2], 255, np.uint8), at, size)[..., None] / 255.0
    seen = cv2.warpPerspective(page, at, size, flags=cv2.INTER_CUBIC)
    return np.asarray(seen * cover + np.asarray(under) * (1 - cover), dtype=np.uint8)
