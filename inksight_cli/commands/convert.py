"""``inksight convert``: ink from one format into others."""

from __future__ import annotations

from typing import Annotated

import typer

from inksight_cli.commands import options as opt
from inksight_cli.commands.reporting import reporting
from inksight_cli.commands.streams import guarded_stdout
from inksight_cli.commands.work import Places, work


def convert(
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="INPUT",
            help="Files of ink, folders of them, patterns, or - for stdin.",
            show_default=False,
        ),
    ],
    out: opt.Outs = None,
    format: opt.Formats = None,
    own: opt.Own = None,
    source: Annotated[
        str | None,
        typer.Option(
            "--from", metavar="NAME", help="The inputs' format; else their endings say it."
        ),
    ] = None,
    coordinates: opt.Coordinates = "page",
    skip_existing: opt.SkipExisting = False,
    overwrite: opt.Overwrite = None,
    recursive: opt.Recursive = False,
    text: opt.Text = True,
    ink: opt.Ink = "original",
    page_size: opt.PageSize = None,
    curves: opt.Curves = None,
    pdf_ink: opt.PdfInk = None,
    decimals: opt.Decimals = 2,
    quiet: opt.Quiet = False,
    verbose: opt.Verbose = False,
    log_format: opt.Log = "text",
) -> None:
    """Write ink that was found before in other formats, without looking for it again.

    Formats that can be read are JSON (all of it) and InkML. The photo is opened only for formats
    that show it: where it was, or beside the file of ink.

    Several inputs go into one file where OUT is one, of a format that holds pages: -o all.pdf.
    """
    from inksight_cli.commands.convert_task import ConvertTask, InkLoader, StackLoader
    from inksight_cli.commands.inputs import Named
    from inksight_cli.commands.outputs import choose_outputs, finish
    from inksight_cli.commands.run import How
    from inksight_cli.formats.protocol import WriteOptions

    with reporting(log_format, quiet, verbose) as report, guarded_stdout() as stdout:
        outputs = choose_outputs(
            out or [],
            format or [],
            opt.own_options(own, curves, pdf_ink),
            WriteOptions(text, decimals),
        )
        outs = tuple(output.out for output in outputs)
        task = ConvertTask(outputs, finish(ink, page_size, outputs), coordinates)
        load, keep = InkLoader(source), tuple[str, ...]()
        named = Named(files, recursive=recursive)
        if all(output.is_one_file for output in outputs):
            inputs = named.expand(endings=load.endings)
            if inputs.many:
                load, keep = StackLoader(source, inputs.sources), inputs.sources
                named = Named([load.name])
        places = Places(named, outs, None, skip_existing, overwrite, keep, plain=True)
        work(task, places, load, How(), report, stdout)
