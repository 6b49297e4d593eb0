"""A small network that looks at the ink of a page: what of it is writing, and where words are.

`words.onnx` was trained by `models/segmentation` on pages that were drawn for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inksight_cli.cores import cores, small_session
from inksight_cli.geometry import Points, Quad
from inksight_cli.ink.types import Mask

GRAPH = Path(__file__).with_name("words.onnx")
LINE = 48  # pixels: how high RapidOCR's lines are in the network's picture
LARGEST = 2_600_000  # pixels of the network's picture: memory and time are bounded
INKED = 0.1  # share of a cell that is ink: from here on the cell counts
STEP = 32  # its sides are multiples of this
THREADS = 4  # at most; more than two were never measured


@dataclass(frozen=True, slots=True, eq=False)
class Maps:
    """What the network says, on a grid of cells.

    Attributes:
        ink: (h, w) float32 0..1, how much of the cell is ink.
        writing: (h, w) float32, the probability that the ink here is writing, not a drawing.
        core: (h, w) float32, the probability that this lies inside the body of a word.
        cell: side of a cell in pixels of the page: (across, down).
    """

    ink: NDArray[np.float32]
    writing: NDArray[np.float32]
    core: NDArray[np.float32]
    cell: tuple[float, float]

    def core_at(self, points: Points) -> NDArray[np.float64]:
        """Return the probability of a core at page points (N, 2), between cells interpolated."""
        import cv2

        at = (points / np.array(self.cell) - 0.5).astype(np.float32)
        side = 30_000  # OpenCV's remap takes no longer rows
        parts = [
            cv2.remap(self.core, part[None, :, 0], part[None, :, 1], cv2.INTER_LINEAR)[0]
            for part in np.split(at, range(side, len(at), side))
        ]
        return np.concatenate(parts).astype(np.float64)

    def written(self, quad: Quad) -> float:
        """Return how much of the ink in a quad of the page is writing, 0..1; 1 without ink."""
        import cv2

        corners = np.rint(quad.points / np.array(self.cell) - 0.5).astype(np.int32)
        low = np.maximum(corners.min(axis=0), 0)
        here = (slice(low[1], corners[:, 1].max() + 1), slice(low[0], corners[:, 0].max() + 1))
        within = np.zeros(self.ink[here].shape, dtype=np.uint8)
        if not within.size:
            return 1.0
        cv2.fillConvexPoly(within, corners - low, 1)
        ink, writing = self.ink[here][within > 0], self.writing[here][within > 0]
        inked = ink * (ink >= INKED)
        return float(inked @ writing / inked.sum()) if inked.any() else 1.0


@cache
def _session() -> Any:  # noqa: ANN401
    return small_session(GRAPH, min(cores(), THREADS))


def segment(mask: Mask, line_height: float) -> Maps:
    """Ask the network about a page.

    Args:
        mask: (H, W) bool, the page's ink.
        line_height: of RapidOCR's lines, in pixels: the page is scaled by it.
    """
    import cv2

    height, width = mask.shape
    scale = min(LINE / line_height, float(np.sqrt(LARGEST / mask.size)), 2.0)
    size = (max(round(width * scale), 2), max(round(height * scale), 2))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    ink = cv2.resize(mask.astype(np.uint8) * 255, size, interpolation=how)
    padded = np.zeros((-(-size[1] // STEP) * STEP, -(-size[0] // STEP) * STEP), np.float32)
    padded[: size[1], : size[0]] = ink
    padded /= 255
    writing, core = _session().run(None, {"ink": padded[None, None]})[0]
    half = (-(-size[0] // 2), -(-size[1] // 2))
    cells = cv2.resize(padded[: 2 * half[1], : 2 * half[0]], half, interpolation=cv2.INTER_AREA)
    return Maps(
        np.asarray(cells, dtype=np.float32),
        writing[: half[1], : half[0]],
        core[: half[1], : half[0]],
        (2 * width / size[0], 2 * height / size[1]),
    )
