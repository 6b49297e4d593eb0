"""Where results go: one file, stdout, or a folder with a file for every input."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from inksight_cli.commands.inputs import STDIN, Inputs
from inksight_cli.errors import OutputError, UsageError

STDOUT = "-"


@dataclass(frozen=True, slots=True)
class Target:
    """The place of one input's result.

    Attributes:
        source: the input.
        path: the file, or None for stdout.
    """

    source: str
    path: Path | None

    def page(self, number: int, count: int) -> Path | None:
        """Return the file of one page, where a file holds only one: ``name-2.svg``."""
        return self.path if self.path is None or count == 1 else numbered(self.path, number)

    @property
    def done(self) -> bool:
        """Whether the result is there; of numbered pages the first is written last."""
        path = self.path
        return path is not None and (path.exists() or numbered(path, 1).exists())


def numbered(path: Path, number: int) -> Path:
    """Return the name of page ``number`` beside ``path``."""
    return path.with_name(f"{path.stem}-{number}{path.suffix}")


def plan_targets(inputs: Inputs, out: str, suffix: str) -> list[Target]:
    """Return the place of every input's result.

    Args:
        inputs: what to read.
        out: as given by the user: a file, a folder, or ``-``.
        suffix: the ending of files in a folder, with its dot.

    Raises:
        UsageError: several results in one place, or a result in the place of an input.
        OutputError: a folder is missing and cannot be made.
    """
    if out == STDOUT:
        if inputs.many:
            raise UsageError("Several inputs cannot all go to stdout.", "Say a folder: -o FOLDER")
        return [Target(inputs.sources[0], None)]
    if inputs.many or out.endswith("/") or Path(out).is_dir():
        targets = _in_folder(inputs, Path(out), suffix)
    else:
        targets = [Target(inputs.sources[0], Path(out))]
        _expect_folder(Path(out).parent)
    _protect_inputs(inputs, targets)
    return targets


def _in_folder(inputs: Inputs, folder: Path, suffix: str) -> list[Target]:
    if folder.suffix.lower() == suffix and not folder.is_dir():
        raise UsageError(
            f"'{folder}' is one file, but there may be several results.",
            f"Say a folder: -o {folder.stem}/",
        )
    sources = [Path("stdin" if source == STDIN else source) for source in inputs.sources]
    stems = Counter(source.stem for source in sources)
    # Of scan.jpg and scan.png, both would be scan.svg: they keep their whole names instead.
    names = [s.stem if stems[s.stem] == 1 else s.name for s in sources]
    for name, count in Counter(names).items():
        if count > 1:
            both = " and ".join(f"'{s}'" for s, n in zip(sources, names, strict=True) if n == name)
            raise UsageError(
                f"The results of {both} would have the same name in '{folder}'.",
                "Give each its own call and folder.",
            )
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise OutputError(f"The folder '{folder}' cannot be made: {reason}.") from error
    paths = (folder / f"{name}{suffix}" for name in names)
    return [Target(source, path) for source, path in zip(inputs.sources, paths, strict=True)]


def _expect_folder(folder: Path) -> None:
    if not folder.is_dir():
        raise OutputError(f"There is no folder '{folder}'.", f"Make it first: mkdir -p {folder}")


def _protect_inputs(inputs: Inputs, targets: list[Target]) -> None:
    places = {target.path.resolve(): target.path for target in targets if target.path}
    for source in inputs.sources:
        if source != STDIN and Path(source).resolve() in places:
            raise UsageError(f"The result would take the place of the input '{source}'.")
