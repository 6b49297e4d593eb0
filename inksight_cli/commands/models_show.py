"""``inksight models show``: everything a model says about itself."""

from __future__ import annotations

from typing import Annotated

import typer

from inksight_cli.commands.streams import guarded_stdout


def show(
    model: Annotated[str, typer.Argument(metavar="NAME|FOLDER", help="Which model.")],
    check: Annotated[
        bool, typer.Option("--check", help="Compare every file with its hash first.")
    ] = False,
) -> None:
    """Show a model's manifest as JSON: prompts, licence, training data, measured quality."""
    from inksight_cli.bundles import find_bundle

    bundle = find_bundle(model)
    if check:
        bundle.check(hashes=True)
    with guarded_stdout() as stdout:
        stdout.write(bundle.manifest.to_json().encode())
