"""The sorted string table that holds a checkpoint's index: LevelDB's format, read only.

Source: LevelDB `table_format.md`. A 48-byte footer points to an index block, whose values point
to data blocks; in a block each key repeats a prefix of the one before. TensorFlow writes these
tables uncompressed.
"""

from __future__ import annotations

from collections.abc import Iterator

from inksight_cli.convert.crc32c import masked_crc32c
from inksight_cli.convert.wire import read_varint
from inksight_cli.errors import ModelError

_FOOTER, _TRAILER = 48, 5
_MAGIC = 0xDB4775248B80FB57
_COMPRESSIONS = {1: "snappy", 2: "zstd"}


def read_table(data: bytes) -> dict[bytes, memoryview]:
    """Return all (key, value) pairs of the table ``data``, in the file's order.

    Raises:
        ModelError: it is no such table, is compressed, damaged or truncated.
    """
    view = memoryview(data)
    if len(view) < _FOOTER or int.from_bytes(view[-8:], "little") != _MAGIC:
        raise ModelError("The checkpoint's index is not a table: it is damaged or truncated.")
    footer = view[-_FOOTER:]
    _, at = _handle(footer, 0)  # the meta index: filters, which TensorFlow does not write
    index, _ = _handle(footer, at)
    pairs: dict[bytes, memoryview] = {}
    for _, value in _entries(_block(view, *index)):
        handle, _ = _handle(value, 0)
        pairs.update(_entries(_block(view, *handle)))
    return pairs


def _handle(data: memoryview, at: int) -> tuple[tuple[int, int], int]:
    offset, at = read_varint(data, at)
    size, at = read_varint(data, at)
    return (offset, size), at


def _block(data: memoryview, offset: int, size: int) -> memoryview:
    end = offset + size
    if end + _TRAILER > len(data):
        raise ModelError("The checkpoint's index points outside itself: it is damaged.")
    kind = data[end]
    if kind:
        name = _COMPRESSIONS.get(kind, f"method {kind}")
        raise ModelError(f"The checkpoint's index is compressed ({name}), which is not supported.")
    if masked_crc32c(data[offset : end + 1]) != int.from_bytes(data[end + 1 : end + 5], "little"):
        raise ModelError("The checkpoint's index fails its checksum: it is damaged.")
    return data[offset:end]


def _entries(block: memoryview) -> Iterator[tuple[bytes, memoryview]]:
    restarts = int.from_bytes(block[-4:], "little") if len(block) >= 4 else 0
    end = len(block) - 4 - 4 * restarts
    if end < 0:
        raise ModelError("A block of the checkpoint's index is too short: it is damaged.")
    at, key, body = 0, b"", block[:end]
    while at < end:
        shared, at = read_varint(body, at)
        fresh, at = read_varint(body, at)
        size, at = read_varint(body, at)
        if shared > len(key) or fresh + size > end - at:
            raise ModelError("An entry of the checkpoint's index is out of bounds: it is damaged.")
        key = key[:shared] + bytes(body[at : at + fresh])
        at += fresh
        yield key, body[at : at + size]
        at += size
