"""Which pictures a command line means: files, folders, patterns, stdin."""

from __future__ import annotations

import glob
from dataclasses import dataclass
from pathlib import Path

from inksight_cli.errors import UnreadableInputError, UsageError

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
    """

    sources: tuple[str, ...]
    many: bool


def expand(arguments: list[str]) -> Inputs:
    """Return the pictures that ``arguments`` mean.

    A file that does not exist stays in the list: opening it tells, and a batch goes on.

    Raises:
        UnreadableInputError: a folder without pictures, a pattern that matches nothing.
        UsageError: stdin among other inputs.
    """
    if STDIN in arguments and len(arguments) > 1:
        raise UsageError("Stdin (-) cannot be mixed with other inputs.")
    found: dict[str, None] = {}
    several = len(arguments) > 1
    for argument in arguments:
        path = Path(argument)
        if argument == STDIN or path.is_file():
            found[argument] = None
        elif path.is_dir():
            several = True
            found.update(dict.fromkeys(_in_folder(path)))
        elif glob.has_magic(argument):
            several = True
            found.update(dict.fromkeys(_matching(argument)))
        else:
            found[argument] = None
    return Inputs(tuple(found), several)


def _in_folder(folder: Path) -> list[str]:
    try:
        entries = sorted(folder.iterdir())
    except OSError as error:
        raise UnreadableInputError(f"'{folder}' cannot be read: {error.strerror}.") from error
    pictures = [str(e) for e in entries if e.suffix.lower() in PICTURES and e.is_file()]
    if not pictures:
        raise UnreadableInputError(
            f"There is no picture in the folder '{folder}'.",
            f"Pictures are {', '.join(PICTURES)}; name other files one by one.",
        )
    return pictures


def _matching(pattern: str) -> list[str]:
    # Path.glob takes no absolute pattern.
    names = glob.glob(pattern, recursive=True)  # noqa: PTH207
    files = sorted(name for name in names if Path(name).is_file())
    if not files:
        raise UnreadableInputError(f"No file matches '{pattern}'.")
    return files
