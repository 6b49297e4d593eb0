"""The bytes of MLIR: its own kind of numbers, and which values an operation can name.

Source: mlir.llvm.org, "MLIR Bytecode Format".
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager

from inksight_cli.errors import ModelError


class Reader:
    """A position in bytes; reads MLIR's own kind of variable-length numbers."""

    def __init__(self, data: memoryview) -> None:
        self.data, self.at = data, 0

    @property
    def left(self) -> int:
        """How many bytes are left."""
        return len(self.data) - self.at

    def byte(self) -> int:
        """Read one byte."""
        return self.bytes(1)[0]

    def bytes(self, count: int) -> memoryview:
        """Read ``count`` bytes."""
        if not 0 <= count <= self.left:
            raise ModelError("The network's StableHLO ends too early: it is damaged.")
        self.at += count
        return self.data[self.at - count : self.at]

    def number(self) -> int:
        """Read a number: trailing zero bits of the first byte tell how many bytes follow."""
        first = self.byte()
        more = 8 if first == 0 else (first & -first).bit_length() - 1
        value = first | int.from_bytes(self.bytes(more), "little") << 8
        return value >> 8 if more == 8 else value >> (more + 1)

    def signed(self) -> int:
        """Read a number whose lowest bit is its sign."""
        value = self.number()
        return value >> 1 ^ -(value & 1)

    def flagged(self) -> tuple[int, bool]:
        """Read a number that carries a flag in its lowest bit."""
        value = self.number()
        return value >> 1, bool(value & 1)

    def count(self) -> int:
        """Read the length of a list, each of whose items takes a byte or more."""
        value = self.number()
        if value > self.left:
            raise ModelError("The network's StableHLO claims more items than it has bytes.")
        return value

    def numbers(self) -> list[int]:
        """Read a list of numbers after their count."""
        return [self.number() for _ in range(self.count())]

    def section(self) -> tuple[int, Reader]:
        """Read a section: its kind and a reader over its bytes."""
        head = self.byte()
        length = self.number()
        if head & 0x80:
            alignment = self.number()
            while alignment and self.at % alignment:
                self.byte()
        return head & 0x7F, Reader(self.bytes(length))


class Scope:
    """The values that operations can name, by number.

    A region's own values follow all of its parent's, also those its parent makes later, and
    sibling regions use the same numbers; here every value gets a number nobody else has.
    """

    def __init__(self, fresh: Iterator[int]) -> None:
        self._fresh = fresh
        self.values: list[int] = []
        self._next, self._end = 0, 0

    @contextmanager
    def region(self, count: int) -> Iterator[None]:
        """Make room for the ``count`` values of a region, and forget them afterwards."""
        before, base = (self._next, self._end), len(self.values)
        self.values += itertools.islice(self._fresh, count)
        self._next, self._end = base, base + count
        yield
        del self.values[base:]
        self._next, self._end = before

    def make(self) -> int:
        """Return the value that the region makes next."""
        if self._next >= self._end:
            raise ModelError("The network's StableHLO makes more values than it announced.")
        self._next += 1
        return self.values[self._next - 1]
