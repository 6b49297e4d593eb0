import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inksight_cli.convert import crc32c as module
from inksight_cli.convert.crc32c import crc32c


def bitwise(data):
    crc = 0xFFFFFFFF
    for octet in data:
        crc ^= octet
        for _ in range(8):
            crc = crc >> 1 ^ 0x82F63B78 if crc & 1 else crc >> 1
    return crc ^ 0xFFFFFFFF


@pytest.mark.parametrize(
    ("data", "crc"),
    [(b"123456789", 0xE3069283), (bytes(32), 0x8A9136AA), (b"\xff" * 32, 0x62A8AB43), (b"", 0)],
)
def test_vectors_of_rfc_3720(data, crc):
    assert crc32c(data) == crc


@settings(max_examples=30)
@given(st.integers(0, 3000), st.integers(0, 2**32 - 1))
def test_lanes_change_nothing(size, seed):
    data = np.random.default_rng(seed).integers(0, 256, size, dtype=np.uint8)
    lanes, chunk = module._LANES, module._CHUNK
    module._LANES, module._CHUNK = 8, 1000
    try:
        assert crc32c(data) == bitwise(data.tolist())
    finally:
        module._LANES, module._CHUNK = lanes, chunk


def test_true_lanes():
    data = np.random.default_rng(0).integers(0, 256, 3 * (1 << 14) + 17, dtype=np.uint8)
    assert crc32c(data) == bitwise(data.tolist())
