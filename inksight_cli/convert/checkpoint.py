"""TensorFlow's checkpoint format (TensorBundle): names, shapes, and tensors as memory maps.

Source: tensorflow `tensor_bundle.proto` and `trackable_object_graph.proto`. The index maps a
checkpoint key to (type, shape, shard, offset, size, checksum); one entry holds the object graph,
which gives each key the variable's own name.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inksight_cli.convert.crc32c import masked_crc32c
from inksight_cli.convert.sstable import read_table
from inksight_cli.convert.wire import Message, read_varint, signed
from inksight_cli.errors import ModelError
from inksight_cli.files import read_regular

_GRAPH = "_CHECKPOINTABLE_OBJECT_GRAPH"
_SUFFIX = "/.ATTRIBUTES/VARIABLE_VALUE"
_STRING, _BFLOAT16 = 7, 14
_TYPES = {
    1: "float32", 2: "float64", 3: "int32", 4: "uint8", 6: "int8", _STRING: "string",
    9: "int64", 10: "bool", _BFLOAT16: "bfloat16", 19: "float16",
}  # fmt: skip
_DTYPES = {
    "float32": "<f4", "float64": "<f8", "int32": "<i4", "uint8": "u1", "int8": "i1",
    "int64": "<i8", "bool": "?", "bfloat16": "<u2", "float16": "<f2",
}  # fmt: skip
_MAX_SHARDS, _MAX_INDEX = 1000, 1 << 26


@dataclass(frozen=True, slots=True)
class Variable:
    """One tensor of a checkpoint.

    Attributes:
        key: the key in the index; name: the variable's own name (``a__b__c``) where it is known.
        path: the name in parts, e.g. ``("encoder", "encoder_norm", "scale")``.
        dtype: ``bfloat16``, ``float32``, ...; shard, offset, size: where its bytes are.
        checksum: masked CRC-32C of its bytes.
    """

    key: str
    name: str
    path: tuple[str, ...]
    dtype: str
    shape: tuple[int, ...]
    shard: int
    offset: int
    size: int
    checksum: int

    @property
    def parameters(self) -> int:
        """How many numbers it holds."""
        return math.prod(self.shape)


class Checkpoint:
    """The variables of a SavedModel's ``variables`` folder; tensors are read one at a time."""

    def __init__(self, folder: Path) -> None:
        """Open ``folder`` and check that every tensor lies inside its file.

        Raises:
            ModelError: a file is missing, damaged or truncated.
        """
        table = read_table(_read_index(folder / "variables.index"))
        header = Message(table.pop(b"", memoryview(b"")))
        shards = header.integer(1, 1)
        if not 1 <= shards <= _MAX_SHARDS:
            raise ModelError(f"The checkpoint claims {shards} data files: it is damaged.")
        self.files = [folder / f"variables.data-{i:05d}-of-{shards:05d}" for i in range(shards)]
        self._maps = [_map(path) for path in self.files]
        entries = {str(key, "utf-8", "replace"): value for key, value in table.items()}
        graph = entries.pop(_GRAPH, None)
        names = _names(self._string(_entry(_GRAPH, "", graph))) if graph is not None else {}
        self.variables = [
            _entry(key, names.get(key, ""), value)
            for key, value in sorted(entries.items())
            if key.endswith(_SUFFIX)
        ]
        for variable in self.variables:
            self._bytes(variable)

    def tensor(self, variable: Variable, check: bool = True) -> NDArray[np.generic]:
        """Return the tensor as stored, bfloat16 as float32; other types are views of the file.

        Args:
            variable: one of `variables`.
            check: whether the checksum is compared (4 s for 700 MB).

        Raises:
            ModelError: the checksum is wrong, or the type is not a number.
        """
        if check:
            self.check(variable)
        array = self.raw(variable)
        return from_bfloat16(array) if variable.dtype == "bfloat16" else array

    def check(self, variable: Variable) -> None:
        """Compare the tensor's bytes with their checksum.

        Raises:
            ModelError: they differ.
        """
        if masked_crc32c(self._bytes(variable)) != variable.checksum:
            raise ModelError(
                f"Variable {variable.name} fails its checksum: the file is damaged.",
                "Download the model again.",
            )

    def raw(self, variable: Variable) -> NDArray[np.generic]:
        """Return a view of the file: the tensor as stored, bfloat16 as its bits (uint16)."""
        if variable.dtype not in _DTYPES:
            raise ModelError(f"Variable {variable.name} is of type {variable.dtype}: no number.")
        return self._bytes(variable).view(_DTYPES[variable.dtype]).reshape(variable.shape)

    @staticmethod
    def as_float32(variable: Variable, stored: NDArray[np.generic]) -> NDArray[np.float32]:
        """Return part of a `raw` tensor as contiguous float32."""
        if variable.dtype == "bfloat16":
            return from_bfloat16(np.ascontiguousarray(stored))
        return np.ascontiguousarray(stored, dtype=np.float32)

    def _bytes(self, variable: Variable) -> NDArray[np.uint8]:
        where = f"Variable {variable.name or variable.key}"
        if variable.shard >= len(self._maps):
            raise ModelError(f"{where} lies in a data file that does not exist.")
        data = self._maps[variable.shard]
        if variable.offset + variable.size > len(data):
            raise ModelError(
                f"{where} lies outside {self.files[variable.shard].name}: the file is truncated.",
                "Download the model again.",
            )
        width = np.dtype(_DTYPES[variable.dtype]).itemsize if variable.dtype in _DTYPES else 0
        if width and variable.parameters * width != variable.size:
            raise ModelError(f"{where} has a size that does not fit its shape: it is damaged.")
        return data[variable.offset : variable.offset + variable.size]

    def _string(self, variable: Variable) -> memoryview:
        """Return a scalar string: its length, 4 bytes checksum of the length, its bytes."""
        octets = memoryview(self._bytes(variable).tobytes())
        size, at = read_varint(octets, 0)
        if at + 4 + size > len(octets):
            raise ModelError("The checkpoint's object graph is cut short: it is damaged.")
        return octets[at + 4 : at + 4 + size]


def from_bfloat16(bits: NDArray[np.generic]) -> NDArray[np.float32]:
    """Return the float32 values of bfloat16 ``bits`` (uint16); exact: the low half is zero."""
    wide = bits.astype(np.uint32)
    wide <<= 16
    return wide.view(np.float32)


def _read_index(path: Path) -> bytes:
    try:
        return read_regular(path, _MAX_INDEX)
    except OSError as error:
        raise ModelError(f"{path} cannot be read: {error.strerror}.") from error


def _map(path: Path) -> NDArray[np.uint8]:
    try:
        if path.stat().st_size == 0:
            return np.zeros(0, dtype=np.uint8)  # an empty file cannot be mapped
        return np.memmap(path, dtype=np.uint8, mode="r")
    except OSError as error:
        raise ModelError(f"{path} cannot be read: {error.strerror}.") from error


def _entry(key: str, name: str, value: memoryview) -> Variable:
    entry = Message(value)
    dims = [signed(dim.integer(1)) for dim in entry.message(2).messages(2)]
    if any(dim < 0 for dim in dims):
        raise ModelError(f"Variable {name or key} has a negative size: the index is damaged.")
    dtype = _TYPES.get(entry.integer(1), f"type {entry.integer(1)}")
    path = _path(key, name)
    return Variable(
        key, name or "/".join(path), path, dtype, tuple(dims),
        entry.integer(3), entry.integer(4), entry.integer(5), entry.fixed32(6),
    )  # fmt: skip


def _path(key: str, name: str) -> tuple[str, ...]:
    """Split a T5X name at ``__``; where it says nothing, use the key (exports before 11/2022)."""
    if "__" in name:
        return tuple(name.split("__"))
    if "/" in name:
        return tuple(name.split("/"))
    parts = [part.replace(".S", "/").replace("..", ".") for part in _stem(key).split("/")]
    return tuple(parts[1:] if parts and parts[0] == "_variables" else parts)


def _stem(key: str) -> str:
    return key[: -len(_SUFFIX)] if key.endswith(_SUFFIX) else key


def _names(graph: memoryview) -> dict[str, str]:
    """Return checkpoint key -> full name from a TrackableObjectGraph."""
    names: dict[str, str] = {}
    for node in Message(graph).messages(1):
        for attribute in node.messages(2):
            names[attribute.text(3)] = attribute.text(2)
    return names
