"""The decoder's graph: one token for every row, whatever position each row is at.

Inputs, for B rows:
    ids          int64 [B, context]: each row's last tokens, newest last (start tokens before)
    position     int32 [B]: how many tokens came before the newest one
    longest      int32 [1]: largest position + 1
    cross_last   int32 [B]: encoded length - 1;  cross_longest int32 [1]: largest length
    features     float [B, 62*62, C]: the canvas's features with a border of 3 (glimpse only)
    allowed      float [B or 1, V or 1]: added to the scores; 0, or -inf for what may not come
    top          int64 [1]: how many candidates to return
    cross_key_i, cross_value_i  float [B, heads, E, 64]
    past_key_i,  past_value_i   float [B, heads, S, 64]; present_* may be the same memory
Outputs: ``tokens`` int64 and ``log_probabilities`` float [B, top], likeliest first;
``scores`` float [B, V] before the softmax; ``present_*``; ``crossed_*`` (the cross inputs).

Rows never touch one another: exact lengths per row instead of masks, so that a row's result is
the same bits whatever its neighbours are.
"""

from __future__ import annotations

import numpy as np

from inksight_cli.convert.graph.glimpse import Pen, add_movement, look, pen_state
from inksight_cli.convert.graph.layers import add_norm, buckets, feed_forward, matmul, norm
from inksight_cli.convert.graph.spec import CANVAS, HEAD, ModelSpec, Named
from inksight_cli.convert.graph.writer import MICROSOFT, Graph


class _Lengths:
    """Names of the inputs that tell how long every row is."""

    def __init__(self, graph: Graph) -> None:
        self.position = graph.input("position", np.int32, ["batch"])
        self.longest = graph.input("longest", np.int32, [1])
        self.cross_last = graph.input("cross_last", np.int32, ["batch"])
        self.cross_longest = graph.input("cross_longest", np.int32, [1])
        self.nothing = ""  # no new keys: one empty tensor for all layers


def decoder(graph: Graph, spec: ModelSpec, weights: Named) -> None:
    """Add the whole decoder step to `graph`."""
    ids = graph.input("ids", np.int64, ["batch", spec.context])
    lengths = _Lengths(graph)
    pen = pen_state(graph, spec, ids) if spec.context > 1 else None
    x = _embed(graph, spec, weights, ids)
    if spec.glimpse and pen:
        x = graph.op("Add", [x, look(graph, spec, weights, pen)])
    hidden = _layers(graph, spec, weights, x, lengths)
    _choose(graph, spec, weights, hidden, pen)


def _embed(graph: Graph, spec: ModelSpec, weights: Named, ids: str) -> str:
    """The newest token's embedding, [B, 1, D]."""
    table = graph.constant(weights.shaped("embedding", spec.vocabulary, spec.width))
    if spec.context > 1:
        ends = graph.integers(spec.context - 1), graph.integers(spec.context)
        ids = graph.op("Slice", [ids, *ends, graph.integers(1)])
    return graph.op("Gather", [table, ids])


def _distances(graph: Graph, lengths: _Lengths) -> str:
    """How far back every cached key is, int64 [B, longest]; 0 for keys a row does not have."""
    zero, one = graph.constant(0, np.int64), graph.constant(1, np.int64)
    longest = graph.op("Squeeze", [graph.op("Cast", [lengths.longest], to=7)])
    keys = graph.op("Range", [zero, longest, one])
    position = graph.op("Cast", [lengths.position], to=7)
    position = graph.op("Unsqueeze", [position, graph.integers(1)])
    return graph.op("Max", [graph.op("Sub", [position, keys]), zero])


def _bias(graph: Graph, spec: ModelSpec, weights: Named, name: str, distances: str) -> str:
    """T5's bias of one table for every row, [B, heads, 1, longest]."""
    table = weights[name][buckets(np.arange(spec.max_length), causal=True)]
    picked = graph.op("Gather", [graph.constant(table), distances])
    picked = graph.op("Transpose", [picked], perm=[0, 2, 1])
    return graph.op("Unsqueeze", [picked, graph.integers(2)])


def _layers(graph: Graph, spec: ModelSpec, weights: Named, x: str, lengths: _Lengths) -> str:
    """All decoder layers and the last norm."""
    distances = _distances(graph, lengths)
    shared = None
    if "decoder.bias" in weights:
        shared = _bias(graph, spec, weights, "decoder.bias", distances)
    more: str | None = None
    for i in range(spec.decoder_layers):
        layer = f"decoder.{i}"
        scale = weights.shaped(f"{layer}.self_norm", spec.width)
        if more is None:
            normed = norm(graph, x, scale)
        else:
            normed, x = add_norm(graph, x, more, scale)
        bias = shared or _bias(graph, spec, weights, f"{layer}.bias", distances)
        mixed = _self_attention(graph, spec, weights, i, normed, bias, lengths)
        normed, x = add_norm(graph, x, mixed, weights.shaped(f"{layer}.cross_norm", spec.width))
        mixed = _cross_attention(graph, spec, weights, i, normed, lengths)
        normed, x = add_norm(graph, x, mixed, weights.shaped(f"{layer}.ff_norm", spec.width))
        more = feed_forward(graph, spec, weights, layer, normed)
    scale = weights.shaped("decoder.norm", spec.width)
    return norm(graph, x, scale) if more is None else add_norm(graph, x, more, scale)[0]


def _cache(graph: Graph, spec: ModelSpec, name: str, length: str) -> str:
    return graph.input(name, np.float32, ["batch", spec.heads, length, HEAD])


def _kept(graph: Graph, spec: ModelSpec, name: str, length: str) -> None:
    graph.output(name, np.float32, ["batch", spec.heads, length, HEAD])


def _attend(graph: Graph, spec: ModelSpec, inputs: list[str], kept: list[str], length: str) -> str:
    """GroupQueryAttention over static caches, queries unscaled as in T5; returns [B, 1, inner]."""
    mixed = graph.fresh("mixed")
    graph.ops(
        "GroupQueryAttention",
        inputs,
        [mixed, *kept],
        domain=MICROSOFT,
        num_heads=spec.heads,
        kv_num_heads=spec.heads,
        scale=1.0,
    )
    for name in kept:
        _kept(graph, spec, name, length)
    return mixed


def _self_attention(
    graph: Graph,
    spec: ModelSpec,
    weights: Named,
    i: int,
    x: str,
    bias: str,
    lengths: _Lengths,
) -> str:
    layer = f"decoder.{i}"
    packed = weights.packed([f"{layer}.{part}" for part in "qkv"], spec.width, spec.inner)
    past = [_cache(graph, spec, f"past_{kind}_{i}", "capacity") for kind in ("key", "value")]
    inputs = [matmul(graph, x, packed), "", "", *past, lengths.position, lengths.longest]
    kept = [f"present_{kind}_{i}" for kind in ("key", "value")]
    mixed = _attend(graph, spec, [*inputs, "", "", "", bias], kept, "capacity")
    return matmul(graph, mixed, weights.shaped(f"{layer}.o", spec.inner, spec.width))


def _cross_attention(
    graph: Graph, spec: ModelSpec, weights: Named, i: int, x: str, lengths: _Lengths
) -> str:
    """Attention to the encoded picture: the same kernel with a full cache and no new key."""
    layer = f"decoder.{i}"
    query = matmul(graph, x, weights.shaped(f"{layer}.cross_q", spec.width, spec.inner))
    if not lengths.nothing:
        ends = graph.integers(0), graph.integers(0), graph.integers(1)
        lengths.nothing = graph.op("Slice", [query, *ends])
    cross = [_cache(graph, spec, f"cross_{kind}_{i}", "encoded") for kind in ("key", "value")]
    inputs = [
        query,
        lengths.nothing,
        lengths.nothing,
        *cross,
        lengths.cross_last,
        lengths.cross_longest,
    ]
    kept = [f"crossed_{kind}_{i}" for kind in ("key", "value")]
    mixed = _attend(graph, spec, inputs, kept, "encoded")
    return matmul(graph, mixed, weights.shaped(f"{layer}.cross_o", spec.inner, spec.width))


def _output_matrix(spec: ModelSpec, weights: Named) -> np.ndarray:
    if spec.tied_logits:
        embedding = weights.shaped("embedding", spec.vocabulary, spec.width)
        return embedding.T / np.float32(spec.width**0.5)
    return weights.shaped("logits", spec.width, spec.vocabulary)


def _choose(graph: Graph, spec: ModelSpec, weights: Named, hidden: str, pen: Pen | None) -> None:
    """Scores of every token and the likeliest ones."""
    matrix = _output_matrix(spec, weights)
    if spec.relative_head and pen:
        relative = weights.shaped("relative", spec.width, 2 * CANVAS + 1)
        both = matmul(graph, hidden, np.concatenate([matrix, relative], axis=1))
        scores = add_movement(graph, spec, both, pen)
    else:
        scores = graph.op("Squeeze", [matmul(graph, hidden, matrix), graph.integers(1)])
    allowed = graph.input("allowed", np.float32, ["allowed_rows", "allowed_tokens"])
    top = graph.input("top", np.int64, [1])
    graph.op("Add", [scores, allowed], "scores")
    graph.output("scores", np.float32, ["batch", spec.vocabulary])
    logs = graph.op("LogSoftmax", ["scores"], axis=-1)
    graph.ops("TopK", [logs, top], ["log_probabilities", "tokens"], axis=-1)
    graph.output("tokens", np.int64, ["batch", "candidates"])
    graph.output("log_probabilities", np.float32, ["batch", "candidates"])
