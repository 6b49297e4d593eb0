"""What a document looks like when we draw it, and how near another program's picture is to that."""

import shutil
import subprocess
from pathlib import Path

import cv2
import numpy as np

from inksight_cli.document import Document, Line, Page, Stroke, Word
from inksight_cli.geometry import Box, Quad
from tests.helpers.written_pages import cursive

_SHIFT = 4


def handwritten(dpi: float | None = 150.0) -> Document:
    """A page of cursive of uneven width, a dot and a drawing, in words and lines."""
    lines = []
    for row in range(5):
        words = [_word(60 + 180 * k, 80 + 90 * row, 3 + (row + k) % 4, row + k) for k in range(4)]
        box = Box(50, 40 + 90 * row, 780, 110 + 90 * row)
        lines.append(Line(words, Quad.from_box(box)))
    lines[0].words[0].strokes.append(Stroke([(75.0, 45.0)], widths=[5.0]))
    underline = Stroke([(60, 540), (400, 536), (740, 545)], widths=[3, 4, 3], color="#b00000")
    return Document([Page(800, 600, lines, [underline], dpi, "page.jpg", sha256="c0ffee")])


def _word(x: float, y: float, turns: int, seed: int) -> Word:
    points = np.array(cursive(x, y, 130, 28, turns))
    widths = 4.0 + 1.5 * np.sin(np.linspace(0, 9, len(points)) + seed)
    strokes = [Stroke(points, widths=widths, color="#1a2b8c")]
    box = Box(x - 5, y - 35, x + 140, y + 35)
    return Word(Quad.from_box(box), f"word{seed}", 0.9, strokes)


def drawn(page: Page, scale: float = 1.0, *, each: bool = False) -> np.ndarray:
    """Return where ``page`` has ink (H, W), as we draw it: every stroke by its median width.

    Args:
        page: what to draw.
        scale: of the picture.
        each: draw every piece with its own width instead.
    """
    canvas = np.zeros((round(page.height * scale), round(page.width * scale)), np.uint8)
    for stroke in page.strokes:
        points = np.rint((stroke.points * scale - 0.5) * 2**_SHIFT).astype(np.int32)
        widths = stroke.widths if each and stroke.widths is not None else None
        if widths is None:
            widths = np.full(len(points), stroke.width or 2.0)
        _draw(canvas, points, widths * scale)
    return canvas > 127


def _draw(canvas, points, widths):
    for point, width in zip(points.tolist(), widths, strict=True):
        radius = round(width / 2 * 2**_SHIFT)
        cv2.circle(canvas, point, radius, 255, -1, cv2.LINE_AA, _SHIFT)
    for k in range(len(points) - 1):
        thickness = max(round((widths[k] + widths[k + 1]) / 2), 1)
        a, b = points[k].tolist(), points[k + 1].tolist()
        cv2.line(canvas, a, b, 255, thickness, cv2.LINE_AA, _SHIFT)


def inked(path: Path) -> np.ndarray:
    """Return where a picture file is much darker than white, or not transparent."""
    pixels = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    assert pixels is not None, path
    if pixels.ndim == 2:
        return pixels < 128
    colors = pixels[:, :, :3].min(axis=2)
    return (colors < 128) if pixels.shape[2] == 3 else (colors < 128) & (pixels[:, :, 3] > 127)


def near(first: np.ndarray, second: np.ndarray, reach: float = 2.0) -> float:
    """Return the lesser share of either's ink that has ink of the other within ``reach`` px."""
    assert first.shape == second.shape, (first.shape, second.shape)
    assert first.any() and second.any()

    def share(ink, other):
        away = cv2.distanceTransform((~other).astype(np.uint8), cv2.DIST_L2, 5)
        return float((away[ink] <= reach).mean())

    return min(share(first, second), share(second, first))


def run(*command: str | Path) -> str:
    """Run a program of Debian's and return what it says."""
    assert shutil.which(str(command[0])), f"{command[0]} is not installed; see .ci/run"
    made = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert made.returncode == 0, made.stderr[-2000:]
    return made.stdout
