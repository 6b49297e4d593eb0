"""The installed command ends at once, but not before all is written and tidied up."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

import inksight_cli

RUN = (
    "import atexit, sys\n"
    "from inksight_cli.commands.app import command\n"
    "atexit.register(print, 'tidied up')\n"
    "command()\n"
)


def run(*words, stdout=subprocess.PIPE):
    command = [sys.executable, "-c", RUN, *words]
    return subprocess.run(
        command,
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
        timeout=60,
        env={**os.environ, "PYTHONUNBUFFERED": ""},  # else nothing waits to be written
    )


def test_what_is_to_be_done_at_an_exit_is_done_and_all_is_written():
    done = run("--version")
    assert done.stdout == f"inksight {inksight_cli.__version__}\ntidied up\n"
    assert done.returncode == 0


@pytest.mark.parametrize(
    ("words", "code"), [(["no-such-command"], 2), (["derender", "none.png", "-o", "a.svg"], 3)]
)
def test_the_exit_code_is_told(words, code):
    assert run(*words).returncode == code


@pytest.mark.parametrize("words", [["doctor"], ["--version"], ["derender", "--help"]])
def test_a_full_disk_is_no_success(words):
    with Path("/dev/full").open("w") as full:
        done = run(*words, stdout=full)
    assert done.returncode == 6
    assert "Traceback" not in done.stderr
    assert "inksight: Stdout cannot be written: no space left on device.\n" in done.stderr


def test_what_an_exit_cannot_write_is_no_success(tmp_path):
    picture = tmp_path / "a.png"
    Image.new("L", (60, 40), 255).save(picture)
    words = ["derender", str(picture), "-o", str(tmp_path / "a.svg"), "-q"]
    words += ["--detector", "whole", "--model", "trace"]
    with Path("/dev/full").open("w") as full:
        done = run(*words, stdout=full)  # nothing is on stdout but "tidied up"
    assert (tmp_path / "a.svg").exists()
    assert done.returncode == 1
