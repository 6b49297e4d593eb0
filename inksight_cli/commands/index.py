"""``inksight index``: a folder's documents, ready to be searched."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from inksight_cli.commands import options as opt
from inksight_cli.commands.reporting import reporting
from inksight_cli.errors import BatchError, UnreadableInputError
from inksight_cli.files import is_folder

Folder = Annotated[
    str, typer.Argument(metavar="FOLDER", help="JSON documents lie in it, or below it.")
]


def index(
    folder: Folder = ".",
    quiet: opt.Quiet = False,
    verbose: opt.Verbose = False,
    log_format: opt.Log = "text",
) -> None:
    """Make a folder's documents (JSON) quick to search, or bring that up to date.

    The index is one file in the folder, .inksight-index.sqlite; inksight search and inksight view
    use it. Only what is new or changed is read.
    """
    from inksight_cli.search.finder import documents_in, folder_index

    with reporting(log_format, quiet, verbose) as report:
        path = the_folder(folder)
        done = folder_index(path).update(documents_in(path))
        for problem in done.problems:
            report.note(problem)
        report.note(f"{done.documents} documents, {done.read} read anew, {done.gone} gone")
        if done.problems:
            count = len(done.problems)
            raise BatchError(f"{count} of {done.documents + count} documents cannot be read.")


def the_folder(name: str) -> Path:
    """Return a folder that is there.

    Raises:
        UnreadableInputError: it is not.
    """
    if not is_folder(name):
        raise UnreadableInputError(f"There is no folder '{name}'.")
    return Path(name)
