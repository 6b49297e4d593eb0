"""A run: inputs become units, units are made here or by workers, and what came of them is told.

The parent alone decides, tells and keeps the ledger; whoever makes a unit writes its files, whole
or not at all.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from inksight_cli.commands.feed import Feed
from inksight_cli.commands.making import Load, Maker, Task
from inksight_cli.commands.outcomes import Outcomes
from inksight_cli.commands.under_way import Cutter, Input
from inksight_cli.commands.units import Made, PageUnit, Unit
from inksight_cli.errors import InksightError
from inksight_cli.pool import Done, Lost, Outcome, Workers

if TYPE_CHECKING:
    from inksight_cli.commands.bookkeeping import Book
    from inksight_cli.commands.owners import Owners
    from inksight_cli.commands.report import Report
    from inksight_cli.commands.streams import Stdout


@dataclass(frozen=True, slots=True)
class How:
    """How a run works.

    Attributes:
        jobs: worker processes; None: as many as are of use. One works without any, unless a
            limit has to be kept.
        timeout: seconds that a page may take; memory: bytes that a worker may hold.
        max_failures: pages that may fail before the run ends.
        ray: address of the cluster that the workers are on; None: this machine.
        threads: cores of a worker there; gpu: whether it draws on a GPU.
    """

    jobs: int | None = None
    timeout: float | None = None
    memory: int | None = None
    max_failures: int | None = None
    ray: str | None = None
    threads: int = 1
    gpu: bool = False

    @property
    def limited(self) -> bool:
        """Whether a process is needed that can be ended."""
        return self.timeout is not None or self.memory is not None


class Run:
    """Makes all pages of inputs.

    Args:
        task: what to do with them; load: opens inputs.
        inputs: in their order.
        owners: know whose each place is.
        book: what earlier runs did, and what this one does.
        report: told what happens.
        max_failures: pages that may fail before the run ends.
        held: whether pages of files that hold several stay in this process's memory until then.
    """

    def __init__(
        self,
        task: Task,
        load: Load,
        inputs: Sequence[Input],
        owners: Owners,
        book: Book,
        report: Report,
        max_failures: int | None,
        held: bool,
    ) -> None:
        self._task = task
        self._load = load
        self._report = report
        cutter = Cutter(task, book, held)
        by_name = {each.source: each for each in inputs}
        self._outcomes = Outcomes(task, by_name, cutter, book, report, max_failures)
        self._feed = Feed(inputs, load, cutter, owners, book, self._outcomes, report)

    def here(self, stdout: Stdout) -> None:
        """Make everything in this process, several pages under way at once where a model can."""
        maker = Maker(self._task, self._load, self._report.many, True, stdout)
        for note in self._task.notes():
            self._outcomes.note(note)
        binds = self._outcomes.binds
        while True:
            for unit, made in maker.pages(self._feed.units()):
                self._outcomes.take(unit, made)
                while binds:
                    bind = binds.popleft()
                    self._outcomes.take(bind, maker.bind(bind))
            if not self._feed.look_elsewhere():
                return

    def in_workers(self, pool: Workers[Unit, Made]) -> None:
        """Make everything in worker processes."""
        suspects: deque[PageUnit] = deque()
        while True:
            self._side_by_side(pool, self._feed.units(), suspects)
            if suspects:
                self._alone(pool, suspects.popleft())
            elif not self._outcomes.binds and not self._feed.look_elsewhere():
                return

    def _side_by_side(
        self, pool: Workers[Unit, Made], units: Iterator[PageUnit], suspects: deque[PageUnit]
    ) -> None:
        binds, more = self._outcomes.binds, True
        heard: list[Outcome[Unit, Made]] = []
        while more or pool.busy or binds or heard:
            while pool.free and (more or binds):
                unit = binds.popleft() if binds else next(units, None)
                more = unit is not None or bool(binds)
                if unit is not None:
                    pool.give(unit)
            for outcome in heard:  # written down and told while the workers are at the next
                if isinstance(outcome, Done):
                    self._outcomes.take(outcome.unit, outcome.result)
                else:
                    self._lost(outcome, suspects)
            self._feed.count_ahead()
            at_once = self._feed.to_count() or (binds and pool.free)
            heard = pool.wait(0 if at_once else None)

    def _lost(self, lost: Lost[Unit], suspects: deque[PageUnit]) -> None:
        """A worker ended over a unit: it is tried once more, alone, when all else is done."""
        if isinstance(lost.unit, PageUnit) and not lost.late:
            suspects.append(lost.unit)
        else:
            self._outcomes.take(lost.unit, Made(error=_gone(lost)))

    def _alone(self, pool: Workers[Unit, Made], unit: PageUnit) -> None:
        pool.rest()  # all memory is for this one
        pool.give(unit)
        while pool.busy:
            for outcome in pool.wait():
                made = outcome.result if isinstance(outcome, Done) else Made(error=_gone(outcome))
                self._outcomes.take(unit, made)


def _gone(lost: Lost[Unit]) -> InksightError:
    if lost.late:
        return InksightError(f"The page was given up: {lost.reason} (--timeout).")
    return InksightError(f"The page was given up: {lost.reason}.")
