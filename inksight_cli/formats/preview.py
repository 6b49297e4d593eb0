"""A picture to check a result by: the page, its word boxes, and its strokes in pen order."""

from __future__ import annotations

import colorsys
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from inksight_cli.document import LOST, Page, Stroke
from inksight_cli.errors import OutputError

FADED = 0.45
"""How much of the page's contrast is left under the strokes."""

_BOX, _DOUBTED = (150, 180, 220), (225, 40, 40)
_DRAWING = (110, 110, 110)
_FIRST_HUE, _LAST_HUE = 0.66, 0.0  # blue where the pen starts a word, red where it ends
_SHIFT = 4  # OpenCV draws in sixteenths of a pixel


def preview_png(pixels: NDArray[np.uint8], page: Page) -> bytes:
    """Return a PNG of ``pixels`` (H, W, 3) RGB with boxes and strokes of ``page`` over it.

    In every word the colour runs from blue, where the pen starts, to red, where it ends;
    drawings are grey. Words that seem to have lost ink have red boxes.

    Raises:
        OutputError: the picture cannot be encoded.
    """
    import cv2

    faded = 255 - (255 - pixels.astype(np.float32)) * FADED
    canvas = np.ascontiguousarray(faded.astype(np.uint8))
    for word in page.words:
        corners = _fixed(word.quad.points).reshape(-1, 1, 2)
        lost = word.quality is not None and LOST in word.quality.flags
        color, width = (_DOUBTED, 2) if lost else (_BOX, 1)
        cv2.polylines(canvas, [corners], True, color, width, cv2.LINE_AA, _SHIFT)
    thickness = _thickness(page)
    for word in page.words:
        _draw_in_order(canvas, word.strokes, thickness)
    for stroke in page.drawings:
        _draw(canvas, stroke, [_DRAWING] * len(stroke.points), thickness)
    good, data = cv2.imencode(".png", canvas[:, :, ::-1])
    if not good:
        raise OutputError("The preview cannot be encoded as PNG.")
    return bytes(data)


def _thickness(page: Page) -> int:
    """Half a usual stroke's width, for all alike: whole pixels would tell 2.9 px from 3.1."""
    widths = [s.width for w in page.words for s in w.strokes] + [s.width for s in page.drawings]
    return max(round(float(np.median([width or 2.0 for width in widths] or [2.0])) / 2), 1)


def _draw_in_order(canvas: NDArray[np.uint8], strokes: Sequence[Stroke], thickness: int) -> None:
    total = sum(len(stroke.points) for stroke in strokes)
    place = 0
    for stroke in strokes:
        places = np.arange(place, place + len(stroke.points)) / max(total - 1, 1)
        _draw(canvas, stroke, [_color(float(t)) for t in places], thickness)
        place += len(stroke.points)


def _color(t: float) -> tuple[int, int, int]:
    hue = _FIRST_HUE + (_LAST_HUE - _FIRST_HUE) * t
    red, green, blue = (round(255 * value) for value in colorsys.hsv_to_rgb(hue, 1.0, 0.85))
    return red, green, blue


def _draw(
    canvas: NDArray[np.uint8],
    stroke: Stroke,
    colors: Sequence[tuple[int, int, int]],
    thickness: int,
) -> None:
    import cv2

    points = _fixed(stroke.points)
    if len(points) == 1:
        radius = round((stroke.width or 2.0) / 2 * 2**_SHIFT)
        cv2.circle(canvas, points[0].tolist(), radius, colors[0], -1, cv2.LINE_AA, _SHIFT)
    for start, end, color in zip(points[:-1].tolist(), points[1:].tolist(), colors, strict=False):
        cv2.line(canvas, start, end, color, thickness, cv2.LINE_AA, _SHIFT)


def _fixed(points: NDArray[np.float64]) -> NDArray[np.int32]:
    """Return page coordinates as OpenCV's fixed-point ones, whose origin is a pixel's centre."""
    return np.asarray(np.rint((points - 0.5) * 2**_SHIFT), dtype=np.int32)
