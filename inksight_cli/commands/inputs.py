"""Which pictures a command line means: files, folders, patterns, stdin."""

from __future__ import annotations

import glob
import hashlib
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePath

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


@dataclass(frozen=True, slots=True)
class Named:
    """How a user names inputs.

    Attributes:
        pictures: files, folders, patterns, or ``-`` alone.
        files_from: a file of names, one a line, or ``-``: stdin; from0: with NUL between them.
        recursive: whether the folders in folders count.
        shard: ``I/N``, the part of all this that is meant; None: everything.
    """

    pictures: list[str]
    files_from: str | None = None
    from0: str | None = None
    recursive: bool = False
    shard: str | None = None

    def expand(self, leave_out: Sequence[str] = (), endings: tuple[str, ...] = PICTURES) -> Inputs:
        """Return the files that are meant, of all parts.

        Args:
            leave_out: folders not to look into: those of results.
            endings: of files that are taken from folders.

        Raises:
            UsageError: there is none, or stdin is asked for twice.
            UnreadableInputError: as of `expand`; or a list of names cannot be read.
        """
        self._part()
        lists = [(self.files_from, "\n"), (self.from0, "\0")]
        asked = [(name, separator) for name, separator in lists if name is not None]
        if not (self.pictures or asked):
            raise UsageError("Nothing is named to be read.", "Name pictures, or see: --help")
        if sum(name == STDIN for name in (*self.pictures, *(name for name, _ in asked))) > 1:
            raise UsageError("Stdin (-) can be read once.")
        listed = [name for each in asked for name in _listed(*each)]
        if asked and not (listed or self.pictures):
            return Inputs((), True)
        found = expand([*self.pictures, *listed], self.recursive, leave_out, endings)
        return replace(found, many=found.many or bool(asked))

    def part_of(self, inputs: Inputs) -> set[str]:
        """Return which of ``inputs`` belong to this part; the parts are about equally large."""
        if self.shard is None:
            return set(inputs.sources)
        number, count = self._part()
        return {s for s in inputs.sources if _number(s, inputs.folders.get(s)) % count == number}

    @property
    def shard_name(self) -> str:
        """The part in a name of a file, empty for everything."""
        return self.shard.replace("/", "-of-") if self.shard else ""

    def _part(self) -> tuple[int, int]:
        """Return which part, from 0, of how many."""
        number, _, count = (self.shard or "1/1").partition("/")
        digits = all(n.isascii() and n.isdigit() and len(n) < 8 for n in (number, count))
        if not digits or not 1 <= int(number) <= int(count):
            raise UsageError(f"--shard {self.shard} is no part.", "Say it as 2/8, from 1/8 to 8/8.")
        return int(number) - 1, int(count)


def _number(source: str, folder: str | None) -> int:
    """Return a number that a name alone decides: below its folder, which machines may mount."""
    name = str(PurePath(source).relative_to(folder)) if folder else source
    digest = hashlib.sha256(name.replace(os.sep, "/").encode("utf-8", "surrogateescape"))
    return int.from_bytes(digest.digest()[:8], "big")


def _listed(file: str, separator: str) -> list[str]:
    """Return the names in a file, or in stdin."""
    try:
        if file == STDIN:
            data = sys.stdin.buffer.read() if sys.stdin else b""
        else:
            data = Path(file).read_bytes()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UnreadableInputError(f"'{file}' cannot be read: {reason}.") from error
    names = os.fsdecode(data).split(separator)
    return [name for name in (n.removesuffix("\r") for n in names) if name]


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
