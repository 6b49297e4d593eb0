"""One run: inputs become pages, pages become files, and events of it are reported."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from inksight_cli.commands.batch import Batch, Failed, PageDone, Pipeline
from inksight_cli.commands.deliver import Encoder, Files, Result, there_already
from inksight_cli.commands.inputs import PICTURES, Inputs, expand
from inksight_cli.commands.report import Report
from inksight_cli.commands.streams import Stdout
from inksight_cli.commands.targets import Target, is_folder_name, made_from, plan_targets
from inksight_cli.errors import DiskFullError, InksightError, OutputError, UsageError
from inksight_cli.files import real

if TYPE_CHECKING:
    from inksight_cli.document import Page


class Task(Protocol):
    """What a command does with pages."""

    encoders: Sequence[Encoder]
    """Make the files, one kind each; the result is complete with all of them."""

    def open(self, pages: Callable[[], int]) -> Pipeline:
        """Load what is heavy, once; ``pages`` counts those to come, for those who charge."""
        ...

    def picture(self, image: Any) -> Callable[[], bytes] | None:  # noqa: ANN401
        """Return what tells a loaded page's picture, None where no encoder shows it."""
        ...

    def describe(self, page: Page) -> dict[str, object]:
        """Return what a report says of a page."""
        ...


class Load(Protocol):
    """Opens inputs."""

    @property
    def endings(self) -> tuple[str, ...]:
        """Those of files that are taken from folders, lower case with the dot."""
        ...

    def __call__(self, source: str) -> Iterator[Any]:
        """Yield the pages of an input as the pipeline takes them."""
        ...

    def count(self, sources: Sequence[str]) -> int:
        """Return how many pages will come."""
        ...

    def origins(self, source: str) -> set[bytes]:
        """Return the SHA-256 of the pictures that an input holds or was made from."""
        ...


@dataclass(frozen=True, slots=True)
class Places:
    """What to read and where results go, as the user says it.

    Attributes:
        pictures: files, folders, patterns, or ``-``.
        outs: for each of the task's encoders a file, a folder, ``-``, or None: beside the input.
        preview: a file or a folder.
        skip_existing: leave out inputs whose result is there.
        overwrite: whether a result may replace what is there; None: where a place is said.
        recursive: whether folders in folders are looked into.
        keep: other files that are read, which no result may replace.
    """

    pictures: list[str]
    outs: tuple[str | None, ...] = (None,)
    preview: str | None = None
    skip_existing: bool = False
    overwrite: bool | None = None
    recursive: bool = False
    keep: tuple[str, ...] = ()

    @property
    def replaces(self) -> bool:
        """Whether a result may take the place of what is there."""
        return None not in self.outs if self.overwrite is None else self.overwrite

    def expand(self, endings: tuple[str, ...]) -> Inputs:
        """Return the inputs that are meant, without those in the folders of results."""
        out = [name for name in (*self.outs, self.preview) if name and is_folder_name(name)]
        return expand(self.pictures, self.recursive, out, endings)


def work(task: Task, places: Places, load: Load, report: Report, stdout: Stdout) -> None:
    """Do ``task`` for every input.

    Raises:
        InksightError: the only input failed, or something concerns all inputs.
        BatchError: some inputs of several failed.
    """
    inputs = places.expand(load.endings)
    report.begin(len(inputs.sources), inputs.many)
    targets = _plan(task, inputs, places)
    planned = [target for each in targets.values() for target in each]
    previews = _plan_previews(inputs, places, planned)
    left = {
        source: each
        for source, each in targets.items()
        if not _settled(each, previews.get(source), places, load, report)
    }
    if left:
        keep = (*inputs.sources, *places.keep)
        planned += previews.values()
        replaces = places.replaces or places.skip_existing
        files = Files(task.encoders, planned, stdout, keep, replaces)
        _run(task, load, left, previews, files, report)
    report.finish()


def _plan(task: Task, inputs: Inputs, places: Places) -> dict[str, tuple[Target, ...]]:
    """Return the targets of every input, one for each of the task's encoders."""
    plans = [
        plan_targets(inputs, out, encoder.suffixes, _endings())
        for encoder, out in zip(task.encoders, places.outs, strict=True)
    ]
    for targets in zip(*plans, strict=True):
        taken = [target.path and real(target.path) for target in targets]
        twice = next((t for t in targets if taken.count(t.path and real(t.path)) > 1), None)
        if twice is not None:
            place = f"'{twice.path}'" if twice.path else "Stdout"
            raise UsageError(f"{place} cannot be two results at once.")
    return dict(zip(inputs.sources, zip(*plans, strict=True), strict=True))


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


def _settled(
    targets: Sequence[Target],
    preview: Target | None,
    places: Places,
    load: Load,
    report: Report,
) -> bool:
    """Tell of an input whose result is there, or whose place is taken, and return whether it is.

    A result of another picture is in the way: the name alone does not make it this input's.
    """
    source = targets[0].source
    everything = [target.existing for target in (*targets, *([preview] if preview else []))]
    there = [each for each in everything if each]
    if not there:
        return False
    if not places.skip_existing:
        if not places.replaces:
            report.ended(source, there_already(there[0]))
        return not places.replaces
    strange = next((each for each in there if _another_s(each, load.origins(source))), None)
    if strange and not places.overwrite:
        what = f"'{strange}' is there, but it is the result of another picture."
        report.ended(source, OutputError(what, "--overwrite replaces it."))
        return True
    if strange or len(there) < len(everything):
        return False
    report.skipped(source, ", ".join(map(str, there[: len(targets)])))
    return True


def _another_s(there: Path, origins: set[bytes]) -> bool:
    made = made_from(there)
    return bool(made and origins and not made & origins)


def _run(
    task: Task,
    load: Load,
    targets: dict[str, tuple[Target, ...]],
    previews: dict[str, Target],
    files: Files,
    report: Report,
) -> None:
    pipeline = task.open(partial(load.count, list(targets)))
    results: list[Result] = []
    error: InksightError | None = None
    for event in Batch(pipeline, load, report.many).run(targets):
        if isinstance(event, PageDone):
            preview = event.source in previews
            results.append(_result(event, report.lap(), preview, task))
            continue
        if isinstance(event, Failed):
            error = error or event.error
            continue
        try:
            if error is None:
                preview_target = previews.get(event.source)
                names = files.deliver(targets[event.source], preview_target, results)
                _tell(task, event.source, names, results, report)
        except DiskFullError as trouble:
            raise report.stop(event.source, trouble) from trouble
        except OutputError as trouble:
            error = trouble
        report.ended(event.source, error)
        results, error = [], None


def _tell(
    task: Task, source: str, names: list[list[str]], results: list[Result], report: Report
) -> None:
    for number, (files, result) in enumerate(zip(names, results, strict=True), start=1):
        report.page(source, files, number, result.seconds, **task.describe(result.page))


def _result(event: PageDone, seconds: float, preview: bool, task: Task) -> Result:
    drawn = None
    if preview:
        from inksight_cli.formats.preview import preview_png

        drawn = preview_png(event.image.pixels, event.page)
    return Result(event.page, seconds, drawn, task.picture(event.image))
