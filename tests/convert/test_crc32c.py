import numpy as np
import pytest

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


@pytest.mark.parametrize("kind", [bytes, memoryview, np.asarray])
def test_whatever_holds_the_bytes(kind):
    data = np.random.default_rng(0).integers(0, 256, 3017, dtype=np.uint8)
    data.setflags(write=False)
    assert crc32c(kind(data)) == bitwise(data.tolist())
    assert crc32c(kind(data[5:999])) == bitwise(data[5:999].tolist())
