"""What lies on a scene, before anybody takes a picture of it: coverage by kind, centre lines."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from models.eyes.nib import Nib

K = 2  # canvas pixels per pixel of the scene
SHIFT = 4
MIDDLE = 1.5 * K  # width of a centre line

Plane = NDArray[np.uint8]
Points = NDArray[np.floating]


@dataclass
class Layers:
    """Canvases (K * side, K * side) uint8.

    Attributes:
        written, drawn, printed, ruled: coverage by kind; margin: rules of another colour;
            middle: centre lines of the first three;
            core: bodies of words; pale: how much less ink a nib left there than elsewhere.
        nib: what is written with from now on, where it is no even pen.
    """

    side: int
    nib: Nib | None = None
    planes: dict[str, Plane] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("written", "drawn", "printed", "ruled", "margin", "middle", "core", "pale"):
            self.planes[name] = np.zeros((self.side * K, self.side * K), np.uint8)

    def stroke(self, kind: str, points: Points, width: float, middle: bool = True) -> None:
        """Draw a path, in pixels of the scene, with a pen ``width`` wide."""
        path = np.asarray(points)
        if middle:
            self._line("middle", path, MIDDLE / K)
        if self.nib is None or kind != "written":
            self._line(kind, path, width)
            return
        for part, wide, deep in self.nib.parts(path):
            self._line(kind, part, max(wide * width, 0.8))
            self._line("pale", part, wide * width + 1, round(255 * (1 - deep)))

    def _line(self, name: str, points: Points, width: float, value: int = 255) -> None:
        path = np.rint(points * K * 2**SHIFT - 8).astype(np.int32)
        plane, wide = self.planes[name], max(1, round(width * K))
        if len(path) == 1:
            at = int(path[0, 0]), int(path[0, 1])
            cv2.circle(plane, at, wide * 2 ** (SHIFT - 1), value, -1, cv2.LINE_AA, SHIFT)
        else:
            cv2.polylines(plane, [path[:, None]], False, value, wide, cv2.LINE_AA, SHIFT)

    def body(self, points: Points) -> None:
        """Fill the body of a word, given its corners (4, 2)."""
        corners = np.rint(np.asarray(points) * K).astype(np.int32)
        cv2.fillConvexPoly(self.planes["core"], corners, 255)

    def text(self, words: str, place: tuple[float, float], size: float, font: str) -> float:
        """Set printed text with its top-left corner at ``place``; return its width."""
        face = _font(font, max(round(size * K), 6))
        left, top, right, bottom = face.getbbox(words)
        width, height = right - left, bottom - top
        if width < 1 or height < 1:
            return 0.0
        image = Image.new("L", (width + 4, height + 4), 0)
        ImageDraw.Draw(image).text((2 - left, 2 - top), words, 255, font=face)
        glyphs = np.asarray(image)
        self._paste("printed", glyphs, place)
        self._paste("middle", _ridge(glyphs), place)
        return width / K

    def _paste(self, kind: str, part: Plane, place: tuple[float, float]) -> None:
        plane = self.planes[kind]
        x, y = round(place[0] * K), round(place[1] * K)
        top, left = max(y, 0), max(x, 0)
        bottom, right = min(y + part.shape[0], len(plane)), min(x + part.shape[1], len(plane))
        if top < bottom and left < right:
            here = plane[top:bottom, left:right]
            np.maximum(here, part[top - y : bottom - y, left - x : right - x], out=here)


@cache
def fonts() -> list[str]:
    """Return this machine's fonts of printed Latin text."""
    files = sorted(Path("/usr/share/fonts").rglob("*.[to]tf"))
    return [str(f) for f in files if not any(n in f.name for n in ("Symbol", "D050", "Dingbat"))]


@cache
def _font(name: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(name, size)


def _ridge(glyphs: Plane) -> Plane:
    """Return the centre lines of printed letters, as wide as those of strokes."""
    from inksight_cli.trace.skeleton import thin

    lines = thin(np.pad(glyphs > 127, 1))[1:-1].astype(np.uint8)[:, 1:-1] * 255
    return np.asarray(cv2.dilate(lines, np.ones((3, 3), np.uint8)), np.uint8)
