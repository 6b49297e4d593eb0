"""What native code writes to stderr by itself, caught before it gets there."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

_MOST = 1 << 16


@dataclass(slots=True)
class Caught:
    """What was caught.

    Attributes:
        stderr: the descriptor of the true stderr meanwhile, None where there is none.
        lines: filled at the end, of at most 64 kB.
    """

    stderr: int | None = None
    lines: list[str] = field(default_factory=list)


@contextlib.contextmanager
def caught_stderr() -> Iterator[Caught]:
    """Turn the descriptor of stderr away; libraries in C know no other way to say things."""
    caught = Caught()
    try:
        caught.stderr = os.dup(2)
    except OSError:  # closed
        yield caught
        return
    try:
        with _nowhere() as file:
            os.dup2(file.fileno(), 2)
            try:
                yield caught
            finally:
                os.dup2(caught.stderr, 2)
                file.seek(0)
                text = file.read(_MOST).decode("utf-8", "replace")
                caught.lines += [line.strip() for line in text.splitlines() if line.strip()]
    finally:
        os.close(caught.stderr)
        caught.stderr = None


def _nowhere() -> Any:  # noqa: ANN401
    """Return a file that needs no disk, where the system has such."""
    if hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create("caught"), "w+b")
    return tempfile.TemporaryFile()
