"""``inksight models install``: from the published model to ``--model small-p``."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from inksight_cli.commands.streams import guarded_stdout


def install(
    name: Annotated[str, typer.Argument(help="Which model: small-p.")],
    source: Annotated[
        str, typer.Option("--from", help="Folder or zip of the SavedModel, or a Hugging Face id.")
    ] = "Derendering/InkSight-Small-p",
    verify: Annotated[
        bool | None,
        typer.Option("--verify/--no-verify", help="Default: if the packages for it are there."),
    ] = None,
    precision: Annotated[
        Literal["fp32", "fp16"], typer.Option(help="How matrices are stored; fp16 halves the size.")
    ] = "fp32",
    samples: Annotated[int, typer.Option(min=1, max=1000, help="Words to compare.")] = 3,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say errors only.")] = False,
) -> None:
    """Download (or take), convert, verify and install InkSight's original model.

    Every step can be repeated; what is there already is kept.
    """
    from inksight_cli.commands.models_text import progress_bar, tell
    from inksight_cli.convert.install import install_model
    from inksight_cli.convert.report import LICENCE_NOTE

    with guarded_stdout(), progress_bar(quiet) as progress:
        done = install_model(
            name, source, verify=verify, precision=precision, samples=samples, progress=progress
        )
        tell(LICENCE_NOTE, quiet)
        tell(f"{name} is installed in {done.folder}: use it with --model {name}", quiet)
        verdict = str(done.manifest.measured.get("verdict", ""))
        tell(done.manifest.caution or f"Verified: {verdict}.", quiet)
