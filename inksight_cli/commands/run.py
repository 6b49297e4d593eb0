"""A run: inputs become units, units are made here or by workers, and what came of them is told.

The parent alone decides, tells and keeps the ledger; whoever makes a unit writes its files, whole
or not at all.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from inksight_cli.commands.bookkeeping import Book
from inksight_cli.commands.making import Load, Maker, Task
from inksight_cli.commands.owners import Owners
from inksight_cli.commands.report import Report
from inksight_cli.commands.targets import Target
from inksight_cli.commands.units import BindUnit, Made, PageUnit, Unit
from inksight_cli.errors import (
    BatchError,
    DiskFullError,
    FolderGoneError,
    InksightError,
    OutputError,
)
from inksight_cli.ledger.entry import WHOLE
from inksight_cli.pool import Done, Lost, Workers

if TYPE_CHECKING:
    from pathlib import Path

    from inksight_cli.commands.streams import Stdout

HOPELESS = 50
"""Pages: an input is given up when none of so many in a row could be made."""
ANOTHER = 0.5
"""Seconds between looks at what another run is doing."""


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


@dataclass(slots=True, eq=False)
class Input:
    """An input on its way.

    Attributes:
        targets: of its results, one for each of the task's encoders; preview: of its preview.
        numbers: of its pages that are asked for, None until somebody has looked.
        done: those that need not be made again, None until somebody has looked.
        left: pages, by index, that are not made yet; error: the first failure.
        lost: pages that failed since the last that was made.
    """

    source: str
    targets: tuple[Target, ...]
    preview: Target | None = None
    numbers: list[int] | None = None
    done: set[int] | None = None
    left: set[int] = field(default_factory=set)
    error: InksightError | None = None
    lost: int = 0

    @property
    def count(self) -> int:
        """How many pages it counts as: one that cannot be read as one that fails."""
        return max(len(self.numbers or ()), 1)

    def looked_at(self, load: Load) -> int:
        """Return the same once somebody has looked."""
        if self.numbers is None:
            self.numbers = load.numbers(self.source)
        return self.count


class Run:
    """Makes all pages of inputs.

    Args:
        task: what to do with them; load: opens inputs.
        inputs: in their order.
        owners: know whose each place is.
        book: what earlier runs did, and what this one does.
        report: told what happens.
        how: it works; stdout: where a result without a file goes.
    """

    def __init__(
        self,
        task: Task,
        load: Load,
        inputs: Sequence[Input],
        owners: Owners,
        book: Book,
        report: Report,
        how: How,
        stdout: Stdout,
    ) -> None:
        self._task = task
        self._load = load
        self._waiting = deque(inputs)
        self._uncounted = deque(inputs)
        self._pages = sum(each.count for each in inputs)
        self._inputs = {each.source: each for each in inputs}
        self._owners = owners
        self._book = book
        self._report = report
        self._how = how
        self._stdout = stdout
        self._elsewhere: list[Input] = []
        self._binds: deque[BindUnit] = deque()
        self._failures = 0
        self._told: set[str] = set()
        self._hold = False

    def here(self) -> None:
        """Make everything in this process, several pages under way at once where a model can."""
        self._hold = not self._book.lasts
        maker = Maker(self._task, self._load, self._report.many, True, self._stdout)
        for note in self._task.notes():
            self._note(note)
        while True:
            for unit, made in maker.pages(self._units()):
                self._take(unit, made)
                while self._binds:
                    bind = self._binds.popleft()
                    self._bound(bind, maker.bind(bind))
            if not self._look_elsewhere():
                return

    def in_workers(self, pool: Workers[Unit, Made]) -> None:
        """Make everything in worker processes."""
        suspects: deque[PageUnit] = deque()
        while True:
            self._side_by_side(pool, self._units(), suspects)
            if suspects:
                self._alone(pool, suspects.popleft())
            elif not self._binds and not self._look_elsewhere():
                return

    def _side_by_side(
        self, pool: Workers[Unit, Made], units: Iterator[PageUnit], suspects: deque[PageUnit]
    ) -> None:
        more = True
        while more or pool.busy or self._binds:
            while pool.free and (more or self._binds):
                unit = self._binds.popleft() if self._binds else next(units, None)
                more = unit is not None or bool(self._binds)
                if unit is not None:
                    pool.give(unit)
            for outcome in pool.wait(0 if self._to_count() else None):
                if isinstance(outcome, Done):
                    self._taken(outcome.unit, outcome.result)
                else:
                    self._lost(outcome, suspects)
            self._count_ahead()

    def _lost(self, lost: Lost[Unit], suspects: deque[PageUnit]) -> None:
        """A worker ended over a unit: it is tried once more, alone, when all else is done."""
        if isinstance(lost.unit, PageUnit) and not lost.late:
            suspects.append(lost.unit)
        else:
            self._taken(lost.unit, Made(error=_gone(lost)))

    def _alone(self, pool: Workers[Unit, Made], unit: PageUnit) -> None:
        pool.rest()  # all memory is for this one
        pool.give(unit)
        while pool.busy:
            for outcome in pool.wait():
                if isinstance(outcome, Done):
                    self._take(unit, outcome.result)
                else:
                    self._take(unit, Made(error=_gone(outcome)))

    def _taken(self, unit: Unit, made: Made) -> None:
        if isinstance(unit, BindUnit):
            self._bound(unit, made)
        else:
            self._take(unit, made)

    def _units(self) -> Iterator[PageUnit]:
        """Yield the pages that are to be made, input by input."""
        while self._waiting:
            each = self._waiting.popleft()
            if not self._book.take(each.targets[0]):
                self._elsewhere.append(each)
                continue
            try:
                units = self._begun(each)
            except InksightError as error:
                if isinstance(error, FolderGoneError):
                    raise self._report.stop(each.source, error, self._book.resumes) from error
                each.error = error
                self._report.failed(each.source, 1, 1, error)
                self._end(each)
                continue
            yield from self._while_hopeful(each, units)
            if not units:
                self._complete(each)

    def _while_hopeful(self, each: Input, units: list[PageUnit]) -> Iterator[PageUnit]:
        """Yield an input's pages; a file that claims a million pages and has none is given up."""
        for k, unit in enumerate(units):
            if each.lost >= HOPELESS:
                rest = {other.index for other in units[k:]}
                each.left -= rest
                self._pages -= len(rest) - 1
                self._report.expect(self._pages)
                error = InksightError(
                    f"None of {each.lost} pages in a row can be made: no more are tried."
                )
                self._report.failed(each.source, unit.index, unit.count, error)
                if not each.left:
                    self._complete(each)
                return
            yield unit

    def _begun(self, each: Input) -> list[PageUnit]:
        """Return the units of an input's pages that are not done yet."""
        numbers = self._numbers(each)
        if each.done is None:
            each.done = self._book.done(each.targets[0], numbers)
        done, again = each.done, self._book.knows(each.targets[0])
        every = [self._unit(each, index) for index in range(1, each.count + 1)]
        for unit in every:
            for path in (*unit.files, unit.preview):
                if path is not None:
                    self._owners.claim(path, each.source, again)
        units = [unit for unit in every if unit.number not in done]
        each.left = {unit.index for unit in units}
        self._report.had(each.count - len(units))
        return units

    def _unit(self, each: Input, index: int) -> PageUnit:
        count, numbers = each.count, each.numbers
        number = numbers[index - 1] if numbers else None
        encoders = list(zip(self._task.encoders, each.targets, strict=True))
        bound = count > 1 and any(encoder.pages for encoder, _ in encoders)
        if count > 1 and any(not e.pages and target.path is None for e, target in encoders):
            raise OutputError(
                f"The {count} pages of this input need a file each.", "Say a folder: -o FOLDER/"
            )
        files = tuple(t.path if e.pages else t.page(index, count) for e, t in encoders)
        kept = bound and number is not None and not self._hold
        part = self._book.part(each.targets[0], index) if kept else None
        preview = each.preview.page(index, count) if each.preview else None
        return PageUnit(each.source, number, index, count, files, part, bound and not part, preview)

    def _take(self, unit: PageUnit, made: Made) -> None:
        """Keep and tell what came of a page."""
        each = self._inputs[unit.source]
        for note in made.notes:
            self._note(note)
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
            self._complete(each)
        self._stop_if_hopeless()

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

    def _complete(self, each: Input) -> None:
        """All pages of an input were seen: bind those that share a file."""
        units = [self._unit(each, index) for index in range(1, each.count + 1)]
        parts = tuple(unit.part for unit in units if unit.part)
        bound = bool(parts) or any(unit.held for unit in units)
        whole = self._book.done(each.targets[0], [WHOLE]) if parts else set()
        if each.error is None and bound and not whole:
            self._binds.append(BindUnit(each.source, parts, units[0].files))
            return
        self._end(each)

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
        self._end(each)

    def _end(self, each: Input) -> None:
        self._book.give_back(each.targets[0])
        if each.error is None and each.numbers and len(each.done or ()) == each.count:
            places = ", ".join(str(target.path) for target in each.targets)
            self._report.skipped(each.source, places)
        else:
            self._report.ended(each.source, each.error)

    def _look_elsewhere(self) -> bool:
        """Wait for what another run is doing; return whether there is something to look at."""
        if not self._elsewhere:
            return False
        time.sleep(ANOTHER)
        self._waiting.extend(self._elsewhere)
        for each in self._elsewhere:
            each.done = None
        self._elsewhere = []
        return True

    def _numbers(self, each: Input) -> list[int]:
        if each.numbers is None:
            each.numbers = self._load.numbers(each.source)
            self._pages += each.count - 1
            self._report.expect(self._pages)
        return each.numbers

    def _to_count(self) -> bool:
        """Whether there is an input of which nobody knows the pages, and a bar to tell them."""
        while self._uncounted and self._uncounted[0].numbers is not None:
            self._uncounted.popleft()
        return self._report.shows and bool(self._uncounted)

    def _count_ahead(self) -> None:
        """Look at one more input, while workers work, for the bar to be true."""
        if self._to_count():
            with suppress(InksightError):  # told when it is its turn
                self._numbers(self._uncounted.popleft())

    def _note(self, text: str) -> None:
        if text not in self._told:
            self._told.add(text)
            self._report.note(text)

    def _stop_if_hopeless(self) -> None:
        most = self._how.max_failures
        if most is not None and self._failures > most:
            raise BatchError(
                f"{self._failures} pages failed, more than --max-failures {most} allows:"
                " the run stops here."
            )


def _gone(lost: Lost[Unit]) -> InksightError:
    if lost.late:
        return InksightError(f"The page was given up: {lost.reason} (--timeout).")
    return InksightError(f"The page was given up: {lost.reason}.")


def suits_workers(inputs: Sequence[Input]) -> bool:
    """Whether workers can read these inputs and write their results: they share no streams."""
    from inksight_cli.commands.inputs import STDIN
    from inksight_cli.files import is_pipe

    streams = any(target.path is None for each in inputs for target in each.targets)
    return not streams and not any(e.source == STDIN or is_pipe(e.source) for e in inputs)
