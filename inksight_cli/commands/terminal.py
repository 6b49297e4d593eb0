"""Sentences on their way to a person: nothing in them steers the terminal, nothing stops the run.

Names of files and words from models are strangers' texts: an escape sequence in one could rename
the window or hide a line. And whoever closed stderr, or let its disk fill up, still wants results.
"""

from __future__ import annotations

import contextlib
import os
import re
import sys

# C0 and C1 controls, line and paragraph separators, and what turns the direction of writing.
_STEERS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def printable(text: str) -> str:
    """Return ``text`` on one line, with all that steers a terminal written out."""
    return _STEERS.sub(lambda found: ascii(found[0])[1:-1], text)


def printable_lines(text: str) -> str:
    """Return ``text`` line by line as `printable` does."""
    return "\n".join(map(printable, text.split("\n")))


def to_stderr(line: str, descriptor: int | None = None) -> None:
    """Write a line to stderr; where nobody can read it, it is lost and all else goes on.

    Args:
        line: without its end.
        descriptor: of another way to stderr than Python's.
    """
    with contextlib.suppress(OSError, ValueError):
        if descriptor is not None:
            os.write(descriptor, line.encode("utf-8", "backslashreplace") + b"\n")
        elif sys.stderr is not None:  # None where it was closed before the process began
            sys.stderr.write(line + "\n")
            sys.stderr.flush()
