"""What programs draw, compared with what we draw ourselves."""

import subprocess
from pathlib import Path

import cv2
import numpy as np

from inksight_cli.document import Page

INKY = 128  # of 255: darker pixels are ink


def run(*call: object) -> bytes:
    """Run a program, which must end well, and return what it writes to stdout."""
    done = subprocess.run([*map(str, call)], capture_output=True, timeout=120)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def ink_of(path: Path, size: tuple[int, int]) -> np.ndarray:
    """Return a picture's ink (height, width) bool, resampled to ``size``."""
    grey = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    assert grey is not None, path
    return cv2.resize(grey, size, interpolation=cv2.INTER_AREA) < INKY


def drawn_by_us(page: Page, finer: int = 4) -> np.ndarray:
    """Return a page's ink (height, width) bool: every stroke in its usual width, round caps."""
    big = np.full((page.height * finer, page.width * finer), 255, np.uint8)
    for stroke in page.strokes:
        radius = (stroke.width or 2.0) / 2 * finer
        points = np.rint((stroke.points * finer - 0.5) * 16).astype(np.int32)
        for start, end in zip(points, points[1:] if len(points) > 1 else points, strict=False):
            cv2.line(
                big, start.tolist(), end.tolist(), 0, max(round(radius * 2), 1), cv2.LINE_AA, 4
            )
        if len(points) == 1:
            cv2.circle(big, points[0].tolist(), round(radius * 16), 0, -1, cv2.LINE_AA, 4)
    return cv2.resize(big, (page.width, page.height), interpolation=cv2.INTER_AREA) < INKY


def alike(one: np.ndarray, other: np.ndarray, near: int = 2) -> float:
    """Return the share of the ink of either that lies within ``near`` pixels of the other's."""
    disk = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * near + 1, 2 * near + 1))

    def share(ink: np.ndarray, of: np.ndarray) -> float:
        wide = cv2.dilate(of.astype(np.uint8), disk) > 0
        return float((ink & wide).sum() / max(ink.sum(), 1))

    return min(share(one, other), share(other, one))
