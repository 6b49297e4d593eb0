"""The committed replica, unpacked once, with the questions its original was asked."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import numpy as np
import pytest

from inksight_cli.engine.protocol import Job

FIXTURES = Path(__file__).parent / "fixtures"


@pytest.fixture(scope="session")
def archive() -> Path:
    return FIXTURES / "small_p_replica.zip"


@pytest.fixture(scope="session")
def replica(archive, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("replica")
    zipfile.ZipFile(archive).extractall(folder)
    return folder


@pytest.fixture(scope="session")
def inspection(replica):
    from inksight_cli.convert.report import inspect_model

    return inspect_model(replica)


@pytest.fixture(scope="session")
def converted(inspection, tmp_path_factory) -> Path:
    from inksight_cli.convert.build import convert_model

    folder = tmp_path_factory.mktemp("converted") / "small-p"
    convert_model(inspection, folder)
    return folder


@pytest.fixture(scope="session")
def answers() -> list[dict]:
    """What the original said: `tokens` and `score` in JAX, `tensorflow` as text."""
    return json.loads((FIXTURES / "small_p_answers.json").read_text())


@pytest.fixture(scope="session")
def jobs(answers) -> list[Job]:
    pixels = np.load(FIXTURES / "small_p_questions.npz")["pixels"]
    return [
        Job(index, image, (0, 0, 224, 224), answer["mode"], answer["text"])
        for index, (image, answer) in enumerate(zip(pixels, answers, strict=True))
    ]
