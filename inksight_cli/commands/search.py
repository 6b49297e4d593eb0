"""``inksight search``: where a word stands in a folder of ink."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from inksight_cli.commands import options as opt
from inksight_cli.commands.index import Folder, the_folder
from inksight_cli.commands.reporting import reporting
from inksight_cli.commands.streams import Stdout, guarded_stdout
from inksight_cli.commands.terminal import printable
from inksight_cli.errors import InksightError, OutputError

if TYPE_CHECKING:
    from inksight_cli.commands.report import Report
    from inksight_cli.search.index import Hit


def search(
    text: Annotated[
        str,
        typer.Argument(
            metavar="TEXT", help="Words as they follow one another; the last may be a beginning."
        ),
    ],
    folder: Folder = ".",
    cut: Annotated[
        str | None,
        typer.Option(metavar="OUT", help="A folder for cut-out pictures of what is found."),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object for each place found.")
    ] = False,
    quiet: opt.Quiet = False,
    verbose: opt.Verbose = False,
    log_format: opt.Log = "text",
) -> None:
    """Find typed text in a folder's documents (JSON), whatever its case and accents.

    Each line tells the document, the page, the place (left, top, right, bottom in pixels), and the
    line of writing. inksight index makes this quick for large folders.
    """
    from inksight_cli.search.finder import Finder, documents_in

    with reporting(log_format, quiet, verbose) as report, guarded_stdout() as stdout:
        path = the_folder(folder)
        hits = Finder(lambda: documents_in(path), path).find(text)
        for hit in hits:
            picture = _cut(hit, path, Path(cut), report) if cut else None
            _tell(hit, picture, as_json, stdout)
        if not hits:
            report.note(f"'{text}' is not found")


def _tell(hit: Hit, picture: Path | None, as_json: bool, stdout: Stdout) -> None:
    if as_json:
        facts = {
            "document": str(hit.path),
            "page": hit.page + 1,
            "line": hit.line + 1,
            "words": [word + 1 for word in hit.words],
            "box": hit.box,
            "text": hit.text,
            "picture": str(picture) if picture else None,
        }
        line = json.dumps(facts)
    else:
        place = ",".join(f"{side:.0f}" for side in hit.box)
        parts = [str(hit.path), f"page {hit.page + 1}", place, hit.text]
        line = "\t".join(map(printable, parts + ([str(picture)] if picture else [])))
    stdout.write(line.encode("utf-8", "backslashreplace") + b"\n")


def _cut(hit: Hit, folder: Path, out: Path, report: Report) -> Path | None:
    """Write a picture of what was found; where its photo is gone, say so and go on."""
    from inksight_cli.api import read
    from inksight_cli.output import replace_file
    from inksight_cli.pages.again import find_photo
    from inksight_cli.search.cut import cut_out

    try:
        page = read(hit.path, format="json").pages[hit.page]
        picture = cut_out(find_photo(page, hit.path.parent), hit.box)
    except OutputError:
        raise
    except InksightError as error:
        report.note(error.message)
        return None
    name = "-".join(hit.path.relative_to(folder).with_suffix("").parts)
    place = out / f"{name}.page-{hit.page + 1}.line-{hit.line + 1}.word-{hit.words[0] + 1}.png"
    _make(out)
    replace_file(place, picture)
    return place


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise OutputError(f"The folder '{folder}' cannot be made: {reason}.") from error
