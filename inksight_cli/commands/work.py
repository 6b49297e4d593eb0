"""One run: inputs become pages, pages become files, and events of it are reported."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from inksight_cli.commands.batch import Batch, Failed, PageDone, Pipeline
from inksight_cli.commands.deliver import Encoder, Files, Result, there_already
from inksight_cli.commands.inputs import PICTURES, Inputs, expand
from inksight_cli.commands.loader import Loader, source_hash
from inksight_cli.commands.report import Report
from inksight_cli.commands.streams import Stdout
from inksight_cli.commands.targets import Target, is_folder_name, made_from, plan_targets
from inksight_cli.errors import DiskFullError, InksightError, OutputError, UsageError
from inksight_cli.files import real


class Task(Encoder, Protocol):
    """What a command does with pages."""

    suffixes: tuple[str, ...]
    """The endings of its files, with the dot; the usual one first."""

    def open(self, pages: Callable[[], int]) -> Pipeline:
        """Load what is heavy, once; ``pages`` counts those to come, for those who charge."""
        ...


@dataclass(frozen=True, slots=True)
class Places:
    """What to read and where results go, as the user says it.

    Attributes:
        pictures: files, folders, patterns, or ``-``.
        out: a file, a folder, ``-``, or None: beside each input.
        preview: a file or a folder.
        skip_existing: leave out inputs whose result is there.
        overwrite: whether a result may replace what is there; None: where ``out`` is said.
        recursive: whether folders in folders are looked into.
        keep: other files that are read, which no result may replace.
    """

    pictures: list[str]
    out: str | None = None
    preview: str | None = None
    skip_existing: bool = False
    overwrite: bool | None = None
    recursive: bool = False
    keep: tuple[str, ...] = ()

    @property
    def replaces(self) -> bool:
        """Whether a result may take the place of what is there."""
        return self.out is not None if self.overwrite is None else self.overwrite

    def expand(self) -> Inputs:
        """Return the pictures that are meant, without those in the folders of results."""
        out = [name for name in (self.out, self.preview) if name and is_folder_name(name)]
        return expand(self.pictures, self.recursive, out)


def work(task: Task, places: Places, load: Loader, report: Report, stdout: Stdout) -> None:
    """Do ``task`` for every input.

    Raises:
        InksightError: the only input failed, or something concerns all inputs.
        BatchError: some inputs of several failed.
    """
    inputs = places.expand()
    report.begin(len(inputs.sources), inputs.many)
    targets = plan_targets(inputs, places.out, task.suffixes, _endings())
    previews = _plan_previews(inputs, places, targets)
    left = [t for t in targets if not _settled(t, previews.get(t.source), places, report)]
    if left:
        keep = (*inputs.sources, *places.keep)
        planned = [*targets, *previews.values()]
        files = Files(task, planned, stdout, keep, places.replaces or places.skip_existing)
        count = partial(load.count, [target.source for target in left])
        _run(task.open(count), load, left, previews, files, report)
    report.finish()


def _endings() -> Iterator[str]:
    """Yield every ending that says what a file is; plug-ins are asked last, and only if need be."""
    yield from PICTURES
    from inksight_cli.formats import known_suffixes

    yield from known_suffixes()


def _plan_previews(inputs: Inputs, places: Places, targets: list[Target]) -> dict[str, Target]:
    if not places.preview:
        return {}
    previews = plan_targets(inputs, places.preview, (".png",), _endings())
    if any(target.path is None for target in previews):
        raise UsageError("A preview cannot go to stdout.", "Say a file: --preview page.png")
    taken = {real(target.path) for target in targets if target.path}
    for target in previews:
        if target.path and real(target.path) in taken:
            raise UsageError(f"'{target.path}' cannot be the result and the preview at once.")
    return {target.source: target for target in previews}


def _settled(target: Target, preview: Target | None, places: Places, report: Report) -> bool:
    """Tell of an input whose result is there, or whose place is taken, and return whether it is.

    A result of another picture is in the way: the name alone does not make it this input's.
    """
    there = target.existing
    if not places.skip_existing:
        in_the_way = there or (preview.existing if preview else None)
        if places.replaces or in_the_way is None:
            return False
        report.ended(target.source, there_already(in_the_way))
        return True
    if there is None:
        return False
    made = made_from(there)
    if made and source_hash(target.source) not in (*made, b""):
        if places.overwrite:
            return False
        what = f"'{there}' is there, but it is the result of another picture."
        report.ended(target.source, OutputError(what, "--overwrite replaces it."))
        return True
    if preview is not None and preview.existing is None:
        return False
    report.skipped(target.source, str(there))
    return True


def _run(
    pipeline: Pipeline,
    load: Loader,
    targets: Sequence[Target],
    previews: dict[str, Target],
    files: Files,
    report: Report,
) -> None:
    place = {target.source: target for target in targets}
    results: list[Result] = []
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
        except DiskFullError as trouble:
            raise report.stop(event.source, trouble) from trouble
        except OutputError as trouble:
            error = trouble
        report.ended(event.source, error)
        results, error = [], None


def _result(event: PageDone, seconds: float, preview: bool) -> Result:
    if not preview:
        return Result(event.page, seconds, None)
    from inksight_cli.formats.preview import preview_png

    return Result(event.page, seconds, preview_png(event.image.pixels, event.page))
