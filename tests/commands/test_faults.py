"""What may befall a batch from outside: rights that are lost, clocks that jump, very many names."""

import dataclasses
import os
import subprocess
import sys
from pathlib import Path

import pytest

from inksight_cli.ledger import NAME
from inksight_cli.ledger.book import read_entries
from tests.commands.conftest import QUICK
from tests.helpers.pictures import save

SHUT = """
import errno, io, os

def shut(*_):
    raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

open_file, descriptor = io.open, os.open

def open_unless(file, *arguments, **more):
    return shut() if "shut" in str(file) else open_file(file, *arguments, **more)

def create_unless(path, flags, *arguments, **more):
    begun = os.path.isdir("o") and any(name.endswith(".svg") for name in os.listdir("o"))
    lost = begun and "inksight-part" in str(path) and not os.path.exists("given back")
    return shut() if lost else descriptor(path, flags, *arguments, **more)

io.open = open_unless
os.open = create_unless
"""

CLOCK = """
import itertools, time

years = itertools.cycle([40, -30, 3, -50])
now = time.time
time.time = lambda: now() + next(years) * 365 * 86400
"""

COUNTED = """
import cProfile, pstats, sys
from inksight_cli.commands.app import main

profile = cProfile.Profile()
profile.enable()
try:
    main()
except SystemExit as end:
    assert not end.code, end
profile.disable()
print(pstats.Stats(profile).total_calls)
"""


@pytest.fixture
def altered(tmp_path):
    """Return an environment in which every process begins with some code."""

    def environment(code):
        (tmp_path / "site").mkdir()
        (tmp_path / "site" / "sitecustomize.py").write_text(code)
        return {**os.environ, "PYTHONPATH": str(tmp_path / "site")}

    return environment


def pictures(folder, *names):
    folder.mkdir()
    for name in names:
        save(folder / f"{name}.png", name)


def results(folder):
    return {path.name: path.read_bytes() for path in folder.glob("*.svg")}


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_rights_that_are_lost_in_the_middle_cost_pages_and_resume_makes_them(
    inksight, altered, tmp_path, jobs
):
    pictures(tmp_path / "i", "a", "b", "c", "d", "shut")
    call = ("derender", "i", "-o", "o", *QUICK, "--jobs", jobs)
    ran = inksight(*call, env=altered(SHUT))
    assert ran.code == 7
    assert "'i/shut.png' cannot be read: permission denied." in ran.err
    made = results(tmp_path / "o")
    assert 1 <= len(made) <= 2  # two may have begun before either was there
    assert ran.err.count("Permission denied") == 4 - len(made)
    codes = [entry.code for entry in read_entries(tmp_path / "o" / NAME)]
    assert sorted(codes) == [0] * len(made) + [3] + [6] * (4 - len(made))
    assert not [p for p in (tmp_path / "o").iterdir() if p.name.endswith(".inksight-part")]
    ran = inksight(*call, "--resume")
    assert (ran.code, f"{5 - len(made)} failed before, 0 are out of date" in ran.err) == (0, True)
    assert len(results(tmp_path / "o")) == 5


def test_a_clock_that_jumps_by_years_changes_nothing(inksight, altered, tmp_path):
    pictures(tmp_path / "i", "a", "b", "c", "d")
    call = ("derender", "i", *QUICK, "--jobs", "2", "--timeout", "100")
    assert inksight(*call, "-o", "calm").code == 0
    env = altered(CLOCK)
    assert inksight(*call, "-o", "o", "--shard", "1/2", env=env).code == 0
    for n, path in enumerate((tmp_path / "i").iterdir()):
        os.utime(path, (n * 1e9, 4e9 - n * 1e9))
    assert inksight(*call, "-o", "o", "--shard", "2/2", env=env).code == 0
    assert results(tmp_path / "o") == results(tmp_path / "calm")
    ran = inksight(*call, "-o", "o", "--resume", env=env)
    assert (ran.code, "resuming: 4 of 4 pages are done" in ran.err) == (0, True)


def test_what_another_takes_for_left_behind_is_written_again(tmp_path, monkeypatch):
    from inksight_cli import output

    chmod = Path.chmod

    def swept(path, mode):
        chmod(path, mode)
        path.unlink()
        monkeypatch.undo()

    monkeypatch.setattr(Path, "chmod", swept)
    output.replace_file(tmp_path / "a.svg", b"ink")
    assert [path.name for path in tmp_path.iterdir()] == ["a.svg"]
    assert (tmp_path / "a.svg").read_bytes() == b"ink"


def test_names_cost_the_same_however_many_there_are(inksight, tmp_path):
    pictures(tmp_path / "i", "a")
    call = ("derender", "i", "-o", "o", *QUICK)
    assert inksight(*call, "--ledger", "o.jsonl").code == 0
    (done,) = read_entries(tmp_path / "o.jsonl")
    calls, there = [], 0
    for count in (200, 400, 800):
        with (tmp_path / "o.jsonl").open("ab") as ledger:
            for n in range(there, count):
                os.link(tmp_path / "i" / "a.png", tmp_path / "i" / f"{n}.png")
                os.link(tmp_path / "o" / "a.svg", tmp_path / "o" / f"{n}.svg")
                (size,) = done.outputs.values()
                more = {"result": f"o/{n}.svg", "outputs": {f"o/{n}.svg": size}}
                ledger.write(dataclasses.replace(done, input=f"i/{n}.png", **more).line())
        there = count
        ran = subprocess.run(
            [sys.executable, "-c", COUNTED, *call, "--ledger", "o.jsonl", "--resume"],
            cwd=tmp_path,
            capture_output=True,
            check=True,
        )
        assert f"{count + 1} of {count + 1} pages are done".encode() in ran.stderr
        calls.append(int(ran.stdout))
    assert calls[2] - calls[1] < 2.2 * (calls[1] - calls[0])
