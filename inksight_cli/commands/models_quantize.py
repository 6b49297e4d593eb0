"""``inksight models quantize``: 8-bit weights for a model, and what they cost."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from inksight_cli.engine import Job


def quantize(
    model: Annotated[str, typer.Argument(metavar="NAME|FOLDER", help="Which model.")],
    precision: Annotated[
        str, typer.Option(metavar="NAME", help="w8, int8, w8-kv8 or int8-kv8.")
    ] = "w8",
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="FOLDER", help="Else the model of that name among yours."
        ),
    ] = None,
    default: Annotated[
        bool, typer.Option("--default", help="Use it from now on unless told otherwise.")
    ] = False,
    page: Annotated[
        list[str] | None,
        typer.Option(metavar="FILE", help="Pages whose words tell what it costs; repeatable."),
    ] = None,
) -> None:
    """Add graphs with 8-bit weights to a model.

    w8 rounds weights in blocks of 128: the nearest to float32, fastest for one word at a time.
    int8 rounds whole columns, and activations by rows: fastest for many words at a time. -kv8
    also rounds what the decoder reads of each word's picture. --page says what it costs; make it
    the default only if 95 % of words stay within 1 canvas pixel.
    """
    from inksight_cli.bundles import find_bundle, user_folder
    from inksight_cli.convert.cost import measure_cost
    from inksight_cli.convert.quantise import quantise_bundle

    bundle = find_bundle(model)
    made = quantise_bundle(
        bundle, precision, output or user_folder() / bundle.folder.name, default=default
    )
    typer.echo(f"{made.folder}: {', '.join(made.manifest.variants)}", err=True)
    if page:
        cost = measure_cost(made, precision, words_of(page))
        typer.echo(
            f"{cost.words} words: {cost.same} the same, {cost.close} within 1 canvas pixel,"
            f" {cost.emptied} lost; median distance {cost.distance:.2f} pixels per point;"
            f" {cost.tokens[0]} tokens became {cost.tokens[1]};"
            f" score {cost.score:+.4f} per token."
        )


def words_of(pages: list[str]) -> list[Job]:
    """The crops of all words of some pages, cut as for any model."""
    from inksight_cli.convert.cost import Recorder
    from inksight_cli.detectors import find_detector
    from inksight_cli.pages.load import load_pages
    from inksight_cli.pipeline import Derenderer

    recorder = Recorder()
    derenderer = Derenderer(find_detector("embedded"), recorder)
    for name in pages:
        for _ in derenderer.pages(load_pages(name)):
            pass
    return recorder.jobs
