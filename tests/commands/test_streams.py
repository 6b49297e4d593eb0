"""stdout belongs to data, the bar to a terminal."""

import os
import pty
import subprocess
import sys

from tests.commands.conftest import QUICK, command

NOISE = (
    "import os, sys\n"
    "from inksight_cli.commands.streams import guarded_stdout\n"
    "with guarded_stdout() as data:\n"
    "    print('a library prints')\n"
    "    os.write(1, b'native code prints')\n"
    "    data.write(b'data')\n"
    "print('after')\n"
)


def test_whatever_libraries_print_stays_off_stdout():
    ran = subprocess.run([sys.executable, "-c", NOISE], capture_output=True, check=True)
    assert ran.stdout == b"dataafter\n"
    assert b"a library prints" in ran.stderr
    assert b"native code prints" in ran.stderr


def on_terminal(*arguments: object, cwd) -> bytes:
    """Run the command with stderr on a terminal; return what the terminal shows."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [command(), *map(str, arguments)], cwd=cwd, stderr=theirs, stdout=subprocess.DEVNULL
    )
    os.close(theirs)
    shown = b""
    try:
        while chunk := os.read(ours, 4096):
            shown += chunk
    except OSError:  # the other side was closed
        pass
    os.close(ours)
    assert process.wait(60) == 0
    return shown


def test_a_bar_on_a_terminal_and_none_when_quiet(picture, tmp_path):
    call = ("derender", picture, "-o", "note.svg", *QUICK)
    shown = on_terminal(*call, cwd=tmp_path)
    assert b"\x1b[" in shown
    assert b"pages" in shown
    assert b"note.svg: 1 word" in shown
    assert on_terminal(*call, "-q", cwd=tmp_path) == b""


def test_no_bar_elsewhere(inksight, picture):
    ran = inksight("derender", picture, "-o", "note.svg", *QUICK)
    assert "\x1b" not in ran.err
    assert ran.err.count("\n") == 1
