"""Files appear whole or not at all: written beside their place, then renamed onto it."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

from inksight_cli.errors import OutputError


def replace_file(path: Path, data: bytes) -> None:
    """Write ``data`` to ``path``; on any failure what was there before is untouched.

    A link is followed; a device or a pipe is written to, not replaced.

    Raises:
        OutputError: no such folder, no permission, no space.
    """
    given = path
    try:
        path = given.resolve()
        if path.exists() and not path.is_file() and not path.is_dir():
            path.write_bytes(data)
            return
        handle, name = tempfile.mkstemp(prefix=f".{path.name[:32]}.", dir=path.parent)
    except OSError as error:
        raise _failure(given, error) from error
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        # A temporary file is private; a result gets what the user's umask gives any new file.
        umask = os.umask(0)
        os.umask(umask)
        Path(name).chmod(0o666 & ~umask)
        Path(name).replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise _failure(given, error) from error
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise


def _failure(path: Path, error: OSError) -> OutputError:
    return OutputError(f"Cannot write '{path}': {error.strerror or error}.")
