"""What the picture says about a stroke: how wide the pen was, and what colour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from inksight_cli.document import Stroke
from inksight_cli.geometry import Box, Points
from inksight_cli.ink.types import Pixels
from inksight_cli.ownership.region import Region
from inksight_cli.pages.page import PageImage
from inksight_cli.polylines import resample


def measure_strokes(page: PageImage, region: Region, strokes: Sequence[Stroke]) -> list[Stroke]:
    """Return ``strokes`` (page pixels) with widths and colour measured from the picture.

    Widths come from the distance transform of the region's ink, which counts in whole pixels;
    all widths of a region are then scaled by one factor so that together they give the ink's
    true area. Points off the ink get the page's typical width.
    """
    reach = _half_widths(region)
    measured = [
        replace(
            stroke,
            widths=_widths(reach, region, stroke.points, page.ink.pen_width),
            color=stroke_color(page, stroke.points),
        )
        for stroke in strokes
    ]
    return _calibrate(region, measured)


def stroke_color(page: PageImage, points: Points) -> str:
    """Return the ink's colour under a stroke as ``#rrggbb``: the median of its darker half.

    The lighter half is where anti-aliasing and thin places mix paper in.
    """
    rows, columns = _pixels_under(points, page.pixels.shape[:2])
    strength = page.ink.strength[rows, columns]
    strong = strength >= _median(strength)
    red, green, blue = _median(page.pixels[rows[strong], columns[strong]])
    return f"#{round(red):02x}{round(green):02x}{round(blue):02x}"


def _median(values: Pixels) -> NDArray[np.float64]:
    """Return the median along the first axis; NumPy's own is slow on a few values."""
    ranked = np.sort(values, axis=0).astype(np.float64)
    return np.asarray((ranked[(len(ranked) - 1) // 2] + ranked[len(ranked) // 2]) / 2)


def _half_widths(region: Region) -> NDArray[np.float32]:
    framed = np.pad(region.mask.astype(np.uint8), 1)
    distance = cv2.distanceTransform(framed, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    # The centre may lie half a pixel off the skeleton: look one pixel around.
    return np.asarray(cv2.dilate(distance, np.ones((3, 3), np.uint8)), dtype=np.float32)[1:-1, 1:-1]


def _widths(
    reach: NDArray[np.float32], region: Region, points: Points, usual: float
) -> NDArray[np.float64]:
    local = points - (region.left, region.top)
    rows, columns = _pixels_under(local, reach.shape)
    # The middle of a line w pixels wide is (w + 1) / 2 from the nearest paper pixel's centre if
    # w is odd, w / 2 if it is even: 2 d - 0.5 is right on average, the area settles the rest.
    widths = 2.0 * reach[rows, columns].astype(np.float64) - 0.5
    return np.where(widths > 0, widths, usual)


def _pixels_under(
    points: Points, shape: tuple[int, ...]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    columns = np.clip(np.floor(points[:, 0]), 0, shape[1] - 1).astype(np.intp)
    rows = np.clip(np.floor(points[:, 1]), 0, shape[0] - 1).astype(np.intp)
    return rows, columns


def _calibrate(region: Region, strokes: list[Stroke]) -> list[Stroke]:
    """Scale all widths by one factor so that the strokes together have the ink's area."""
    usual = [stroke.width or 0.0 for stroke in strokes]
    drawn = sum(s.length * w + 0.785 * w**2 for s, w in zip(strokes, usual, strict=True))
    # Where strokes are missing the sum is wrong: no large correction is believed.
    share = region.area * _overlap(strokes) / drawn if drawn > 0 else 1.0
    factor = float(np.clip(share, 0.6, 1.5))
    for stroke in strokes:
        if stroke.widths is not None:
            stroke.widths = np.maximum(stroke.widths * factor, 0.5)
    return strokes


def _overlap(strokes: list[Stroke]) -> float:
    """Return how often the strokes go over the same ink on average: 1 without any retracing."""
    if not strokes:
        return 1.0
    # Cells of three pixels: two passes a pixel apart go over the same ink.
    cells = np.floor(np.concatenate([resample(s.points, 1.0) for s in strokes]) / 3.0).astype(int)
    number = cells[:, 0] + (cells[:, 1] << 32)
    # A stroke that begins where another ends does not enter the cell anew: a cell in hundreds.
    entered = number[np.concatenate([[True], number[1:] != number[:-1]])]
    return len(entered) / len(np.unique(entered))


def draw_strokes(frame: Box, strokes: Sequence[Stroke], extra: float) -> Pixels:
    """Return (h, w) uint8, 1 where ``strokes`` would put ink in a frame, ``extra`` pixels wider.

    Widths vary along a stroke as measured; a stroke without widths is one pixel wide. OpenCV
    draws lines of two and more pixels about one pixel wider than asked.
    """
    canvas = np.zeros((int(frame.height), int(frame.width)), dtype=np.uint8)
    for stroke in strokes:
        # OpenCV counts from pixel centres; here in sixteenths of a pixel.
        local = (stroke.points - (frame.left, frame.top) - 0.5) * 16
        widths = np.ones(len(local)) if stroke.widths is None else stroke.widths
        _draw_path(canvas, np.rint(local).astype(int).tolist(), (widths + extra).tolist())
    return canvas


def _draw_path(canvas: Pixels, path: list[list[int]], widths: list[float]) -> None:
    if len(path) == 1:
        cv2.circle(canvas, path[0], round(widths[0] * 8), 1, -1, cv2.LINE_8, 4)
    for k in range(1, len(path)):  # OpenCV rounds the ends of thick lines
        width = max(round((widths[k - 1] + widths[k]) / 2), 1)
        cv2.line(canvas, path[k - 1], path[k], 1, width, cv2.LINE_8, 4)
