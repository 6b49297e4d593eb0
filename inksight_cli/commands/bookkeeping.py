"""What a run knows of earlier runs, and leaves for later ones: its side of the ledger."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from inksight_cli import __version__
from inksight_cli.commands.loader import source_hash
from inksight_cli.commands.making import PICTURE
from inksight_cli.commands.targets import Target
from inksight_cli.commands.units import Made
from inksight_cli.files import is_folder
from inksight_cli.ledger import NAME, Entry, Ledger
from inksight_cli.ledger.entry import WHOLE
from inksight_cli.output import sweep

PARTS = ".inksight-parts"
"""The folder beside a ledger that keeps pages of results which are not whole yet."""


def ledger_of(folder: Path, shard: str = "") -> Path:
    """Return the ledger in a folder of results; each shard (``2-of-8``) has one of its own."""
    return folder / (NAME.replace(".jsonl", f".{shard}.jsonl") if shard else NAME)


def others_beside(path: Path) -> list[Path]:
    """Return the ledgers of other shards, or of no shard, in the same folder."""
    found = sorted(path.parent.glob(NAME.replace(".jsonl", "*.jsonl")))
    return [other for other in found if other.name != path.name]


class Book:
    """Keeps pages, and remembers them.

    Args:
        ledger: None where nothing outlives the run.
        options: the fingerprint of what decides what is written.
    """

    def __init__(self, ledger: Ledger | None, options: str) -> None:
        self._ledger = ledger
        self._options = options
        self._parts: Path | None = ledger.folder / PARTS if ledger else None
        self._temporary = ledger is None

    @property
    def path(self) -> Path | None:
        """The ledger's file."""
        return self._ledger.path if self._ledger else None

    @property
    def lasts(self) -> bool:
        """Whether what is done outlives the run."""
        return self._ledger is not None

    @property
    def resumes(self) -> str:
        """The option with which the same call goes on later."""
        return "--resume" if self._ledger else "--skip-existing"

    def take(self, target: Target) -> bool:
        """Claim an input's result; return whether no other run is at it."""
        if self._ledger is None or target.path is None:
            return True
        if not self._ledger.claims.take(self._ledger.name(target.path)):
            return False
        self._ledger.catch_up()
        return True

    def give_back(self, target: Target) -> None:
        """Let other runs have it: this one is through with it."""
        if self._ledger is not None and target.path is not None:
            name = self._ledger.name(target.path)
            self._ledger.claims.give_back(name)
            self._ledger.forget(name)

    def done(self, target: Target, numbers: Sequence[int]) -> set[int]:
        """Return which pages of an input need not be made again."""
        seen = self._entries(target)
        known = {n: seen[key] for n in (WHOLE, *numbers) if (key := (n, self._options)) in seen}
        if not known:
            return set()
        digest = source_hash(target.source).decode()
        good = {n for n, entry in known.items() if self._holds(entry, digest)}
        return set(numbers) if WHOLE in good else good & set(numbers)

    def known(self, target: Target, numbers: Sequence[int]) -> Iterator[str]:
        """Yield, for each page, ``failed`` or ``stale`` where something is known of it."""
        seen = self._entries(target)
        for number in numbers:
            entry = seen.get((number, self._options))
            if entry is not None and entry.failure is not None:
                yield "failed"
            elif any(page in (number, WHOLE) for page, _ in seen):
                yield "stale"

    def knows(self, target: Target) -> bool:
        """Whether another run, or an earlier one that counts, has made something of an input."""
        return bool(self._entries(target))

    def part(self, target: Target, number: int) -> Path:
        """Return where a page is kept until its result is bound."""
        if self._parts is None:
            self._parts = Path(tempfile.mkdtemp(prefix="inksight-"))
        self._parts.mkdir(exist_ok=True)
        about = f"{target.path}\0{self._options}".encode("utf-8", "surrogateescape")
        if self._ledger is not None and target.path is not None:
            about = f"{self._ledger.name(target.path)}\0{self._options}".encode()
        return self._parts / f"{hashlib.sha256(about).hexdigest()[:20]}.page-{number}.json"

    def add(self, target: Target, page: int, pages: int, made: Made) -> None:
        """Write down what came of a page, or of a result (`WHOLE`).

        Raises:
            OutputError: the ledger cannot be written.
        """
        if self._ledger is None or target.path is None:
            return
        name, error, facts = self._ledger.name, made.error, made.facts
        words, warnings = facts.get("words", 0), facts.get("warnings", ())
        assert isinstance(words, int)
        assert isinstance(warnings, list | tuple)
        self._ledger.add(
            Entry(
                input=target.source,
                result=name(target.path),
                page=page,
                pages=pages,
                options=self._options,
                version=__version__,
                sha256=made.sha256,
                outputs={name(path): size for path, size in made.files.items()},
                words=words,
                seconds=made.seconds,
                warnings=tuple(map(str, warnings)),
                failure=error.message if error else None,
                code=error.exit_code if error else 0,
            )
        )

    def let_go(self, parts: Iterable[Path]) -> None:
        """Take away pages whose result is bound."""
        for part in parts:
            part.unlink(missing_ok=True)
            part.with_suffix(PICTURE).unlink(missing_ok=True)

    def close(self) -> None:
        """Close the ledger, and take away what is of no use to anybody."""
        if self._parts is not None and is_folder(self._parts):
            if self._temporary:
                shutil.rmtree(self._parts, ignore_errors=True)
            else:
                sweep({self._parts})
                _remove_if_empty(self._parts)
        if self._ledger is not None:
            self._ledger.close()

    def _entries(self, target: Target) -> Mapping[tuple[int, str], Entry]:
        """Return what is known of an input's result, by page and options."""
        if self._ledger is None or target.path is None:
            return {}
        return self._ledger.entries.get(self._ledger.name(target.path), {})

    def _holds(self, entry: Entry, digest: str) -> bool:
        assert self._ledger is not None
        same = entry.sha256 == digest and entry.version == __version__
        there = entry.failure is None and bool(entry.outputs)
        return same and there and self._ledger.holds(entry.outputs.items())


def _remove_if_empty(folder: Path) -> None:
    try:
        folder.rmdir()
    except OSError:  # another run's pages are in it
        return
