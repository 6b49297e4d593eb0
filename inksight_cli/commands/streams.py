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


class Stdout:
    """The true stdout, while everything else that is printed goes to stderr."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def write(self, data: bytes) -> None:
        """Write all of ``data`` at once.

        Raises:
            OutputError: no space on the device behind it.
            BrokenPipeError: the reader has gone.
        """
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
    sys.stdout.flush()
    true = os.dup(1)
    os.dup2(2, 1)
    try:
        yield Stdout(true)
    finally:
        sys.stdout.flush()
        os.dup2(true, 1)
        os.close(true)
