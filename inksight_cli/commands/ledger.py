"""``inksight ledger``: what batches have written down."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

ledger = typer.Typer(
    help="Look after the ledgers of batches: what is done, page by page.", no_args_is_help=True
)


@ledger.callback()
def _ledger() -> None:
    pass


@ledger.command()
def merge(
    ledgers: Annotated[
        list[Path], typer.Argument(metavar="LEDGER", help="Ledgers of shards, as JSON lines.")
    ],
    out: Annotated[
        Path, typer.Option("--out", "-o", metavar="FILE", help="The ledger of all of them.")
    ],
) -> None:
    """Make one ledger of several, and say what is in it.

    Of one page the last line counts, but what is done stays done. Names in a ledger count from the
    folder it lies in: results and ledgers of several machines are brought into one folder first.
    """
    from inksight_cli.commands.terminal import printable
    from inksight_cli.ledger import merge_ledgers
    from inksight_cli.ledger.entry import WHOLE

    pages = [e for e in merge_ledgers(ledgers, out).values() if e.page != WHOLE]
    failed = [entry for entry in pages if entry.failure is not None]
    words = sum(entry.words for entry in pages)
    typer.echo(f"{len(pages) - len(failed)} pages done, {len(failed)} failed, {words} words")
    for entry in failed:
        page = f" (page {entry.page})" if entry.pages > 1 else ""
        typer.echo(printable(f"{entry.input}{page}: {entry.failure}"))
