"""Copying rows of caches that lie on a device: a graph of gathers and scatters, run there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from inksight_cli.engine.rewriting import need_onnx
from inksight_cli.engine.session import Device, open_session

if TYPE_CHECKING:
    from onnx import NodeProto, ValueInfoProto
    from onnxruntime import OrtValue

_OPSET, _IR_VERSION = 20, 10


class Mover:
    """Copies the first positions of rows between arrays (rows, heads, room, width), in place.

    All arrays go through one run, which moves nothing but the rows' numbers to the device.

    Args:
        names: of the arrays; heads: of all of them.
        device: where they lie.
    """

    def __init__(self, names: Sequence[str], heads: int, device: Device) -> None:
        self._names = list(names)
        self._session = open_session(_graph(self._names, heads), device, None)

    def run(
        self,
        targets: Mapping[str, OrtValue],
        sources: Mapping[str, OrtValue],
        rows: Sequence[int],
        origins: Sequence[int],
        length: int,
    ) -> int:
        """Give `rows` of `targets` what `origins` of `sources` have; returns bytes uploaded.

        Sources and targets may be the same: everything is read before anything is written.
        """
        binding = self._session.io_binding()
        numbers = {
            "rows": np.array(rows, np.int64),
            "origins": np.array(origins, np.int64),
            "positions": np.arange(length),
        }
        for name, array in numbers.items():
            binding.bind_cpu_input(name, array)
        for name in self._names:
            binding.bind_ortvalue_input(f"target_{name}", targets[name])
            binding.bind_ortvalue_input(f"source_{name}", sources[name])
            binding.bind_ortvalue_output(f"moved_{name}", targets[name])
        self._session.run_with_iobinding(binding)
        return sum(array.nbytes for array in numbers.values())


class Zeros:
    """Makes arrays of zeros on a device, which a new array there need not be.

    Args:
        device: where they are to lie.
    """

    def __init__(self, device: Device) -> None:
        self._device = device
        self._session = open_session(_zeros_graph(), device, None)

    def make(self, shape: tuple[int, ...]) -> OrtValue:
        """A new float32 array."""
        binding = self._session.io_binding()
        binding.bind_cpu_input("shape", np.array(shape))
        binding.bind_output("zeros", self._device)
        self._session.run_with_iobinding(binding)
        return binding.get_outputs()[0]


def _zeros_graph() -> bytes:
    onnx = need_onnx()
    helper, kinds = onnx.helper, onnx.TensorProto
    nodes = [helper.make_node("Expand", ["zero", "shape"], ["zeros"])]
    inputs = [helper.make_tensor_value_info("shape", kinds.INT64, ["axes"])]
    outputs = [helper.make_tensor_value_info("zeros", kinds.FLOAT, None)]
    zero = onnx.numpy_helper.from_array(np.array(0, np.float32), "zero")
    return _model("inksight_zeros", nodes, inputs, outputs, [zero])


def _model(name: str, *parts: Any) -> bytes:  # noqa: ANN401
    """A graph of nodes, inputs, outputs and constants as a serialized model."""
    helper = need_onnx().helper
    nodes, inputs, outputs, constants = parts
    graph = helper.make_graph(nodes, name, inputs, outputs, constants)
    opsets = [helper.make_opsetid("", _OPSET)]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=_IR_VERSION)
    written: bytes = model.SerializeToString()
    return written


def _graph(names: list[str], heads: int) -> bytes:
    """The model: places as int64 [rows, heads, length, 3] once, then every array."""
    onnx = need_onnx()
    helper, float32, int64 = onnx.helper, onnx.TensorProto.FLOAT, onnx.TensorProto.INT64
    vectors = ("rows", "origins", "positions")
    inputs = [helper.make_tensor_value_info(name, int64, [name]) for name in vectors]
    outputs: list[ValueInfoProto] = []
    nodes = _places(helper.make_node)
    for name in names:
        target, source, moved = f"target_{name}", f"source_{name}", f"moved_{name}"
        for each, info in ((target, inputs), (source, inputs), (moved, outputs)):
            axes = [None, heads, None, None]
            info.append(helper.make_tensor_value_info(each, float32, axes))
        nodes.append(helper.make_node("GatherND", [source, "from"], [f"part_{name}"]))
        nodes.append(helper.make_node("ScatterND", [target, "to", f"part_{name}"], [moved]))
    constants = {
        "heads": np.arange(heads).reshape(1, heads, 1, 1),
        "count": np.array([heads]),
        "one": np.array([1]),
        "row_axes": np.array([1, 2, 3]),
        "position_axes": np.array([0, 1, 3]),
    }
    tensors = [onnx.numpy_helper.from_array(array, name) for name, array in constants.items()]
    return _model("inksight_mover", nodes, inputs, outputs, tensors)


def _places(make: Any) -> list[NodeProto]:  # noqa: ANN401
    """Nodes that make ``from`` and ``to`` of the three vectors."""
    nodes = [
        make("Shape", ["rows"], ["row_count"]),
        make("Shape", ["positions"], ["length"]),
        make("Concat", ["row_count", "count", "length", "one"], ["grid"], axis=0),
        make("Expand", ["heads", "grid"], ["every_head"]),
        make("Unsqueeze", ["positions", "position_axes"], ["position_line"]),
        make("Expand", ["position_line", "grid"], ["every_position"]),
    ]
    for vector, places in (("origins", "from"), ("rows", "to")):
        line, every = f"{vector}_line", f"every_{vector}"
        nodes += [
            make("Unsqueeze", [vector, "row_axes"], [line]),
            make("Expand", [line, "grid"], [every]),
            make("Concat", [every, "every_head", "every_position"], [places], axis=-1),
        ]
    return nodes
