"""The network that scores ways to go on: two hidden layers, in NumPy."""

from __future__ import annotations

import hashlib
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inksight_cli.errors import ModelError

Array = NDArray[np.float32]
LAYERS = 3


@dataclass(frozen=True, slots=True, eq=False)
class PenOrder:
    """Weights: matrices as [in, out]; the outputs are the score of a choice and of a pen down.

    `revision_hash` tells one file of weights from another.
    """

    weights: tuple[Array, ...]
    biases: tuple[Array, ...]
    revision_hash: str = ""

    def __call__(self, rows: NDArray[np.float32]) -> Array:
        """Score ``rows`` (N, F): (N, 2), logits of *comes next* and of *the pen stays down*."""
        x = rows.astype(np.float32, copy=False)
        for weight, bias in zip(self.weights[:-1], self.biases[:-1], strict=True):
            x = np.maximum(x @ weight + bias, 0.0)
        return np.asarray(x @ self.weights[-1] + self.biases[-1])


def read_pen_order(path: Path) -> PenOrder:
    """Read the weights of a bundle.

    Raises:
        ModelError: there is no such file, or it is not one of these.
    """
    try:
        with np.load(path, allow_pickle=False) as data:
            weights = tuple(np.asarray(data[f"weight_{i}"], np.float32) for i in range(LAYERS))
            biases = tuple(np.asarray(data[f"bias_{i}"], np.float32) for i in range(LAYERS))
    except (OSError, EOFError, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise ModelError(f"{path} is not a pen order network: {error}.") from error
    return PenOrder(weights, biases, hashlib.sha256(path.read_bytes()).hexdigest()[:12])
