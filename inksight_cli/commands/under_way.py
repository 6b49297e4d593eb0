"""An input on its way through a run, and the units of work that it comes apart into."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from inksight_cli.commands.targets import Target
from inksight_cli.commands.units import PageUnit
from inksight_cli.errors import InksightError, OutputError

if TYPE_CHECKING:
    from inksight_cli.commands.bookkeeping import Book
    from inksight_cli.commands.making import Load, Task


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
    numbers: Sequence[int] | None = None
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

    def let_go(self) -> None:
        """Forget its pages: a run's memory does not grow with what is behind it."""
        self.numbers, self.done = (), None


class Cutter:
    """Cuts inputs into pages.

    Args:
        task: what to do with them.
        book: knows where pages of files that hold several are kept.
        hold: whether such pages are kept in memory instead.
    """

    def __init__(self, task: Task, book: Book, hold: bool) -> None:
        self._task = task
        self._book = book
        self._hold = hold

    def units(self, each: Input) -> list[PageUnit]:
        """Return all pages of an input.

        Raises:
            OutputError: they have no place to go.
        """
        return [self._unit(each, index) for index in range(1, each.count + 1)]

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


def suits_workers(inputs: Sequence[Input]) -> bool:
    """Whether workers can read these inputs and write their results: they share no streams."""
    from inksight_cli.commands.inputs import STDIN
    from inksight_cli.files import is_pipe

    streams = any(target.path is None for each in inputs for target in each.targets)
    return not streams and not any(e.source == STDIN or is_pipe(e.source) for e in inputs)
