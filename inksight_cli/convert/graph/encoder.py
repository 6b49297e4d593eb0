"""The encoder's graph: picture and prompt in, the decoder's cross-attention keys and values out.

Inputs: ``pixels`` uint8 [B, rows*16, 224, 3]; ``first_row`` int64 [B], the canvas patch row at
which the pixels begin (stem only); ``prompt`` int64 [B, P]. Outputs: ``cross_key_i`` and
``cross_value_i`` float [B, heads, E, 64] with E = rows*14 + P, once for all steps; ``features``.
"""

from __future__ import annotations

import numpy as np

from inksight_cli.convert.graph.layers import (
    add_norm,
    buckets,
    feed_forward,
    heads,
    matmul,
    norm,
)
from inksight_cli.convert.graph.spec import GRID, HEAD, ModelSpec, Named
from inksight_cli.convert.graph.vision import pixel_shape, stem, vit
from inksight_cli.convert.graph.writer import MICROSOFT, Graph


def encoder(graph: Graph, spec: ModelSpec, weights: Named) -> None:
    """Add the whole encoder to `graph`."""
    pixels = graph.input("pixels", np.uint8, pixel_shape(spec))
    if spec.vision == "vit":
        patches = vit(graph, spec, weights, pixels)
    else:
        first_row = graph.input("first_row", np.int64, ["batch"])
        patches = stem(graph, spec, weights, pixels, first_row)
    prompt = graph.input("prompt", np.int64, ["batch", "prompt_tokens"])
    words = _embed_prompt(graph, spec, weights, prompt)
    order = [patches, words] if spec.image_first else [words, patches]
    x = graph.op("Concat", order, axis=1)
    normed = _layers(graph, spec, weights, x, _distances(graph, spec, weights, prompt))
    _cross(graph, spec, weights, normed)


def _embed_prompt(graph: Graph, spec: ModelSpec, weights: Named, prompt: str) -> str:
    table = weights.shaped("embedding", spec.vocabulary, spec.width)
    words = graph.op("Gather", [graph.constant(table), prompt])
    if "prompt_position" not in weights:
        return words
    positions = weights.shaped("prompt_position", spec.prompt_length, spec.width)
    end = graph.op("Shape", [prompt], start=1, end=2)
    used = graph.op("Slice", [graph.constant(positions), graph.integers(0), end])
    return graph.op("Add", [words, used])


def _has_bias(weights: Named) -> bool:
    return "encoder.bias" in weights or "encoder.0.bias" in weights


def _distances(graph: Graph, spec: ModelSpec, weights: Named, prompt: str) -> str | None:
    """Index of every (query, key) distance in a bias table, int64 [S, S]; None without bias."""
    if spec.vision == "stem" or not _has_bias(weights):
        return None
    zero, one = graph.constant(0, np.int64), graph.constant(1, np.int64)
    length = graph.op("Squeeze", [graph.op("Shape", [prompt], start=1, end=2)])
    words = graph.op("Range", [zero, length, one])
    patches = graph.constant(np.arange(GRID * GRID), np.int64)
    if spec.image_first:
        words = graph.op("Add", [words, graph.constant(GRID * GRID, np.int64)])
        order = [patches, words]
    else:
        fixed = spec.patch_offset
        offset = length if fixed is None else graph.constant(fixed, np.int64)
        order = [words, graph.op("Add", [patches, offset])]
    position = graph.op("Concat", order, axis=0)
    query = graph.op("Unsqueeze", [position, graph.integers(1)])
    difference = graph.op("Sub", [query, position])
    return graph.op("Add", [difference, graph.constant(_reach(spec) - 1, np.int64)])


def _reach(spec: ModelSpec) -> int:
    """One more than the largest position in the encoder."""
    return GRID * GRID + max(spec.prompt_length, spec.patch_offset or 0)


def _bias(graph: Graph, spec: ModelSpec, weights: Named, name: str, distances: str) -> str:
    """The bias of one table for all pairs, [1, heads, S, S]."""
    reach = _reach(spec)
    table = weights[name][buckets(np.arange(1 - reach, reach), causal=False)]
    picked = graph.op("Gather", [graph.constant(table.T), distances], axis=1)
    return graph.op("Unsqueeze", [picked, graph.integers(0)])


def _layers(graph: Graph, spec: ModelSpec, weights: Named, x: str, distances: str | None) -> str:
    """All T5 encoder layers and the last norm."""
    more: str | None = None
    shared = None
    if distances and "encoder.bias" in weights:
        shared = _bias(graph, spec, weights, "encoder.bias", distances)
    for i in range(spec.encoder_layers):
        layer = f"encoder.{i}"
        scale = weights.shaped(f"{layer}.attention_norm", spec.width)
        if more is None:
            normed = norm(graph, x, scale)
        else:
            normed, x = add_norm(graph, x, more, scale)
        bias = shared
        if distances and shared is None:
            bias = _bias(graph, spec, weights, f"{layer}.bias", distances)
        mixed = _self_attention(graph, spec, weights, layer, normed, bias)
        scale = weights.shaped(f"{layer}.ff_norm", spec.width)
        normed, x = add_norm(graph, x, mixed, scale)
        more = feed_forward(graph, spec, weights, layer, normed)
    scale = weights.shaped("encoder.norm", spec.width)
    return norm(graph, x, scale) if more is None else add_norm(graph, x, more, scale)[0]


def _self_attention(
    graph: Graph, spec: ModelSpec, weights: Named, layer: str, x: str, bias: str | None
) -> str:
    packed = weights.packed([f"{layer}.{part}" for part in "qkv"], spec.width, spec.inner)
    q, k, v = graph.split(matmul(graph, x, packed), 3)
    inputs = [q, k, v] if bias is None else [q, k, v, "", "", bias]
    mixed = graph.op(
        "MultiHeadAttention", inputs, domain=MICROSOFT, num_heads=spec.heads, scale=1.0
    )
    return matmul(graph, mixed, weights.shaped(f"{layer}.o", spec.inner, spec.width))


def _cross(graph: Graph, spec: ModelSpec, weights: Named, x: str) -> None:
    """Keys and values of every decoder layer's cross-attention."""
    for i in range(spec.decoder_layers):
        for kind in ("key", "value"):
            name = f"decoder.{i}.cross_{kind[0]}"
            product = matmul(graph, x, weights.shaped(name, spec.width, spec.inner))
            apart = heads(graph, product, spec.heads)
            graph.op("Identity", [apart], f"cross_{kind}_{i}")
            graph.output(f"cross_{kind}_{i}", np.float32, ["batch", spec.heads, "encoded", HEAD])
