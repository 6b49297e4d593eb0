"""What came of pages: written down, told, and bound to files that hold several."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from inksight_cli.commands.units import BindUnit, Made, PageUnit, Unit
from inksight_cli.errors import BatchError, DiskFullError, FolderGoneError, OutputError
from inksight_cli.ledger.entry import WHOLE

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from inksight_cli.commands.bookkeeping import Book
    from inksight_cli.commands.making import Task
    from inksight_cli.commands.report import Report
    from inksight_cli.commands.under_way import Cutter, Input


class Outcomes:
    """Takes what came of units.

    Args:
        task: what was to be done.
        inputs: by name.
        cutter: cuts them into pages.
        book: where it is written down.
        report: told what happens.
        max_failures: pages that may fail before the run ends.

    Attributes:
        binds: what is to be bound, for whoever makes units.
    """

    def __init__(
        self,
        task: Task,
        inputs: Mapping[str, Input],
        cutter: Cutter,
        book: Book,
        report: Report,
        max_failures: int | None,
    ) -> None:
        self.binds: deque[BindUnit] = deque()
        self._task = task
        self._inputs = inputs
        self._cutter = cutter
        self._book = book
        self._report = report
        self._max_failures = max_failures
        self._failures = 0
        self._told: set[str] = set()

    def take(self, unit: Unit, made: Made) -> None:
        """Keep and tell what came of a unit.

        Raises:
            InksightError: nothing more can be written, or too much has failed.
        """
        if isinstance(unit, BindUnit):
            self._bound(unit, made)
        else:
            self._page(unit, made)

    def complete(self, each: Input) -> None:
        """All pages of an input were seen: bind those that share a file."""
        units = self._cutter.units(each)
        parts = tuple(unit.part for unit in units if unit.part)
        bound = bool(parts) or any(unit.held for unit in units)
        whole = self._book.done(each.targets[0], [WHOLE]) if parts else set()
        if each.error is None and bound and not whole:
            self.binds.append(BindUnit(each.source, parts, units[0].files))
            return
        self.end(each)

    def end(self, each: Input) -> None:
        """An input is through, however it went."""
        self._book.give_back(each.targets[0])
        if each.error is None and each.numbers and len(each.done or ()) == each.count:
            places = ", ".join(str(target.path) for target in each.targets)
            self._report.skipped(each.source, places)
        else:
            self._report.ended(each.source, each.error)
        each.let_go()

    def note(self, text: str) -> None:
        """Tell something about the whole run, once."""
        if text not in self._told:
            self._told.add(text)
            self._report.note(text)

    def _page(self, unit: PageUnit, made: Made) -> None:
        each = self._inputs[unit.source]
        for note in made.notes:
            self.note(note)
        self._keep(each, unit.number or unit.index, made)
        if made.error is None:
            files = self._files(unit.files, bound=False) if unit.count > 1 else unit.files
            each.lost = 0
            places = [str(path or "-") for path in files]
            self._report.page(unit.source, places, unit.index, made.seconds, **made.facts)
        else:
            each.error = each.error or made.error
            each.lost += 1
            self._report.failed(unit.source, unit.index, unit.count, made.error)
            self._failures += 1
        each.left.discard(unit.index)
        if not each.left:
            self.complete(each)
        self._stop_if_hopeless()

    def _bound(self, unit: BindUnit, made: Made) -> None:
        each = self._inputs[unit.source]
        self._keep(each, WHOLE, made)
        each.error = made.error
        if made.error is None:
            places = [str(path or "-") for path in self._files(unit.files, bound=True)]
            self._report.bound(each.source, places, each.count)
            self._book.let_go(unit.parts)
        else:
            self._report.failed(each.source, 1, 1, made.error)
        self.end(each)

    def _files(self, files: tuple[Path | None, ...], bound: bool) -> tuple[Path | None, ...]:
        """Return those files that hold many pages, or those that hold one."""
        both = zip(self._task.encoders, files, strict=True)
        return tuple(path for encoder, path in both if encoder.pages == bound)

    def _keep(self, each: Input, page: int, made: Made) -> None:
        """Write down what came of a page; where nothing more can be written, the run ends."""
        try:
            if isinstance(made.error, DiskFullError | FolderGoneError):
                raise made.error
            self._book.add(each.targets[0], page, each.count, made)
        except OutputError as error:
            raise self._report.stop(each.source, error, self._book.resumes) from error

    def _stop_if_hopeless(self) -> None:
        most = self._max_failures
        if most is not None and self._failures > most:
            raise BatchError(
                f"{self._failures} pages failed, more than --max-failures {most} allows:"
                " the run stops here."
            )
