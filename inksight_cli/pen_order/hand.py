"""The network that reads a word and writes it: its file, its encoder, its decoder's weights.

The encoder is an ONNX graph; it is run once a word and also makes what every step of the decoder
asks again: keys and values of the glimpse, the pointer's share of every state, and how every
pair of states follows one another. The decoder's own matrices are NumPy's.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from inksight_cli.cores import small_session
from inksight_cli.errors import ModelError
from inksight_cli.files import read_regular
from inksight_cli.pen_order.features import Told

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

Array = NDArray[np.float32]
ENCODER = "encoder"
"""Of the file's arrays the one that holds the ONNX graph's bytes, uint8."""
KNOWN = ("inputs", "key", "value", "answer", "follow")
"""The encoder's outputs, as `Known` has them."""
_LARGEST = 1 << 26  # bytes: fifty times the shipped one
MATRICES = (
    "begin",
    "pen",
    "memory",
    "memory_bias",
    "unfollowed",
    "dynamic",
    "glimpse",
    "glimpse_bias",
    "query",
    "query_bias",
    "ask",
    "ask_bias",
    "point",
    "out",
    "out_bias",
    "stop",
    "stop_bias",
    "stop_out",
    "stop_out_bias",
)
"""The decoder's weights: matrices as [in, out]; see `inksight_cli.pen_order.step`."""


@dataclass(slots=True, eq=False)
class Known:
    """What the encoder makes of B words with S states.

    Attributes:
        inputs: (B, S, 3 * width) what the memory is told of a state written last.
        key: (B, heads, each, S) and value: (B, heads, S, each), of the glimpse.
        answer: (B, S, pointer).
        follow: (B, S, S, pair) how a state (third axis) would follow another (second).
    """

    inputs: Array
    key: Array
    value: Array
    answer: Array
    follow: Array


@dataclass(frozen=True, eq=False, repr=False)
class Hand:
    """A network of pen order; `revision_hash` tells one file of weights from another."""

    graph: bytes
    weights: Mapping[str, Array]
    revision_hash: str = ""

    @cached_property
    def _session(self) -> InferenceSession:
        # Words are small, and pages have processes of their own for the cores.
        return small_session(self.graph)

    def read(self, told: Told) -> Known:
        """Run the encoder over a batch of words."""
        asked = {"own": told.own, "pair": told.pair, "there": told.there}
        return Known(*self._session.run(list(KNOWN), asked))


def read_hand(path: Path) -> Hand:
    """Read the weights of a bundle.

    Raises:
        ModelError: there is no such file, or it is not one of these.
    """
    try:
        plain = read_regular(path, _LARGEST)
        with np.load(io.BytesIO(plain), allow_pickle=False) as data:
            weights = {name: np.asarray(data[name], np.float32) for name in MATRICES}
            graph = data[ENCODER].tobytes()
        if not all(np.isfinite(array).all() for array in weights.values()):
            raise ValueError("it holds something that is no number")
    except Exception as error:  # zipfile, zlib and NumPy share none for damaged bytes
        raise ModelError(f"{path} is not a pen order network: {error}.") from error
    return Hand(graph, weights, hashlib.sha256(plain).hexdigest()[:12])
