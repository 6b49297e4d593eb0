"""``inksight models tune``: the graphs that are the fastest on this processor, found once."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from inksight_cli.errors import OutputError

if TYPE_CHECKING:
    from inksight_cli.bundles import Bundle

_SAMPLES = 24


def tune(
    model: Annotated[str, typer.Argument(metavar="NAME|FOLDER", help="Which model.")],
    page: Annotated[
        list[str] | None,
        typer.Option(metavar="FILE", help="Pages whose words tell what it costs; repeatable."),
    ] = None,
    precision: Annotated[
        str, typer.Option(metavar="NAME[,NAME]", help="Made first where the model lacks them.")
    ] = "w8,int8",
    batch: Annotated[int, typer.Option(min=1, help="Words decoded side by side.")] = 16,
    allowed: Annotated[
        float,
        typer.Option(min=0.0, max=1.0, help="Share of words that must stay within 1 canvas pixel."),
    ] = 0.95,
    forget: Annotated[
        bool, typer.Option("--forget", help="Use the model's own default again.")
    ] = False,
) -> None:
    """Find a model's fastest graphs on this processor, and use them from now on.

    Encoder and decoder are chosen apart, int8+w8 say: of all pairs the fastest whose ink stays
    within 1 canvas pixel of float32's on 95 % of words. Measured once; kept in your cache for this
    model, this processor and this version of onnxruntime; inksight doctor shows it. Takes minutes
    for Small-p, on a machine that does nothing else. Without --page drawn scribbles are compared.
    """
    from inksight_cli.bundles import find_bundle
    from inksight_cli.bundles import tuned as memory
    from inksight_cli.commands.models_quantize import words_of
    from inksight_cli.convert.samples import sample_jobs
    from inksight_cli.speed.tune import choose, measure_halves, rank

    bundle = find_bundle(model)
    if forget:
        found = memory.forget(bundle)
        _tell(f"{bundle.manifest.name}: {'forgotten' if found else 'nothing was remembered'}")
        return
    jobs = words_of(page) if page else sample_jobs(_SAMPLES)
    wanted = [name.strip() for name in precision.split(",") if name.strip()]
    with _workplace(bundle) as folder:
        tried = _with_graphs(bundle, wanted, folder)
        tried.check()
        pairs = rank(measure_halves(tried, batch, _tell))
        tuned = choose(tried, pairs, jobs, allowed, _tell)
        path = memory.remember(_kept(bundle, tried, tuned.precision), tuned)
    typer.echo(
        f"{bundle.manifest.name} runs in {tuned.precision} on this processor from now on:"
        f" encoder {tuned.encoder_ms:.0f} ms a word, decoder {tuned.tokens_per_second:.0f}"
        f" tokens/s, {tuned.close} of {tuned.words} words within 1 canvas pixel ({path})."
    )


def _tell(text: str) -> None:
    typer.echo(text, err=True)


@contextmanager
def _workplace(bundle: Bundle) -> Iterator[Path]:
    """Where graphs are made: in the model's own folder, beside yours for one that was shipped."""
    from inksight_cli.bundles import user_folder

    if bundle.origin != "shipped":
        yield bundle.folder
        return
    try:
        user_folder().mkdir(parents=True, exist_ok=True)
        place = Path(tempfile.mkdtemp(prefix=f".{bundle.folder.name}-", dir=user_folder()))
    except OSError as error:
        raise OutputError(f"{user_folder()} cannot be written: {error.strerror}.") from error
    try:
        yield place / bundle.folder.name
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _with_graphs(bundle: Bundle, precisions: list[str], folder: Path) -> Bundle:
    """The model with graphs of these precisions; those that it lacks are made in ``folder``."""
    from inksight_cli.convert.quantise import quantise_bundle

    for name in precisions:
        if name not in bundle.manifest.variants:
            _tell(f"making {name}")
            bundle = quantise_bundle(bundle, name, folder, default=False)
    return bundle


def _kept(bundle: Bundle, tried: Bundle, precision: str) -> Bundle:
    """The model that runs from now on: your copy of a shipped one only if that has to be.

    A copy stands before the shipped one, and stays when that gets newer.
    """
    from inksight_cli.bundles import halves, open_bundle, user_folder

    if tried.folder == bundle.folder:
        return tried
    if set(halves(precision)) <= set(bundle.manifest.variants):
        return bundle
    target = user_folder() / bundle.folder.name
    try:
        tried.folder.rename(target)
    except OSError as error:
        raise OutputError(f"{target} cannot be written: {error.strerror}.") from error
    return open_bundle(target)
