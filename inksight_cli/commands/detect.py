"""``inksight detect``: the words' boxes alone, to be looked at, edited and given back."""

from __future__ import annotations

from typing import Annotated

import typer

from inksight_cli.commands import options as opt
from inksight_cli.commands.grouped import grouped
from inksight_cli.commands.groups import Batch, Finding, Opening
from inksight_cli.commands.reporting import reporting
from inksight_cli.commands.streams import guarded_stdout
from inksight_cli.commands.work import work


@grouped
def detect(
    *,
    pictures: opt.Pictures = None,
    out: Annotated[
        str | None,
        typer.Option(
            "--out",
            "-o",
            metavar="OUT",
            help="A JSON file of boxes, a folder (a name without an ending is one), or - for"
            " stdout; else the boxes lie beside the input.",
        ),
    ] = None,
    finding: Finding,
    opening: Opening,
    batch: Batch,
    quiet: opt.Quiet = False,
    verbose: opt.Verbose = False,
    log_format: opt.Log = "text",
) -> None:
    """Find the words of pictures of handwriting, without drawing them.

    The file of boxes can be edited and given back: inksight derender --boxes FILE. hOCR, ALTO
    and PAGE-XML of other programs are taken as well, here and there.
    """
    from inksight_cli.commands.box_task import BoxTask

    with reporting(log_format, quiet, verbose) as report, guarded_stdout() as stdout:
        task = BoxTask(finding.name, finding.options, opening.coordinates)
        places = batch.places(pictures, (out,), finding.boxes)
        work(task, places, opening.loader, batch.how, report, stdout)
