"""Units of work: a page to be made, a result to be bound from its pages, and what came of it.

They travel to worker processes and back, so they hold names and numbers alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from inksight_cli.errors import InksightError


@dataclass(frozen=True, slots=True)
class PageUnit:
    """A page to be made.

    Attributes:
        source: the input; number: of the page in it, None where it has none that is asked for.
        index: 1-based among the pages that are asked for; count: how many those are.
        files: for each of the task's encoders where the page goes; None: stdout.
        part: where the page is kept for files that hold the input's other pages too; the files
            of such encoders are left alone.
        held: whether it is kept in memory instead, by whoever binds it.
        preview: where its preview goes, None without.
    """

    source: str
    number: int | None
    index: int
    count: int
    files: tuple[Path | None, ...]
    part: Path | None = None
    held: bool = False
    preview: Path | None = None


@dataclass(frozen=True, slots=True)
class BindUnit:
    """Files of several pages to be made of the pages that are kept.

    Attributes:
        source: the input; parts: its pages in their order, none where they are held in memory.
        files: for each of the task's encoders its file; None: stdout.
    """

    source: str
    parts: tuple[Path, ...]
    files: tuple[Path | None, ...]


Unit: TypeAlias = PageUnit | BindUnit


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What came of a unit.

    Attributes:
        files: the bytes of every file that was written.
        facts: what a report says of the page.
        seconds: it took; sha256: of the input's bytes.
        notes: sentences about the whole run, for the user.
        error: why nothing was made.
    """

    files: Mapping[Path, int] = field(default_factory=dict)
    facts: Mapping[str, object] = field(default_factory=dict)
    seconds: float = 0.0
    sha256: str = ""
    notes: tuple[str, ...] = ()
    error: InksightError | None = None
