"""CRC-32C (Castagnoli) over megabytes with NumPy: the checksum of checkpoints.

A CRC is linear over GF(2), so the data is cut into equal lanes, all lanes advance together one
byte at a time, and their registers are joined pairwise: the register of A then B is that of A
moved past len(B) zero bytes, xor that of B. Source: RFC 3720 B.4 for the polynomial and vectors;
Mark Adler, `crc32_combine`, for joining.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

_POLYNOMIAL = 0x82F63B78
_LANES = 1 << 14
_CHUNK = 1 << 26  # bytes joined at a time: bounds the copy that makes lanes contiguous
_Words = NDArray[np.uint32]


def crc32c(data: bytes | memoryview | NDArray[np.uint8]) -> int:
    """Return the CRC-32C of ``data``."""
    octets = data if isinstance(data, np.ndarray) else np.frombuffer(data, dtype=np.uint8)
    register = np.uint32(0xFFFFFFFF)
    for start in range(0, len(octets), _CHUNK):
        register = _advance(register, octets[start : start + _CHUNK])
    return int(register) ^ 0xFFFFFFFF


def masked_crc32c(data: bytes | memoryview | NDArray[np.uint8]) -> int:
    """Return the checksum as LevelDB and TensorFlow store it: rotated and shifted."""
    crc = crc32c(data)
    return (((crc >> 15) | (crc << 17)) + 0xA282EAD8) & 0xFFFFFFFF


def _advance(register: np.uint32, octets: NDArray[np.uint8]) -> np.uint32:
    length = len(octets) // _LANES
    if length:
        body = octets[: length * _LANES].reshape(_LANES, length)
        register = _moved(register, length * _LANES) ^ _joined(_lane_registers(body), length)
        octets = octets[length * _LANES :]
    table = _table()
    for octet in octets.tolist():
        register = table[(int(register) ^ octet) & 0xFF] ^ (register >> np.uint32(8))
    return register


def _lane_registers(lanes: NDArray[np.uint8]) -> _Words:
    table, registers = _table(), np.zeros(len(lanes), dtype=np.uint32)
    for column in np.ascontiguousarray(lanes.T):
        registers = table[(registers & 0xFF) ^ column] ^ (registers >> 8)
    return registers


def _joined(registers: _Words, length: int) -> np.uint32:
    while len(registers) > 1:
        registers = _applied(_zeros(length), registers[0::2]) ^ registers[1::2]
        length *= 2
    return np.uint32(registers[0])


def _moved(register: np.uint32, length: int) -> np.uint32:
    return np.uint32(_applied(_zeros(length), np.array([register], dtype=np.uint32))[0])


def _applied(matrix: _Words, registers: _Words) -> _Words:
    """Return matrix @ register over GF(2) for every register; columns as 32-bit words."""
    out = np.zeros_like(registers)
    for bit in range(32):
        out ^= np.where(registers >> np.uint32(bit) & 1, matrix[bit], np.uint32(0))
    return out


@cache
def _zeros(length: int) -> _Words:
    """Return the matrix that moves a register past ``length`` zero bytes."""
    if length == 0:
        return np.uint32(1) << np.arange(32, dtype=np.uint32)
    if length == 1:
        units = np.uint32(1) << np.arange(32, dtype=np.uint32)
        moved: _Words = _table()[units & 0xFF] ^ (units >> 8)
        return moved
    half = _zeros(length // 2)
    square = _applied(half, half)
    return _applied(_zeros(1), square) if length % 2 else square


@cache
def _table() -> _Words:
    table = np.arange(256, dtype=np.uint32)
    for _ in range(8):
        table = np.where(table & 1, (table >> 1) ^ np.uint32(_POLYNOMIAL), table >> 1)
    return table.astype(np.uint32)
