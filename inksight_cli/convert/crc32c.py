"""CRC-32C (Castagnoli), the checksum of checkpoints, by Google's library."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def crc32c(data: bytes | memoryview | NDArray[np.uint8]) -> int:
    """Return the CRC-32C of contiguous ``data``."""
    import google_crc32c

    # It takes arrays, those of mapped files too, without a copy, but no memoryviews.
    octets = data if isinstance(data, np.ndarray) else np.frombuffer(data, dtype=np.uint8)
    return int(google_crc32c.value(octets))


def masked_crc32c(data: bytes | memoryview | NDArray[np.uint8]) -> int:
    """Return the checksum as LevelDB and TensorFlow store it: rotated and shifted."""
    crc = crc32c(data)
    return (((crc >> 15) | (crc << 17)) + 0xA282EAD8) & 0xFFFFFFFF
