"""``inksight models convert``: a SavedModel becomes a model bundle."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from inksight_cli.commands.streams import guarded_stdout


def convert(
    model: Annotated[
        str, typer.Argument(help="Folder or zip of a SavedModel, or a Hugging Face id.")
    ],
    output: Annotated[Path, typer.Option("--output", "-o", help="The bundle's new folder.")],
    precision: Annotated[
        Literal["fp32", "fp16"], typer.Option(help="How matrices are stored; fp16 halves the size.")
    ] = "fp32",
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say errors only.")] = False,
) -> None:
    """Convert InkSight's original model into a bundle that runs without TensorFlow.

    It is not compared with the original yet; see: inksight models verify.
    """
    from inksight_cli.commands.models_text import progress_bar, tell
    from inksight_cli.convert.build import convert_model
    from inksight_cli.convert.install import open_model
    from inksight_cli.convert.report import LICENCE_NOTE

    with guarded_stdout(), open_model(model) as inspection, progress_bar(quiet) as progress:
        convert_model(inspection, output, precision=precision, progress=progress)
        tell(LICENCE_NOTE, quiet)
        tell(f"{output} is written. It is not compared with the original yet:", quiet)
        tell(f"  inksight models verify {output} --against {model}", quiet)
