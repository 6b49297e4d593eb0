"""A decoder's graph without GroupQueryAttention, which CUDA has in half precision only.

Rewritten when a model is opened for CUDA: bundles hold one graph, for every device. Attention
becomes products, a softmax and a mask of the rows' lengths; new keys and values are scattered
into the caches in place. Every operator left has a float32 kernel on CUDA (`KERNELS`), so that
nothing but tokens travels between host and device.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from inksight_cli.engine.rewriting import Rewriting, need_onnx
from inksight_cli.errors import ModelError

if TYPE_CHECKING:
    from onnx import GraphProto, NodeProto

KERNELS = frozenset(
    {
        *("Add", "And", "Cast", "Concat", "Div", "Expand", "FastGelu", "Gather", "GatherElements"),
        *(
            "GatherND",
            "Gelu",
            "GreaterOrEqual",
            "LessOrEqual",
            "LogSoftmax",
            "MatMul",
            "MatMulNBits",
        ),
        *("Max", "Min", "Mod", "Mul", "Not", "Pad", "Range", "ReduceMax", "ReduceSum", "Reshape"),
        *("ScatterND", "Shape", "SimplifiedLayerNormalization", "SkipSimplifiedLayerNormalization"),
        *("Slice", "Softmax", "Split", "Squeeze", "Sub", "TopK", "Transpose", "Unsqueeze", "Where"),
    }
)
"""Operators that run on CUDA in the types our decoders use them in (checked by the tests)."""


INSTEAD = "Precisions fp32 and w8 run on CUDA."


class UnsuitableError(ModelError):
    """A graph that CUDA cannot run as a whole; the decoder stays on the CPU."""


def plain_graph(path: Path) -> bytes:
    """Return a decoder as a model of plain operators; data files stay where they are.

    The inputs ``longest`` and ``cross_longest`` and the outputs ``crossed_*`` are gone: attention
    goes over the caches' whole room, whose size is known without asking the device.

    Raises:
        UnsuitableError: it holds operators or caches that CUDA has no kernels for.
        MissingBackendError: the package ``onnx`` is not installed.
    """
    model = need_onnx().load(path, load_external_data=False)
    graph = model.graph
    _refuse_bytes(graph)
    Rewriting(graph).run()
    _prune(graph)
    strange = sorted({node.op_type for node in graph.node} - KERNELS)
    if strange:
        raise UnsuitableError(f"CUDA has no {strange[0]}.", INSTEAD)
    plain: bytes = model.SerializeToString()
    return plain


def _refuse_bytes(graph: GraphProto) -> None:
    kind = need_onnx().TensorProto.INT8
    if any(item.type.tensor_type.elem_type == kind for item in graph.input):
        raise UnsuitableError("CUDA has no float32 attention over 8-bit keys.", INSTEAD)


def _prune(graph: GraphProto) -> None:
    """Take out nodes, inputs and outputs that nothing needs or makes any more."""
    made = {name for node in graph.node for name in node.output}
    outputs = [item for item in graph.output if item.name in made]
    read = {item.name for item in outputs}
    kept: list[NodeProto] = []
    for node in reversed(graph.node):
        if read.intersection(node.output):
            kept.append(node)
            read.update(node.input)
    for field, items in (
        (graph.node, kept[::-1]),
        (graph.input, [item for item in graph.input if item.name in read]),
        (graph.output, outputs),
        (graph.initializer, [item for item in graph.initializer if item.name in read]),
    ):
        del field[:]
        field.extend(items)
