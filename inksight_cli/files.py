"""Questions to the file system that have an answer for every name.

`pathlib` raises where a name is too long, holds a NUL, or lies in a folder that may not be looked
into; for whoever only asks whether something is there, that is a no.
"""

from __future__ import annotations

import os
from pathlib import Path


def is_file(path: str | Path) -> bool:
    """Whether there is a regular file, as far as anybody here may know."""
    return os.path.isfile(path)  # noqa: PTH113


def is_folder(path: str | Path) -> bool:
    """Whether there is a folder."""
    return os.path.isdir(path)  # noqa: PTH112


def exists(path: str | Path) -> bool:
    """Whether there is anything of this name."""
    return os.path.exists(path)  # noqa: PTH110


def real(path: str | Path) -> str:
    """Return the absolute name behind all links; the name itself where it cannot be followed."""
    try:
        return os.path.realpath(path)
    except (OSError, ValueError):
        return str(path)
