"""Static keys and values of many rows, with room that grows: most words need little of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

_DTYPES: dict[str, type] = {"tensor(float)": np.float32, "tensor(int8)": np.int8}


def row_bytes(inputs: Sequence[Any], kind: str, length: int) -> int:
    """Bytes that one row's caches of one kind take.

    Args:
        inputs: of the decoder's session.
        kind: what their names begin with.
        length: positions per row.
    """
    return sum(
        item.shape[1] * item.shape[3] * length * np.dtype(_DTYPES[item.type]).itemsize
        for item in inputs
        if len(item.shape) == 4 and item.name.startswith(kind)
    )


class Caches:
    """Arrays (rows, heads, room, 64) of one kind, by input name.

    Args:
        inputs: of the decoder's session; those of four axes whose names begin with `kind` count.
        rows: how many; room: positions to begin with; limit: positions at most.
        grain: room is a multiple of this, or the limit.

    Attributes:
        arrays: by input name; replaced when the room grows.
    """

    def __init__(
        self, inputs: Sequence[Any], kind: str, rows: int, *, room: int, limit: int, grain: int
    ) -> None:
        self._limit, self._grain = limit, grain
        self.room = min(room, limit)
        self.arrays: Mapping[str, NDArray[Any]] = {
            item.name: np.zeros((rows, item.shape[1], self.room, item.shape[3]), _DTYPES[item.type])
            for item in inputs
            if len(item.shape) == 4 and item.name.startswith(kind)
        }

    def make_room(self, length: int) -> bool:
        """Whether the arrays had to be replaced by longer ones."""
        if length <= self.room:
            return False
        before, self.room = self.room, min(-(-length // self._grain) * self._grain, self._limit)
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
