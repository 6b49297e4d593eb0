"""A command line's work: what is meant, where it goes, what is there already; then a run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from inksight_cli.commands.bookkeeping import Book, ledger_of, others_beside
from inksight_cli.commands.inputs import PICTURES, Inputs, Named
from inksight_cli.commands.making import Load, Task
from inksight_cli.commands.owners import Owners, there_already
from inksight_cli.commands.report import Report
from inksight_cli.commands.run import How, Run
from inksight_cli.commands.staff import staff
from inksight_cli.commands.streams import Stdout
from inksight_cli.commands.targets import Target, is_folder_name, made_from, plan_targets
from inksight_cli.commands.under_way import Input
from inksight_cli.errors import OutputError, UsageError
from inksight_cli.files import real
from inksight_cli.ledger import Ledger, fingerprint


@dataclass(frozen=True, slots=True)
class Places:
    """What to read and where results go, as the user says it.

    Attributes:
        named: the inputs.
        outs: for each of the task's encoders a file, a folder, ``-``, or None: beside the input.
        preview: a file or a folder.
        skip_existing: leave out inputs whose result is there.
        overwrite: whether a result may replace what is there; None: where a place is said.
        keep: other files that are read, which no result may replace.
        ledger: where what is done is written down; None: in the first folder of results.
        resume: whether what a ledger says is done is left out.
        plain: whether the work is so little that nothing is gained by workers and a ledger.
    """

    named: Named
    outs: tuple[str | None, ...] = (None,)
    preview: str | None = None
    skip_existing: bool = False
    overwrite: bool | None = None
    keep: tuple[str, ...] = ()
    ledger: str | None = None
    resume: bool = False
    plain: bool = False

    @property
    def folders(self) -> list[str]:
        """The folders of results."""
        return [name for name in (*self.outs, self.preview) if name and is_folder_name(name)]

    @property
    def replaces(self) -> bool:
        """Whether a result may take the place of what is there."""
        return None not in self.outs if self.overwrite is None else self.overwrite

    def expand(self, endings: tuple[str, ...]) -> Inputs:
        """Return the inputs that are meant, without those in the folders of results."""
        return self.named.expand(self.folders, endings)


def work(task: Task, places: Places, load: Load, how: How, report: Report, stdout: Stdout) -> None:
    """Do ``task`` for every input.

    Raises:
        InksightError: the only input failed, or something concerns all inputs.
        BatchError: some inputs of several failed.
    """
    inputs = places.expand(load.endings)
    folders = places.folders  # those that are names of folders yet to be made are made now
    targets = _plan(task, inputs, places)
    planned = [target for each in targets.values() for target in each]
    previews = _plan_previews(inputs, places, planned)
    every = [Input(source, each, previews.get(source)) for source, each in targets.items()]
    mine = places.named.part_of(inputs)
    every = [each for each in every if each.source in mine]
    report.begin(len(every), inputs.many)
    left = [each for each in every if not _settled(each, places, load, report)]
    if left:
        keep = (*inputs.sources, *places.keep)
        replaces = places.replaces or places.skip_existing or places.resume
        owners = Owners([*planned, *previews.values()], folders, keep, replaces)
        book = _book(task, places, load, inputs.many)
        try:
            if places.resume:
                _resumed(left, book, load, report)
            for note in task.announce(partial(load.count, [each.source for each in left])):
                report.note(note)
            sees = (*folders, *([str(book.path)] if book.path else []))
            workers = None if places.plain else staff(task, load, left, how, report, sees)
            held = workers is None and not book.lasts
            run = Run(task, load, left, owners, book, report, how.max_failures, held)
            if workers is None:
                run.here(stdout)
            else:
                with workers:
                    run.in_workers(workers)
        finally:
            book.close()
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


def _settled(each: Input, places: Places, load: Load, report: Report) -> bool:
    """Tell of an input whose result is there, or whose place is taken, and return whether it is.

    A result of another picture is in the way: the name alone does not make it this input's.
    """
    if places.resume:  # the ledger knows more
        return False
    count = partial(each.looked_at, load)
    planned = (*each.targets, *([each.preview] if each.preview else []))
    everything = [target.existing(count) for target in planned]
    there = [path for path in everything if path]
    if not there:
        return False
    if not places.skip_existing:
        if not places.replaces:
            report.refused(each.source, there_already(there[0]))
        return not places.replaces
    strange = next((path for path in there if _another_s(path, load.origins(each.source))), None)
    if strange and not places.overwrite:
        what = f"'{strange}' is there, but it is the result of another picture."
        report.refused(each.source, OutputError(what, "--overwrite replaces it."))
        return True
    if strange or len(there) < len(everything):
        return False
    report.skipped(each.source, ", ".join(map(str, there[: len(each.targets)])))
    return True


def _another_s(there: Path, origins: set[bytes]) -> bool:
    made = made_from(there)
    return bool(made and origins and not made & origins)


def _book(task: Task, places: Places, load: Load, many: bool) -> Book:
    """Open the ledger, if one is kept: where it is said, or in a folder of results."""
    options = fingerprint({"task": task.choices(), "load": load.choices(), **_kinds(places)})
    path = Path(places.ledger) if places.ledger else None
    folder = next((out for out in places.outs if out and is_folder_name(out)), None)
    if path is None and folder and many and not places.plain:
        path = ledger_of(Path(folder), places.named.shard_name)
    if path is None and places.resume:
        raise UsageError(
            "There is no ledger to resume from.", "Say a folder: -o FOLDER, or --ledger FILE"
        )
    if path is None:
        return Book(None, options)
    more = others_beside(path) if places.resume and not places.ledger else ()
    return Book(Ledger(path, more, earlier=places.resume), options)


def _kinds(places: Places) -> dict[str, object]:
    return {"preview": places.preview is not None, "files": len(places.outs)}


def _resumed(every: Sequence[Input], book: Book, load: Load, report: Report) -> None:
    """See what is done, and say how much."""
    known: Counter[str] = Counter()
    for each in every:
        numbers = each.numbers = load.numbers(each.source)
        each.done = book.done(each.targets[0], numbers)
        known["done"] += len(each.done)
        known["pages"] += each.count
        known.update(book.known(each.targets[0], [n for n in numbers if n not in each.done]))
    left = known["pages"] - known["done"]
    text = f"resuming: {known['done']} of {known['pages']} pages are done"
    if left:
        other = left - known["failed"] - known["stale"]
        text += f"; {known['failed']} failed before, {known['stale']} are out of date"
        text += f", {other} are missing"
    report.note(text)
