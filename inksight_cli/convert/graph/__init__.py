"""Builds the two ONNX graphs of a model from its plain weights.

The encoder runs once per word and returns the cross-attention's keys and values; the decoder
makes one token for every row of a batch, rows at different positions side by side. Only
``onnx`` and NumPy are needed.
"""

from __future__ import annotations

from pathlib import Path

from inksight_cli.convert.graph.decoder import decoder
from inksight_cli.convert.graph.encoder import encoder
from inksight_cli.convert.graph.spec import SMALL_P, ModelSpec, Named, Weights
from inksight_cli.convert.graph.writer import Graph
from inksight_cli.errors import ModelError

__all__ = ["SMALL_P", "ModelSpec", "Weights", "build_graphs"]

_LARGE = 256 * 2**20


def build_graphs(
    spec: ModelSpec, weights: Weights, folder: Path, *, half: bool = False
) -> list[Path]:
    """Write ``encoder.onnx`` and ``decoder.onnx`` into `folder`, which exists.

    Args:
        spec: the model's sizes and switches.
        weights: float32 arrays by name, matrices as [in, out].
        folder: where to; large models get a ``.data`` file beside each graph.
        half: store matrices as float16; they are widened once when the model is loaded.

    Returns:
        Every file written.

    Raises:
        ModelError: a weight is missing, has another shape, or is not part of the model.
        MissingBackendError: the package ``onnx`` is not installed.
    """
    named = Named(weights)
    external = sum(weights[name].nbytes for name in weights) > _LARGE
    written = []
    for build in (encoder, decoder):
        path = folder / f"{build.__name__}.onnx"
        graph = Graph(path, external=external, half=half)
        build(graph, spec, named)
        graph.save(f"inksight_{build.__name__}")
        written += [path, *([path.with_name(path.name + ".data")] if external else [])]
    if named.unread():
        raise ModelError(f"Weights that are not part of the model: {', '.join(named.unread())}.")
    return written
