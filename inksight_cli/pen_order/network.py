"""The network that scores ways to go on: two hidden layers, in NumPy."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inksight_cli.errors import ModelError
from inksight_cli.files import read_regular

Array = NDArray[np.float32]
LAYERS = 3
_LARGEST = 1 << 26  # bytes: a hundred times the shipped one


@dataclass(frozen=True, slots=True, eq=False)
class PenOrder:
    """Weights: matrices as [in, out]; the outputs are the score of a choice and of a pen down.

    `revision_hash` tells one file of weights from another.
    """

    weights: tuple[NDArray[np.floating], ...]
    biases: tuple[NDArray[np.floating], ...]
    revision_hash: str = ""

    def __call__(self, rows: NDArray[np.float32]) -> Array:
        """Score ``rows`` (N, F): (N, 2), logits of *comes next* and of *the pen stays down*.

        Counted in double precision and then rounded: in single, rows that are alike score
        differently by place and by processor, and the last bit chooses between two directions.
        """
        x = rows.astype(np.float64)
        for weight, bias in zip(self.weights[:-1], self.biases[:-1], strict=True):
            x = np.maximum(x @ weight + bias, 0.0)
        return np.asarray(x @ self.weights[-1] + self.biases[-1], dtype=np.float32)


def read_pen_order(path: Path) -> PenOrder:
    """Read the weights of a bundle.

    Raises:
        ModelError: there is no such file, or it is not one of these.
    """
    try:
        content = read_regular(path, _LARGEST)
        with np.load(io.BytesIO(content), allow_pickle=False) as data:
            weights = tuple(np.asarray(data[f"weight_{i}"], np.float32) for i in range(LAYERS))
            biases = tuple(np.asarray(data[f"bias_{i}"], np.float32) for i in range(LAYERS))
        _check(weights, biases)
    except Exception as error:  # zipfile, zlib and NumPy share none for damaged bytes
        raise ModelError(f"{path} is not a pen order network: {error}.") from error
    double = [tuple(a.astype(np.float64) for a in some) for some in (weights, biases)]
    return PenOrder(double[0], double[1], hashlib.sha256(content).hexdigest()[:12])


def _check(weights: tuple[Array, ...], biases: tuple[Array, ...]) -> None:
    """Raise ValueError unless the layers follow one another, and hold numbers."""
    shapes = [weight.shape for weight in weights]
    ends = [*(shape[0] for shape in shapes[1:]), 2]
    for weight, bias, end in zip(weights, biases, ends, strict=True):
        if weight.ndim != 2 or weight.shape[1] != end or bias.shape != (end,):
            raise ValueError(f"its layers do not fit: {shapes}")
    if not all(np.isfinite(array).all() for array in (*weights, *biases)):
        raise ValueError("it holds something that is no number")
