"""Keys and values that stay on the device which decodes; onnxruntime keeps them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from inksight_cli.engine.caches import Caches, Kind, Place, Rows, rounded
from inksight_cli.engine.mover import Mover, Zeros
from inksight_cli.engine.session import Device

if TYPE_CHECKING:
    from onnxruntime import OrtValue


class Memory:
    """Where a decoder's rows lie: in this process's memory, as NumPy arrays.

    Attributes:
        device: ``cpu`` or ``cuda``.
        apart: whether what a step needs has to be sent there, step by step.
        moved: bytes sent there and back so far.
    """

    device: Device = "cpu"
    apart = False

    def __init__(self) -> None:
        self.moved = 0

    def rows(
        self, kinds: Mapping[str, Kind], rows: int, *, room: int, limit: int, grain: int
    ) -> Rows:
        """New arrays of zeros; see `Caches`."""
        return Caches(kinds, rows, room=room, limit=limit, grain=grain)


class DeviceMemory(Memory):
    """Rows kept by onnxruntime on a device.

    Args:
        device: also ``cpu``, where it is the same but nothing is far away.
    """

    apart = True

    def __init__(self, device: Device) -> None:
        super().__init__()
        self.device = device
        self._movers: dict[tuple[tuple[str, ...], int], Mover] = {}
        self._zeros: Zeros | None = None

    def rows(
        self, kinds: Mapping[str, Kind], rows: int, *, room: int, limit: int, grain: int
    ) -> Rows:
        """New arrays of zeros; see `Caches`."""
        return DeviceCaches(self, kinds, rows, room=room, limit=limit, grain=grain)

    def mover(self, kinds: Mapping[str, Kind]) -> Mover:
        """What copies rows of such arrays; kept, for its session takes time to open."""
        (heads,) = {kind.heads for kind in kinds.values()}
        key = tuple(kinds), heads
        if key not in self._movers:
            self._movers[key] = Mover(*key, self.device)
        return self._movers[key]

    def zeros(self, shape: tuple[int, ...]) -> OrtValue:
        """A new float32 array on the device."""
        if self._zeros is None:
            self._zeros = Zeros(self.device)
        return self._zeros.make(shape)

    def upload(self, array: NDArray[Any]) -> OrtValue:
        """A copy of an array on the device."""
        from onnxruntime import OrtValue

        self.moved += array.nbytes
        return OrtValue.ortvalue_from_numpy(array, self.device, 0)


@dataclass(frozen=True, slots=True, eq=False)
class DeviceRow:
    """One row of a value that lies on a device: what the encoder made of one word of a batch."""

    value: OrtValue
    index: int

    @property
    def shape(self) -> tuple[int, ...]:
        """Without the axis of rows."""
        return tuple(self.value.shape()[1:])


class DeviceCaches:
    """`Rows` on a device; see `Caches`."""

    def __init__(
        self,
        memory: DeviceMemory,
        kinds: Mapping[str, Kind],
        rows: int,
        *,
        room: int,
        limit: int,
        grain: int,
    ) -> None:
        self._memory, self._kinds, self._rows = memory, kinds, rows
        self._limit, self._grain = limit, grain
        self.room = min(room, limit)
        self._values = self._zeros() if self.room else {}

    def _zeros(self) -> dict[str, OrtValue]:
        """Not what the memory held before: zero times that could be not a number."""
        return {
            name: self._memory.zeros((self._rows, kind.heads, self.room, kind.width))
            for name, kind in self._kinds.items()
        }

    def put(self, row: int, values: Mapping[str, Any]) -> None:
        """Set the first positions of a row, from this process's arrays or a `DeviceRow`."""
        chosen = {name: values[name] for name in self._kinds}
        length = next(iter(chosen.values())).shape[1]
        self.make_room(length)
        near = {n: v if isinstance(v, DeviceRow) else self._sent(v) for n, v in chosen.items()}
        (origin,) = {value.index for value in near.values()}
        self._move({name: value.value for name, value in near.items()}, [row], [origin], length)

    def _sent(self, values: NDArray[Any]) -> DeviceRow:
        return DeviceRow(self._memory.upload(np.ascontiguousarray(values[None])), 0)

    def make_room(self, length: int) -> bool:
        """Whether the arrays had to be replaced by longer ones."""
        if length <= self.room:
            return False
        before, self.room = self.room, rounded(length, self._grain, self._limit)
        old, self._values = self._values, self._zeros()
        if old:
            self._move(old, range(self._rows), range(self._rows), before)
        return True

    def copy(self, targets: Sequence[int], sources: Sequence[int], length: int) -> None:
        """Give rows the first positions of other rows, all at once."""
        self._move(self._values, targets, sources, length)

    def _move(
        self,
        sources: Mapping[str, OrtValue],
        rows: Sequence[int],
        origins: Sequence[int],
        length: int,
    ) -> None:
        mover = self._memory.mover(self._kinds)
        self._memory.moved += mover.run(self._values, sources, rows, origins, length)

    def places(self, rows: int) -> dict[str, Place]:
        """Where the first `rows` rows of every array lie."""
        device = self._memory.device
        return {
            name: Place(
                device, kind.dtype, (rows, kind.heads, self.room, kind.width), value.data_ptr()
            )
            for (name, kind), value in zip(self._kinds.items(), self._values.values(), strict=True)
        }
