"""``inksight write``: text in a person's hand."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from inksight_cli.commands import options as opt
from inksight_cli.commands.reporting import reporting
from inksight_cli.commands.streams import guarded_stdout
from inksight_cli.commands.work import Places, work


def write(
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="INPUT",
            help="Texts (UTF-8), folders of them, or - for stdin.",
            show_default=False,
        ),
    ],
    hand: Annotated[
        Path, typer.Option(metavar="FILE", help="The hand, as inksight hand learn makes it.")
    ],
    out: opt.Outs = None,
    format: opt.Formats = None,
    own: opt.Own = None,
    paper: Annotated[
        str, typer.Option("--page-size", metavar="PAPER", help="a3, a4, a5, a6, letter or legal.")
    ] = "a4",
    seed: Annotated[
        int, typer.Option(min=0, help="Another number, other ink; the same one, the same ink.")
    ] = 0,
    skip_existing: opt.SkipExisting = False,
    overwrite: opt.Overwrite = None,
    text: opt.Text = True,
    ink: opt.Ink = "original",
    curves: opt.Curves = None,
    pdf_ink: opt.PdfInk = None,
    decimals: opt.Decimals = 2,
    quiet: opt.Quiet = False,
    verbose: opt.Verbose = False,
    log_format: opt.Log = "text",
) -> None:
    """Write text as ink in a hand that was learned, in any format that ink goes into.

    A line of text is a line of writing, longer ones go on below; an empty line parts paragraphs.
    Letters that stood together stay together, joined as the writer joins; margins, blanks and
    lines are the writer's. Several pages go into one file where its format holds them.

    Every file says that its ink is generated. Write in your own hand, or in one whose owner
    agrees; never to make a paper seem written by someone who did not write it.
    """
    from inksight_cli.commands.inputs import Named
    from inksight_cli.commands.outputs import choose_outputs, finish
    from inksight_cli.commands.run import How
    from inksight_cli.commands.write_task import TextLoader, WriteTask
    from inksight_cli.formats.protocol import WriteOptions
    from inksight_cli.writing.bank import read_hand

    with reporting(log_format, quiet, verbose) as report, guarded_stdout() as stdout:
        outputs = choose_outputs(
            out or [],
            format or [],
            opt.own_options(own, curves, pdf_ink),
            WriteOptions(text, decimals),
        )
        task = WriteTask(outputs, finish(ink, paper, outputs), "page")
        load = TextLoader(read_hand(hand), paper.lower(), seed)
        places = Places(
            Named(files),
            tuple(output.out for output in outputs),
            None,
            skip_existing,
            overwrite,
            (str(hand),),
            plain=True,
        )
        work(task, places, load, How(), report, stdout)
