"""Batches: side by side, resumed where they ended, and whatever happens on the way."""

import json
import os
import shutil
import signal
import subprocess
import time
from collections import Counter

import pytest

from inksight_cli.ledger import NAME
from inksight_cli.ledger.book import read_entries
from tests.commands.conftest import QUICK, command
from tests.helpers.pictures import save, save_pages

TROUBLE = """
import os, signal, sys, time
from pathlib import Path

def trouble(page):
    name = Path(page.source).name
    if name.startswith("killed") or (name.startswith("once") and not Path("once").exists()):
        Path("once").touch()
        os.kill(os.getpid(), signal.SIGKILL)
    if name.startswith("hang"):
        time.sleep(600)
    if name.startswith("slow"):
        Path("begun").touch()
        time.sleep(float(os.environ.get("SLOW", "0.3")))
    if name.startswith("hungry"):
        bytearray(4 << 30)

if os.path.basename(sys.argv[0]) == "inksight" or "-c" in sys.argv:
    from inksight_cli.detectors.boxes.whole import WholeDetector
    detect = WholeDetector.detect
    WholeDetector.detect = lambda self, page: (trouble(page), detect(self, page))[1]
"""


@pytest.fixture
def trouble(tmp_path):
    """An environment in which the names of pictures say what happens to their pages."""
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "sitecustomize.py").write_text(TROUBLE)
    return {**os.environ, "PYTHONPATH": str(tmp_path / "site")}


@pytest.fixture
def begin(tmp_path, trouble):
    """Start the command and leave it alone."""
    started = []

    def run(*arguments, **more):
        call = [command(), *map(str, arguments)]
        env = {**trouble, **more}
        started.append(subprocess.Popen(call, cwd=tmp_path, env=env, stderr=subprocess.PIPE))
        return started[-1]

    yield run
    for process in started:
        process.kill()
        process.communicate()


def contents(folder):
    """All results; a kill in the middle of writing leaves a hidden part that is swept later."""
    files = (p for p in folder.rglob("*") if p.is_file() and not hidden(p.name))
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in files}


def hidden(name):
    return name.startswith(".inksight-le") or (name[0] == "." and name.endswith(".inksight-part"))


def ledger(folder):
    return list(read_entries(folder / NAME))


def until(true, seconds=60):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


def pictures(folder, *names):
    folder.mkdir(exist_ok=True)
    for name in names:
        save(folder / name, "".join(filter(str.isalpha, name.partition(".")[0])) or "word")


@pytest.mark.parametrize("format", ["svg", "json"])
def test_two_side_by_side_write_what_one_does(inksight, tmp_path, format):
    pictures(tmp_path / "i", "a.png", "b.png", "c.png")
    save_pages(tmp_path / "i" / "book.tif", ["one", "two", "three"])
    call = ("derender", "i", *QUICK, "--format", format, "--log-format", "json")
    assert inksight(*call, "-o", "o1", "--jobs", "1").code == 0
    ran = inksight(*call, "-o", "o2", "--jobs", "2")
    assert ran.code == 0
    assert contents(tmp_path / "o1") == contents(tmp_path / "o2")
    assert len(contents(tmp_path / "o2")) == (6 if format == "svg" else 4)
    events = Counter(json.loads(line)["event"] for line in ran.err.splitlines())
    shared = {"file": 1} if format == "json" else {}
    assert events == {"page": 6, "summary": 1, **shared}
    entries = ledger(tmp_path / "o2")
    assert Counter(e.result for e in entries if e.page) == {
        f"book.{format}": 3,
        **{f"{name}.{format}": 1 for name in "abc"},
    }
    for entry in entries:
        for name, size in entry.outputs.items():
            if entry.page == 0 or entry.pages == 1 or format == "svg":
                assert (tmp_path / "o2" / name).stat().st_size == size
    assert all(entry.words == 1 and entry.sha256 for entry in entries if entry.page)


def test_what_befalls_a_page_befalls_no_other(inksight, tmp_path, trouble):
    pictures(
        tmp_path / "i",
        "a.png",
        "b.png",
        "killed.png",
        "once.png",
        "hang.png",
        "hungry.png",
        "z.png",
    )
    limits = ("--jobs", "2", "--timeout", "20", "--max-memory", "1000")
    ran = inksight("derender", "i", "-o", "o", *QUICK, *limits, env=trouble)
    assert ran.code == 7
    assert sorted(contents(tmp_path / "o")) == ["a.svg", "b.svg", "once.svg", "z.svg"]
    assert "killed.png: The page was given up: its worker was killed (SIGKILL)" in ran.err
    assert "hang.png: The page was given up: it took longer than 20 seconds" in ran.err
    assert "hungry.png: The page needs more memory than --max-memory 1000 allows." in ran.err
    assert "4 of 7 inputs done, 0 skipped, 3 failed" in ran.err
    failed = {e.input: e.code for e in ledger(tmp_path / "o") if e.failure}
    assert failed == {"i/killed.png": 1, "i/hang.png": 1, "i/hungry.png": 1}


def test_a_run_that_is_killed_is_resumed_to_the_same_bytes(inksight, begin, tmp_path):
    (tmp_path / "i").mkdir()
    save_pages(tmp_path / "i" / "slow.tif", ["one", "two", "three", "four"])
    pictures(tmp_path / "i", "slow-a.png", "slow-b.png")
    call = ("derender", "i", *QUICK, "--format", "json", "--jobs", "2")
    assert inksight(*call, "-o", "undisturbed").code == 0
    path = tmp_path / "o" / NAME
    for lines in (1, 3):
        process = begin(*call, "-o", "o", "--resume")
        until(lambda n=lines: path.exists() and len(ledger(tmp_path / "o")) >= n)
        process.kill()
        process.wait()
    with path.open("ab") as file:
        file.write(b'{"input": "i/slow')  # as a kill in the middle of a line leaves it
    done = len({e.key for e in ledger(tmp_path / "o") if e.page})
    ran = inksight(*call, "-o", "o", "--resume")
    assert ran.code == 0
    assert f"resuming: {done} of 6 pages are done" in ran.err
    assert contents(tmp_path / "o") == contents(tmp_path / "undisturbed")
    assert not (tmp_path / "o" / ".inksight-parts").exists()
    again = inksight(*call, "-o", "o", "--resume")
    assert (again.code, "resuming: 6 of 6 pages are done\n" in again.err) == (0, True)
    assert "0 of 3 inputs done, 3 skipped" in again.err


def test_what_is_missing_failed_or_out_of_date_is_made_again(inksight, tmp_path):
    pictures(tmp_path / "i", "a.png", "b.png", "c.png")
    (tmp_path / "i" / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    call = ("derender", "i", "-o", "o", *QUICK)
    assert inksight(*call).code == 7
    made = {name: p.stat().st_mtime_ns for name in "abc" if (p := tmp_path / "o" / f"{name}.svg")}
    save(tmp_path / "i" / "a.png", "other")
    (tmp_path / "o" / "b.svg").write_bytes(b"")
    save(tmp_path / "i" / "broken.png")
    ran = inksight(*call, "--resume")
    assert ran.code == 0
    assert (
        "resuming: 1 of 4 pages are done; 1 failed before, 2 are out of date, 0 are missing"
        in ran.err
    )
    again = {n: (tmp_path / "o" / f"{n}.svg").stat().st_mtime_ns for n in "abc"}
    assert {name for name in "abc" if made[name] != again[name]} == {"a", "b"}
    ran = inksight(*call, "--resume", "--decimals", "3")
    assert "resuming: 0 of 4 pages are done; 0 failed before, 4 are out of date" in ran.err


def test_resuming_needs_a_ledger(inksight, picture, tmp_path):
    ran = inksight("derender", picture, "-o", "x.svg", *QUICK, "--resume")
    assert (ran.code, "There is no ledger to resume from." in ran.err) == (2, True)
    call = ("derender", picture, "-o", "x.svg", *QUICK, "--ledger", "l.jsonl", "--resume")
    assert inksight(*call).code == 0
    ran = inksight(*call)
    assert (ran.code, "'x.svg' is there already, skipped" in ran.err) == (0, True)


def test_two_runs_at_once_share_the_work(begin, tmp_path):
    names = [f"slow-{n}.png" for n in range(6)]
    pictures(tmp_path / "i", *names)
    runs = [begin("derender", "i", "-o", "o", *QUICK, "--jobs", n) for n in (1, 2)]
    assert [run.communicate(timeout=120) and run.returncode for run in runs] == [0, 0]
    assert Counter(e.input for e in ledger(tmp_path / "o")) == dict.fromkeys(
        (f"i/{name}" for name in names), 1
    )
    assert len(contents(tmp_path / "o")) == 6


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_signals_end_a_batch_with_its_workers(begin, inksight, tmp_path, sent, code):
    pictures(tmp_path / "i", *(f"slow-{n}.png" for n in range(4)))
    call = ("derender", "i", "-o", "o", *QUICK, "--jobs", "2")
    process = begin(*call, SLOW="600")
    until((tmp_path / "begun").exists)
    process.send_signal(sent)
    assert process.wait(60) == code
    assert contents(tmp_path / "o") == {}
    assert inksight(*call, "--resume").code == 0


def test_a_folder_that_is_removed_ends_the_run(begin, tmp_path):
    pictures(tmp_path / "i", *(f"slow-{n}.png" for n in range(6)))
    process = begin("derender", "i", "-o", "o", *QUICK, "--jobs", "2", SLOW="2")
    until((tmp_path / "begun").exists)
    shutil.rmtree(tmp_path / "o")
    _, said = process.communicate(timeout=120)
    assert process.returncode == 6
    assert b"The run stops here, 0 of 6 inputs are done." in said
    assert not (tmp_path / "o").exists()


def test_a_full_disk_ends_the_run_and_resume_goes_on(inksight, tmp_path):
    pictures(tmp_path / "i", "a.png", "b.png", "c.png")
    call = ("derender", "i", "-o", "o", *QUICK, "--jobs", "2")
    full = {**os.environ, "PYTHONPATH": str(tmp_path)}
    (tmp_path / "sitecustomize.py").write_text(
        "import os, errno\nfsync = os.fsync\n"
        "def full(file):\n"
        "    if any(n.endswith('.svg') for n in os.listdir('o')):\n"  # whichever came first
        "        raise OSError(errno.ENOSPC, 'No space left on device')\n"
        "    fsync(file)\n"
        "os.fsync = full\n"
    )
    ran = inksight(*call, env=full)
    assert (ran.code, "The run stops here" in ran.err, "--resume goes on" in ran.err) == (
        6,
        True,
        True,
    )
    assert inksight(*call, "--resume").code == 0
    assert sorted(contents(tmp_path / "o")) == ["a.svg", "b.svg", "c.svg"]


def test_inputs_that_vanish_and_places_that_are_shut_cost_themselves(begin, tmp_path):
    pictures(tmp_path / "i", "slow-a.png", "slow-b.png", "z1.png", "z2.png")
    (tmp_path / "o" / "z2.svg").mkdir(parents=True)
    process = begin("derender", "i", "-o", "o", *QUICK, "--jobs", "2", SLOW="2")
    until((tmp_path / "begun").exists)
    (tmp_path / "i" / "z1.png").unlink()
    _, said = process.communicate(timeout=120)
    assert process.returncode == 7
    assert b"There is no file 'i/z1.png'" in said
    assert b"z2.svg': Is a directory" in said
    assert sorted(contents(tmp_path / "o")) == ["slow-a.svg", "slow-b.svg"]


def test_too_many_failures_end_the_run(inksight, tmp_path):
    (tmp_path / "i").mkdir()
    for n in range(4):
        (tmp_path / "i" / f"{n}.png").write_bytes(b"none")
    pictures(tmp_path / "i", "a.png")
    ran = inksight("derender", "i", "-o", "o", *QUICK, "--max-failures", "1")
    assert (ran.code, "2 pages failed, more than --max-failures 1" in ran.err) == (7, True)
    assert contents(tmp_path / "o") == {}


def test_shards_do_everything_once_and_their_ledgers_become_one(inksight, tmp_path):
    pictures(tmp_path / "i", *(f"{n}.png" for n in range(6)))
    call = ("derender", "i", "-o", "o", *QUICK)
    for part in (1, 2, 3):
        assert inksight(*call, "--shard", f"{part}/3").code == 0
    assert sorted(contents(tmp_path / "o")) == [f"{n}.svg" for n in range(6)]
    ledgers = sorted((tmp_path / "o").glob(".inksight-ledger.*-of-3.jsonl"))
    assert len(ledgers) == 3
    inputs = Counter(e.input for path in ledgers for e in read_entries(path))
    assert inputs == {f"i/{n}.png": 1 for n in range(6)}
    ran = inksight("ledger", "merge", *ledgers, "-o", f"o/{NAME}")
    assert (ran.code, ran.out) == (0, b"6 pages done, 0 failed, 6 words\n")
    for path in ledgers[1:]:
        path.unlink()
    assert "resuming: 6 of 6 pages are done\n" in inksight(*call, "--resume").err
    for wrong in ("0/3", "4/3", "3", "a/b", "1/0"):
        assert inksight(*call, "--shard", wrong).code == 2


def test_names_come_from_a_list_and_results_go_where_a_pattern_says(inksight, tmp_path):
    pictures(tmp_path / "i", "a.png", "b c.png", "d\n.png")
    listed = b"i/a.png\0i/b c.png\0i/d\n.png\0"
    place = "{parent}/ink/{stem}.inkml"
    ran = inksight("derender", "--from0", "-", "-o", place, *QUICK, stdin=listed)
    assert ran.code == 0
    assert sorted(contents(tmp_path / "i" / "ink")) == ["a.inkml", "b c.inkml", "d\n.inkml"]
    (tmp_path / "names").write_text("i/a.png\r\ni/b c.png\n\n")
    assert inksight("derender", "--files-from", "names", "-o", "o", *QUICK).code == 0
    assert sorted(contents(tmp_path / "o")) == ["a.svg", "b c.svg"]
    ran = inksight("derender", "--from0", "-", "-o", "o", *QUICK)
    assert (ran.code, "0 of 0 inputs done" in ran.err) == (0, True)
    for wrong in (
        ("--from0", "-", "-"),
        (),
        ("i/a.png", "-o", "{what}.svg"),
        ("i/a.png", "i/b c.png", "-o", "{parent}/x.svg"),
        ("--files-from", "none"),
    ):
        assert inksight("derender", *wrong, *QUICK).code in (2, 3)
