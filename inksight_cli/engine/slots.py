"""The decoder's static memory: one slot per row, bound once, updated in place.

A step runs the first `width` slots. Past and present keys are the same memory, so nothing is
copied from step to step; a finished row's slot takes the next word at once.
"""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from inksight_cli.engine.encode import Encoded
from inksight_cli.errors import ModelError

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

_CELL_ROWS = 4  # feature rows per patch row
_BORDERED = 62  # 56 cells and a border of 3
_BORDER = 3
_FIRST_CAPACITY = 256  # tokens per row to begin with; most words need no more


class Slots:
    """Static inputs and outputs of `size` rows.

    Args:
        session: the opened ``decoder.onnx``.
        size: number of rows.
        capacity: longest answer (room for it is made when it comes).
        encoded: longest encoded picture and prompt.
        top: candidates returned per row.
        ruled: rows have their own ``allowed`` scores.
        multiple: a step computes a multiple of this many rows, surplus ones idly (a single slot
            excepted). Kernels of 8-bit weights round a last odd row otherwise than pairs.

    Attributes:
        ids: (size, context) int64, every row's last tokens; position: (size,) int32.
        allowed: (size, V) float32, or (1, 1) when not ruled.
        tokens, logs: (size, top), the result of a step.
        seconds: spent in decoder runs so far.
    """

    def __init__(
        self,
        session: InferenceSession,
        size: int,
        *,
        capacity: int,
        encoded: int,
        top: int = 1,
        ruled: bool = False,
        multiple: int = 1,
    ) -> None:
        self._multiple = multiple if size > 1 else 1
        self._session = session
        shapes = {item.name: item.shape for item in session.get_inputs()}
        outputs = {item.name: item.shape for item in session.get_outputs()}
        try:
            heads, width = shapes["past_key_0"][1], shapes["past_key_0"][3]
            vocabulary, context = outputs["scores"][1], shapes["ids"][1]
        except KeyError as error:
            raise ModelError(f"The decoder graph lacks {error}.") from error
        self.size = size
        size += -size % self._multiple
        self.ids = np.zeros((size, context), np.int64)
        self.position = np.zeros(size, np.int32)
        self.allowed = np.zeros((size, vocabulary) if ruled else (1, 1), np.float32)
        self.tokens = np.zeros((size, top), np.int64)
        self.logs = np.zeros((size, top), np.float32)
        self._longest, self._cross_longest = np.zeros((2, 1), np.int32)
        self._cross_last = np.zeros(size, np.int32)
        self._top = np.array([top])
        self._limit = capacity
        self._capacity = min(capacity, _FIRST_CAPACITY)
        self._past = {
            name: np.zeros((size, heads, self._capacity, width), np.float32)
            for name in shapes
            if name.startswith("past_")
        }
        self._cross = {
            name: np.zeros((size, heads, encoded, width), np.float32)
            for name in shapes
            if name.startswith("cross_key") or name.startswith("cross_value")
        }
        self._features = None
        if "features" in shapes:
            channels = shapes["features"][2]
            self._features = np.zeros((size, _BORDERED, _BORDERED, channels), np.float32)
        self._bindings: dict[int, Any] = {}
        self.seconds = 0.0

    def admit(self, row: int, encoded: Encoded, start: int) -> None:
        """Put a new word into a slot."""
        self.ids[row] = start
        self.position[row] = 0
        for name, values in encoded.cross.items():
            self._cross[name][row, :, : values.shape[1]] = values
            self._cross_last[row] = values.shape[1] - 1
        if self._features is not None and encoded.features is not None:
            features = encoded.features
            first = _BORDER + encoded.request.first_row * _CELL_ROWS
            page = self._features[row]
            page[:] = 0
            page[first : first + len(features), _BORDER:-_BORDER] = features

    def move(self, source: int, target: int) -> None:
        """Copy a row to another slot."""
        for state in (self.ids, self.position, self._cross_last, self.tokens, self.logs):
            state[target] = state[source]
        if len(self.allowed) > 1:
            self.allowed[target] = self.allowed[source]
        encoded = self._cross_last[source] + 1
        for values in self._cross.values():
            values[target, :, :encoded] = values[source, :, :encoded]
        if self._features is not None:
            self._features[target] = self._features[source]
        self.inherit([target], [source])

    def inherit(self, rows: list[int], parents: list[int]) -> None:
        """Give `rows` the cached keys and values of `parents`, all at once."""
        length = int(self.position[parents].max()) + 1
        for values in self._past.values():
            values[rows, :, :length] = values[parents, :, :length]

    def feed(self, rows: slice, tokens: NDArray[np.int64]) -> None:
        """Append a token to every row of a slice: the next step is about what follows it."""
        self.ids[rows, :-1] = self.ids[rows, 1:]
        self.ids[rows, -1] = tokens
        self.position[rows] += 1

    def step(self, width: int) -> None:
        """Run the decoder once for the first `width` slots."""
        if surplus := -width % self._multiple:
            self.position[width : width + surplus] = 0
            width += surplus
        self._longest[0] = self.position[:width].max() + 1
        if self._longest[0] > self._capacity:
            self._grow()
        self._cross_longest[0] = self._cross_last[:width].max() + 1
        if width not in self._bindings:
            self._bindings[width] = self._bind(width)
        began = perf_counter()
        self._session.run_with_iobinding(self._bindings[width])
        self.seconds += perf_counter() - began

    def _grow(self) -> None:
        """Double the room for past tokens: long words are rare, and their room is large."""
        self._bindings.clear()
        before, self._capacity = self._capacity, min(2 * self._capacity, self._limit)
        for name, old in self._past.items():
            rows, heads, _, width = old.shape
            new = np.zeros((rows, heads, self._capacity, width), np.float32)
            new[:, :, :before] = old
            self._past[name] = new

    def _bind(self, width: int) -> Any:  # noqa: ANN401 (onnxruntime has no types)
        """Bind the first `width` rows of everything."""
        binding = self._session.io_binding()
        allowed = self.allowed[:width] if len(self.allowed) > 1 else self.allowed
        shared = {"longest": self._longest, "cross_longest": self._cross_longest}
        rows: dict[str, NDArray[Any]] = {
            "ids": self.ids[:width],
            "position": self.position[:width],
            "cross_last": self._cross_last[:width],
            **{name: values[:width] for name, values in {**self._past, **self._cross}.items()},
        }
        if self._features is not None:
            features = self._features[:width]
            rows["features"] = features.reshape(width, -1, features.shape[-1])
        inputs: dict[str, NDArray[Any]] = {**shared, **rows, "allowed": allowed, "top": self._top}
        for name, array in inputs.items():
            binding.bind_input(name, "cpu", 0, array.dtype.type, array.shape, array.ctypes.data)
        outputs: dict[str, NDArray[Any]] = {
            "tokens": self.tokens[:width],
            "log_probabilities": self.logs[:width],
        }
        outputs |= {name.replace("past", "present"): rows[name] for name in self._past}
        outputs |= {name.replace("cross", "crossed"): rows[name] for name in self._cross}
        for name, array in outputs.items():
            binding.bind_output(name, "cpu", 0, array.dtype.type, array.shape, array.ctypes.data)
        return binding
