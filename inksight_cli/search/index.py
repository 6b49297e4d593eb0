"""The index: one row of full text for every line of writing, kept in step with the files.

Words are parted by newlines in a row, so that what SQLite marks as found tells which words it was.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
import weakref
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import RLock

from inksight_cli.api import read
from inksight_cli.document import Line
from inksight_cli.errors import InksightError, MissingBackendError, OutputError

VERSION = 2
MEMORY = ":memory:"
_OPEN, _SHUT = "\x02", "\x03"
_SCHEMA = f"""
CREATE TABLE files (id INTEGER PRIMARY KEY, path TEXT UNIQUE, stamp TEXT, problem TEXT);
CREATE VIRTUAL TABLE lines USING fts5(
    said, also, file UNINDEXED, page UNINDEXED, line UNINDEXED, boxes UNINDEXED,
    tokenize = 'unicode61 remove_diacritics 2'
);
PRAGMA user_version = {VERSION};
"""
_FIND = f"""
SELECT path, page, line, boxes, said,
    highlight(lines, 0, '{_OPEN}', '{_SHUT}'), highlight(lines, 1, '{_OPEN}', '{_SHUT}')
FROM lines JOIN files ON files.id = file WHERE lines MATCH ? ORDER BY path, page, line LIMIT ?
"""


@dataclass(frozen=True, slots=True)
class Hit:
    """Words found one after the other in a line.

    Attributes:
        path: the document's file; page, line: counted from 0.
        words: their places in the line; box: around them, left, top, right, bottom in pixels.
        text: the whole line.
    """

    path: Path
    page: int
    line: int
    words: tuple[int, ...]
    box: tuple[float, float, float, float]
    text: str


@dataclass(frozen=True, slots=True)
class Changes:
    """What bringing an index up to date found: files by number, problems as sentences."""

    documents: int
    read: int
    gone: int
    problems: tuple[str, ...]


class Index:
    """An index in a file, or in memory.

    Args:
        place: the file, made if it is not there; ``:memory:`` forgets.
        root: the folder that the documents lie in; a folder and its index may be moved.

    Raises:
        OutputError: the file cannot be written, or is something else.
        MissingBackendError: this Python's SQLite has no full text.
    """

    def __init__(self, place: Path | str = MEMORY, root: Path | None = None) -> None:
        self._place = place
        self._root = root
        self._lock = RLock()
        with self._told():
            self._base = sqlite3.connect(place, check_same_thread=False, timeout=30)
            weakref.finalize(self, self._base.close)  # Python 3.13 warns of one left open
            (version,) = self._base.execute("PRAGMA user_version").fetchone()
            if version != VERSION:
                self._begin()

    def _begin(self) -> None:
        for table in ("files", "lines"):
            self._base.execute(f"DROP TABLE IF EXISTS {table}")
        self._base.executescript(_SCHEMA)

    def close(self) -> None:
        """Let the file go."""
        self._base.close()

    def update(self, paths: Iterable[Path]) -> Changes:
        """Read what is new or changed of ``paths``, and forget everything else."""
        stamps = {self._name(path): _stamp(path) for path in paths}
        with self._lock, self._told(), self._base:
            known = dict(self._base.execute("SELECT path, stamp FROM files"))
            gone = [path for path in known if path not in stamps]
            changed = [path for path, stamp in stamps.items() if known.get(path) != stamp]
            for path in gone:
                self._forget(path)
            for path in changed:
                self._forget(path)
                self._read(path, stamps[path])
            query = "SELECT problem FROM files WHERE problem != '' ORDER BY path"
            problems = tuple(problem for (problem,) in self._base.execute(query))
        return Changes(len(stamps) - len(problems), len(changed), len(gone), problems)

    def _forget(self, path: str) -> None:
        old = "SELECT id FROM files WHERE path = ?"
        self._base.execute(f"DELETE FROM lines WHERE file IN ({old})", (path,))
        self._base.execute("DELETE FROM files WHERE path = ?", (path,))

    def _read(self, path: str, stamp: str) -> None:
        insert = "INSERT INTO files (path, stamp, problem) VALUES (?, ?, ?)"
        try:
            document = read(self._path(path), format="json")
        except InksightError as error:
            self._base.execute(insert, (path, stamp, f"{path}: {error.message}"))
            return
        number = self._base.execute(insert, (path, stamp, "")).lastrowid
        rows = (
            (_said(line), _also(line), number, page, place, _boxes(line))
            for page, one in enumerate(document.pages)
            for place, line in enumerate(one.lines)
        )
        columns = "said, also, file, page, line, boxes"
        self._base.executemany(f"INSERT INTO lines ({columns}) VALUES (?, ?, ?, ?, ?, ?)", rows)

    def find(self, typed: str, most: int = 1000) -> list[Hit]:
        """Return where ``typed`` stands: its words one after the other, the last may go on."""
        words = " ".join(typed.replace("\0", " ").split())
        if not any(sign.isalnum() for sign in words):
            return []
        query = '"' + words.replace('"', '""') + '" *'
        with self._lock, self._told():
            rows = self._base.execute(_FIND, (query, most)).fetchall()
        return [hit for path, *row in rows for hit in _hits(self._path(path), *row)]

    def _name(self, path: Path) -> str:
        return str(path) if self._root is None else path.relative_to(self._root).as_posix()

    def _path(self, name: str) -> Path:
        return Path(name) if self._root is None else self._root / name

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as error:
            if "fts5" in str(error):
                raise MissingBackendError(
                    "This Python's SQLite has no full text (FTS5)."
                ) from error
            raise OutputError(f"The index '{self._place}' cannot be used: {error}.") from error
        except sqlite3.DatabaseError as error:
            raise OutputError(
                f"'{self._place}' is no index: {error}.", "Delete it; it is made anew."
            ) from error


def _stamp(path: Path) -> str:
    try:
        status = path.stat()
    except OSError:
        return "gone"
    return f"{status.st_size} {status.st_mtime_ns}"


def _said(line: Line) -> str:
    return "\n".join(" ".join(word.text.split()) for word in line.words)


def _also(line: Line) -> str:
    """Return every word's other readings."""
    others = ([t for t, _ in word.alternatives if t != word.text] for word in line.words)
    return "\n".join(" ".join(" ".join(texts).split()) for texts in others)


def _boxes(line: Line) -> str:
    boxes = (word.box for word in line.words)
    sides = [[box.left, box.top, box.right, box.bottom] for box in boxes]
    return json.dumps([[round(side, 2) for side in box] for box in sides])


def _hits(path: Path, page: int, line: int, boxes: str, said: str, *marked: str) -> Iterator[Hit]:
    sides = json.loads(boxes)
    text = " ".join(word for word in said.split("\n") if word)
    found = {words for one in marked for words in _marked_words(one)}
    for words in sorted(found):
        left, top, right, bottom = zip(*(sides[word] for word in words), strict=True)
        box = (min(left), min(top), max(right), max(bottom))
        yield Hit(path, page, line, words, box, text)


def _marked_words(marked: str) -> Iterator[tuple[int, ...]]:
    """Yield for every mark the numbers of the words that it touches."""
    before, *parts = marked.split(_OPEN)
    word = before.count("\n")
    for part in parts:
        found, _, after = part.partition(_SHUT)
        last = word + found.count("\n")
        yield tuple(range(word, last + 1))
        word = last + after.count("\n")
