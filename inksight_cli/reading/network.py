"""The reader: a file of weights, and what it says of drawings, column by column.

Drawings of one padded width are read together. A drawing's padding depends on itself alone, and
what lies beyond its width is masked in every layer: a reading is the same alone and in any batch.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from inksight_cli.cores import small_session
from inksight_cli.errors import ModelError
from inksight_cli.files import read_regular
from inksight_cli.reading.drawing import HEIGHT, Drawing

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

Scores = NDArray[np.float32]
SHIPPED = Path(__file__).with_name("reader.npz")
"""The built-in weights: all of Latin's letters (`models/reader/MODEL_CARD.md`)."""
STRIDE = 4
"""Columns of a drawing that are one column of scores."""
STEP = 32
"""Drawings are padded to multiples of so many columns: few shapes, in training, too."""
BATCH = 32
_LARGEST = 1 << 26  # bytes: some twenty times the shipped one
_FEWEST = 2  # the recurrent layer sums one row alone in another order than several


@dataclass(frozen=True, eq=False, repr=False)
class ReaderModel:
    """A network that reads, and its alphabet.

    Attributes:
        graph: ONNX.
        symbols: what number k + 1 stands for; nought is CTC's blank.
        about: name, revision, licence, figures.
        digest: tells one file of weights from another.
    """

    graph: bytes
    symbols: str
    about: dict[str, Any]
    digest: str = ""

    @property
    def name(self) -> str:
        """What it is called."""
        return str(self.about.get("name", "reader"))

    @cached_property
    def _session(self) -> InferenceSession:
        return small_session(self.graph)

    def read(self, drawings: Sequence[Drawing]) -> list[Scores]:
        """Return log-probabilities (columns, symbols + 1) of each drawing (HEIGHT, W)."""
        by_width: dict[int, list[int]] = defaultdict(list)
        for k, drawing in enumerate(drawings):
            by_width[padded(drawing.shape[1])].append(k)
        found: dict[int, Scores] = {}
        for width, which in by_width.items():
            for first in range(0, len(which), BATCH):
                part = which[first : first + BATCH]
                scores = self._run([drawings[k] for k in part], width)
                found |= dict(zip(part, scores, strict=True))
        return [found[k] for k in range(len(drawings))]

    def _run(self, drawings: Sequence[Drawing], width: int) -> list[Scores]:
        rows = max(len(drawings), _FEWEST)
        pictures = np.zeros((rows, 1, HEIGHT, width), np.float32)
        lengths = np.ones(rows, np.int32)
        for k, drawing in enumerate(drawings):
            pictures[k, 0, :, : drawing.shape[1]] = drawing / np.float32(255)
            lengths[k] = -(-drawing.shape[1] // STRIDE)
        asked = {
            "pictures": pictures,
            "own": _within(lengths, width // STRIDE),
            "finer": _within(2 * lengths, 2 * width // STRIDE),
            "lengths": lengths,
        }
        (scores,) = self._session.run(["scores"], asked)
        return [scores[k, : lengths[k]] for k in range(len(drawings))]


def padded(width: int) -> int:
    """Return the columns that a drawing is padded to."""
    return -(-max(width, 1) // STEP) * STEP


def _within(lengths: NDArray[np.int32], longest: int) -> Scores:
    """Return (B, longest) of ones where a column belongs to its drawing."""
    return (np.arange(longest) < lengths[:, None]).astype(np.float32)


def read_model(path: Path) -> ReaderModel:
    """Read a file of weights, or the one in a folder.

    Raises:
        ModelError: there is no such file, or it is not one of these.
    """
    place = path / "reader.npz" if path.is_dir() else path
    try:
        plain = read_regular(place, _LARGEST)
        with np.load(io.BytesIO(plain), allow_pickle=False) as data:
            symbols = str(data["symbols"])
            about = json.loads(str(data["about"]))
            graph = data["graph"].tobytes()
        if not symbols or not isinstance(about, dict):
            raise ValueError("it has no alphabet")
    except Exception as error:  # zipfile, zlib, json and NumPy share none for damaged bytes
        raise ModelError(f"{place} is not a reader: {error}.") from error
    return ReaderModel(graph, symbols, about, hashlib.sha256(plain).hexdigest()[:12])
