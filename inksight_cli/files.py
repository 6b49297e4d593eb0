"""Questions to the file system that have an answer for every name.

`pathlib` raises where a name is too long, holds a NUL, or lies in a folder that may not be looked
into; for whoever only asks whether something is there, that is a no.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path


def is_file(path: str | Path) -> bool:
    """Whether there is a regular file, as far as anybody here may know."""
    return os.path.isfile(path)  # noqa: PTH113


def is_folder(path: str | Path) -> bool:
    """Whether there is a folder."""
    return os.path.isdir(path)  # noqa: PTH112


def is_pipe(path: str | Path) -> bool:
    """Whether there is a pipe, of which the content can be read once."""
    try:
        return stat.S_ISFIFO(Path(path).stat().st_mode)
    except (OSError, ValueError):
        return False


def exists(path: str | Path) -> bool:
    """Whether there is anything of this name."""
    return os.path.exists(path)  # noqa: PTH110


def real(path: str | Path) -> str:
    """Return the absolute name behind all links; the name itself where it cannot be followed."""
    try:
        return os.path.realpath(path)
    except (OSError, ValueError):
        return str(path)


def read_regular(path: str | Path, most: int) -> bytes:
    """Return the content of a regular file of at most ``most`` bytes.

    A device or a pipe may never end, and a file of holes be larger than any memory.

    Raises:
        OSError: it cannot be read, is no regular file, or is too large; ``strerror`` says so.
    """
    try:
        status = Path(path).stat()  # before it is opened: opening a pipe may wait for ever
        if not stat.S_ISREG(status.st_mode):
            raise OSError(errno.EINVAL, "it is no regular file")
        if status.st_size > most:
            raise OSError(errno.EFBIG, f"it has more than {most >> 20} MB")
        with Path(path).open("rb") as stream:
            return stream.read(most + 1)
    except ValueError as error:  # a NUL in the name
        raise OSError(errno.EINVAL, str(error)) from error
