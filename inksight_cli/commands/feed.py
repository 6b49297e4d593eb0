"""Which pages are to be made, one after the other, and how many there are."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from inksight_cli.errors import FolderGoneError, InksightError

if TYPE_CHECKING:
    from inksight_cli.commands.bookkeeping import Book
    from inksight_cli.commands.making import Load
    from inksight_cli.commands.outcomes import Outcomes
    from inksight_cli.commands.owners import Owners
    from inksight_cli.commands.report import Report
    from inksight_cli.commands.under_way import Cutter, Input
    from inksight_cli.commands.units import PageUnit

HOPELESS = 50
"""Pages: an input is given up when none of so many in a row could be made."""
ANOTHER = 0.5
"""Seconds between looks at what another run is doing."""


class Feed:
    """Goes through the inputs, but those that another run is at come last.

    Args:
        inputs: in their order.
        load: opens them; cutter: cuts them into pages.
        owners: know whose each place is.
        book: what is done, and who is at what.
        outcomes: told of inputs of which no page need, or can, be made.
        report: told how many pages there are.
    """

    def __init__(
        self,
        inputs: Sequence[Input],
        load: Load,
        cutter: Cutter,
        owners: Owners,
        book: Book,
        outcomes: Outcomes,
        report: Report,
    ) -> None:
        self._waiting = deque(inputs)
        self._uncounted = deque(inputs)
        self._elsewhere: list[Input] = []
        self._pages = sum(each.count for each in inputs)
        self._load = load
        self._cutter = cutter
        self._owners = owners
        self._book = book
        self._outcomes = outcomes
        self._report = report

    def units(self) -> Iterator[PageUnit]:
        """Yield the pages that are to be made, input by input.

        Raises:
            FolderGoneError: the folder of all results has been removed.
        """
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
                self._outcomes.end(each)
                continue
            yield from self._while_hopeful(each, units)
            if not units:
                self._outcomes.complete(each)

    def look_elsewhere(self) -> bool:
        """Wait for what another run is doing; return whether there is something to look at."""
        if not self._elsewhere:
            return False
        time.sleep(ANOTHER)
        self._waiting.extend(self._elsewhere)
        for each in self._elsewhere:
            each.done = None
        self._elsewhere = []
        return True

    def to_count(self) -> bool:
        """Whether there is an input of which nobody knows the pages, and a bar to tell them."""
        while self._uncounted and self._uncounted[0].numbers is not None:
            self._uncounted.popleft()
        return self._report.shows and bool(self._uncounted)

    def count_ahead(self) -> None:
        """Look at one more input, while workers work, for the bar to be true."""
        if self.to_count():
            with suppress(InksightError):  # told when it is its turn
                self._numbers(self._uncounted.popleft())

    def _begun(self, each: Input) -> list[PageUnit]:
        """Return the units of an input's pages that are not done yet."""
        numbers = self._numbers(each)
        if each.done is None:
            each.done = self._book.done(each.targets[0], numbers)
        done, again = each.done, self._book.knows(each.targets[0])
        every = self._cutter.units(each)
        for unit in every:
            for path in (*unit.files, unit.preview):
                if path is not None:
                    self._owners.claim(path, each.source, again)
        units = [unit for unit in every if unit.number not in done]
        each.left = {unit.index for unit in units}
        self._report.had(each.count - len(units))
        return units

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
                    self._outcomes.complete(each)
                return
            yield unit

    def _numbers(self, each: Input) -> Sequence[int]:
        if each.numbers is None:
            each.numbers = self._load.numbers(each.source)
            self._pages += each.count - 1
            self._report.expect(self._pages)
        return each.numbers
