"""The protobuf wire format, read without protobuf: bounds-checked views, nothing executed.

Source: protobuf.dev, "Encoding". A message is a list of (field number, wire type, value); what
the numbers mean is written down where they are used. Every length is checked against the bytes
that are there, so a damaged file ends in a `ModelError` and in nothing else.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import NoReturn

from inksight_cli.errors import ModelError

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_FIXED = {_FIXED64: 8, _FIXED32: 4}
_VARINT_BYTES = 10  # 64 bits in groups of 7


def read_varint(data: memoryview, at: int) -> tuple[int, int]:
    """Return (value, position after it) of the varint at ``at``.

    Raises:
        ModelError: the bytes end inside it, or it is longer than 64 bits.
    """
    value = 0
    for index in range(_VARINT_BYTES):
        if not 0 <= at + index < len(data):
            raise ModelError("The model file ends in the middle of a number: it is damaged.")
        byte = data[at + index]
        value |= (byte & 0x7F) << (7 * index)
        if byte < 0x80:
            return value & 0xFFFFFFFFFFFFFFFF, at + index + 1
    raise ModelError("The model file holds a number longer than 64 bits: it is damaged.")


def signed(value: int) -> int:
    """Return the 64-bit two's complement reading of an unsigned ``value``."""
    return value - (1 << 64) if value >> 63 else value


class Message:
    """One message over a view of bytes; its fields are split once, sub-messages on demand."""

    __slots__ = ("_fields", "data")

    def __init__(self, data: bytes | memoryview) -> None:
        self.data = memoryview(data)
        self._fields: dict[int, list[int | memoryview]] = {}
        for number, value in _split(self.data):
            self._fields.setdefault(number, []).append(value)

    def __contains__(self, number: int) -> bool:
        return number in self._fields

    def integer(self, number: int, default: int = 0) -> int:
        """Return the last integer of field ``number`` (unsigned), as protobuf does."""
        value = self._fields.get(number, [default])[-1]
        return value if isinstance(value, int) else _wrong_type(number)

    def view(self, number: int) -> memoryview:
        """Return the last bytes of field ``number``; empty when it is absent."""
        value = self._fields.get(number, [memoryview(b"")])[-1]
        return value if isinstance(value, memoryview) else _wrong_type(number)

    def text(self, number: int) -> str:
        """Return field ``number`` as UTF-8, undecodable bytes replaced; empty when absent."""
        return str(self.view(number), "utf-8", "replace")

    def fixed32(self, number: int) -> int:
        """Return field ``number`` as a little-endian unsigned 32-bit integer; 0 when absent."""
        return int(struct.unpack("<I", self._sized(number, 4))[0])

    def float32(self, number: int) -> float:
        """Return field ``number`` as a 32-bit float; 0 when absent."""
        return float(struct.unpack("<f", self._sized(number, 4))[0])

    def message(self, number: int) -> Message:
        """Return the last sub-message of field ``number``; an empty one when absent."""
        return Message(self.view(number))

    def views(self, number: int) -> list[memoryview]:
        """Return all byte values of field ``number`` in order."""
        values = self._fields.get(number, [])
        return [v if isinstance(v, memoryview) else _wrong_type(number) for v in values]

    def texts(self, number: int) -> list[str]:
        """Return all values of field ``number`` as UTF-8."""
        return [str(view, "utf-8", "replace") for view in self.views(number)]

    def messages(self, number: int) -> Iterator[Message]:
        """Yield all sub-messages of field ``number``."""
        return (Message(view) for view in self.views(number))

    def integers(self, number: int) -> list[int]:
        """Return all integers of field ``number``, packed or not (unsigned)."""
        values: list[int] = []
        for value in self._fields.get(number, []):
            values += [value] if isinstance(value, int) else _unpacked(value)
        return values

    def _sized(self, number: int, size: int) -> memoryview:
        view = self.view(number) if number in self._fields else memoryview(bytes(size))
        return view if len(view) == size else _wrong_type(number)


def _split(data: memoryview) -> Iterator[tuple[int, int | memoryview]]:
    at = 0
    while at < len(data):
        tag, at = read_varint(data, at)
        number, kind = tag >> 3, tag & 7
        if kind == _VARINT:
            value, at = read_varint(data, at)
            yield number, value
            continue
        if kind == _BYTES:
            size, at = read_varint(data, at)
        elif kind in _FIXED:
            size = _FIXED[kind]
        else:
            raise ModelError(f"The model file has a field of unknown kind {kind}: it is damaged.")
        if size > len(data) - at:
            raise ModelError("The model file ends in the middle of a field: it is damaged.")
        yield number, data[at : at + size]
        at += size


def _unpacked(data: memoryview) -> list[int]:
    values, at = [], 0
    while at < len(data):
        value, at = read_varint(data, at)
        values.append(value)
    return values


def _wrong_type(number: int) -> NoReturn:
    raise ModelError(f"Field {number} of the model file has the wrong type: it is damaged.")
