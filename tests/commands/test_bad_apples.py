"""One bad name, one closed stream, one input too large: never the end of a batch."""

import json
import os
import resource
import subprocess
import sys

import pytest

from tests.commands.conftest import QUICK, command, is_result
from tests.helpers.pictures import save, written
from tests.pages.test_bombs import tiff


def call(*words, cwd, **options):
    options.setdefault("capture_output", True)
    arguments = [command(), *map(os.fsencode, map(os.fspath, words))]
    return subprocess.run(arguments, cwd=cwd, timeout=600, **options)


def names(folder):
    return sorted(os.fsencode(p.name) for p in folder.iterdir() if is_result(p))


@pytest.fixture
def three(tmp_path):
    """A folder of three pictures, the middle one with a name that is no UTF-8."""
    folder = tmp_path / "in"
    folder.mkdir()
    for name in ("a.png", "b\udcff.png", "c.png"):
        save(folder / "x.png").rename(folder / name)
    return folder


@pytest.mark.parametrize("what", ["derender", "detect"])
@pytest.mark.parametrize("log", ["text", "json"])
def test_a_name_that_is_no_utf8(three, tmp_path, what, log):
    model = ("--model", "trace") if what == "derender" else ()
    detector = ("--detector", "whole", *model)
    ran = call(what, "in", "-o", "out", *detector, "--log-format", log, cwd=tmp_path)
    assert (ran.returncode, b"Traceback" in ran.stderr) == (0, False)
    ending = b".svg" if what == "derender" else b".json"
    assert names(tmp_path / "out") == [b"a" + ending, b"b\xff" + ending, b"c" + ending]


def test_names_of_300_letters(tmp_path):
    save(tmp_path / "a.png")
    long = "b" * 300 + ".png"
    ran = call("derender", "a.png", long, "-o", "out", *QUICK, cwd=tmp_path)
    assert ran.returncode == 7
    assert b"cannot be read: file name too long" in ran.stderr
    assert names(tmp_path / "out") == [b"a.svg"]
    for words in ((long, "-o", "x.svg"), ("a.png", "-o", "b" * 300 + ".svg")):
        ran = call("derender", *words, *QUICK, cwd=tmp_path)
        assert ran.returncode in (3, 6)
        assert b"Traceback" not in ran.stderr
    almost = save(tmp_path / ("c" * 249 + ".png"))  # its result fits; those of pages would not
    ran = call("derender", almost, "-o", "out/", *QUICK, cwd=tmp_path)
    assert ran.returncode == 0


@pytest.mark.parametrize("log", ["text", "json"])
@pytest.mark.parametrize("how", ["full", "closed"])
def test_a_log_that_nobody_can_write(three, tmp_path, log, how):
    words = f"derender in -o out {' '.join(QUICK)} --log-format {log}"
    to = "2>/dev/full" if how == "full" else "2>&-"
    ran = subprocess.run(["sh", "-c", f"{command()} {words} {to}"], cwd=tmp_path, timeout=120)
    assert ran.returncode == 0
    assert len(names(tmp_path / "out")) == 3


@pytest.mark.parametrize(
    ("words", "closed", "code", "says"),
    [
        ("derender {p} -o -", ">&-", 6, "Stdout is closed"),
        ("derender {p} -o x.svg", ">&-", 0, ""),
        ("derender - -o x.svg", "<&-", 3, "Stdin is closed"),
        ("derender {p} -o x.svg", "<&-", 0, ""),
        ("doctor", ">&-", 6, "Stdout is closed"),
    ],
)
def test_closed_streams(picture, tmp_path, words, closed, code, says):
    quick = " ".join(QUICK) if words.startswith("derender") else ""
    line = f"{command()} {words.format(p=picture)} {quick} {closed}"
    ran = subprocess.run(["sh", "-c", line], cwd=tmp_path, capture_output=True, timeout=120)
    assert ran.returncode == code
    assert says in ran.stderr.decode()
    assert b"Traceback" not in ran.stderr


def limited(which, most):
    return lambda: resource.setrlimit(which, (most, most))


@pytest.mark.skipif(sys.platform != "linux", reason="the system's limits")
@pytest.mark.parametrize(
    ("which", "most"),
    [("AS", 400 << 20), ("AS", 600 << 20), ("NOFILE", 8), ("NOFILE", 12), ("NOFILE", 16)],
)
def test_too_little_of_everything(picture, tmp_path, which, most):
    limit = limited(getattr(resource, f"RLIMIT_{which}"), most)
    ran = call("derender", picture, "-o", "x.svg", *QUICK, cwd=tmp_path, preexec_fn=limit)
    assert b"Traceback" not in ran.stderr
    if ran.returncode:
        # OpenBLAS ends the process itself, with a sentence, where it finds no memory to begin with.
        assert ran.returncode > 0 and ran.stderr.startswith((b"inksight: ", b"OpenBLAS error: "))
        assert names(tmp_path) == []


def test_names_do_not_steer_the_terminal(tmp_path):
    name = "a\x1b]0;owned\x07\n\u202eb.png"
    save(tmp_path / "x.png").rename(tmp_path / name)
    (tmp_path / "\x1b[2Jbad.png").write_text("none")
    for words in ((".", "-o", "out"), ("\x1b[2Jbad.png", "-o", "out"), (name,)):
        ran = call("derender", *words, *QUICK, cwd=tmp_path)
        for steering in (b"\x1b", b"\x07", "\u202e".encode()):
            assert steering not in ran.stderr
    ran = call(name, cwd=tmp_path)
    assert (ran.returncode, b"\x1b" in ran.stderr) == (2, False)


def test_the_json_log_is_json_whatever_libraries_say(tmp_path):
    page = written("a long line of ink").max(axis=2) > 127
    good = tiff([page], "group4")
    for at in range(8, 60, 4):
        data = bytearray(good)
        data[at] ^= 0x3C
        (tmp_path / f"{at}.tif").write_bytes(data)
    ran = call("derender", ".", "-o", "out", *QUICK, "--log-format", "json", cwd=tmp_path)
    events = [json.loads(line) for line in ran.stderr.splitlines()]
    warnings = [w for event in events for w in event.get("warnings", ())]
    assert any("Fax4Decode" in warning for warning in warnings)
    assert events[-1]["event"] == "summary"


NOISE = (
    "import os, sys\n"
    "from inksight_cli.commands.reporting import reporting\n"
    "with reporting('json', False, False) as report:\n"
    "    os.write(2, b'native code complains\\n')\n"
    "    print('a library warns', file=sys.stderr, flush=True)\n"
    "    report.note('all is well')\n"
)


def test_what_libraries_write_to_stderr_becomes_events():
    ran = subprocess.run([sys.executable, "-c", NOISE], capture_output=True, check=True)
    events = [json.loads(line) for line in ran.stderr.splitlines()]
    assert [event["event"] for event in events] == ["note", "log", "log"]
    assert events[1]["message"] == "native code complains"


@pytest.mark.parametrize(
    "module",
    ["typer", "inksight_cli.commands.derender", "numpy", "cv2", "onnxruntime", "svgwrite", "PIL"],
)
def test_ctrl_c_while_it_starts(picture, tmp_path, module):
    """It comes while a module is being loaded: the first of others', of ours, of native code."""
    code = (
        "import os, runpy, signal, sys\n"
        "class Interrupts:\n"
        "    def find_spec(self, name, *_):\n"
        "        if name == module:\n"
        "            os.kill(os.getpid(), signal.SIGINT)\n"
        "sys.meta_path.insert(0, Interrupts())\n"
        "_, module, script, *sys.argv[1:] = sys.argv\n"
        "runpy.run_path(script, run_name='__main__')\n"
    )
    words = [module, command(), "derender", picture, "-o", "x.svg", "--model", "nano"]
    probe = [sys.executable, "-c", code, *map(str, words)]
    ran = subprocess.run(probe, cwd=tmp_path, capture_output=True, timeout=60)
    assert (ran.returncode, ran.stdout, ran.stderr) == (130, b"", b"")
    assert not (tmp_path / "x.svg").exists()


def test_ctrl_c_is_ctrl_c_whatever_native_code_makes_of_it(picture, tmp_path):
    """A detector that turns an interrupt into an error, as a library in C does."""
    code = (
        "import os, signal, sys\n"
        "from inksight_cli.commands import app, making\n"
        "from inksight_cli.errors import ModelError\n"
        "def fail(*_):\n"
        "    try:\n"
        "        os.kill(os.getpid(), signal.SIGINT)\n"
        "        signal.pause()\n"
        "    except KeyboardInterrupt as error:\n"
        "        raise ModelError('It cannot be opened.') from error\n"
        "making.Maker.pages = fail\n"
        "app.command()\n"
    )
    calls = [
        (picture, "-o", "x.svg"),
        (picture, picture, "-o", "out"),
        (picture, "-o", "x.svg", "--log-format", "json"),
    ]
    for words in calls:
        probe = [sys.executable, "-c", code, "derender", *map(str, words), *QUICK]
        ran = subprocess.run(probe, capture_output=True, cwd=tmp_path, timeout=60)
        assert (ran.returncode, ran.stdout, ran.stderr) == (130, b"", b"")


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root is anybody")
def test_a_home_of_somebody_else(tmp_path):
    home = tmp_path / "home"
    (home / ".local" / "share" / "inksight" / "models").mkdir(parents=True)
    home.chmod(0o700)
    code = (
        "import os, sys\n"
        "from inksight_cli.bundles import installed_bundles\n"
        "os.setgid(65534); os.setuid(65534)\n"
        "assert all(b.origin == 'shipped' for b in installed_bundles()[0])\n"
    )
    environment = {**os.environ, "HOME": str(home)}
    environment.pop("XDG_DATA_HOME", None)
    probe = [sys.executable, "-c", code]
    ran = subprocess.run(probe, capture_output=True, env=environment, timeout=60)
    assert ran.returncode == 0, ran.stderr.decode()


def test_names_of_models_do_not_steer_the_terminal(tmp_path):
    folder = tmp_path / "models" / "\x1b[2Jevil"
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text("{")
    environment = {**os.environ, "INKSIGHT_MODELS": str(folder.parent)}
    for words in (("models", "list"), ("models", "list", "--json"), ("doctor",)):
        ran = call(*words, cwd=tmp_path, env=environment)
        assert b"evil" in ran.stdout
        assert b"\x1b" not in ran.stdout + ran.stderr
