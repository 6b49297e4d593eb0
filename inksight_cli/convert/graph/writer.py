"""Writes an ONNX graph node by node, its large constants streamed to a file beside it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from numpy.typing import NDArray

from inksight_cli.errors import MissingBackendError

if TYPE_CHECKING:
    from types import ModuleType

    from onnx import ModelProto, NodeProto, TensorProto, ValueInfoProto

MICROSOFT = "com.microsoft"
OPSET = 20
IR_VERSION = 10

_SMALL = 1024
_ALIGNMENT = 4096


def need_onnx() -> ModuleType:
    """Return the package ``onnx``, which only conversion needs."""
    try:
        import onnx
    except ImportError as error:
        raise MissingBackendError(
            "Building a model needs the package onnx.", "pip install 'inksight-cli[convert]'"
        ) from error
    return onnx


class Graph:
    """One ONNX graph under construction.

    Args:
        path: where the model goes; large constants go to ``<path>.data`` when `external`.
        external: keep constants out of the model file (they load faster, and a protobuf holds
            2 GB at most).
        half: store large matrices as float16, widened once when the model is loaded.
    """

    def __init__(self, path: Path, *, external: bool = False, half: bool = False) -> None:
        self._onnx = need_onnx()
        self.path = path
        self._half = half
        self._data = path.with_name(path.name + ".data")
        self._file = self._data.open("wb") if external else None
        self._nodes: list[NodeProto] = []
        self._constants: list[TensorProto] = []
        self._inputs: list[ValueInfoProto] = []
        self._outputs: list[ValueInfoProto] = []
        self._named = 0
        self._known: dict[tuple[str, tuple[int, ...], bytes], str] = {}

    def fresh(self, kind: str) -> str:
        """A name nobody has yet."""
        self._named += 1
        return f"{kind}_{self._named}"

    def constant(self, value: npt.ArrayLike, dtype: type = np.float32) -> str:
        """Add a constant and return its name; small equal constants are kept once."""
        array: NDArray[Any] = np.array(value, dtype=dtype, order="C")
        if array.nbytes <= _SMALL:
            key = (array.dtype.str, array.shape, array.tobytes())
            if key not in self._known:
                self._known[key] = self._store(array)
            return self._known[key]
        if self._half and array.dtype == np.float32:
            return self.op("Cast", [self._store(array.astype(np.float16))], to=1)
        return self._store(array)

    def integers(self, *values: int) -> str:
        """A constant vector of int64."""
        return self.constant(np.array(values), np.int64)

    def _store(self, array: NDArray[Any]) -> str:
        name = self.fresh("constant")
        if self._file is None or array.nbytes <= _SMALL:
            tensor = self._onnx.numpy_helper.from_array(array, name)
        else:
            tensor = self._outside(array, name)
        self._constants.append(tensor)
        return name

    def _outside(self, array: NDArray[Any], name: str) -> TensorProto:
        """Write `array` to the data file and return a tensor that points there."""
        assert self._file is not None
        self._file.write(b"\0" * (-self._file.tell() % _ALIGNMENT))
        tensor: TensorProto = self._onnx.TensorProto(
            name=name,
            dims=array.shape,
            data_type=self._onnx.helper.np_dtype_to_tensor_dtype(array.dtype),
            data_location=self._onnx.TensorProto.EXTERNAL,
        )
        place = {"location": self._data.name, "offset": self._file.tell(), "length": array.nbytes}
        for key, value in place.items():
            tensor.external_data.add(key=key, value=str(value))
        self._file.write(array.tobytes())
        return tensor

    def op(self, kind: str, inputs: Sequence[str], name: str = "", **attributes: object) -> str:
        """Add a node of one output and return that output's name."""
        return self.ops(kind, inputs, [name or self.fresh(kind)], **attributes)[0]

    def ops(
        self, kind: str, inputs: Sequence[str], outputs: Sequence[str], **attributes: object
    ) -> list[str]:
        """Add a node with the named outputs ("" for one nobody wants)."""
        domain = attributes.pop("domain", "")
        node = self._onnx.helper.make_node(
            kind, list(inputs), list(outputs), name=self.fresh("node"), domain=domain, **attributes
        )
        self._nodes.append(node)
        return list(outputs)

    def split(self, value: str, parts: int) -> list[str]:
        """Split the last axis into equal parts."""
        names = [f"{self.fresh('part')}_{i}" for i in range(parts)]
        return self.ops("Split", [value], names, axis=-1, num_outputs=parts)

    def input(self, name: str, dtype: type, shape: Sequence[int | str]) -> str:
        """Declare an input."""
        self._inputs.append(self._info(name, dtype, shape))
        return name

    def output(self, name: str, dtype: type, shape: Sequence[int | str]) -> None:
        """Declare an output, which a node must have made."""
        self._outputs.append(self._info(name, dtype, shape))

    def _info(self, name: str, dtype: type, shape: Sequence[int | str]) -> ValueInfoProto:
        kind = self._onnx.helper.np_dtype_to_tensor_dtype(np.dtype(dtype))
        info: ValueInfoProto = self._onnx.helper.make_tensor_value_info(name, kind, list(shape))
        return info

    def save(self, name: str) -> None:
        """Write the model file."""
        helper = self._onnx.helper
        graph = helper.make_graph(self._nodes, name, self._inputs, self._outputs, self._constants)
        opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid(MICROSOFT, 1)]
        model: ModelProto = helper.make_model(
            graph, opset_imports=opsets, ir_version=IR_VERSION, producer_name="inksight"
        )
        self.path.write_bytes(model.SerializeToString(deterministic=True))
        if self._file is not None:
            self._file.close()
