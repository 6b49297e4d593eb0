"""The standard streams: stdout belongs to data alone."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator

from inksight_cli.errors import OutputError


def unwritable(error: OSError) -> OutputError:
    """What to tell when stdout takes no more."""
    return OutputError(f"Stdout cannot be written: {(error.strerror or str(error)).lower()}.")


def fill_closed_streams() -> None:
    """Open what was closed of stdin, stdout and stderr on nothing.

    Else the next file that is opened would get its number, and what libraries print would go
    into it. Python itself keeps ``None`` in `sys` for such a stream, which tells.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # gets the lowest free number: this one


class Stdout:
    """The true stdout, while everything else that is printed goes to stderr."""

    def __init__(self, descriptor: int, closed: bool = False) -> None:
        self._descriptor = descriptor
        self._closed = closed

    def write(self, data: bytes) -> None:
        """Write all of ``data`` at once.

        Raises:
            OutputError: it is closed, or there is no space on the device behind it.
            BrokenPipeError: the reader has gone.
        """
        if self._closed:
            raise OutputError("Stdout is closed.", "Say a file: -o FILE")
        rest = memoryview(data)
        try:
            while rest:
                rest = rest[os.write(self._descriptor, rest) :]
        except BrokenPipeError:
            raise
        except OSError as error:
            raise unwritable(error) from error


@contextlib.contextmanager
def guarded_stdout() -> Iterator[Stdout]:
    """Hand the true stdout to the caller; whatever else is printed goes to stderr.

    Libraries print, some of them from native code, so the file descriptor itself is turned.
    """
    if sys.stdout is None:
        yield Stdout(-1, closed=True)
        return
    sys.stdout.flush()
    true = os.dup(1)
    os.dup2(2, 1)
    try:
        yield Stdout(true)
    finally:
        with contextlib.suppress(OSError):  # what a library printed is no result
            sys.stdout.flush()
        os.dup2(true, 1)
        os.close(true)
