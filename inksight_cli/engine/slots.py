"""The decoder's static memory: one slot per row, bound once, updated in place.

A step runs the first `width` slots. Past and present keys are the same memory, so nothing is
copied from step to step; a finished row's slot takes the next word at once. On a device that is
apart, keys, values and features lie there; a step sends it tokens and gets tokens back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from inksight_cli.engine.binding import Bindings
from inksight_cli.engine.caches import Kind, Place, Rows, kinds_of, place
from inksight_cli.engine.device_caches import Memory
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
        memory: where keys, values and features lie; None = in this process.
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
        memory: Memory | None = None,
        multiple: int = 1,
    ) -> None:
        self._memory = memory or Memory()
        self._multiple = multiple if size > 1 else 1
        self._bindings = Bindings(session, self._memory)
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
        self._past = self._memory.rows(kinds_of(inputs, "past_"), size, **room)
        room = {"room": 0, "limit": encoded, "grain": _ENCODED_GRAIN}
        self._cross = self._memory.rows(kinds_of(inputs, "cross_"), size, **room)
        self._scales = {
            name: np.zeros((size, 1, shape[2]), np.float32)
            for name, shape in shapes.items()
            if name.startswith("scale_")
        }
        self._features: Rows | None = None
        if "features" in shapes:
            canvas = {"features": Kind(_BORDERED, shapes["features"][2])}
            room = dict.fromkeys(("room", "limit", "grain"), _BORDERED)
            self._features = self._memory.rows(canvas, size, **room)
        self.seconds = 0.0

    def admit(self, row: int, encoded: Encoded, start: int) -> None:
        """Put a new word into a slot."""
        self.ids[row] = start
        self.position[row] = 0
        for name, scales in self._scales.items():
            scales[row] = encoded.cross[name]
        self._put(self._cross, row, encoded.cross)
        self._cross_last[row] = encoded.cross["cross_key_0"].shape[1] - 1
        if self._features is not None and encoded.features is not None:
            first = _BORDER + encoded.request.first_row * _CELL_ROWS
            height, width, channels = encoded.features.shape
            page = np.zeros((_BORDERED, _BORDERED, channels), np.float32)
            page[first : first + height, _BORDER : _BORDER + width] = encoded.features
            self._put(self._features, row, {"features": page})

    def _put(self, rows: Rows, row: int, values: Mapping[str, Any]) -> None:
        """Set a row, which may need more room than there is: then bindings are forgotten."""
        before = rows.room
        rows.put(row, values)
        if rows.room != before:
            self._bindings.forget()

    def move(self, source: int, target: int) -> None:
        """Copy a row to another slot."""
        states = (self.ids, self.position, self._cross_last, self.tokens, self.logs)
        for state in (*states, *self._scales.values()):
            state[target] = state[source]
        if len(self.allowed) > 1:
            self.allowed[target] = self.allowed[source]
        self._cross.copy([target], [source], int(self._cross_last[source]) + 1)
        if self._features is not None:
            self._features.copy([target], [source], _BORDERED)
        self.inherit([target], [source])

    def try_out(self) -> None:
        """A step over empty rows, and a copy of one: what cannot run here fails now."""
        self._cross.make_room(1)
        self.step(self.size)
        self.move(self.size - 1, 0)

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
        if self._past.make_room(int(self._longest[0])):
            self._bindings.forget()
        self._cross_longest[0] = self._cross_last[:width].max() + 1
        began = perf_counter()
        fresh = width not in self._bindings
        if fresh:
            self._bindings.bind(width, self._held(width), self._results(width))
        if fresh or self._memory.apart:
            self._bindings.send(width, self._changing(width))
        self._bindings.run(width)
        if self._memory.apart:
            self._memory.moved += self.tokens[:width].nbytes + self.logs[:width].nbytes
        self.seconds += perf_counter() - began

    def _held(self, width: int) -> dict[str, Place]:
        """The first `width` rows of what stays where it is."""
        caches = self._past.places(width) | self._cross.places(width)
        held = {**caches, **{name: place(each[:width]) for name, each in self._scales.items()}}
        if self._features is not None:
            canvas = self._features.places(width)["features"]
            flat = width, _BORDERED * _BORDERED, canvas.shape[-1]
            held["features"] = replace(canvas, shape=flat)
        return held

    def _results(self, width: int) -> dict[str, Place]:
        """Where outputs go: caches to where their inputs are."""
        caches = self._past.places(width) | self._cross.places(width)
        return {
            "tokens": place(self.tokens[:width]),
            "log_probabilities": place(self.logs[:width]),
            **{_after(name): where for name, where in caches.items()},
        }

    def _changing(self, width: int) -> dict[str, NDArray[Any]]:
        """The first `width` rows of what changes from step to step."""
        ruled = len(self.allowed) > 1
        return {
            "ids": self.ids[:width],
            "position": self.position[:width],
            "longest": self._longest,
            "cross_last": self._cross_last[:width],
            "cross_longest": self._cross_longest,
            "allowed": self.allowed[:width] if ruled else self.allowed,
            "top": self._top,
        }


def _after(name: str) -> str:
    """The output that a cache's input comes back as."""
    return name.replace("past", "present").replace("cross", "crossed")
