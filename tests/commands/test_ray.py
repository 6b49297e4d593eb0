"""Batches on a Ray cluster of two nodes: whatever ends on the way, the results are the same."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from inksight_cli.ledger import NAME
from inksight_cli.ledger.book import read_entries
from tests.commands.conftest import command
from tests.helpers.pictures import save, save_pages

pytest.importorskip("ray")

PATIENCE = 300  # seconds, on a machine with much else to do
PLUGIN = '''
import os, signal, time
from pathlib import Path
from inksight_cli.detectors.boxes.whole import WholeDetector

class Trouble(WholeDetector):
    """The names of pictures say what happens to their pages."""

    name = "trouble"

    def detect(self, page):
        name = Path(page.source).name
        if name.startswith("killed"):
            os.kill(os.getpid(), signal.SIGKILL)
        if name.startswith("hang"):
            time.sleep(600)
        if name.startswith("hungry"):
            bytearray(8 << 30)
        if name.startswith("wait"):
            Path(f"at-{os.getpid()}").touch()
            end = time.monotonic() + 300
            while not Path("go").exists() and time.monotonic() < end:
                time.sleep(0.05)
        return super().detect(page)
'''
CALL = ("--detector", "trouble", "--model", "trace", "--format", "json")


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    """One in which there is a detector ``trouble``, also for the cluster's workers."""
    site = tmp_path_factory.mktemp("site")
    (site / "troubles.py").write_text(PLUGIN)
    (site / "troubles-1.dist-info").mkdir()
    (site / "troubles-1.dist-info" / "METADATA").write_text("Name: troubles\nVersion: 1\n")
    points = "[inksight.detectors]\ntrouble = troubles:Trouble\n"
    (site / "troubles-1.dist-info" / "entry_points.txt").write_text(points)
    ray = {
        "RAY_USAGE_STATS_ENABLED": "0",
        "RAY_worker_niceness": "0",
        "RAY_memory_monitor_refresh_ms": "0",  # what else this machine does is not asked
    }
    root = str(Path(__file__).parents[2])
    return {**os.environ, **ray, "PYTHONPATH": os.pathsep.join([str(site), root])}


class Nodes:
    """The cluster, from here."""

    def __init__(self, process):
        self._process = process
        self.address = self._said()

    def tell(self, what):
        self._process.stdin.write(f"{what}\n")
        self._process.stdin.flush()
        assert self._said() == "done"

    def _said(self):
        while line := self._process.stdout.readline():
            if (text := line.strip()) == "done" or text.replace(".", "").replace(":", "").isdigit():
                return text
        pytest.fail("the cluster has ended")


@pytest.fixture(scope="module")
def nodes(environment, tmp_path_factory):
    with (tmp_path_factory.mktemp("ray") / "log").open("wb") as log:
        call = [sys.executable, "-m", "tests.helpers.ray_nodes"]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": log, "text": True}
        process = subprocess.Popen(call, env=environment, start_new_session=True, **pipes)
        try:
            yield Nodes(process)
        finally:
            process.stdin.close()
            process.stdout.close()
            try:
                process.wait(60)
            finally:
                if process.poll() is None:
                    os.killpg(process.pid, signal.SIGKILL)


@pytest.fixture
def begin(tmp_path, environment):
    """Start the command and leave it alone."""
    started = []

    def run(*arguments):
        call = [command(), *map(str, arguments)]
        started.append(
            subprocess.Popen(call, cwd=tmp_path, env=environment, stderr=subprocess.PIPE, text=True)
        )
        return started[-1]

    yield run
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture
def ended(begin):
    """Run the command to its end; return its exit code and what it said."""

    def run(*arguments):
        process = begin(*arguments)
        _, said = process.communicate(timeout=PATIENCE)
        return process.returncode, said

    return run


@pytest.fixture
def pages(tmp_path):
    """Pictures and a book, some of whose pages wait for a file ``go``."""
    folder = tmp_path / "i"
    folder.mkdir()
    for name in ("a", "b", "wait-c", "wait-d", "e"):
        save(folder / f"{name}.png", "word")
    save_pages(folder / "wait.tif", ["one", "two", "three"])
    return tmp_path


def contents(folder):
    """All results; a kill in the middle of writing leaves a hidden part that is swept later."""
    files = (p for p in folder.rglob("*") if p.is_file() and p.name != NAME)
    files = (p for p in files if not p.name.endswith(".inksight-part"))
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in files}


def lines(folder):
    path = folder / NAME
    return list(read_entries(path)) if path.exists() else []


def until(true):
    end = time.monotonic() + PATIENCE
    while not (found := true()):
        assert time.monotonic() < end
        time.sleep(0.05)
    return found


def waiting(folder):
    """Return the workers that are at a page which waits."""
    found = [int(path.name.removeprefix("at-")) for path in folder.glob("at-*")]
    return [number for number in found if Path(f"/proc/{number}").exists()]


def test_a_worker_and_a_node_killed_on_the_way_cost_nothing(nodes, begin, ended, pages):
    run = begin("derender", "i", "-o", "o", *CALL, "--ray", nodes.address)
    killed, _ = until(lambda: (at := waiting(pages)) and len(at) == 2 and at)
    os.kill(killed, signal.SIGKILL)
    until(lambda: len(waiting(pages)) == 2 and killed not in waiting(pages))
    nodes.tell("kill")
    (pages / "go").touch()
    _, said = run.communicate(timeout=PATIENCE)
    assert (run.returncode, "6 of 6 inputs done" in said) == (0, True), said
    nodes.tell("add")
    assert ended("derender", "i", "-o", "alone", *CALL, "--jobs", "1")[0] == 0
    assert contents(pages / "o") == contents(pages / "alone")
    done = Counter((e.input, e.page) for e in lines(pages / "o"))
    assert (len(done), set(done.values())) == (9, {1})  # eight pages, and the book


def test_a_driver_that_is_killed_is_resumed_to_the_same_bytes(nodes, begin, ended, pages):
    call = ("derender", "i", "-o", "o", *CALL, "--ray", nodes.address, "--resume")
    run = begin(*call)
    until(lambda: lines(pages / "o") and waiting(pages))
    run.kill()
    run.wait()
    done = len(lines(pages / "o"))
    (pages / "go").touch()
    code, said = ended(*call)
    assert (code, f"resuming: {done} of 8 pages are done" in said) == (0, True), said
    assert ended("derender", "i", "-o", "alone", *CALL, "--jobs", "1")[0] == 0
    assert contents(pages / "o") == contents(pages / "alone")
    code, said = ended("derender", "i", "-o", "o", *CALL, "--resume")  # by this machine alone
    assert (code, "resuming: 8 of 8 pages are done\n" in said) == (0, True)


def test_what_befalls_a_page_befalls_no_other(nodes, ended, tmp_path):
    (tmp_path / "i").mkdir()
    for name in ("a", "killed", "hang", "hungry", "z"):
        save(tmp_path / "i" / f"{name}.png", "word")
    limits = ("--timeout", "40", "--max-memory", "1000")
    code, said = ended("derender", "i", "-o", "o", *CALL, *limits, "--ray", nodes.address)
    assert code == 7, said
    assert sorted(contents(tmp_path / "o")) == ["a.json", "z.json"], said
    assert "killed.png: The page was given up: its worker ended (" in said
    assert "hang.png: The page was given up: it took longer than 40 seconds" in said
    assert "hungry.png: The page needs more memory than --max-memory 1000 allows." in said


def test_a_signal_ends_the_run_and_frees_the_cluster(nodes, begin, ended, pages):
    run = begin("derender", "i", "-o", "o", *CALL, "--ray", nodes.address)
    until(lambda: len(waiting(pages)) == 2)
    run.send_signal(signal.SIGTERM)
    assert run.wait(PATIENCE) == 143
    until(lambda: not waiting(pages))
    call = ("i/a.png", "i/b.png", "-o", "d", "--detector", "whole", "--ray", nodes.address)
    assert ended("detect", *call)[0] == 0
    assert sorted(contents(pages / "d")) == ["a.json", "b.json"]


@pytest.mark.parametrize("address", ["127.0.0.1:1", "nonsense"])
def test_where_there_is_no_cluster_it_says_so_at_once(ended, pages, address):
    code, said = ended("derender", "i", "-o", "o", *CALL, "--ray", address)
    assert (code, f"There is no Ray cluster to work on at '{address}'" in said) == (4, True), said


def test_without_the_package_it_says_which(ended, environment, pages):
    (pages / "ray.py").write_text("raise ImportError")
    environment = environment["PYTHONPATH"]
    call = [command(), "derender", "i", "-o", "o", *CALL, "--ray", "auto"]
    more = {**os.environ, "PYTHONPATH": f"{pages}{os.pathsep}{environment}"}
    ran = subprocess.run(call, cwd=pages, env=more, capture_output=True, text=True, timeout=120)
    assert (ran.returncode, "inksight-cli[ray]" in ran.stderr) == (4, True)


def test_a_stream_cannot_go_to_a_cluster(inksight, picture):
    ran = inksight("derender", "-", "-o", "x.svg", "--ray", "auto", stdin=picture.read_bytes())
    assert (ran.code, "--ray cannot work with streams" in ran.err) == (2, True)
