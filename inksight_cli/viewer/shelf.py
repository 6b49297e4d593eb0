"""Documents on their way from files into the browser and back, never over somebody else's work."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from inksight_cli.api import MOST_INK
from inksight_cli.document import Document
from inksight_cli.errors import InksightError, UnreadableInputError
from inksight_cli.files import exists, read_regular
from inksight_cli.formats.json import JsonFormat
from inksight_cli.formats.json_read import parse_document
from inksight_cli.formats.protocol import WriteOptions
from inksight_cli.output import replace_files

AS_IT_IS = WriteOptions(precision=6)
"""Numbers were rounded when the file was made; here none loses anything."""
UNSAVED = "unsaved"
"""The version of a document that lies in no file yet."""


class ChangedError(InksightError):
    """The file is another one than was loaded."""


@dataclass(slots=True)
class Volume:
    """A document of the shelf.

    Attributes:
        path: its file, or the one it gets when it is saved; name: for people.
        pages: how many it has; fresh: the document itself as long as it lies in no file.
    """

    path: Path
    name: str
    pages: int
    fresh: Document | None = None


class Shelf:
    """The documents that one call of ``inksight view`` shows, by number."""

    def __init__(self, volumes: Sequence[Volume]) -> None:
        self.volumes = list(volumes)
        self._lock = Lock()
        self._last = ("", Document([]))

    def version(self, number: int) -> str:
        """Return what tells a document's content from every other: its hash, or ``unsaved``."""
        volume = self.volumes[number]
        if volume.fresh and not exists(volume.path):
            return UNSAVED
        return _hash(_read(volume.path))

    def load(self, number: int) -> tuple[Document, str]:
        """Return a document and its version.

        Raises:
            UnreadableInputError: its file is gone or broken.
        """
        volume = self.volumes[number]
        if volume.fresh and not exists(volume.path):
            return volume.fresh, UNSAVED
        data = _read(volume.path)
        version = _hash(data)
        known, document = self._last
        if known != version:
            document = parse_document(data)
            self._last = (version, document)
        return document, version

    def save(self, number: int, data: bytes, version: str) -> str:
        """Write a document over the version it was made from; that one stays as ``.bak``.

        Returns:
            The new version.

        Raises:
            ChangedError: the file is another one by now; nothing is written.
            UnreadableInputError: ``data`` is no document; nothing is written.
            OutputError: the file cannot be written; what was there is untouched.
        """
        document = parse_document(data)
        path = self.volumes[number].path
        with self._lock:
            if self.version(number) != version:
                raise ChangedError(f"'{path}' was changed since it was loaded.")
            files = [(path, encoded(document))]
            if exists(path):
                files.insert(0, (path.with_name(path.name + ".bak"), _read(path)))
            replace_files(files)
            return _hash(files[-1][1])

    def save_copy(self, number: int, data: bytes) -> Path:
        """Write a document beside its file, under a name that nothing has; return that."""
        document = parse_document(data)
        path = self.volumes[number].path
        with self._lock:
            names = (f"{path.stem}.copy-{n}{path.suffix}" for n in range(1, 1000))
            free = next(p for p in map(path.with_name, names) if not exists(p))
            replace_files([(free, encoded(document))])
            return free


def encoded(document: Document) -> bytes:
    """Return a document as the JSON that files and the browser hold."""
    stream = io.BytesIO()
    JsonFormat().write(document, stream, AS_IT_IS)
    return stream.getvalue()


def _read(path: Path) -> bytes:
    try:
        return read_regular(path, MOST_INK)
    except OSError as error:
        reason = error.strerror or error
        raise UnreadableInputError(f"Cannot read '{path}': {reason}.") from error


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:32]
