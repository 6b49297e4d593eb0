"""Running a session over arrays that stay where they are: bound once, for every width."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from inksight_cli.engine.caches import Place, place
from inksight_cli.engine.device_caches import Memory

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

_Arrays = Mapping[str, NDArray[Any]]


class Bindings:
    """Bindings of one session; names that it does not have are passed over.

    Args:
        session: of a decoder.
        memory: says whether what changes has to be sent for every run.
    """

    def __init__(self, session: InferenceSession, memory: Memory) -> None:
        self._session = session
        self._memory = memory
        items = (*session.get_inputs(), *session.get_outputs())
        self._wanted = {item.name for item in items}
        self._kept: dict[int, Any] = {}

    def __contains__(self, width: int) -> bool:
        return width in self._kept

    def forget(self) -> None:
        """What was bound is no longer where it was."""
        self._kept.clear()

    def bind(self, width: int, inputs: Mapping[str, Place], outputs: Mapping[str, Place]) -> None:
        """Bind what stays where it is, for runs of so many rows."""
        binding = self._session.io_binding()
        for name, where in inputs.items():
            if name in self._wanted:
                binding.bind_input(name, *_told(where))
        for name, where in outputs.items():
            if name in self._wanted:
                binding.bind_output(name, *_told(where))
        self._kept[width] = binding

    def send(self, width: int, inputs: _Arrays) -> None:
        """Bind what changes from run to run; a device apart gets a copy of it right now."""
        for name, array in inputs.items():
            if name in self._wanted:
                self._kept[width].bind_input(name, *_told(place(array)))
                self._memory.moved += array.nbytes * self._memory.apart

    def run(self, width: int) -> None:
        """Run what is bound for so many rows."""
        self._session.run_with_iobinding(self._kept[width])


def _told(where: Place) -> tuple[str, int, type, tuple[int, ...], int]:
    """A place as onnxruntime's bindings take it."""
    return where.device, 0, where.dtype, where.shape, where.address
