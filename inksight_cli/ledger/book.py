"""A ledger: JSON lines, appended one by one and on the disk before the next page is begun."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

from inksight_cli.errors import DiskFullError, FolderGoneError, OutputError, UnreadableInputError
from inksight_cli.ledger.claims import Claims
from inksight_cli.ledger.entry import Entry, parse
from inksight_cli.output import NO_SPACE, replace_file

_CHUNK = 1 << 22


class Ledger:
    """An open ledger, read to its end.

    Others may write to it meanwhile: `catch_up` reads what they have written.

    Args:
        path: of the file, made where there is none.
        more: other ledgers of the same results, to be read alone.
        earlier: whether what is in it already counts.

    Attributes:
        entries: by result, the last one of every page and options; what `add` wrote is not among
            them, for whoever writes knows it.
        claims: on results.

    Raises:
        OutputError: it cannot be written.
        UnreadableInputError: one of ``more`` cannot be read.
    """

    def __init__(self, path: Path, more: Iterable[Path] = (), earlier: bool = True) -> None:
        self.path = path
        self.folder = path.parent
        self.entries: dict[str, dict[tuple[int, str], Entry]] = {}
        for other in more:
            for entry in read_entries(other):
                self._keep(entry)
        try:
            flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0)
            self._descriptor = os.open(path, flags, 0o666)
            if not stat.S_ISREG(os.fstat(self._descriptor).st_mode):
                raise OSError(errno.EINVAL, "it is no regular file")
        except (OSError, ValueError) as error:
            raise _failure(path, error) from error
        self.claims = Claims(self._descriptor)
        self._read = 0 if earlier else os.fstat(self._descriptor).st_size
        self._torn = b""
        self._own: set[int] = set()  # where lines begin that were added and not read over yet
        self.catch_up()

    def catch_up(self) -> None:
        """Read what others have written since the last time."""
        while chunk := self._bytes(self._read, _CHUNK):
            place = self._read - len(self._torn)
            self._read += len(chunk)
            *lines, self._torn = (self._torn + chunk).split(b"\n")
            for line in lines:
                if place in self._own:
                    self._own.remove(place)
                elif (entry := parse(line)) is not None:
                    self._keep(entry)
                place += len(line) + 1

    def forget(self, result: str) -> None:
        """Let go of the entries of a result that nobody will ask for again."""
        self.entries.pop(result, None)

    def add(self, entry: Entry) -> None:
        """Append an entry; it is on the disk when this returns.

        Raises:
            OutputError: it cannot be written, or somebody has removed it.
        """
        # What a kill or a full disk left of the last line ends before this one begins.
        line = own = entry.line()
        if not self._ends_well():
            line = b"\n" + line
        try:
            if os.fstat(self._descriptor).st_nlink == 0:
                raise FolderGoneError(f"The ledger '{self.path}' has been removed.")
            while line:
                line = line[os.write(self._descriptor, line) :]
            end = os.lseek(self._descriptor, 0, os.SEEK_CUR)
            self._own.add(end - len(own))
            os.fsync(self._descriptor)
        except OSError as error:
            raise _failure(self.path, error) from error

    def close(self) -> None:
        """Close it, and give all claims back."""
        os.close(self._descriptor)

    def name(self, path: Path) -> str:
        """Return what ``path`` is called in here: from the ledger's folder, if it lies below."""
        absolute, folder = os.path.abspath(path), os.path.abspath(self.folder)  # noqa: PTH100
        if Path(absolute).is_relative_to(folder):
            absolute = str(Path(absolute).relative_to(folder))
        return absolute.replace(os.sep, "/")

    def holds(self, outputs: Iterable[tuple[str, int]]) -> bool:
        """Whether all these files are there, of these sizes."""
        try:
            return all((self.folder / name).stat().st_size == size for name, size in outputs)
        except (OSError, ValueError):
            return False

    def _keep(self, entry: Entry) -> None:
        self.entries.setdefault(entry.result, {})[entry.page, entry.options] = entry

    def _ends_well(self) -> bool:
        end = os.fstat(self._descriptor).st_size
        return not end or self._bytes(end - 1, 1) == b"\n"

    def _bytes(self, start: int, count: int) -> bytes:
        # By the one descriptor that holds the claims; what is written goes to the end anyhow.
        os.lseek(self._descriptor, start, os.SEEK_SET)
        return os.read(self._descriptor, count)


def read_entries(path: Path) -> Iterator[Entry]:
    """Yield the entries of a ledger in their order; lines that are none are passed over.

    Raises:
        UnreadableInputError: there is no such file, or it cannot be read.
    """
    try:
        with path.open("rb") as stream:
            for line in stream:
                entry = parse(line)
                if entry is not None:
                    yield entry
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise UnreadableInputError(f"'{path}' cannot be read: {reason}.") from error


def merge_ledgers(paths: Iterable[Path], out: Path) -> dict[tuple[str, int, str], Entry]:
    """Write the entries of several ledgers as one and return them.

    Of one page the later entry counts, but what is done stays done: another machine's failure
    does not undo it. Names are kept: they count from the folder that the ledger lies in.

    Raises:
        UnreadableInputError: one of them cannot be read.
        OutputError: the result cannot be written.
    """
    merged: dict[tuple[str, int, str], Entry] = {}
    for path in paths:
        for entry in read_entries(path):
            before = merged.get(entry.key)
            if before is None or entry.failure is None or before.failure is not None:
                merged[entry.key] = entry
    replace_file(out, b"".join(entry.line() for entry in merged.values()))
    return merged


def _failure(path: Path, error: Exception) -> OutputError:
    reason = (getattr(error, "strerror", None) or str(error)).lower()
    full = getattr(error, "errno", None) in NO_SPACE
    kind = DiskFullError if full else OutputError
    return kind(f"The ledger '{path}' cannot be written: {reason}.")
