"""Where results go: one file, stdout, a folder with a file for every input, or beside it."""

from __future__ import annotations

import gzip
import re
import zlib
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from inksight_cli.commands.inputs import PICTURES, STDIN, Inputs
from inksight_cli.commands.names import names_beside, names_in_folder, numbered
from inksight_cli.errors import OutputError, UsageError
from inksight_cli.files import exists, is_file, is_folder, real

STDOUT = "-"
_MADE_FROM = re.compile(rb"sha256[^0-9a-f]{1,12}([0-9a-f]{64})")
_HEAD = 1 << 20  # every format says near its beginning what it was made from


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
        """Return the file of one page, where a file holds only one: ``name.page-2.svg``."""
        return self.path if self.path is None or count == 1 else numbered(self.path, number)

    def existing(self, count: Callable[[], int]) -> Path | None:
        """Return the result that is there already.

        Args:
            count: tells how many pages the input has. It is asked only where there are files of
                pages: all of them must be there.
        """
        path = self.path
        if path is None:
            return None
        if _is_whole(path):
            return path
        first = numbered(path, 1)
        if _is_whole(first) and all(_is_whole(numbered(path, n)) for n in range(2, count() + 1)):
            return first
        return None


def _is_whole(path: Path) -> bool:
    return is_file(path) and path.stat().st_size > 0


def made_from(path: Path) -> set[bytes]:
    """Return the SHA-256 of the pictures that a result says it was made from, in hexadecimal."""
    try:
        with path.open("rb") as stream:
            packed = stream.read(2) == b"\x1f\x8b"
        with gzip.open(path) if packed else path.open("rb") as stream:
            return set(_MADE_FROM.findall(stream.read(_HEAD)))
    except (OSError, EOFError, zlib.error):
        return set()


def is_pattern(out: str) -> bool:
    """Whether a name given for results is a pattern of names."""
    return "{" in out and not exists(out)


def _patterned(pattern: str, source: Path) -> Path:
    """Return the name that a pattern gives the result of an input."""
    known = {"parent": source.parent, "stem": source.stem, "name": source.name}
    try:
        return Path(pattern.format(**{name: str(value) for name, value in known.items()}))
    except (KeyError, IndexError, ValueError, AttributeError) as error:
        raise UsageError(
            f"'{pattern}' is no pattern of names.", "It may hold {parent}, {stem} and {name}."
        ) from error


def _expect_apart(paths: list[Path]) -> None:
    twice = [path for path, count in Counter(map(real, paths)).items() if count > 1]
    if twice:
        raise UsageError(f"'{twice[0]}' would be the result of several inputs.")


def is_folder_name(out: str) -> bool:
    """Whether a name given for results means a folder: there, or to be made."""
    if is_pattern(out):
        return False
    return out.endswith("/") or is_folder(out) or (not exists(out) and not Path(out).suffix)


def plan_targets(
    inputs: Inputs, out: str | None, suffixes: Iterable[str], lies: Iterable[str] = PICTURES
) -> list[Target]:
    """Return the place of every input's result.

    Args:
        inputs: what to read.
        out: as given by the user: a file, a folder, ``-``, a pattern (``{parent}/{stem}.svg``), or
            None: beside the input.
        suffixes: the endings of such results, with their dot; the first is given in folders.
        lies: endings that would say something else.

    Raises:
        UsageError: several results in one place, a result in the place of an input, an ending
            that means something else.
        OutputError: a folder is missing and cannot be made.
    """
    suffix, *_ = usual = tuple(suffixes)
    if out == STDOUT or (out is None and inputs.sources == (STDIN,)):
        if inputs.many:
            raise UsageError("Several inputs cannot all go to stdout.", "Say a folder: -o FOLDER")
        return [Target(inputs.sources[0], None)]
    if out is None:
        paths = [_with_ending(name, suffix) for name in names_beside(inputs)]
    elif is_pattern(out):
        paths = [_patterned(out, Path(source)) for source in inputs.sources]
        _expect_apart(paths)
    elif inputs.many or is_folder_name(out):
        paths = _in_folder(inputs, Path(out), suffix)
    else:
        paths = [Path(out)]
        _expect_folder(Path(out).parent)
    targets = [Target(source, path) for source, path in zip(inputs.sources, paths, strict=True)]
    _protect_inputs(inputs, targets)
    if len(paths) == 1:
        _expect_ending(paths[0], usual, lies)
    return targets


def _with_ending(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)


def _in_folder(inputs: Inputs, folder: Path, suffix: str) -> list[Path]:
    if folder.suffix.lower() == suffix and not is_folder(folder):
        raise UsageError(
            f"'{folder}' is one file, but there may be several results.",
            f"Say a folder: -o {folder.stem}/; of ink (JSON), inksight convert makes one file.",
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        raise OutputError(f"The folder '{folder}' cannot be made: {reason}.") from error
    return [_with_ending(folder / name, suffix) for name in names_in_folder(inputs)]


def _expect_folder(folder: Path) -> None:
    if not is_folder(folder):
        raise OutputError(f"There is no folder '{folder}'.", f"Make it first: mkdir -p {folder}")


def _expect_ending(path: Path, usual: tuple[str, ...], lies: Iterable[str]) -> None:
    ending = path.suffix.lower()
    if path.name.lower().endswith(usual) or ending not in lies:
        return
    raise UsageError(
        f"'{path}' ends in {ending}, but what is written there is {usual[0]}.",
        f"Call it {path.stem}{usual[0]}.",
    )


def _protect_inputs(inputs: Inputs, targets: list[Target]) -> None:
    places = {real(target.path) for target in targets if target.path}
    for source in inputs.sources:
        if source != STDIN and real(source) in places:
            raise UsageError(f"The result would take the place of the input '{source}'.")
