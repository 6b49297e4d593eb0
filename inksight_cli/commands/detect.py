"""``inksight detect``: the words' boxes alone, to be looked at, edited and given back."""

from __future__ import annotations

from typing import Annotated

import typer

from inksight_cli.commands import options as opt
from inksight_cli.commands.inputs import Named
from inksight_cli.commands.loader import Loader
from inksight_cli.commands.reporting import reporting
from inksight_cli.commands.streams import guarded_stdout
from inksight_cli.commands.work import Places, work


def detect(
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
    detector: opt.Detector = None,
    boxes: opt.Boxes = None,
    lang: opt.Lang = None,
    skip_printed: opt.SkipPrinted = False,
    script: opt.Script = "auto",
    pages: opt.Pages = None,
    max_pixels: opt.MaxPixels = None,
    dpi: opt.Dpi = None,
    flatten: opt.Flatten = "off",
    coordinates: opt.Coordinates = "page",
    skip_existing: opt.SkipExisting = False,
    overwrite: opt.Overwrite = None,
    recursive: opt.Recursive = False,
    preview: opt.Preview = None,
    files_from: opt.FilesFrom = None,
    from0: opt.From0 = None,
    shard: opt.Shard = None,
    jobs: opt.Jobs = None,
    ledger: opt.Ledger = None,
    resume: opt.Resume = False,
    max_failures: opt.MaxFailures = None,
    timeout: opt.Timeout = None,
    max_memory: opt.MaxMemory = None,
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
        name = detector or ("boxes" if boxes else "embedded")
        task = BoxTask(name, opt.detector_options(boxes, lang, skip_printed, script), coordinates)
        keep = (boxes,) if boxes else ()
        places = Places(
            Named(pictures or [], files_from, from0, recursive, shard),
            (out,),
            preview,
            skip_existing,
            overwrite,
            keep,
            ledger,
            resume,
        )
        how = opt.how(jobs, timeout, max_memory, max_failures)
        work(task, places, Loader(max_pixels, pages, dpi, flatten), how, report, stdout)
