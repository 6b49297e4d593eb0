"""The four corners of a sheet of paper that lies on something else."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from inksight_cli.geometry import Points
from inksight_cli.ink.morphology import components, reached, resize
from inksight_cli.ink.types import Mask, Pixels

SIDE = 640  # of the picture in which the sheet is looked for
LEAST_AREA = 0.25  # of the picture, covered by the sheet
LEAST_FIT = 0.95  # of sheet and quadrilateral together, covered by both
LEAST_CONTRAST = 1.35  # how much brighter the sheet is than what lies around it
NEAR = 0.01  # of the picture: a side this near to the border is not seen


def find_corners(pixels: Pixels) -> Points | None:
    """Return the sheet's corners (4, 2), clockwise from its top-left, or None.

    None where no edge is seen, or where what is seen is no four-sided bright sheet.
    """
    height, width = pixels.shape[:2]
    scale = SIDE / max(height, width)
    if scale > 1 or min(height, width) * scale < 32:
        return None
    small = resize(pixels, round(width * scale), round(height * scale))
    sheet = _sheet(small)
    if sheet is None:
        return None
    quad = _quad(sheet)
    if quad is None or _unseen(quad, sheet.shape) > 2 or not _fits(quad, sheet):
        return None
    factor = np.array([width / small.shape[1], height / small.shape[0]])
    return np.asarray(_ordered(quad) * factor, dtype=np.float64)


def _sheet(small: Pixels) -> Mask | None:
    """Return the brightest large patch, its ink filled in, if it stands out."""
    import cv2

    bright = np.asarray(small.min(axis=2), dtype=np.uint8)
    kernel = np.ones((9, 9), np.uint8)
    bright = np.asarray(cv2.morphologyEx(bright, cv2.MORPH_CLOSE, kernel), dtype=np.uint8)
    _, binary = cv2.threshold(bright, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    count, labels = components(np.asarray(binary) > 0)
    area = np.bincount(labels.ravel(), minlength=count)
    area[0] = 0
    patch = np.asarray(labels == area.argmax(), dtype=np.bool_)
    if patch.mean() < LEAST_AREA or patch.mean() > 0.97:
        return None
    if np.median(bright[patch]) < LEAST_CONTRAST * max(float(np.median(bright[~patch])), 1.0):
        return None
    border = np.ones(patch.shape, dtype=np.bool_)
    border[1:-1, 1:-1] = False
    return np.asarray(~reached(~patch, border), dtype=np.bool_)


def _quad(sheet: Mask) -> NDArray[np.float64] | None:
    """Return four corners of the sheet's outline, each side fitted to all of its points."""
    import cv2

    outlines, _ = cv2.findContours(sheet.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    outline = max(outlines, key=cv2.contourArea)
    hull = cv2.convexHull(outline)
    for tolerance in np.linspace(0.01, 0.08, 15):
        rough = cv2.approxPolyDP(hull, tolerance * cv2.arcLength(hull, True), True)
        if len(rough) <= 4:
            break
    if len(rough) != 4:
        return None
    corners = rough.reshape(4, 2).astype(np.float64) + 0.5
    points = outline.reshape(-1, 2).astype(np.float64) + 0.5
    lines = [_side(points, corners[k], corners[(k + 1) % 4]) for k in range(4)]
    crossings = [_crossing(lines[k - 1], lines[k]) for k in range(4)]
    return None if any(c is None for c in crossings) else np.array(crossings)


def _side(
    points: NDArray[np.float64], start: NDArray[np.float64], end: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the line (a, b, c), a x + b y = c, through the outline's points along one side."""
    import cv2

    along = end - start
    length = max(float(np.hypot(*along)), 1e-9)
    t = (points - start) @ along / length**2
    off = np.abs((points - start) @ np.array([-along[1], along[0]])) / length
    near = points[(t > 0.05) & (t < 0.95) & (off < 0.03 * length)]
    if len(near) < 8:
        near = np.stack([start, end])
    fitted = cv2.fitLine(near.astype(np.float32), cv2.DIST_HUBER, 0, 0.01, 0.01)
    dx, dy, x, y = (float(v) for v in np.asarray(fitted).ravel())
    return np.array([-dy, dx, -dy * x + dx * y])


def _crossing(first: NDArray[np.float64], second: NDArray[np.float64]) -> Points | None:
    matrix = np.stack([first[:2], second[:2]])
    if abs(np.linalg.det(matrix)) < 0.2:  # sides that meet at less than 12 degrees
        return None
    return np.asarray(np.linalg.solve(matrix, np.array([first[2], second[2]])))


def _unseen(quad: NDArray[np.float64], shape: tuple[int, ...]) -> int:
    """How many sides lie along the picture's border: there the sheet goes on unseen."""
    size = np.array([shape[1], shape[0]], dtype=np.float64)
    margin = max(NEAR * float(size.max()), 2.0)
    low, high = quad < margin, quad > size - margin
    return sum(bool((side[k] & side[(k + 1) % 4]).any()) for side in (low, high) for k in range(4))


def _fits(quad: NDArray[np.float64], sheet: Mask) -> bool:
    import cv2

    drawn = np.zeros(sheet.shape, dtype=np.uint8)
    cv2.fillConvexPoly(drawn, np.rint(quad).astype(np.int32), 1)
    both, either = (drawn > 0) & sheet, (drawn > 0) | sheet
    return bool(both.sum() >= LEAST_FIT * either.sum())


def _ordered(quad: NDArray[np.float64]) -> NDArray[np.float64]:
    """Clockwise on the screen, from the corner nearest to the top-left."""
    x, y = quad.T
    if (x * np.roll(y, -1) - np.roll(x, -1) * y).sum() < 0:
        quad = quad[::-1]
    return np.roll(quad, -int(quad.sum(axis=1).argmin()), axis=0)
