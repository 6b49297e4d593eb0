"""The committed replica, unpacked once."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

FIXTURES = Path(__file__).parent / "fixtures"


@pytest.fixture(scope="session")
def archive() -> Path:
    return FIXTURES / "small_p_replica.zip"


@pytest.fixture(scope="session")
def replica(archive, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("replica")
    zipfile.ZipFile(archive).extractall(folder)
    return folder
