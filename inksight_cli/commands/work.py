"""One run: inputs become pages, pages become files, and events of it are reported."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

from inksight_cli.commands.batch import Batch, Failed, PageDone, Pipeline
from inksight_cli.commands.inputs import STDIN, expand
from inksight_cli.commands.report import Report
from inksight_cli.commands.streams import Stdout
from inksight_cli.commands.targets import Target, plan_targets
from inksight_cli.errors import InksightError, OutputError, UsageError

if TYPE_CHECKING:
    from inksight_cli.document import Page
    from inksight_cli.pages.page import PageImage


class Task(Protocol):
    """What a command does with pages."""

    suffix: str
    """The ending of its files, with the dot."""

    pages: bool
    """Whether one file holds many pages."""

    def open(self, pages: Callable[[], int]) -> Pipeline:
        """Load what is heavy, once; ``pages`` counts those to come, for those who charge."""
        ...

    def encode(self, pages: list[Page]) -> bytes:
        """Return the content of a file."""
        ...

    def describe(self, page: Page) -> dict[str, object]:
        """Return what a report says of a page."""
        ...


@dataclass(frozen=True, slots=True)
class Places:
    """What to read and where results go, as the user says it."""

    pictures: list[str]
    out: str
    preview: str | None = None
    skip_existing: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class _Result:
    """A page that is done; its picture is let go, what the preview needs of it is kept."""

    page: Page
    seconds: float
    preview: bytes | None


def work(task: Task, places: Places, load: Loader, report: Report, stdout: Stdout) -> None:
    """Do ``task`` for every input.

    Raises:
        InksightError: the only input failed, or something concerns all inputs.
        BatchError: some inputs of several failed.
    """
    inputs = expand(places.pictures)
    report.begin(len(inputs.sources), inputs.many)
    targets = plan_targets(inputs, places.out, task.suffix)
    previews = plan_targets(inputs, places.preview, ".png") if places.preview else []
    if any(target.path is None for target in previews):
        raise UsageError("A preview cannot go to stdout.", "Say a file: --preview page.png")
    left = [target for target in targets if not (places.skip_existing and target.done)]
    for target in targets:
        if target not in left:
            report.skipped(target.source, str(target.path))
    if left:
        files = _Files(task, [*targets, *previews], stdout)
        shown = {target.source: target for target in previews}
        count = partial(load.count, [target.source for target in left])
        _run(task.open(count), load, left, shown, files, report)
    report.finish()


@dataclass(frozen=True, slots=True)
class Loader:
    """Opens inputs, ``-`` for stdin, as the user wants them."""

    max_pixels: int | None = None
    pages: str | None = None
    dpi: float | None = None
    flatten: Literal["auto", "off"] = "off"

    def __call__(self, source: str) -> Iterator[PageImage]:
        """Yield the pages of an input."""
        from inksight_cli.flatten.sheet import flatten_page
        from inksight_cli.pages.load import MAX_PIXELS, PDF_DPI, load_pages

        pages = load_pages(
            sys.stdin.buffer if source == STDIN else source,
            name=source,
            max_pixels=self.max_pixels or MAX_PIXELS,
            pages=self.pages,
            dpi=self.dpi or PDF_DPI,
        )
        return (flatten_page(page, self.flatten) for page in pages)

    def count(self, sources: Sequence[str]) -> int:
        """Return how many pages will come; stdin, not to be read twice, counts as one."""
        from inksight_cli.pages.load import count_pages

        return sum(1 if s == STDIN else count_pages(s, self.pages) for s in sources)


def _run(
    pipeline: Pipeline,
    load: Loader,
    targets: Sequence[Target],
    previews: dict[str, Target],
    files: _Files,
    report: Report,
) -> None:
    place = {target.source: target for target in targets}
    results: list[_Result] = []
    error: InksightError | None = None
    for event in Batch(pipeline, load, report.many).run(place):
        if isinstance(event, PageDone):
            results.append(_result(event, report.lap(), event.source in previews))
            continue
        if isinstance(event, Failed):
            error = error or event.error
            continue
        try:
            if error is None:
                files.deliver(place[event.source], previews.get(event.source), results, report)
        except OutputError as trouble:
            error = trouble
        report.ended(event.source, error)
        results, error = [], None


def _result(event: PageDone, seconds: float, preview: bool) -> _Result:
    if not preview:
        return _Result(event.page, seconds, None)
    from inksight_cli.formats.preview import preview_png

    return _Result(event.page, seconds, preview_png(event.image.pixels, event.page))


class _Files:
    """Writes results, and never one file for two inputs."""

    def __init__(self, task: Task, targets: Sequence[Target], stdout: Stdout) -> None:
        self._task = task
        self._stdout = stdout
        self._owners = {target.path: target.source for target in targets if target.path}

    def deliver(
        self, target: Target, preview: Target | None, results: list[_Result], report: Report
    ) -> None:
        """Write and report all pages of one input.

        Raises:
            OutputError: a file cannot be written, or belongs to another input.
        """
        groups = [results] if self._task.pages else [[result] for result in results]
        if target.path is None and len(groups) > 1:
            raise OutputError(
                f"The {len(groups)} pages of this input need a file each.",
                "Say a folder: -o FOLDER/",
            )
        # The first page is written last: where it is, the others are as well.
        for number, group in reversed(list(enumerate(groups, start=1))):
            data = self._task.encode([result.page for result in group])
            self._write(target.source, target.page(number, len(groups)), data)
        for number, result in enumerate(results, start=1):
            if preview is not None and result.preview is not None:
                self._write(preview.source, preview.page(number, len(results)), result.preview)
            place = target.path if self._task.pages else target.page(number, len(groups))
            facts = self._task.describe(result.page)
            report.page(target.source, str(place or "-"), number, result.seconds, **facts)

    def _write(self, source: str, path: Path | None, data: bytes) -> None:
        from inksight_cli.output import replace_file

        if path is None:
            self._stdout.write(data)
            return
        owner = self._owners.setdefault(path, source)
        if owner != source:
            raise OutputError(f"'{path}' is the result of '{owner}' already.")
        replace_file(path, data)
