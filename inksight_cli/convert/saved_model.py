"""``saved_model.pb`` as data: nodes, functions, constants, signatures; nothing is executed.

Source: tensorflow `saved_model.proto`, `meta_graph.proto`, `graph.proto`, `function.proto`,
`node_def.proto`, `attr_value.proto`, `tensor.proto`; the numbers below are their field numbers.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inksight_cli.convert.wire import Message, signed
from inksight_cli.errors import ModelError
from inksight_cli.files import read_regular

MAIN = ""  # the name under which the main graph's nodes are listed
_LIMIT = 1 << 31  # protobuf's own limit on a message
_TYPES = {
    1: "float32", 2: "float64", 3: "int32", 4: "uint8", 7: "string", 9: "int64", 10: "bool",
    14: "bfloat16", 19: "float16", 20: "resource", 21: "variant",
}  # fmt: skip
_PACKED = {1: (5, "<f4"), 2: (6, "<f8")}  # dtype -> (field of float values, their type)
_INTEGERS = {3: 7, 4: 7, 9: 10, 10: 11}


@dataclass(frozen=True, slots=True)
class Node:
    """One operation: its inputs name other nodes or arguments; ``attributes`` are AttrValues."""

    name: str
    op: str
    inputs: tuple[str, ...]
    attributes: dict[str, Message]

    @property
    def calls(self) -> str:
        """The function it calls, or an empty string."""
        for name in ("f", "body"):
            if name in self.attributes:
                return self.attributes[name].message(10).text(1)
        return ""


@dataclass(frozen=True, slots=True)
class Function:
    """A graph function: argument names in order, nodes by name, and what it returns."""

    name: str
    arguments: tuple[str, ...]
    nodes: dict[str, Node]


@dataclass(frozen=True, slots=True)
class TensorInfo:
    """An input or output of a signature; -1 in ``shape`` is free, None: rank unknown."""

    name: str
    tensor: str
    dtype: str
    shape: tuple[int, ...] | None


@dataclass(frozen=True, slots=True)
class Signature:
    """A named entry point."""

    name: str
    inputs: tuple[TensorInfo, ...]
    outputs: tuple[TensorInfo, ...]


@dataclass(slots=True)
class SavedModel:
    """The parts of one ``saved_model.pb`` that a converter needs."""

    tensorflow: str = ""
    functions: dict[str, Function] = field(default_factory=dict)
    signatures: dict[str, Signature] = field(default_factory=dict)

    @property
    def nodes(self) -> Iterator[tuple[Function, Node]]:
        """All nodes of the main graph and of all functions."""
        for function in self.functions.values():
            for node in function.nodes.values():
                yield function, node

    def with_op(self, *ops: str) -> Iterator[tuple[Function, Node]]:
        """Yield the nodes whose operation is one of ``ops``."""
        return ((function, node) for function, node in self.nodes if node.op in ops)


def read_saved_model(path: Path) -> SavedModel:
    """Read ``saved_model.pb``.

    Raises:
        ModelError: it is missing, damaged, or not a SavedModel.
    """
    try:
        data = read_regular(path, _LIMIT)
    except OSError as error:
        raise ModelError(f"{path} cannot be read: {error.strerror}.") from error
    model = SavedModel()
    for meta in Message(data).messages(2):
        model.tensorflow = meta.message(1).text(5)
        graph = meta.message(2)
        model.functions[MAIN] = _function(MAIN, (), graph.views(1))
        for definition in graph.message(2).messages(1):
            signature = definition.message(1)
            arguments = tuple(argument.text(1) for argument in signature.messages(2))
            name = signature.text(1)
            model.functions[name] = _function(name, arguments, definition.views(3))
        for entry in meta.messages(5):
            model.signatures[entry.text(1)] = _signature(entry)
    if not model.functions:
        raise ModelError(f"{path} holds no graph: it is not a TensorFlow SavedModel.")
    return model


def tensor_value(tensor: Message) -> NDArray[np.generic] | list[bytes] | None:
    """Return the value of a TensorProto: numbers as an array, strings as a list of bytes.

    None for types that a constant of this model does not have.
    """
    kind, shape = tensor.integer(1), _dims(tensor.message(2))
    if kind == 7:
        return [bytes(view) for view in tensor.views(8)]
    if any(dim < 0 for dim in shape) or math.prod(shape) > _LIMIT:
        raise ModelError("A constant of the model has an impossible shape: it is damaged.")
    values = _numbers(tensor, kind)
    count = math.prod(shape)
    if values is None or (len(values) != count and len(values) != 1):
        return None
    return values.reshape(shape) if len(values) == count else np.broadcast_to(values, shape)


def _numbers(tensor: Message, kind: int) -> NDArray[np.generic] | None:
    content = tensor.view(4)
    types = {1: "<f4", 2: "<f8", 3: "<i4", 4: "u1", 9: "<i8", 10: "?"}
    if len(content) and kind in types:
        if len(content) % np.dtype(types[kind]).itemsize:
            return None
        return np.frombuffer(content, dtype=types[kind])
    if kind in _PACKED:
        number, dtype = _PACKED[kind]
        joined = b"".join(tensor.views(number))
        return None if len(joined) % np.dtype(dtype).itemsize else np.frombuffer(joined, dtype)
    if kind in _INTEGERS:
        values = np.array([signed(v) for v in tensor.integers(_INTEGERS[kind])], dtype=np.int64)
        return values.astype(types[kind])
    return None


def _function(name: str, arguments: tuple[str, ...], views: list[memoryview]) -> Function:
    nodes: dict[str, Node] = {}
    for view in views:
        node = Message(view)
        attributes = {a.text(1): a.message(2) for a in node.messages(5)}
        nodes[node.text(1)] = Node(node.text(1), node.text(2), tuple(node.texts(3)), attributes)
    return Function(name, arguments, nodes)


def _signature(entry: Message) -> Signature:
    definition = entry.message(2)
    return Signature(
        entry.text(1),
        tuple(_tensor_info(item) for item in definition.messages(1)),
        tuple(_tensor_info(item) for item in definition.messages(2)),
    )


def _tensor_info(entry: Message) -> TensorInfo:
    info = entry.message(2)
    shape = info.message(3)
    dims = None if shape.integer(3) else _dims(shape)
    dtype = _TYPES.get(info.integer(2), f"type {info.integer(2)}")
    return TensorInfo(entry.text(1), info.text(1), dtype, dims)


def _dims(shape: Message) -> tuple[int, ...]:
    return tuple(signed(dim.integer(1)) for dim in shape.messages(2))
