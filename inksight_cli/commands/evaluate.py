"""``inksight evaluate``: results beside the truth."""

from __future__ import annotations

import typer

from inksight_cli.commands.evaluate_ink import evaluate_ink
from inksight_cli.commands.evaluate_read import evaluate_read

evaluate = typer.Typer(no_args_is_help=True, help="Measure results against the truth.")
evaluate.command("read")(evaluate_read)
evaluate.command("ink")(evaluate_ink)
