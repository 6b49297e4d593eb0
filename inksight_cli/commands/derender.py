"""``inksight derender``: pictures of handwriting become ink."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Literal

import typer

from inksight_cli.commands import options as opt
from inksight_cli.commands.grouped import grouped
from inksight_cli.commands.groups import Batch, Finding, Opening
from inksight_cli.commands.reading import Reader
from inksight_cli.commands.reporting import reporting
from inksight_cli.commands.streams import guarded_stdout
from inksight_cli.commands.work import work


@grouped
def derender(
    *,
    pictures: opt.Pictures = None,
    out: opt.Outs = None,
    format: opt.Formats = None,
    own: opt.Own = None,
    model: Annotated[
        str | None,
        typer.Option(
            metavar="NAME|PATH",
            help="pen-order, trace, a model's name, or a folder with its path: ./mine.",
            show_default="pen-order; nano for other modes",
        ),
    ] = None,
    mode: Annotated[
        Literal["derender", "recognize-and-derender", "derender-with-text"],
        typer.Option(help="How the model is asked."),
    ] = "derender",
    who: Reader,
    finding: Finding,
    opening: Opening,
    batch: Batch,
    text: opt.Text = True,
    ink: opt.Ink = "original",
    page_size: opt.PageSize = None,
    curves: opt.Curves = None,
    pdf_ink: opt.PdfInk = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Fail (exit code 7) where words seem to lack ink.")
    ] = False,
    decimals: opt.Decimals = 2,
    timestamp: Annotated[
        bool, typer.Option("--timestamp", help="Write the time into the output as well.")
    ] = False,
    device: Annotated[
        Literal["auto", "cpu", "cuda"], typer.Option(help="Where the model runs.")
    ] = "auto",
    threads: opt.Threads = None,
    batch_size: Annotated[
        int | None, typer.Option(min=1, help="Words decoded together.", show_default=False)
    ] = None,
    precision: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Which of the model's graphs to run: int8, or int8+w8 for encoder and decoder.",
        ),
    ] = None,
    constrain: Annotated[
        bool | None,
        typer.Option(
            "--constrain/--no-constrain",
            help="Allow the model well-formed ink only; else as the model says.",
            show_default=False,
        ),
    ] = None,
    on_bad: Annotated[
        Literal["keep", "trace", "retry"],
        typer.Option(
            "--on-bad",
            help="A model's bad answer: keep what there is, trace the ink instead, or ask once "
            "more and then trace.",
        ),
    ] = "keep",
    quiet: opt.Quiet = False,
    verbose: opt.Verbose = False,
    log_format: opt.Log = "text",
) -> None:
    """Turn pictures of handwriting into digital ink.

    Every input becomes a file of strokes in pen order, word by word, at their place on the page;
    several files with several -o. Formats that hold one page a file number those of inputs with
    several pages.
    """
    from inksight_cli.api import EngineOptions
    from inksight_cli.commands.ink_task import InkTask
    from inksight_cli.commands.outputs import choose_outputs, finish
    from inksight_cli.cores import usable_cores
    from inksight_cli.formats.protocol import WriteOptions

    with reporting(log_format, quiet, verbose) as report, guarded_stdout() as stdout:
        outputs = choose_outputs(
            out or [],
            format or [],
            opt.own_options(own, curves, pdf_ink),
            WriteOptions(text, decimals),
        )
        reading = who.reading(finding.lang)
        found = finding.options
        task = InkTask(
            outputs,
            timestamp,
            finish(ink, page_size, outputs),
            opening.coordinates,
            reading,
            detector=finding.name,
            model=model,
            mode=mode,
            options=EngineOptions(device, threads, batch_size, precision, constrain, on_bad),
            workers=threads or usable_cores(),
            **(reading.detector_options(found) if reading else found),
        )
        places = batch.places(
            pictures, [output.out for output in outputs], finding.boxes, who.words
        )
        how = replace(batch.how, threads=threads or 1, gpu=device == "cuda")
        work(task, places, opening.loader, how, report, stdout)
        if strict:
            report.judge()
