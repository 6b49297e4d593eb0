"""The installed ``inksight`` command, and pictures to give it."""

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.helpers.pictures import save

QUICK = ("--detector", "whole", "--model", "trace")
"""No words are looked for: one word, traced. What these tests are about starts after that."""


def is_result(path: Path) -> bool:
    """Whether a file was made for the user: a ledger was not."""
    return path.is_file() and not path.name.startswith(".inksight-ledger")


@dataclass(frozen=True)
class Ran:
    code: int
    out: bytes
    err: str


def command() -> str:
    beside = Path(sys.executable).with_name("inksight")
    found = str(beside) if beside.is_file() else shutil.which("inksight")
    assert found, "the inksight command is not installed: pip install ."
    return found


@pytest.fixture
def inksight(tmp_path):
    """Run the command in a folder of its own; its words are the arguments."""

    def run(*arguments: object, stdin: bytes = b"", cwd: Path = tmp_path, **options) -> Ran:
        done = subprocess.run(
            [command(), *map(str, arguments)],
            input=stdin,
            capture_output=True,
            cwd=cwd,
            timeout=120,
            **options,
        )
        return Ran(done.returncode, done.stdout, done.stderr.decode())

    return run


@pytest.fixture(scope="session")
def picture(tmp_path_factory) -> Path:
    """A small handwritten PNG."""
    return save(tmp_path_factory.mktemp("pictures") / "note.png")
