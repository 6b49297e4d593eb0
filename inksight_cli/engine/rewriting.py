"""Puts plain operators in the place of a decoder graph's attention; see `engine.plain`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from inksight_cli.errors import MissingBackendError

if TYPE_CHECKING:
    from types import ModuleType

    from onnx import GraphProto, NodeProto

_NEVER = np.finfo(np.float32).min  # not -inf: a score may be added to it
_PAST, _LENGTHS, _BIAS = 3, 5, 10  # GroupQueryAttention's inputs
_ROOM = 2  # axis of [B, heads, room, 64]


def need_onnx() -> ModuleType:
    """Return the package ``onnx``.

    Raises:
        MissingBackendError: it is not installed.
    """
    try:
        import onnx
    except ImportError as error:
        raise MissingBackendError(
            "Decoding on CUDA needs the package onnx.", "pip install 'inksight-cli[cuda]'"
        ) from error
    return onnx


class Rewriting:
    """Goes through a graph's nodes and puts others in the place of some."""

    def __init__(self, graph: GraphProto) -> None:
        self._onnx = need_onnx()
        self._graph = graph
        self._nodes: list[NodeProto] = []
        self._shared: dict[tuple[str, ...], str] = {}
        self._named = 0

    def run(self) -> None:
        """Rewrite the graph in place."""
        own = [n for n in self._graph.node if n.op_type == "GroupQueryAttention" and not n.input[1]]
        for node in self._graph.node:
            if node.op_type == "GroupQueryAttention":
                self._attention(node)
            elif node.op_type == "Cast" and node.input[0] == "longest" and own:
                past = own[0].input[_PAST]  # biases reach over the whole room
                self._op("Shape", [past], node.output[0], start=_ROOM, end=_ROOM + 1)
            else:
                self._nodes.append(node)
        del self._graph.node[:]
        self._graph.node.extend(self._nodes)

    def _op(self, kind: str, inputs: list[str], output: str = "", **attributes: Any) -> str:  # noqa: ANN401
        """Add a node of one output and return that output's name."""
        self._named += 1
        name = output or f"plain_{self._named}"
        node = self._onnx.helper.make_node(kind, inputs, [name], name=name, **attributes)
        self._nodes.append(node)
        return name

    def _constant(self, value: Any, dtype: type = np.int64) -> str:  # noqa: ANN401
        array: NDArray[Any] = np.array(value, dtype)
        key = ("constant", str(array.dtype), str(array.shape), array.tobytes().hex())
        if key not in self._shared:
            self._named += 1
            self._shared[key] = f"plain_{self._named}"
            tensor = self._onnx.numpy_helper.from_array(array, self._shared[key])
            self._graph.initializer.append(tensor)
        return self._shared[key]

    def _attention(self, node: NodeProto) -> None:
        """Self-attention comes with packed query, key and value, the other with a full cache."""
        attributes = {a.name: self._onnx.helper.get_attribute_value(a) for a in node.attribute}
        heads, width = attributes["num_heads"], self._width(node.input[_PAST])
        caches, lengths = list(node.input[_PAST:_LENGTHS]), node.input[_LENGTHS]
        query = node.input[0]
        if node.input[1]:
            mask = self._mask(caches[0], lengths, self._constant(0, np.float32))
        else:
            query, *new = self._split(query)
            mask = self._mask(caches[0], lengths, node.input[_BIAS])
            caches = [
                self._scatter(*each, lengths, (heads, width))
                for each in zip(caches, new, node.output[1:], strict=True)
            ]
        if attributes["scale"] != 1:
            query = self._op("Mul", [query, self._constant(attributes["scale"], np.float32)])
        self._mix((query, *caches, mask), node.output[0], (heads, width))

    def _width(self, cache: str) -> int:
        (found,) = (item for item in self._graph.input if item.name == cache)
        width: int = found.type.tensor_type.shape.dim[-1].dim_value
        return width

    def _split(self, packed: str) -> list[str]:
        parts = [f"{packed}_{part}" for part in ("query", "key", "value")]
        node = self._onnx.helper.make_node("Split", [packed], parts, axis=-1, num_outputs=3)
        self._nodes.append(node)
        return parts

    def _mix(self, inputs: tuple[str, ...], output: str, shape: tuple[int, int]) -> None:
        """Softmax of the scores, times the values: [B, 1, inner]; no cache is transposed."""
        query, keys, values, mask = inputs
        heads, width = shape
        query = self._op("Reshape", [query, self._constant([-1, heads, width, 1])])
        scores = self._op("MatMul", [keys, query])
        scores = self._op("Reshape", [scores, self._constant([0, 0, 1, -1])])
        weights = self._op("Softmax", [self._op("Add", [scores, mask])], axis=-1)
        mixed = self._op("MatMul", [weights, values])
        self._op("Reshape", [mixed, self._constant([-1, 1, heads * width])], output)

    def _scatter(
        self, cache: str, new: str, output: str, position: str, shape: tuple[int, int]
    ) -> str:
        """Every row's new key or value at its position; in place where the memory is the same."""
        heads, width = shape
        places = self._places(position, heads)
        new = self._op("Reshape", [new, self._constant([-1, heads, width])])
        return self._op("ScatterND", [cache, places, new], output)

    def _places(self, position: str, heads: int) -> str:
        """Row, head and position of every new key, int64 [B, heads, 3]."""
        key = ("places", position, str(heads))
        if key not in self._shared:
            rows = self._op("Shape", [position])
            grid = self._op("Concat", [rows, self._constant([heads, 1])], axis=0)
            every = self._range(rows)
            parts = [
                self._op("Unsqueeze", [every, self._constant([1, 2])]),
                self._constant(np.arange(heads)[None, :, None]),
                self._op("Unsqueeze", [self._long(position), self._constant([1, 2])]),
            ]
            parts = [self._op("Expand", [part, grid]) for part in parts]
            self._shared[key] = self._op("Concat", parts, axis=-1)
        return self._shared[key]

    def _mask(self, cache: str, last: str, bias: str) -> str:
        """`bias` where a row has keys, [B, heads or 1, 1, room]; `last`: of each row's keys."""
        key = ("mask", last, bias)
        if key not in self._shared:
            room = self._op("Shape", [cache], start=_ROOM, end=_ROOM + 1)
            ends = self._op("Unsqueeze", [self._long(last), self._constant([1])])
            there = self._op("LessOrEqual", [self._range(room), ends])
            there = self._op("Unsqueeze", [there, self._constant([1, 2])])
            never = self._constant(_NEVER, np.float32)
            self._shared[key] = self._op("Where", [there, bias, never])
        return self._shared[key]

    def _range(self, size: str) -> str:
        """0, 1, ... below the number in `size`, int64 [1]."""
        limit = self._op("Squeeze", [size])
        return self._op("Range", [self._constant(0), limit, self._constant(1)])

    def _long(self, name: str) -> str:
        return self._op("Cast", [name], to=self._onnx.TensorProto.INT64)
