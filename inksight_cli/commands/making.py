"""Where pages are made and written: in this process, or in a worker of the pool."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from inksight_cli.commands.batch import Batch, Failed, PageDone, Pipeline
from inksight_cli.commands.units import BindUnit, Made, PageUnit, Unit
from inksight_cli.errors import InksightError, NoMemoryError, OutputError, UnreadableInputError
from inksight_cli.pool.room import Heap
from inksight_cli.pool.serve import Retire

if TYPE_CHECKING:
    from inksight_cli.commands.streams import Stdout
    from inksight_cli.document import Page

PICTURE = ".jpg"
"""What the picture of a page that is kept is called, beside it."""


@dataclass(frozen=True, slots=True, eq=False)
class Result:
    """A page that is done; its picture is let go.

    Attributes:
        picture: tells it as a JPEG file, for formats that show it.
    """

    page: Page
    picture: Callable[[], bytes] | None = None


class Encoder(Protocol):
    """What makes one kind of file of pages; a `Task` has some."""

    pages: bool
    """Whether one file holds many pages."""

    suffixes: tuple[str, ...]
    """The endings of its files, with the dot; the usual one first."""

    def encode(self, results: Sequence[Result]) -> bytes:
        """Return the content of a file."""
        ...


class Task(Protocol):
    """What a command does with pages. It is sent to workers, before it is opened."""

    encoders: Sequence[Encoder]
    """Make the files, one kind each; the result is complete with all of them."""

    reads_pictures: bool
    """Whether an input is a picture: all its pages then come of the same bytes."""

    def announce(self, pages: Callable[[], int]) -> Iterable[str]:
        """Return what the user must be told before; ``pages`` counts them, where they cost."""
        ...

    def open(self) -> Pipeline:
        """Load what is heavy, once."""
        ...

    def picture(self, image: Any) -> Callable[[], bytes] | None:  # noqa: ANN401
        """Return what tells a loaded page's picture, None where no encoder shows it."""
        ...

    def notes(self) -> list[str]:
        """Return what there is to tell the user since the last time."""
        ...

    def describe(self, page: Page) -> dict[str, object]:
        """Return what a report says of a page."""
        ...

    def choices(self) -> dict[str, object]:
        """Return all that decides what is written."""
        ...


class Load(Protocol):
    """Opens inputs. It is sent to workers."""

    @property
    def endings(self) -> tuple[str, ...]:
        """Those of files that are taken from folders, lower case with the dot."""
        ...

    def reader(self, ahead: bool) -> Callable[[PageUnit], Iterator[Any]]:
        """Return what opens pages one by one, as the pipeline takes them.

        Args:
            ahead: whether all pages of an input come one after the other.
        """
        ...

    def numbers(self, source: str) -> list[int]:
        """Return the numbers of an input's pages that are asked for; of a broken one none."""
        ...

    def count(self, sources: Sequence[str]) -> int:
        """Return how many pages will come."""
        ...

    def origins(self, source: str) -> set[bytes]:
        """Return the SHA-256 of the pictures that an input holds or was made from."""
        ...

    def choices(self) -> dict[str, object]:
        """Return all that decides what is loaded."""
        ...


class Maker:
    """Makes units, with what is heavy loaded once.

    Args:
        task: what to do with pages.
        load: opens inputs.
        many: whether other units go on when one fails in a way nobody foresaw.
        ahead: whether units come in the order of their pages.
        stdout: where a result without a file goes.
    """

    def __init__(
        self, task: Task, load: Load, many: bool, ahead: bool, stdout: Stdout | None = None
    ) -> None:
        self._task = task
        self._stdout = stdout
        self._held: dict[str, list[Result]] = {}
        self._batch = Batch[PageUnit](task.open(), load.reader(ahead), many)
        self._last = time.monotonic()
        self._heap = Heap()

    def pages(self, units: Iterable[PageUnit]) -> Iterator[tuple[PageUnit, Made]]:
        """Yield every unit with what came of it, in order; some may be taken ahead."""
        made: Made | None = None
        for event in self._batch.run(units):
            if isinstance(event, PageDone):
                made = self._timed(self._page(event))
            elif isinstance(event, Failed):
                made = made or self._timed(Made(error=event.error))
            else:
                yield event.unit, made or self._timed(Made(error=_nothing(event.unit)))
                made = None
                self._heap.tidy()

    def bind(self, unit: BindUnit) -> Made:
        """Make the files of several pages."""
        from inksight_cli.ledger.parts import read_part

        try:
            held = self._held.pop(unit.source, [])
            results = held or [Result(read_part(part), _picture(part)) for part in unit.parts]
            origins = {result.page.sha256 for result in results}
            if self._task.reads_pictures and len(origins) > 1:
                raise UnreadableInputError(f"'{unit.source}' was changed while it was read.")
            encoders = zip(self._task.encoders, unit.files, strict=True)
            files = [(path, encoder.encode(results)) for encoder, path in encoders if encoder.pages]
            written = self._write(files)
        except InksightError as error:
            return Made(error=error)
        return Made(files=written, sha256=results[0].page.sha256)

    def _page(self, event: PageDone[PageUnit]) -> Made:
        unit, page = event.unit, event.page
        result = Result(page, self._task.picture(event.image))
        if unit.held:
            self._held.setdefault(unit.source, []).append(result)
        try:
            written = self._write(
                [*_preview(event), *_kept(unit, result), *self._own(unit, result)]
            )
        except OutputError as error:
            return Made(error=error, sha256=page.sha256)
        return Made(files=written, facts=self._task.describe(page), sha256=page.sha256)

    def _own(self, unit: PageUnit, result: Result) -> Iterator[tuple[Path | None, bytes]]:
        """Yield the files that hold this page alone."""
        for encoder, path in zip(self._task.encoders, unit.files, strict=True):
            if unit.count == 1 or not encoder.pages:
                yield path, encoder.encode([result])

    def _write(self, files: Iterable[tuple[Path | None, bytes]]) -> dict[Path, int]:
        from inksight_cli.output import replace_files

        content = list(files)
        replace_files([(path, data) for path, data in content if path is not None])
        for path, data in content:
            if path is None:
                assert self._stdout is not None
                self._stdout.write(data)
        return {path: len(data) for path, data in content if path is not None}

    def _timed(self, made: Made) -> Made:
        now = time.monotonic()
        seconds, self._last = now - self._last, now
        return replace(made, seconds=round(seconds, 3), notes=tuple(self._task.notes()))

    def begin(self) -> None:
        """Count seconds from now on."""
        self._last = time.monotonic()


def open_worker(task: Task, load: Load, threads: int, memory: int | None) -> Callable[[Unit], Made]:
    """Return what makes units in a worker of its own.

    Args:
        task: what to do with pages.
        load: opens inputs.
        threads: the process's share of the cores.
        memory: bytes that it may hold, None without a limit.
    """
    from inksight_cli.cores import share_cores

    share_cores(threads)
    maker = Maker(task, load, many=True, ahead=False)

    def make(unit: Unit) -> Made:
        maker.begin()
        if isinstance(unit, BindUnit):
            return maker.bind(unit)
        ((_, made),) = maker.pages([unit])
        if isinstance(made.error, NoMemoryError):  # libraries may be left in a sad state
            raise Retire(replace(made, error=_beyond(memory)) if memory else made)
        return made

    return make


def _beyond(memory: int) -> NoMemoryError:
    return NoMemoryError(
        f"The page needs more memory than --max-memory {memory >> 20} allows.",
        "Raise it, or lower --dpi or --max-pixels.",
    )


def _nothing(unit: PageUnit) -> UnreadableInputError:
    return UnreadableInputError(f"'{unit.source}' has no page {unit.number}.")


def _kept(unit: PageUnit, result: Result) -> Iterator[tuple[Path, bytes]]:
    """Yield the files that keep a page until its result is bound."""
    from inksight_cli.ledger.parts import write_part

    if unit.part is None:
        return
    if result.picture is not None:
        yield unit.part.with_suffix(PICTURE), result.picture()
    yield unit.part, write_part(result.page)


def _picture(part: Path) -> Callable[[], bytes] | None:
    picture = part.with_suffix(PICTURE)
    return picture.read_bytes if picture.is_file() else None


def _preview(event: PageDone[PageUnit]) -> Iterator[tuple[Path, bytes]]:
    if event.unit.preview is not None:
        from inksight_cli.formats.preview import preview_png

        yield event.unit.preview, preview_png(event.image.pixels, event.page)
