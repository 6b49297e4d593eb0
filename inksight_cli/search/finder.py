"""Searching some files: in a folder's index where there is one, else in one that is forgotten."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from inksight_cli.search.index import Hit, Index

NAME = ".inksight-index.sqlite"
"""The index of a folder lies in it, under this name."""

_HEAD = 4096  # a document says at its beginning that it is one


def documents_in(folder: Path) -> list[Path]:
    """Return the documents of ink in a folder and those below it, in order; no hidden ones."""
    found = (path for path in folder.rglob("*.json") if not _hidden(path.relative_to(folder)))
    return sorted(path for path in found if _is_ink(path))


def _hidden(path: Path) -> bool:
    return any(name.startswith(".") for name in path.parts)


def _is_ink(path: Path) -> bool:
    try:
        if not path.is_file():
            return False
        with path.open("rb") as stream:
            return b'"inksight-document"' in stream.read(_HEAD)
    except OSError:
        return False


def folder_index(folder: Path) -> Index:
    """Return the index that lies in a folder; it is made if it is not there."""
    return Index(folder / NAME, folder)


class Finder:
    """Finds typed text in files, as they are now.

    Args:
        files: tells which files; asked before every search.
        folder: whose index is used if it has one; an index in memory else.
    """

    def __init__(self, files: Callable[[], Sequence[Path]], folder: Path | None = None) -> None:
        self._files = files
        self._folder = folder if folder and (folder / NAME).is_file() else None
        self._index: Index | None = None

    def find(self, typed: str) -> list[Hit]:
        """Return where ``typed`` stands."""
        if self._index is None:
            self._index = folder_index(self._folder) if self._folder else Index()
        self._index.update(self._files())
        return self._index.find(typed)
