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
_MOST_MISSING = 3  # words that a page's missing letters are counted in
_FEW = 30  # words


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
    from inksight_cli.formats import readable_suffixes
    from inksight_cli.output import replace_file
    from inksight_cli.reading.network import SHIPPED, read_model
    from inksight_cli.writing.bank import encode_hand
    from inksight_cli.writing.learn import learn as learned

    with reporting(log_format, quiet, verbose) as report:
        model = read_model(reader or SHIPPED)
        inputs = Named(pages).expand(endings=readable_suffixes())
        if str(out) in inputs.sources:
            raise UsageError(f"The result would take the place of the input '{out}'.")
        found = [page for source in inputs.sources for page in read(source).pages]
        made = learned(found, model, name)
        if not made.words:
            raise UsageError(
                "No word of these pages has ink and a text that the reader knows.",
                "Write them with: inksight derender page.jpg -o page.json",
            )
        replace_file(out, encode_hand(made))
        _tell(made, report)


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
