"""Files appear whole or not at all: written beside their place, then renamed onto it.

A process that is killed on its way leaves such a file behind; its name says what it is, and whoever
next writes into that folder takes it away.
"""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from inksight_cli.errors import DiskFullError, OutputError

PARTIAL = ".inksight-part"
"""How the names of files on their way end."""

_LEFT_BEHIND = 3600
"""Seconds after which nobody is on the way any more: staging takes moments."""

NO_SPACE = (errno.ENOSPC, errno.EDQUOT)


def replace_file(path: Path, data: bytes) -> None:
    """Write ``data`` to ``path``; on any failure what was there before is untouched.

    A link is followed; a device or a pipe is written to, not replaced.

    Raises:
        OutputError: no such folder, no permission, no space.
    """
    replace_files([(path, data)])


def replace_files(files: Sequence[tuple[Path, bytes]]) -> None:
    """Write all ``files`` or none; they take their places in order, the last one last.

    Raises:
        OutputError: one of them cannot be written.
    """
    sweep({path.parent for path, _ in files})
    staged: list[_Staged] = []
    try:
        for path, data in files:
            staged.append(_Staged(path, data))
            staged[-1].stage()
        for one in staged:
            one.take_place()
    except BaseException:
        for one in staged:
            one.undo()
        raise


def sweep(folders: set[Path]) -> None:
    """Take away what killed processes left behind in ``folders``, each looked at once."""
    new = folders - _swept
    _swept.update(new)
    for folder in new:
        with contextlib.suppress(OSError, ValueError):  # no folder, not ours, a NUL in its name
            for entry in os.scandir(folder):
                if entry.name.startswith(".") and entry.name.endswith(PARTIAL):
                    _remove_if_old(entry)


_swept: set[Path] = set()


def _remove_if_old(entry: os.DirEntry[str]) -> None:
    with contextlib.suppress(OSError):
        old = time.time() - entry.stat(follow_symlinks=False).st_mtime > _LEFT_BEHIND
        if old and entry.is_file(follow_symlinks=False):
            os.unlink(entry)  # noqa: PTH108


@dataclass(slots=True)
class _Staged:
    """A file on its way: its content lies beside its place, under a name that hides it."""

    given: Path
    data: bytes
    place: Path | None = None
    beside: Path | None = None
    new: bool = False

    def stage(self) -> None:
        """Write the content to the disk, without touching what is in its place."""
        try:
            self.place = self.given.resolve()
            if self.place.is_dir():
                raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
            if self.place.exists() and not self.place.is_file():  # a device, a pipe
                return
            prefix = f".{self.place.name[:32]}."
            handle, name = tempfile.mkstemp(PARTIAL, prefix, self.place.parent)
            self.beside = Path(name)
            self._fill(handle)
        except (OSError, ValueError, RuntimeError) as error:  # links that go round are the last
            raise _failure(self.given, error) from error

    def _fill(self, handle: int) -> None:
        assert self.beside is not None
        with os.fdopen(handle, "wb") as stream:
            stream.write(self.data)
            stream.flush()
            os.fsync(stream.fileno())
        # A temporary file is private; a result gets what the user's umask gives any new file.
        umask = os.umask(0)
        os.umask(umask)
        with contextlib.suppress(FileNotFoundError):  # as below
            self.beside.chmod(0o666 & ~umask)

    def take_place(self) -> None:
        """Put the content where it belongs."""
        assert self.place is not None
        try:
            if self.beside is None:
                self.place.write_bytes(self.data)
                return
            self.new = not self.place.exists()
            try:
                self.beside.replace(self.place)
            except FileNotFoundError:  # swept: the clock was put on, and it seemed old
                self.stage()
                self.beside.replace(self.place)
            self.beside = None
        except OSError as error:
            self.new = False
            raise _failure(self.given, error) from error

    def undo(self) -> None:
        """Take away what has been written, as far as it replaced nothing."""
        with contextlib.suppress(OSError):
            if self.beside is not None:
                self.beside.unlink()
            elif self.new and self.place is not None:
                self.place.unlink()


def _failure(path: Path, error: Exception) -> OutputError:
    kind = DiskFullError if getattr(error, "errno", None) in NO_SPACE else OutputError
    return kind(f"Cannot write '{path}': {getattr(error, 'strerror', None) or error}.")
