"""One line of a ledger: a page, or a whole result of several pages, done or failed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

WHOLE = 0
"""The page of an entry that is about a result bound from all of its pages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What happened to a page.

    Attributes:
        input: its file's name as given; sha256: of the file's bytes, empty where unreadable.
        result: where the input's result belongs, from the ledger's folder.
        page: 1-based number in the file, or `WHOLE`; pages: how many are asked for.
        options: `fingerprint` of all that decides what is written; version: inksight's.
        outputs: the bytes of every file written, by its name from the ledger's folder.
        words: found on the page; seconds: it took; warnings: sentences about it.
        failure: why it failed, else None; code: the exit code that this would have been.
    """

    input: str
    result: str
    page: int
    pages: int
    options: str
    version: str
    sha256: str = ""
    outputs: Mapping[str, int] = field(default_factory=dict)
    words: int = 0
    seconds: float = 0.0
    warnings: tuple[str, ...] = ()
    failure: str | None = None
    code: int = 0

    @property
    def key(self) -> tuple[str, int, str]:
        """What it is about: a later entry of the same key takes its place."""
        return self.result, self.page, self.options

    def line(self) -> bytes:
        """Return it as a line of JSON, in ASCII."""
        return json.dumps(asdict(self)).encode() + b"\n"


_KINDS: dict[str, type | tuple[type, ...]] = {
    "input": str,
    "result": str,
    "page": int,
    "pages": int,
    "options": str,
    "version": str,
    "sha256": str,
    "outputs": dict,
    "words": int,
    "seconds": (int, float),
    "warnings": list,
    "failure": (str, type(None)),
    "code": int,
}
_NAMES = {each.name for each in fields(Entry)}
_NEEDED = ("input", "result", "page", "pages", "options", "version")


def parse(line: bytes) -> Entry | None:
    """Return the entry in a line; None where it holds none: torn, or somebody else's."""
    try:
        said: dict[str, Any] = json.loads(line)
    except ValueError:  # of UTF-8, too
        return None
    if not isinstance(said, dict) or not all(name in said for name in _NEEDED):
        return None
    said = {name: value for name, value in said.items() if name in _NAMES}
    if not all(isinstance(value, _KINDS[name]) for name, value in said.items()):
        return None
    if not all(isinstance(size, int) for size in said.get("outputs", {}).values()):
        return None
    return Entry(**{**said, "warnings": tuple(map(str, said.get("warnings", ())))})


def fingerprint(options: Mapping[str, object]) -> str:
    """Return a short name of ``options``: another one where any of them is another."""
    text = json.dumps(options, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
