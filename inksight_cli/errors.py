"""Everything that can go wrong, as one tree.

    InksightError              1  unexpected
    ├── NoMemoryError          1  memory ran out
    ├── UsageError             2  the call itself makes no sense
    ├── UnreadableInputError   3  the input is missing, empty, broken or too large
    ├── MissingBackendError    4  a program, package or credential is not there
    ├── ModelError             5  a model bundle is missing, damaged or unfit
    ├── OutputError            6  the result cannot be written
    │   ├── DiskFullError         no more results can be
    │   └── FolderGoneError       likewise: where they go has been removed
    └── BatchError             7  some inputs of a batch failed, the others are done

Each error is one clear sentence for a person, an exit code for a shell, and, where there is
one, a remedy: the line that mends it. The library raises; only ``commands`` prints and exits.
"""

from __future__ import annotations

import errno
from typing import ClassVar

INTERRUPTED, TERMINATED = 130, 143  # what a shell reports for Ctrl-C, and for SIGTERM


class InksightError(Exception):
    """Base of all errors that a user can do something about.

    Args:
        message: one sentence that names the thing and what is wrong with it.
        remedy: what to do about it (a command, an option), or nothing.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, remedy: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}" if self.remedy else self.message


class NoMemoryError(InksightError):
    """There is less memory than the work needs."""


class UsageError(InksightError):
    """The call itself makes no sense: an unknown format, options that exclude each other."""

    exit_code = 2


class UnreadableInputError(InksightError):
    """An input is missing, empty, broken, too large, or not a picture at all."""

    exit_code = 3


class TooManyPagesError(UnreadableInputError):
    """A file claims more pages than any has; some of them may be asked for."""


class MissingBackendError(InksightError):
    """A program, a package, a language or a credential that this call needs is not there."""

    exit_code = 4


class ModelError(InksightError):
    """A model bundle is missing, damaged, or does not do what was asked."""

    exit_code = 5


class OutputError(InksightError):
    """The result cannot be written: no permission, no such folder, no space."""

    exit_code = 6


class DiskFullError(OutputError):
    """There is no space left where results go: what comes next will not be written either."""


class FolderGoneError(OutputError):
    """The folder that results go into was removed while they were made."""


class BatchError(InksightError):
    """Some inputs of a batch failed; every other one is done and written."""

    exit_code = 7


_TOO_MANY = {errno.EMFILE, errno.ENFILE}
_NO_MEMORY = ("memory", "bad_alloc", "bad allocation", "can't start new thread")


def exhausted(error: BaseException) -> InksightError | None:
    """Return what to tell where memory or file handles ran out, None for every other error.

    NumPy and Python say so with MemoryError, the system with an errno, OpenCV and onnxruntime
    with words in errors of their own.
    """
    number = getattr(error, "errno", None)
    if number in _TOO_MANY:
        return InksightError(
            "Too many files are open: this process may open no more.", "Raise it: ulimit -n 1024"
        )
    said = str(error).lower()
    if (
        isinstance(error, MemoryError)
        or number == errno.ENOMEM
        or (isinstance(error, RuntimeError | OSError) and any(w in said for w in _NO_MEMORY))
        or (type(error).__module__ == "cv2" and "insufficient memory" in said)
    ):
        return NoMemoryError(
            "There is not enough memory.", "Lower --max-pixels, or give the process more."
        )
    return None
