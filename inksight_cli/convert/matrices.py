"""Products with constant matrices in 8 bits, in the two forms that `convert.quantise` offers."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from inksight_cli.convert.graph.writer import MICROSOFT, need_onnx

if TYPE_CHECKING:
    from onnx import ModelProto, NodeProto

BLOCK = 128
_SMALLEST = 64  # rows below this gain nothing
_INT8_COMPUTE = 4  # MatMulNBits: multiply in int8, activations rounded per row and block
_STEPS = 127
_ZERO = 128  # the byte that stands for 0
_TINY = 1e-30  # instead of the largest value of a row of zeros

_Constants = dict[str, NDArray[Any]]
_Product = Callable[["NodeProto", str, _Constants], list["NodeProto"]]


def pack_blocks(weight: NDArray[np.float32]) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """A matrix [K, N] as bytes [N, blocks, 128] and scales [N, blocks].

    Symmetric: 128 stands for zero, and the largest value of a block becomes +-127.
    """
    rows, columns = weight.shape
    blocks = -(-rows // BLOCK)
    padded = np.zeros((columns, blocks * BLOCK), np.float32)
    padded[:, :rows] = weight.T
    apart = padded.reshape(columns, blocks, BLOCK)
    scales = np.abs(apart).max(axis=2) / _STEPS
    rounded = np.rint(apart / np.where(scales > 0, scales, 1)[:, :, None])
    return (rounded + _ZERO).astype(np.uint8), scales.astype(np.float32)


def pack_columns(weight: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """A matrix [K, N] as signed bytes [K, N] and a scale for every column [N]."""
    scales = np.abs(weight).max(axis=0) / _STEPS
    rounded = np.rint(weight / np.where(scales > 0, scales, 1))
    return rounded.astype(np.int8), scales.astype(np.float32)


def in_blocks(model: ModelProto) -> ModelProto:
    """Every product with a constant matrix becomes MatMulNBits."""

    def packed(weight: NDArray[np.float32], name: str) -> _Constants:
        data, scales = pack_blocks(weight)
        return {f"{name}_bytes": data, f"{name}_scales": scales.ravel()}

    def product(node: NodeProto, name: str, constants: _Constants) -> list[NodeProto]:
        rows, columns = constants[name].shape
        return [
            need_onnx().helper.make_node(
                "MatMulNBits",
                [node.input[0], f"{name}_bytes", f"{name}_scales"],
                list(node.output),
                name=node.name,
                domain=MICROSOFT,
                K=rows,
                N=columns,
                bits=8,
                block_size=BLOCK,
                accuracy_level=_INT8_COMPUTE,
            )
        ]

    return _replace(model, packed, product, {})


def by_rows(model: ModelProto) -> ModelProto:
    """Every product with a constant matrix becomes one of integers.

    Each row of activations has its own scale, so that a word's numbers do not depend on those
    beside it: sums of integers are exact in any order.
    """
    make = need_onnx().helper.make_node
    rounded: set[str] = set()

    def packed(weight: NDArray[np.float32], name: str) -> _Constants:
        data, scales = pack_columns(weight)
        return {f"{name}_bytes": data, f"{name}_scales": scales}

    def product(node: NodeProto, name: str, constants: _Constants) -> list[NodeProto]:
        x, y = node.input[0], node.output[0]
        made = []
        if x not in rounded:  # several products may share their activations
            rounded.add(x)
            made = [
                make("Abs", [x], [f"{x}_abs"]),
                make("ReduceMax", [f"{x}_abs", "rows_axis"], [f"{x}_max"], keepdims=1),
                make("Max", [f"{x}_max", "rows_tiny"], [f"{x}_top"]),
                make("Div", [x, f"{x}_top"], [f"{x}_unit"]),
                make("QuantizeLinear", [f"{x}_unit", "rows_step", "rows_zero"], [f"{x}_bytes"]),
            ]
        weight = [f"{x}_bytes", f"{name}_bytes", "rows_step", f"{name}_scales", "rows_zero"]
        return [
            *made,
            make("MatMulIntegerToFloat", weight, [f"{y}_unit"], domain=MICROSOFT),
            make("Mul", [f"{y}_unit", f"{x}_top"], [y], name=node.name),
        ]

    shared = {
        "rows_axis": np.array([-1]),
        "rows_tiny": np.array(_TINY, np.float32),
        "rows_step": np.array(1 / _STEPS, np.float32),
        "rows_zero": np.array(_ZERO, np.uint8),
    }
    return _replace(model, packed, product, shared)


def _replace(
    model: ModelProto,
    packed: Callable[[NDArray[np.float32], str], _Constants],
    product: _Product,
    shared: _Constants,
) -> ModelProto:
    """Replace products with large constant matrices, and the matrices."""
    onnx = need_onnx()
    tensors = {item.name: item for item in model.graph.initializer}
    constants: _Constants = {}
    added = dict(shared)
    nodes: list[NodeProto] = []
    for node in model.graph.node:
        tensor = tensors.get(node.input[1]) if node.op_type == "MatMul" else None
        if tensor is None or len(tensor.dims) != 2 or tensor.dims[0] < _SMALLEST:
            nodes.append(node)
            continue
        if tensor.name not in constants:
            constants[tensor.name] = onnx.numpy_helper.to_array(tensor)
            added |= packed(constants[tensor.name], tensor.name)
        nodes += product(node, tensor.name, constants)
    made = [onnx.numpy_helper.from_array(array, name) for name, array in added.items()]
    kept = _still_read(model, nodes, set(constants))
    del model.graph.node[:], model.graph.initializer[:]
    model.graph.node.extend(nodes)
    model.graph.initializer.extend([*kept, *made])
    return model


def _still_read(model: ModelProto, nodes: list[NodeProto], doubtful: set[str]) -> list[Any]:
    """The constants without those of `doubtful` that nobody reads any more."""
    read = {name for node in nodes for name in node.input}
    return [t for t in model.graph.initializer if t.name in read or t.name not in doubtful]
