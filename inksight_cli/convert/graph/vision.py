"""From pixels to patches: InkSight's vision transformer, or nano's convolutions.

ViT: Dosovitskiy et al. 2021 as in big_vision (pre-norm, biases, learned positions).
"""

from __future__ import annotations

import numpy as np

from inksight_cli.convert.graph.layers import EPSILON, gelu
from inksight_cli.convert.graph.spec import (
    CANVAS,
    CELLS,
    GRID,
    HEAD,
    PATCH,
    ModelSpec,
    Named,
)
from inksight_cli.convert.graph.writer import MICROSOFT, Graph

_CHANNELS = 3
_VIT_GAIN = 127.5


def _affine(graph: Graph, weights: Named, name: str, x: str, inputs: int, outputs: int) -> str:
    product = graph.op(
        "MatMul", [x, graph.constant(weights.shaped(f"{name}.weight", inputs, outputs))]
    )
    return graph.op("Add", [product, graph.constant(weights.shaped(f"{name}.bias", outputs))])


def _layer_norm(graph: Graph, weights: Named, name: str, x: str, width: int) -> str:
    scale, bias = (weights.shaped(f"{name}.{part}", width) for part in ("scale", "bias"))
    return graph.op(
        "LayerNormalization",
        [x, graph.constant(scale), graph.constant(bias)],
        axis=-1,
        epsilon=EPSILON,
    )


def _self_attention(graph: Graph, spec: ModelSpec, weights: Named, layer: str, x: str) -> str:
    width, inner = spec.vit_width, spec.vit_heads * HEAD
    packed = weights.packed([f"{layer}.{part}.weight" for part in "qkv"], width, inner)
    bias = np.concatenate([weights.shaped(f"{layer}.{part}.bias", inner) for part in "qkv"])
    qkv = graph.op("MatMul", [x, graph.constant(packed)])
    q, k, v = graph.split(graph.op("Add", [qkv, graph.constant(bias)]), 3)
    mixed = graph.op("MultiHeadAttention", [q, k, v], domain=MICROSOFT, num_heads=spec.vit_heads)
    return _affine(graph, weights, f"{layer}.o", mixed, inner, width)


def _mlp(graph: Graph, spec: ModelSpec, weights: Named, layer: str, x: str) -> str:
    width, wide = spec.vit_width, weights[f"{layer}.mlp1.bias"].size
    hidden = graph.op(
        "MatMul", [x, graph.constant(weights.shaped(f"{layer}.mlp1.weight", width, wide))]
    )
    bias = graph.constant(weights[f"{layer}.mlp1.bias"])
    hidden = gelu(graph, hidden, exact=spec.exact_gelu, bias=bias)
    return _affine(graph, weights, f"{layer}.mlp2", hidden, wide, width)


def vit(graph: Graph, spec: ModelSpec, weights: Named, pixels: str) -> str:
    """Patches [B, 196, D] of uint8 RGB [B, 224, 224, 3]."""
    width, area = spec.vit_width, PATCH * PATCH * _CHANNELS
    shape = graph.integers(0, GRID, PATCH, GRID, PATCH, _CHANNELS)
    tiles = graph.op("Reshape", [pixels, shape])
    tiles = graph.op("Transpose", [tiles], perm=[0, 1, 3, 2, 4, 5])
    tiles = graph.op("Reshape", [tiles, graph.integers(0, GRID * GRID, area)])
    x = graph.op("Div", [graph.op("Cast", [tiles], to=1), graph.constant(_VIT_GAIN)])
    x = graph.op("Sub", [x, graph.constant(1.0)])
    x = graph.op("MatMul", [x, graph.constant(weights.shaped("vit.patch.weight", area, width))])
    if "vit.patch.bias" in weights:
        x = graph.op("Add", [x, graph.constant(weights.shaped("vit.patch.bias", width))])
    position = weights.shaped("vit.position", GRID * GRID, width)
    x = graph.op("Add", [x, graph.constant(position)])
    for i in range(spec.vit_layers):
        normed = _layer_norm(graph, weights, f"vit.{i}.norm1", x, width)
        x = graph.op("Add", [x, _self_attention(graph, spec, weights, f"vit.{i}", normed)])
        normed = _layer_norm(graph, weights, f"vit.{i}.norm2", x, width)
        x = graph.op("Add", [x, _mlp(graph, spec, weights, f"vit.{i}", normed)])
    x = _layer_norm(graph, weights, "vit.norm", x, width)
    if "vit.projection.weight" not in weights:
        return x
    x = graph.op(
        "MatMul",
        [x, graph.constant(weights.shaped("vit.projection.weight", width, spec.width))],
    )
    if "vit.projection.bias" in weights:
        bias = weights.shaped("vit.projection.bias", spec.width)
        x = graph.op("Add", [x, graph.constant(bias)])
    return x


def stem(graph: Graph, spec: ModelSpec, weights: Named, pixels: str, first_row: str) -> str:
    """Patches [B, rows*14, D] of uint8 RGB [B, rows*16, 224, 3].

    The second convolution's features become the output ``features`` [B, rows*4, 56, C] when
    the model glimpses at them.
    """
    grey = graph.op("ReduceMean", [graph.op("Cast", [pixels], to=1), graph.integers(3)], keepdims=0)
    x = graph.op("Unsqueeze", [grey, graph.integers(1)])
    x = graph.op("Sub", [graph.op("Div", [x, graph.constant(255.0)]), graph.constant(0.5)])
    for i in range(4):
        kernel, bias = weights[f"stem.{i}.weight"], weights[f"stem.{i}.bias"]
        inputs = [x, graph.constant(kernel), graph.constant(bias)]
        x = graph.op("Conv", inputs, strides=[2, 2], pads=[1, 1, 1, 1], kernel_shape=[3, 3])
        if i < 3:
            x = gelu(graph, x, exact=spec.exact_gelu)
        if i == 1 and spec.glimpse:
            graph.op("Transpose", [x], "features", perm=[0, 2, 3, 1])
            graph.output("features", np.float32, ["batch", "cell_rows", CELLS, len(bias)])
    cells = graph.op("Reshape", [x, graph.integers(0, spec.width, -1)])
    cells = graph.op("Transpose", [cells], perm=[0, 2, 1])
    return graph.op("Add", [cells, _patch_positions(graph, spec, weights, cells, first_row)])


def _patch_positions(
    graph: Graph, spec: ModelSpec, weights: Named, cells: str, first_row: str
) -> str:
    """Rows of the position table for each crop's part of the canvas."""
    table = graph.constant(weights.shaped("patch_position", GRID * GRID, spec.width))
    count = graph.op("Shape", [cells], start=1, end=2)
    zero, one = graph.constant(0, np.int64), graph.constant(1, np.int64)
    steps = graph.op("Range", [zero, graph.op("Squeeze", [count]), one])
    start = graph.op("Mul", [first_row, graph.constant(GRID, np.int64)])
    start = graph.op("Unsqueeze", [start, graph.integers(1)])
    return graph.op("Gather", [table, graph.op("Add", [start, steps])])


def pixel_shape(spec: ModelSpec) -> list[int | str]:
    """The encoder's picture input: whole canvases, or for a stem any number of patch rows."""
    return ["batch", CANVAS if spec.vision == "vit" else "pixel_rows", CANVAS, _CHANNELS]
