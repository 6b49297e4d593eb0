"""The pieces both graphs are made of: T5's norms, feed-forward and relative buckets."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from inksight_cli.convert.graph.spec import BUCKETS, FURTHEST, HEAD, ModelSpec, Named
from inksight_cli.convert.graph.writer import MICROSOFT, Graph

EPSILON = 1e-6


def buckets(distance: NDArray[np.int64], *, causal: bool) -> NDArray[np.int64]:
    """T5's bucket of every `distance` = query position - key position.

    Half of the buckets are exact, the others grow by powers up to 128; an encoder spends half
    of all on keys after the query. Source: Raffel et al. 2020, and T5X's epsilon, which keeps
    exact powers on their side of the border.
    """
    count = BUCKETS if causal else BUCKETS // 2
    after = np.where(distance < 0, 0 if causal else count, 0)
    size = np.maximum(distance, 0) if causal else np.abs(distance)
    exact = count // 2
    ratio = np.maximum(size, 1) / exact + np.finfo(np.float32).eps
    far = exact + np.log(ratio) / np.log(FURTHEST / exact) * (count - exact)
    far = np.minimum(far.astype(np.int64), count - 1)
    return after + np.where(size < exact, size, far)


def norm(graph: Graph, x: str, scale: NDArray[np.float32]) -> str:
    """T5's norm: root mean square, no mean, no bias."""
    return graph.op(
        "SimplifiedLayerNormalization", [x, graph.constant(scale)], axis=-1, epsilon=EPSILON
    )


def add_norm(graph: Graph, x: str, more: str, scale: NDArray[np.float32]) -> tuple[str, str]:
    """``x + more`` and its norm in one kernel; returns (normed, sum)."""
    normed, total = graph.fresh("normed"), graph.fresh("sum")
    graph.ops(
        "SkipSimplifiedLayerNormalization",
        [x, more, graph.constant(scale)],
        [normed, "", "", total],
        domain=MICROSOFT,
        epsilon=EPSILON,
    )
    return normed, total


def matmul(graph: Graph, x: str, weight: NDArray[np.float32]) -> str:
    """``x @ weight``."""
    return graph.op("MatMul", [x, graph.constant(weight)])


def gelu(graph: Graph, x: str, *, exact: bool = False, bias: str | None = None) -> str:
    """GELU, by default T5's and the ViT's tanh approximation; `bias` is added before."""
    if exact:
        x = graph.op("Add", [x, bias]) if bias else x
        return graph.op("Gelu", [x], domain=MICROSOFT)
    return graph.op("FastGelu", [x, bias] if bias else [x], domain=MICROSOFT)


def feed_forward(graph: Graph, spec: ModelSpec, weights: Named, layer: str, x: str) -> str:
    """T5 v1.1's ``(gelu(x wi_0) * (x wi_1)) wo``, both first products as one."""
    both = weights.packed([f"{layer}.wi_0", f"{layer}.wi_1"], spec.width, spec.feed_forward)
    gate, value = graph.split(matmul(graph, x, both), 2)
    hidden = graph.op("Mul", [gelu(graph, gate, exact=spec.exact_gelu), value])
    return matmul(graph, hidden, weights.shaped(f"{layer}.wo", spec.feed_forward, spec.width))


def heads(graph: Graph, x: str, count: int) -> str:
    """[B, S, count * 64] to [B, count, S, 64]."""
    apart = graph.op("Reshape", [x, graph.integers(0, 0, count, HEAD)])
    return graph.op("Transpose", [apart], perm=[0, 2, 1, 3])
