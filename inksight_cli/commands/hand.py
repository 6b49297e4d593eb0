"""``inksight hand``: a person's hand, learned from pages."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from inksight_cli.commands import options as opt
from inksight_cli.commands.inputs import Named
from inksight_cli.commands.reporting import reporting
from inksight_cli.commands.terminal import printable
from inksight_cli.errors import UsageError

if TYPE_CHECKING:
    from inksight_cli.commands.report import Report
    from inksight_cli.writing.hand import Hand

hand = typer.Typer(help="Learn a person's hand, to write with it.", no_args_is_help=True)


@hand.command()
def learn(
    pages: Annotated[
        list[str],
        typer.Argument(
            metavar="INPUT",
            help="Pages of ink with texts (JSON, InkML), folders of them, or patterns.",
            show_default=False,
        ),
    ],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FILE", help="The hand, as me.hand.")],
    name: Annotated[
        str, typer.Option(metavar="NAME", help="Whose hand it is; written into what it writes.")
    ] = "",
    text: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="What the pages say (UTF-8), in their order: what was read wrong is put right.",
        ),
    ] = None,
    reader: Annotated[
        Path | None,
        typer.Option(
            metavar="PATH", help="A reader of ink that knows the hand; else the built-in one."
        ),
    ] = None,
    quiet: opt.Quiet = False,
    verbose: opt.Verbose = False,
    log_format: opt.Log = "text",
) -> None:
    """Learn a hand from pages of ink whose words have texts, read or put right.

    Words are cut into letters where the reader of ink sees them; letters that it does not know
    again are not used. A hundred words make a hand, three hundred a good one; texts put right make
    a better one than texts that were read. Letters that are missing are told.

    Learn your own hand, or one whose owner agrees. The file holds the words themselves.
    """
    from inksight_cli.api import read
    from inksight_cli.commands.write_task import read_text
    from inksight_cli.formats import readable_suffixes
    from inksight_cli.output import replace_file
    from inksight_cli.reading.network import SHIPPED, read_model
    from inksight_cli.writing.bank import encode_hand
    from inksight_cli.writing.learn import learn as learned
    from inksight_cli.writing.sheet import with_text

    with reporting(log_format, quiet, verbose) as report:
        model = read_model(reader or SHIPPED)
        inputs = Named(pages).expand(endings=readable_suffixes())
        if str(out) in inputs.sources:
            raise UsageError(f"The result would take the place of the input '{out}'.")
        found = [page for source in inputs.sources for page in read(source).pages]
        if text:
            found = with_text(found, read_text(str(text)))
        made = learned(found, model, name)
        if not made.words:
            raise UsageError(
                "No word of these pages has ink and a text that the reader knows.",
                "Write them with: inksight derender page.jpg -o page.json",
            )
        replace_file(out, encode_hand(made))
        _tell(made, report)


@hand.command()
def sheet(
    out: Annotated[
        Path,
        typer.Option(
            "--out", "-o", metavar="FILE", help="sheet.pdf to print, sheet.txt for --text."
        ),
    ],
    page_size: opt.PageSize = None,
) -> None:
    """Write a sheet of text that has every letter, to be copied by hand.

    Copy it onto blank paper as you write every day, and photograph that; then:

    inksight hand sheet -o sheet.txt

    inksight derender copy.jpg -o copy.json

    inksight hand learn copy.json --text sheet.txt -o me.hand
    """
    from inksight_cli import __version__
    from inksight_cli.commands.outputs import choose_outputs, finish
    from inksight_cli.errors import OutputError
    from inksight_cli.formats.protocol import WriteOptions
    from inksight_cli.output import replace_file
    from inksight_cli.writing.sheet import TEXT
    from inksight_cli.writing.sheet import sheet as made

    (output,) = outputs = choose_outputs([str(out)], [], [], WriteOptions())
    if output.writer.name == "txt":
        replace_file(out, f"{TEXT}\n".encode())
        return
    document = finish("original", page_size, outputs)(made(__version__))

    def no_picture(page: object) -> bytes:
        raise OutputError("There is no photo of a sheet.")

    replace_file(out, output.encode(document, no_picture))


def _tell(hand: Hand, report: Report) -> None:
    from inksight_cli.writing.coverage import coverage

    counts = hand.counts()
    said = coverage(hand)
    report.note(f"{len(hand.words)} words, {sum(counts.values())} letters of {len(counts)} kinds")
    if said.missing:
        report.note(printable(f"missing: {' '.join(said.missing)}"))
    if said.rare:
        report.note(printable(f"seen only once: {' '.join(said.rare)}"))
    if said.words:
        report.note(
            f"about {said.words} words more of running text would bring most of them; or copy a"
            " sheet: inksight hand sheet -o sheet.pdf"
        )
