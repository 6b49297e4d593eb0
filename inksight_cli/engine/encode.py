"""Running the encoder: requests of one shape together, one result for each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from inksight_cli.engine.device_caches import DeviceRow, Memory
from inksight_cli.engine.memory import out_of_memory
from inksight_cli.engine.request import Request
from inksight_cli.engine.session import runs_on

if TYPE_CHECKING:
    from onnxruntime import InferenceSession


@dataclass(frozen=True, slots=True, eq=False)
class Encoded:
    """A request and what the decoder needs of it.

    Attributes:
        cross: by the decoder's input names: keys and values, each (heads, E, 64) float32, or
            int8 with scales (1, heads * 64) float32 beside them; left on the device that
            made them, as a `DeviceRow`, where the decoder's memory is apart.
        features: (rows * 4, 56, C) float32 for a glimpse, or None.
    """

    request: Request
    cross: dict[str, Any]
    features: NDArray[np.float32] | None


class Encoder:
    """Encodes requests in batches of equal shape; a batch that does not fit is halved.

    Args:
        session: the opened ``encoder.onnx``.
        batch: how many requests at most go through together.
        memory: of the decoder, which says where keys and values are to stay; None = here.
        paired: fill odd batches up where encoded lengths are odd (see `Slots`, `multiple`).

    Attributes:
        runs: so far; seconds: spent in them.
    """

    def __init__(
        self,
        session: InferenceSession,
        batch: int,
        *,
        memory: Memory | None = None,
        paired: bool = False,
    ) -> None:
        self._memory = memory or Memory()
        self._paired = paired
        self._session = session
        self._inputs = {item.name for item in session.get_inputs()}
        self._outputs = [item.name for item in session.get_outputs()]
        self.batch = batch
        self.runs = 0
        self.seconds = 0.0

    def encode(self, requests: Sequence[Request]) -> list[Encoded]:
        """Encode requests, all of one shape, in order."""
        done: list[Encoded] = []
        while len(done) < len(requests):
            part = requests[len(done) : len(done) + self.batch]
            try:
                done += self._run(part)
            except Exception as error:
                if self.batch == 1 or not out_of_memory(error):
                    raise
                self.batch = max(1, min(self.batch, len(part)) // 2)
        return done

    def _run(self, wanted: Sequence[Request]) -> list[Encoded]:
        odd = len(wanted) % 2 and len(wanted[0].prompt) % 2
        fill = self._paired and self.batch > 1 and odd
        requests = [*wanted, wanted[-1]] if fill else wanted
        feeds = {
            "pixels": np.stack([request.pixels for request in requests]),
            "first_row": np.array([request.first_row for request in requests]),
            "prompt": np.array([request.prompt for request in requests]),
        }
        feeds = {name: value for name, value in feeds.items() if name in self._inputs}
        began = perf_counter()
        results = self._stay(feeds) if self._memory.apart else self._fetch(feeds)
        self.runs += 1
        self.seconds += perf_counter() - began
        features = results.pop("features", None)
        return [
            Encoded(
                request,
                {name: _row(value, i) for name, value in results.items()},
                None if features is None else features[i],
            )
            for i, request in enumerate(wanted)
        ]

    def _fetch(self, feeds: dict[str, NDArray[Any]]) -> dict[str, Any]:
        """Every output as an array of this process."""
        return dict(zip(self._outputs, self._session.run(None, feeds), strict=True))

    def _stay(self, feeds: dict[str, NDArray[Any]]) -> dict[str, Any]:
        """Keys and values as onnxruntime's values on the device that made them."""
        binding = self._session.io_binding()
        for name, array in feeds.items():
            binding.bind_cpu_input(name, np.ascontiguousarray(array))
        near = [name for name in self._outputs if not name.startswith("cross_")]
        for name in self._outputs:
            binding.bind_output(name, "cpu" if name in near else runs_on(self._session))
        self._session.run_with_iobinding(binding)
        results = dict(zip(self._outputs, binding.get_outputs(), strict=True))
        here = {name: results[name].numpy() for name in near}
        self._memory.moved += sum(array.nbytes for array in (*feeds.values(), *here.values()))
        return results | here


def _row(value: Any, index: int) -> Any:  # noqa: ANN401 (onnxruntime has no types)
    return value[index] if isinstance(value, np.ndarray) else DeviceRow(value, index)
