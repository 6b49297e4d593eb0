"""The network that tells scripts: a file of weights, and what it says of drawings.

Drawings of one padded width are asked together; what lies beyond a drawing's own columns is
masked in every layer, so that an answer is the same alone and in any batch.
"""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from inksight_cli.cores import small_session
from inksight_cli.errors import ModelError
from inksight_cli.files import read_regular
from inksight_cli.looks.drawing import HEIGHT, Drawing

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

SCRIPTS = (
    "latin",
    "cyrillic",
    "greek",
    "hebrew",
    "arabic",
    "devanagari",
    "bengali",
    "thai",
    "han",
    "hangul",
)
"""The scripts that are told apart; "han" is Chinese and Japanese with kana."""
KINDS = len(SCRIPTS) * 2 + 1
"""What a line may be: every script upright, every script upside down, and no writing."""
SHIPPED = Path(__file__).with_name("looks.npz")
"""The built-in weights (`models/looks/MODEL_CARD.md`)."""
STRIDE = 4
"""Columns of a drawing that are one column to the network."""
STEP = 64  # drawings are padded to multiples of so many columns
BATCH = 32
_LARGEST = 1 << 24  # bytes of a file of weights

Logs = NDArray[np.float32]


@dataclass(frozen=True, eq=False, repr=False)
class LooksModel:
    """A network that tells scripts; ``graph``: ONNX."""

    graph: bytes

    @cached_property
    def _session(self) -> InferenceSession:
        return small_session(self.graph)

    def look(self, drawings: Sequence[Drawing]) -> Logs:
        """Return log-probabilities (L, KINDS) of each drawing (HEIGHT, W)."""
        found = np.zeros((len(drawings), KINDS), np.float32)
        by_width: dict[int, list[int]] = defaultdict(list)
        for k, drawing in enumerate(drawings):
            by_width[-(-drawing.shape[1] // STEP) * STEP].append(k)
        for width, which in by_width.items():
            for first in range(0, len(which), BATCH):
                part = which[first : first + BATCH]
                found[part] = self._run([drawings[k] for k in part], width)
        return found

    def _run(self, drawings: Sequence[Drawing], width: int) -> Logs:
        pictures = np.zeros((len(drawings), 1, HEIGHT, width), np.float32)
        own = np.zeros((len(drawings), width // STRIDE), np.float32)
        for k, drawing in enumerate(drawings):
            pictures[k, 0, :, : drawing.shape[1]] = drawing / np.float32(255)
            own[k, : -(-drawing.shape[1] // STRIDE)] = 1
        (logs,) = self._session.run(["logs"], {"pictures": pictures, "own": own})
        return np.asarray(logs, np.float32)


def read_looks(path: Path) -> LooksModel:
    """Read a file of weights.

    Raises:
        ModelError: there is no such file, or it is not one of these.
    """
    try:
        with np.load(io.BytesIO(read_regular(path, _LARGEST)), allow_pickle=False) as data:
            graph = data["graph"].tobytes()
    except Exception as error:  # zipfile, zlib and NumPy share none for damaged bytes
        raise ModelError(f"{path} tells no scripts: {error}.") from error
    return LooksModel(graph)


@cache
def shipped() -> LooksModel:
    """Return the built-in network, opened once."""
    return read_looks(SHIPPED)
