"""Cross-attention over 8-bit keys and values: a quarter of the memory, and of its traffic.

At many rows a step reads more of these than of the weights. The encoder rounds them, every
channel of every head by the largest value that it takes in this word, so words stay independent
and nothing has to be calibrated. Attention multiplies the bytes as they are: the keys' scales go
into the query before it and the values' scales into its result.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from inksight_cli.convert.graph.writer import need_onnx

if TYPE_CHECKING:
    from onnx import ModelProto, NodeProto

_STEPS = 127
_TINY = 1e-30
_POSITIONS = 2  # axis of [B, heads, E, 64]
_QUERY, _KEY, _KEY_SCALE, _VALUE_SCALE = 0, 3, 12, 13  # GroupQueryAttention's inputs


def round_caches(model: ModelProto) -> None:
    """Let an encoder or a decoder write or read ``cross_*`` in bytes, with ``scale_*`` beside."""
    if any(item.name == "cross_key_0" for item in model.graph.output):
        _write_bytes(model)
    else:
        _read_bytes(model)


def scale_name(cross: str) -> str:
    """``scale_key_3`` for ``cross_key_3``."""
    return cross.replace("cross", "scale", 1)


def _retype(model: ModelProto) -> tuple[str, int]:
    """Make every cross input and output one of bytes; returns batch's name and all heads' width."""
    kind = need_onnx().TensorProto.INT8
    width = 0
    for item in (*model.graph.input, *model.graph.output):
        if item.name.startswith("cross") and item.name.split("_")[1] in ("key", "value"):
            item.type.tensor_type.elem_type = kind
            shape = item.type.tensor_type.shape.dim
            batch, width = shape[0].dim_param, shape[1].dim_value * shape[3].dim_value
    return batch, width


def _constants(model: ModelProto, **values: np.ndarray) -> None:
    onnx = need_onnx()
    model.graph.initializer.extend(
        onnx.numpy_helper.from_array(value, name) for name, value in values.items()
    )


def _declare(model: ModelProto, where: str, names: list[str], batch: str, width: int) -> None:
    onnx = need_onnx()
    getattr(model.graph, where).extend(
        onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, [batch, 1, width])
        for name in names
    )


def _write_bytes(model: ModelProto) -> None:
    make = need_onnx().helper.make_node
    batch, width = _retype(model)
    names = [item.name for item in model.graph.output if item.name.startswith("cross_")]
    nodes: list[NodeProto] = []
    for node in model.graph.node:
        if node.output[0] not in names:
            nodes.append(node)
            continue
        x, y = node.input[0], node.output[0]
        nodes += [
            make("Abs", [x], [f"{y}_abs"]),
            make("ReduceMax", [f"{y}_abs", "cache_axis"], [f"{y}_max"], keepdims=1),
            make("Max", [f"{y}_max", "cache_tiny"], [f"{y}_top"]),
            make("Div", [x, f"{y}_top"], [f"{y}_unit"]),
            make("QuantizeLinear", [f"{y}_unit", "cache_step", "cache_zero"], [y]),
            make("Mul", [f"{y}_top", "cache_step"], [f"{y}_steps"]),
            make("Reshape", [f"{y}_steps", "cache_flat"], [scale_name(y)]),
        ]
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    _constants(
        model,
        cache_axis=np.array([_POSITIONS]),
        cache_tiny=np.array(_TINY, np.float32),
        cache_step=np.array(1 / _STEPS, np.float32),
        cache_zero=np.array(0, np.int8),
        cache_flat=np.array([0, 1, width]),
    )
    _declare(model, "output", [scale_name(name) for name in names], batch, width)


def _read_bytes(model: ModelProto) -> None:
    onnx = need_onnx()
    make = onnx.helper.make_node
    batch, width = _retype(model)
    scales: list[str] = []
    nodes: list[NodeProto] = []
    for node in model.graph.node:
        nodes.append(node)
        if node.op_type != "GroupQueryAttention" or not node.input[_KEY].startswith("cross_"):
            continue
        key, value = (scale_name(name) for name in node.input[_KEY : _KEY + 2])
        scales += [key, value]
        query, mixed = node.input[_QUERY], node.output[0]
        node.input[_QUERY], node.output[0] = f"{query}_scaled", f"{mixed}_unscaled"
        node.input.extend([""] * (_KEY_SCALE - len(node.input)) + ["cache_ones", "cache_ones"])
        attributes = {"kv_cache_bit_width": 8}
        kinds = {"k_quant_type": "PER_CHANNEL", "v_quant_type": "PER_CHANNEL"}
        node.attribute.extend(
            onnx.helper.make_attribute(name, what) for name, what in {**attributes, **kinds}.items()
        )
        nodes.insert(-1, make("Mul", [query, key], [f"{query}_scaled"]))
        nodes.append(make("Mul", [f"{mixed}_unscaled", value], [mixed]))
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    _constants(model, cache_ones=np.ones(width, np.float32))
    _declare(model, "input", scales, batch, width)
