"""Static keys and values of many rows, with room that grows: most words need little of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

_DTYPES: dict[str, type] = {"tensor(float)": np.float32, "tensor(int8)": np.int8}


@dataclass(frozen=True, slots=True)
class Kind:
    """What one row of an array holds at every position: (heads, width) of `dtype`."""

    heads: int
    width: int
    dtype: type = np.float32


@dataclass(frozen=True, slots=True)
class Place:
    """Where an array lies: on a device (``cpu`` or ``cuda``), in C order, at an address."""

    device: str
    dtype: type
    shape: tuple[int, ...]
    address: int


def kinds_of(inputs: Sequence[Any], begin: str) -> dict[str, Kind]:
    """The decoder's inputs of four axes whose names begin so."""
    return {
        item.name: Kind(item.shape[1], item.shape[3], _DTYPES[item.type])
        for item in inputs
        if len(item.shape) == 4 and item.name.startswith(begin)
    }


def row_bytes(inputs: Sequence[Any], kind: str, length: int) -> int:
    """Bytes that one row's caches of one kind take.

    Args:
        inputs: of the decoder's session.
        kind: what their names begin with.
        length: positions per row.
    """
    kinds = kinds_of(inputs, kind).values()
    return sum(k.heads * k.width * length * np.dtype(k.dtype).itemsize for k in kinds)


class Rows(Protocol):
    """Arrays (rows, heads, room, width) by name, wherever they lie.

    Attributes:
        room: positions there are at present.
    """

    room: int

    def put(self, row: int, values: Mapping[str, Any]) -> None:
        """Set the first positions of a row: (heads, length, width) each; room is made."""
        ...

    def make_room(self, length: int) -> bool:
        """Whether the arrays had to be replaced by longer ones."""
        ...

    def copy(self, targets: Sequence[int], sources: Sequence[int], length: int) -> None:
        """Give rows the first positions of other rows, all at once."""
        ...

    def places(self, rows: int) -> dict[str, Place]:
        """Where the first `rows` rows of every array lie; until room is made."""
        ...


class Caches:
    """`Rows` in this process's memory.

    Args:
        kinds: by input name.
        rows: how many; room: positions to begin with; limit: positions at most.
        grain: room is a multiple of this, or the limit.

    Attributes:
        arrays: by input name; replaced when the room grows.
    """

    def __init__(
        self, kinds: Mapping[str, Kind], rows: int, *, room: int, limit: int, grain: int
    ) -> None:
        self._limit, self._grain = limit, grain
        self.room = min(room, limit)
        self.arrays: Mapping[str, NDArray[Any]] = {
            name: np.zeros((rows, kind.heads, self.room, kind.width), kind.dtype)
            for name, kind in kinds.items()
        }

    def put(self, row: int, values: Mapping[str, NDArray[Any]]) -> None:
        """Set the first positions of a row."""
        for name in self.arrays:
            length = values[name].shape[1]
            self.make_room(length)
            self.arrays[name][row, :, :length] = values[name]

    def make_room(self, length: int) -> bool:
        """Whether the arrays had to be replaced by longer ones."""
        if length <= self.room:
            return False
        before, self.room = self.room, rounded(length, self._grain, self._limit)
        for name, old in self.arrays.items():
            rows, heads, _, width = old.shape
            new = np.zeros((rows, heads, self.room, width), old.dtype)
            new[:, :, :before] = old
            self.arrays = {**self.arrays, name: new}
        return True

    def copy(self, targets: Sequence[int], sources: Sequence[int], length: int) -> None:
        """Give rows the first positions of other rows, all at once."""
        for values in self.arrays.values():
            values[targets, :, :length] = values[sources, :, :length]

    def places(self, rows: int) -> dict[str, Place]:
        """Where the first `rows` rows of every array lie."""
        return {name: place(values[:rows]) for name, values in self.arrays.items()}


def place(array: NDArray[Any]) -> Place:
    """Where an array of this process lies."""
    return Place("cpu", array.dtype.type, array.shape, array.ctypes.data)


def rounded(length: int, grain: int, limit: int) -> int:
    """`length` as a multiple of `grain`, or the limit."""
    return min(-(-length // grain) * grain, limit)
