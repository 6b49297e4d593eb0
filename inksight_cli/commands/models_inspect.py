"""``inksight models inspect``: everything a SavedModel says about itself."""

from __future__ import annotations

from typing import Annotated

import typer

from inksight_cli.commands.streams import guarded_stdout


def inspect(
    model: Annotated[
        str, typer.Argument(help="Folder or zip of a SavedModel, or a Hugging Face id.")
    ],
    json: Annotated[bool, typer.Option("--json", help="Write JSON for machines.")] = False,
) -> None:
    """Read InkSight's original model without TensorFlow and show what is in it.

    Files and hashes, signature, every variable and its place, preprocessing, vocabulary.
    Paste the JSON into a report when something does not fit.
    """
    from inksight_cli.commands.models_text import as_json, as_text
    from inksight_cli.convert.install import open_model
    from inksight_cli.convert.report import as_data

    with guarded_stdout() as stdout, open_model(model) as inspection:
        data = as_data(inspection)
        stdout.write((as_json(data) if json else as_text(data)).encode())
