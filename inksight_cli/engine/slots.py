"""The decoder's static memory: one slot per row, bound once, updated in place.

A step runs the first `width` slots. Past and present keys are the same memory, so nothing is
copied from step to step; a finished row's slot takes the next word at once.
"""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from inksight_cli.engine.caches import Caches
from inksight_cli.engine.encode import Encoded
from inksight_cli.errors import ModelError

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

_CELL_ROWS = 4  # feature rows per patch row
_BORDERED = 62  # 56 cells and a border of 3
_BORDER = 3
_FIRST_CAPACITY = 256  # tokens per row to begin with; most words need no more
_ENCODED_GRAIN = 16  # encoded positions: words of one mode differ by a few


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
        inputs = session.get_inputs()
        shapes = {item.name: item.shape for item in inputs}
        outputs = {item.name: item.shape for item in session.get_outputs()}
        try:
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
        room = {"room": _FIRST_CAPACITY, "limit": capacity, "grain": _FIRST_CAPACITY}
        self._past = Caches(inputs, "past_", size, **room)
        room = {"room": 0, "limit": encoded, "grain": _ENCODED_GRAIN}
        self._cross = Caches(inputs, "cross_", size, **room)
        self._scales = {
            name: np.zeros((size, 1, shape[2]), np.float32)
            for name, shape in shapes.items()
            if name.startswith("scale_")
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
        for name, scales in self._scales.items():
            scales[row] = encoded.cross[name]
        for name in self._cross.arrays:
            values = encoded.cross[name]
            self._make_room(self._cross, values.shape[1])
            self._cross.arrays[name][row, :, : values.shape[1]] = values
            self._cross_last[row] = values.shape[1] - 1
        if self._features is not None and encoded.features is not None:
            features = encoded.features
            first = _BORDER + encoded.request.first_row * _CELL_ROWS
            page = self._features[row]
            page[:] = 0
            page[first : first + len(features), _BORDER:-_BORDER] = features

    def move(self, source: int, target: int) -> None:
        """Copy a row to another slot."""
        states = (self.ids, self.position, self._cross_last, self.tokens, self.logs)
        for state in (*states, *self._scales.values()):
            state[target] = state[source]
        if len(self.allowed) > 1:
            self.allowed[target] = self.allowed[source]
        self._cross.copy([target], [source], int(self._cross_last[source]) + 1)
        if self._features is not None:
            self._features[target] = self._features[source]
        self.inherit([target], [source])

    def inherit(self, rows: list[int], parents: list[int]) -> None:
        """Give `rows` the cached keys and values of `parents`, all at once."""
        self._past.copy(rows, parents, int(self.position[parents].max()) + 1)

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
        self._make_room(self._past, int(self._longest[0]))
        self._cross_longest[0] = self._cross_last[:width].max() + 1
        if width not in self._bindings:
            self._bindings[width] = self._bind(width)
        began = perf_counter()
        self._session.run_with_iobinding(self._bindings[width])
        self.seconds += perf_counter() - began

    def _make_room(self, caches: Caches, length: int) -> None:
        """Let the caches hold `length` positions; bindings to shorter ones are forgotten."""
        if caches.make_room(length):
            self._bindings.clear()

    def _bind(self, width: int) -> Any:  # noqa: ANN401 (onnxruntime has no types)
        """Bind the first `width` rows of everything."""
        binding = self._session.io_binding()
        allowed = self.allowed[:width] if len(self.allowed) > 1 else self.allowed
        held = {**self._past.arrays, **self._cross.arrays, **self._scales}
        shared = {"longest": self._longest, "cross_longest": self._cross_longest}
        rows: dict[str, NDArray[Any]] = {
            "ids": self.ids[:width],
            "position": self.position[:width],
            "cross_last": self._cross_last[:width],
            **{name: values[:width] for name, values in held.items()},
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
        outputs |= {name.replace("past", "present"): rows[name] for name in self._past.arrays}
        outputs |= {name.replace("cross", "crossed"): rows[name] for name in self._cross.arrays}
        for name, array in outputs.items():
            binding.bind_output(name, "cpu", 0, array.dtype.type, array.shape, array.ctypes.data)
        return binding
