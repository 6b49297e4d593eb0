"""docTR's word detector (DBNet and its relatives), the one that InkSight's authors use.

Source: python-doctr (Mindee, Apache-2.0); DBNet is Liao et al., AAAI 2020. As in InkSight
(Mitrevski et al., 2025) boxes are grown by a tenth, since docTR's cut tails and dots. It tells
where words are, not what they say. It needs PyTorch, so it is an extra.
"""

from __future__ import annotations

import os
import pickle
from importlib.util import find_spec
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from inksight_cli.detectors.reading_order import lines_of_words
from inksight_cli.document import Line, Word
from inksight_cli.errors import MissingBackendError
from inksight_cli.geometry import Affine, Points, Quad, as_points
from inksight_cli.pages.page import PageImage

INSTALL = "Install it: pip install 'inksight-cli[doctr]'"
GROWTH = 0.1


class DoctrDetector:
    """Words as docTR boxes them.

    Args:
        weights: a local file of the architecture's weights, so that it works offline; None takes
            those docTR has downloaded before.
        arch: docTR's name of the architecture the weights are of.
        rotated: whether words may be turned; else all boxes are upright.
        download: whether docTR may download its weights.
    """

    name: ClassVar[str] = "doctr"
    summary: ClassVar[str] = "docTR's word boxes (extra: doctr; needs PyTorch)"

    def __init__(
        self,
        weights: str | Path | None = None,
        arch: str = "db_resnet50",
        rotated: bool = True,
        download: bool = False,
    ) -> None:
        self.weights = None if weights is None else Path(weights)
        self.arch = arch
        self.rotated = rotated
        self.download = download
        self._predictor: Any = None

    def missing(self) -> str | None:
        """Return what is missing: torch, docTR, or the weights."""
        for module, package in (("torch", "torch"), ("doctr", "python-doctr")):
            if not find_spec(module):
                return f"The package {package} is missing. {INSTALL}"
        if self.weights is not None:
            return None if self.weights.is_file() else f"There is no file {self.weights}."
        if self.download or any(_cache().glob(f"{self.arch}-*.pt")):
            return None
        return (
            f"docTR's weights for {self.arch} are not on this machine. Give a local file of them "
            "(weights), or allow docTR to download them (download)."
        )

    def detect(self, page: PageImage) -> list[Line]:
        """Return the page's lines of words (without text) in reading order.

        Raises:
            MissingBackendError: docTR, torch or the weights are missing or do not load.
        """
        reason = self.missing()
        if reason:
            raise MissingBackendError(reason)
        if self._predictor is None:
            self._predictor = self._load()
        found = self._predictor([page.pixels])[0]
        boxes = found["words"] if isinstance(found, dict) else found
        words = [word for box in boxes if (word := _word(np.asarray(box), page))]
        return lines_of_words(words)

    def _load(self) -> Any:  # noqa: ANN401
        try:
            from doctr.models import detection, detection_predictor
        except (ImportError, OSError, RuntimeError) as error:
            raise MissingBackendError(
                f"docTR is installed but does not load: {_first_line(error)}",
                "torch and torchvision must be builds of the same kind (both CPU or both CUDA).",
            ) from error
        build = getattr(detection, self.arch, None)
        if build is None:
            raise MissingBackendError(f"docTR knows no detection architecture {self.arch!r}.")
        own = self.weights is None
        try:
            model = build(pretrained=own, pretrained_backbone=False)
            if not own:
                model.from_pretrained(str(self.weights))
        # What broken weights raise depends on how they are broken, and on torch's version.
        except (RuntimeError, OSError, ValueError, KeyError, EOFError, pickle.PickleError) as error:
            where = f"The weights {self.weights}" if self.weights else "docTR's weights"
            raise MissingBackendError(
                f"{where} do not load as {self.arch}: {_first_line(error)}"
            ) from error
        return detection_predictor(
            arch=model, pretrained=False, assume_straight_pages=not self.rotated
        )


def _cache() -> Path:
    folder = os.environ.get("DOCTR_CACHE_DIR")
    return (Path(folder) if folder else Path.home() / ".cache" / "doctr") / "models"


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


def _word(box: NDArray[np.float32], page: PageImage) -> Word | None:
    """Return the word of (left, top, right, bottom, score), or of four corners and the score.

    docTR gives shares of the page, 0..1.
    """
    if box.ndim == 1:
        left, top, right, bottom, score = (float(v) for v in box[:5])
        corners = as_points([(left, top), (right, top), (right, bottom), (left, bottom)])
    else:
        corners, score = as_points(box[:4]), float(box[4].max()) if len(box) > 4 else 1.0
    quad = _readable(corners * (page.width, page.height))
    return None if quad is None else Word(quad, confidence=min(max(score, 0.0), 1.0))


def _readable(corners: Points) -> Quad | None:
    """Return the grown quad, first corner where text that is least turned would begin."""
    (ax, ay), (bx, by) = corners[1] - corners[0], corners[2] - corners[1]
    corners = corners if ax * by > ay * bx else corners[::-1]
    quads = [Quad.from_points(np.roll(corners, -k, axis=0)) for k in range(4)]
    if min(quads[0].size) < 1:
        return None
    best = min(quads, key=lambda quad: abs(quad.angle))
    length, height = best.size
    # Text is rarely taller than wide: a tall box is a word that runs up the page.
    if height > 1.5 * length:
        best = min(quads, key=lambda quad: abs(quad.angle + np.pi / 2))
    return grown(best, GROWTH)


def grown(quad: Quad, share: float) -> Quad:
    """Return ``quad`` with its length and its height ``share`` larger, the middle kept."""
    x, y = quad.points.mean(axis=0)
    factor = Affine(1, 0, float(x), 0, 1, float(y)) @ Affine.scale_shift(1 + share, 0, 0)
    return Quad.from_points(factor(quad.points - (x, y)))
