"""Every way a run can fail: one clear sentence, the right code, no partial output."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from inksight_cli.errors import FolderGoneError, OutputError
from tests.commands.conftest import QUICK, command, is_result


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if is_result(path) or path.is_dir())


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "There is no file 'page.png'."),
        (b"", "'page.png' is empty"),
        (b"just a text", "'page.png' is not a picture"),
        (b"\xff\xd8\xff\xe0" + b"\0" * 50, "'page.png'"),
        ("half", "'page.png' is damaged"),
    ],
)
def test_an_unreadable_input(inksight, picture, tmp_path, content, says):
    if content == "half":
        content = picture.read_bytes()[: picture.stat().st_size // 2]
    if content is not None:
        (tmp_path / "page.png").write_bytes(content)
    before = files(tmp_path)
    ran = inksight("derender", "page.png", "-o", "page.svg", *QUICK)
    assert ran.code == 3
    assert ran.err.startswith("inksight: ")
    assert says in ran.err
    assert "Traceback" not in ran.err
    assert files(tmp_path) == before


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        ((), 2, "Usage: inksight"),
        (("derender",), 2, "Nothing is named to be read"),
        (("{p}",), 2, "inksight derender /"),
        (("derender", "{p}", "-o", "x.svg", "--format", "json"), 2, "ends in .svg"),
        (("derender", "{p}", "-o", "x.pdf", "--format", "svg"), 2, "Call it x.svg"),
        (("detect", "{p}", "-o", "boxes.svg"), 2, "Call it boxes.json"),
        (("derender", "{p}", "-o", "x.svg", "--preview", "x.jpg"), 2, "Call it x.png"),
        (("derender", "{p}", "-o", "x.json", "--preview", "x.json"), 2, "ends in .json"),
        (("derender", "{p}", "-o", "x.svg", "--preview", "x.svg"), 2, "ends in .svg"),
        (("derender", "{p}", "-o", "x.svg", "--lang", "eng"), 2, "--detector tesseract"),
        (("derender", "{p}", "--format", "docx"), 2, "Unknown format 'docx'"),
        (("derender", "{p}", "-o", "x.docx"), 2, "Unknown format '.docx'; it is one of "),
        (("derender", "{p}", "-o", "-", "--format", "doc"), 2, "Unknown format 'doc'"),
        (("derender", "{p}", "-o", "x.svg", "--detector", "eyes"), 2, "Unknown detector 'eyes'"),
        (("derender", "{p}", "-o", "x.svg", "--mode", "guess"), 2, "--mode"),
        (("derender", "{p}", "-o", "x.svg", "--pages", "x", *QUICK), 2, "page"),
        (("derender", "{p}", "{p}", "-o", "-"), 2, "cannot all go to stdout"),
        (("derender", "{p}", "-", "-o", "out"), 2, "Stdin (-) cannot be mixed"),
        (("derender", "{p}", "-o", "{p}", "--format", "svg"), 2, "take the place of the input"),
        (("derender", "empty", "-o", "out"), 3, "no picture in the folder 'empty'"),
        (("derender", "*.xyz", "-o", "out"), 3, "No file matches '*.xyz'"),
        (("derender", "{p}", "-o", "x.svg", "--max-pixels", "9", *QUICK), 3, "--max-pixels"),
        (("derender", "{p}", "-o", "x.svg", "--boxes", "none.json"), 3, "none.json"),
        (("derender", "{p}", "-o", "x.svg", "--model", "nothing"), 5, "no model 'nothing'"),
        (("derender", "{p}", "-o", "no/x.svg", *QUICK), 6, "mkdir -p no"),
        (("derender", "{p}", "-o", "wall/out/", *QUICK), 6, "'wall/out' cannot be made"),
        (("derender", "{p}", "-o", "wall/x.svg", *QUICK), 6, "no folder 'wall'"),
        (("derender", "{p}", "-o", "/dev/full", "--format", "svg", *QUICK), 6, "No space left"),
        (("detect", "{p}", "-o", "/dev/full", "--detector", "whole"), 6, "No space left"),
    ],
)
def test_a_call_that_cannot_work(inksight, picture, tmp_path, arguments, code, says):
    (tmp_path / "empty").mkdir()
    (tmp_path / "wall").write_text("a file where a folder should be")
    before = files(tmp_path)
    ran = inksight(*(argument.format(p=picture) for argument in arguments))
    assert ran.code == code
    assert says in ran.err
    assert "Traceback" not in ran.err
    assert ran.out == b""
    assert files(tmp_path) == before


def test_a_missing_program_is_named_with_the_line_that_installs_it(inksight, picture, tmp_path):
    away = {**os.environ, "PATH": str(tmp_path / "nothing")}
    call = ("derender", picture, "-o", "x.svg", "--model", "trace", "--detector", "tesseract")
    ran = inksight(*call, env=away)
    assert ran.code == 4
    assert "tesseract" in ran.err
    assert "install" in ran.err
    assert files(tmp_path) == []


def test_what_was_there_survives_a_full_disk(inksight, picture, tmp_path):
    """A file system of 8 kB, where root may mount one; else a limit on the size of files."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=8k", "tmpfs", disk], capture_output=True
    )
    before = None
    if mounted.returncode:
        before = _limit_files
    try:
        (disk / "note.json").write_text("old")
        ran = inksight(
            "derender",
            picture,
            "-o",
            disk / "note.json",
            *QUICK,
            "--decimals",
            6,
            preexec_fn=before,
        )
        assert ran.code == 6
        assert "Cannot write" in ran.err
        assert files(disk) == ["note.json"]
        assert (disk / "note.json").read_text() == "old"
    finally:
        if not mounted.returncode:
            subprocess.run(["umount", disk], check=True)


@pytest.mark.parametrize("log", ["text", "json"])
def test_a_batch_ends_where_the_disk_is_full(picture, tmp_path, log):
    """What was done stays, the rest is not read in vain, and the same call goes on later."""
    names = [f"{letter}.png" for letter in "abcd"]
    for name in names:
        shutil.copy(picture, tmp_path / name)
    full = (
        "import errno, sys\n"
        "from inksight_cli import output\n"
        "from inksight_cli.commands import app\n"
        "real, left = output.os.fsync, [1, 1, 0]  # of a result, the ledger, a result\n"
        "def sync(handle):\n"
        "    if not left.pop(0):\n"
        "        raise OSError(errno.ENOSPC, 'No space left on device')\n"
        "    real(handle)\n"
        "output.os.fsync = sync\n"
        "app.command()\n"
    )
    words = ["derender", *names, "-o", "out", *QUICK, "--log-format", log]
    ran = subprocess.run(
        [sys.executable, "-c", full, *words], cwd=tmp_path, capture_output=True, text=True
    )
    assert (ran.returncode, files(tmp_path / "out")) == (6, ["a.svg"])
    assert "The run stops here, 1 of 4 inputs are done." in ran.stderr
    again = subprocess.run([command(), *words, "--skip-existing"], cwd=tmp_path)
    assert (again.returncode, len(files(tmp_path / "out"))) == (0, 4)


def _limit_files() -> None:
    import resource

    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))


def test_a_full_stdout_is_told(picture):
    with Path("/dev/full").open("wb") as full:
        call = [command(), "derender", picture, "-o", "-", *QUICK]
        done = subprocess.run(call, stdout=full, stderr=subprocess.PIPE, timeout=120)
    assert done.returncode == 6
    assert b"Stdout cannot be written: no space left" in done.stderr


def test_a_reader_that_goes_away_is_no_traceback(picture):
    call = [command(), "derender", picture, "-o", "-", "--format", "json", *QUICK]
    with subprocess.Popen(call, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.close()
        error = process.stderr.read()
        assert process.wait(120) == 1
    assert b"Traceback" not in error


def test_ctrl_c_ends_with_130_and_no_partial_output(tmp_path):
    """The signal comes while the input is being read."""
    code = (
        "import io, os, signal, sys\n"
        "class Stdin(io.RawIOBase):\n"
        "    def read(self, size=-1): os.kill(os.getpid(), signal.SIGINT); return b''\n"
        "sys.stdin = io.TextIOWrapper(Stdin())\n"
        "from inksight_cli.commands.app import main\n"
        "main()\n"
    )
    call = [sys.executable, "-c", code, "derender", "-", "-o", "out.svg", *QUICK]
    done = subprocess.run(call, cwd=tmp_path, stderr=subprocess.PIPE, timeout=120)
    assert done.returncode == 130
    assert b"Traceback" not in done.stderr
    assert files(tmp_path) == []


def test_an_error_is_one_json_object_where_asked_for(inksight):
    ran = inksight("derender", "none.png", "-o", "x.svg", *QUICK, "--log-format", "json")
    assert ran.code == 3
    assert ran.err.count("\n") == 1
    assert ran.err.startswith('{"event": "error", "message": "There is no file')


def test_outputs_of_one_input_are_not_those_of_another(tmp_path):
    """Names keep results apart; should they fail to, nothing is lost."""
    from inksight_cli.commands.owners import Owners
    from inksight_cli.commands.targets import Target

    targets = [Target("c.tif", tmp_path / "c.svg"), Target("d.tif", tmp_path / "c.page-1.svg")]
    owners = Owners(targets, keep=["in.png"])
    with pytest.raises(OutputError, match=r"is the result of 'd\.tif' already"):
        owners.claim(targets[0].page(1, 2), "c.tif", again=False)
    with pytest.raises(OutputError, match="take the place of the input"):
        owners.claim(Path("in.png"), "c.tif", again=True)


def test_a_folder_of_results_that_is_gone_is_not_made_again(tmp_path):
    from inksight_cli.commands.owners import Owners

    (tmp_path / "out").mkdir()
    owners = Owners([], folders=[str(tmp_path / "out")])
    owners.claim(tmp_path / "out" / "sub" / "a.svg", "a", again=False)
    shutil.rmtree(tmp_path / "out")
    with pytest.raises(FolderGoneError, match="has been removed"):
        owners.claim(tmp_path / "out" / "sub" / "b.svg", "b", again=False)
    assert not (tmp_path / "out").exists()
