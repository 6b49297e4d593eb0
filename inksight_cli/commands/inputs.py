"""Which pictures a command line means: files, folders, patterns, stdin."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from inksight_cli.errors import UnreadableInputError, UsageError
from inksight_cli.files import is_file, is_folder, real

STDIN = "-"
PICTURES = (
    ".avif",
    ".bmp",
    ".gif",
    ".heic",
    ".heif",
    ".jpeg",
    ".jpg",
    ".pdf",
    ".png",
    ".tif",
    ".tiff",
    ".webp",
)
"""What is taken from a folder. A file that is named is opened whatever its suffix."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """The pictures to work on, in order, each once.

    Attributes:
        sources: paths as texts, or ``-``.
        many: whether it is a batch: several arguments, a folder or a pattern.
        folders: the folder argument that a source was found in, for those found in one.
    """

    sources: tuple[str, ...]
    many: bool
    folders: Mapping[str, str] = field(default_factory=dict)


def expand(
    arguments: list[str],
    recursive: bool = False,
    leave_out: Sequence[str] = (),
    endings: tuple[str, ...] = PICTURES,
) -> Inputs:
    """Return the files that ``arguments`` mean.

    A file that does not exist stays in the list: opening it tells, and a batch goes on. What
    begins with a dot is left out of folders: hidden files, and the ``._*`` that Macs add.

    Args:
        arguments: files, folders, patterns, or ``-`` alone.
        recursive: whether the folders in folders count.
        leave_out: folders not to look into: those of results.
        endings: of files that are taken from folders.

    Raises:
        UnreadableInputError: a folder without such files, a pattern that matches nothing.
        UsageError: stdin among other inputs.
    """
    if STDIN in arguments and len(arguments) > 1:
        raise UsageError("Stdin (-) cannot be mixed with other inputs.")
    found: dict[str, str] = {}
    folders: dict[str, str] = {}
    several = len(arguments) > 1
    for argument in arguments:
        if argument == STDIN or is_file(argument):
            names = [argument]
        elif is_folder(argument):
            several = True
            shut = {real(each) for each in leave_out}
            names = _in_folder(Path(argument), recursive, shut, endings)
            folders.update(dict.fromkeys(names, argument))
        elif glob.has_magic(argument):
            several = True
            names = _matching(argument)
        else:
            names = [argument]
        for name in names:
            found.setdefault(name if name == STDIN else os.path.abspath(name), name)  # noqa: PTH100
    return Inputs(tuple(found.values()), several, folders)


def _in_folder(
    folder: Path, recursive: bool, leave_out: set[str], endings: tuple[str, ...]
) -> list[str]:
    try:
        os.scandir(folder).close()
    except OSError as error:
        raise UnreadableInputError(f"'{folder}' cannot be read: {error.strerror}.") from error
    found, deeper = [], False
    for place, below, names in _walk(folder, recursive, leave_out):
        deeper = deeper or bool(below)
        found += [str(place / n) for n in names if _is_meant(place / n, endings)]
    if found:
        return found
    what = "picture" if endings == PICTURES else "file of ink"
    remedy = f"A {what} ends in {', '.join(endings)}; name other files one by one."
    if deeper and not recursive:
        remedy = "There are folders in it: --recursive looks into those as well."
    raise UnreadableInputError(f"There is no {what} in the folder '{folder}'.", remedy)


def _walk(
    folder: Path, recursive: bool, leave_out: set[str]
) -> Iterator[tuple[Path, list[str], list[str]]]:
    """Yield folders with the names in them that are not hidden, sorted, the folder itself first."""
    shut: list[str] = []
    for place, below, names in os.walk(folder, onerror=lambda e: shut.append(str(e.filename))):
        below[:] = sorted(n for n in below if not n.startswith("."))
        below[:] = [n for n in below if real(Path(place, n)) not in leave_out]
        yield Path(place), below, sorted(n for n in names if not n.startswith("."))
        if not recursive:
            return
    for name in shut:  # opening it as a picture tells, and the rest goes on
        yield Path(name).parent, [], [Path(name).name]


def _is_meant(path: Path, endings: tuple[str, ...]) -> bool:
    return (path.suffix.lower() in endings and is_file(path)) or (
        is_folder(path) and not os.access(path, os.R_OK | os.X_OK)
    )


def _matching(pattern: str) -> list[str]:
    # Path.glob takes no absolute pattern.
    names = glob.glob(pattern, recursive=True)  # noqa: PTH207
    files = sorted(name for name in names if is_file(name))
    if not files:
        raise UnreadableInputError(f"No file matches '{pattern}'.")
    return files
