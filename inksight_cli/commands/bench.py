"""``inksight bench``: how fast this machine is."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from inksight_cli.errors import OutputError, UsageError


def bench(
    model: Annotated[
        str, typer.Option(metavar="NAME|FOLDER", help="A model of yours.", show_default="nano")
    ] = "nano",
    shape: Annotated[
        str | None,
        typer.Option(metavar="SHAPE", help="Random weights of this shape instead: small-p."),
    ] = None,
    batch: Annotated[
        str, typer.Option(metavar="N[,N]", help="Words decoded side by side.")
    ] = "1,4,16,32",
    precision: Annotated[
        str | None,
        typer.Option(
            metavar="NAME[,NAME]",
            help="fp32, w8, int8, w8-kv8, int8-kv8, or int8+w8 for an encoder of one and a decoder"
            " of another; else what derender uses.",
        ),
    ] = None,
    device: Annotated[str, typer.Option(help="auto, cpu or cuda.")] = "auto",
    threads: Annotated[
        int | None, typer.Option(min=1, help="Else every core there is.", show_default=False)
    ] = None,
    words: Annotated[int, typer.Option(min=1, help="Words per run and row of the batch.")] = 3,
    repeats: Annotated[int, typer.Option(min=1, help="Runs of every setting.")] = 3,
    tokens: Annotated[
        int | None,
        typer.Option(min=1, help="Length of every answer; else as of real words."),
    ] = None,
    compare: Annotated[
        bool, typer.Option("--compare", help="Race PyTorch's generate (needs --shape).")
    ] = False,
    only_compare: Annotated[bool, typer.Option("--only-compare", help="The race alone.")] = False,
    against: Annotated[
        str, typer.Option(metavar="TYPE[,TYPE]", help="PyTorch's number types in the race.")
    ] = "float32,bfloat16",
    pages: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="Measure whole pages instead: derender with --jobs, beside RapidOCR and Tesseract"
            " alone.",
        ),
    ] = None,
    jobs: Annotated[
        str | None,
        typer.Option(metavar="N[,N]", help="Worker processes, for --pages; else 1 and all cores."),
    ] = None,
    json: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Also write everything as JSON.")
    ] = None,
) -> None:
    """Measure tokens and words per second, memory and load time, on fixed work.

    Every setting runs in a process of its own: a warm-up, then repeats, of which medians are
    shown. Answers are cut at fixed lengths (150 tokens on average), so that machines and
    precisions can be compared. Pages per second are those of the model alone, 150 words a page.
    """
    if pages is not None:
        _whole_pages(pages, jobs, device, json)
        return
    from inksight_cli.bundles import find_bundle
    from inksight_cli.engine.opening import choose_precision
    from inksight_cli.speed.measure import Plan, report, run
    from inksight_cli.speed.measure import compare as race
    from inksight_cli.speed.shapes import shaped_bundle
    from inksight_cli.speed.table import describe

    if device not in ("auto", "cpu", "cuda"):
        raise UsageError(f"There is no device {device!r}; there are auto, cpu and cuda.")
    racing = compare or only_compare
    if racing and not shape:
        raise UsageError("PyTorch can only be raced on random weights.", "Add --shape small-p.")
    batches, kinds = _numbers(batch), _types(against)
    wanted = [name.strip() for name in precision.split(",")] if precision else []
    bundle = shaped_bundle(shape, _made(wanted)) if shape else None
    bundle = bundle or find_bundle(model)
    wanted = wanted or [choose_precision(bundle, None, device)]  # type: ignore[arg-type]
    for name in wanted:
        bundle.variant(name)
    plan = Plan(bundle, shape or "", wanted, batches, device, threads, words, repeats, tokens)
    results = []
    for result in () if only_compare else run(plan):
        results.append(result)
        for note in dict.fromkeys(result["notes"]):
            _progress(note)
        _progress(f"{result['precision']}, batch {result['batch']} on {result['device']}: done")
    compared = race(plan, kinds) if racing else []
    found = report(plan, results, compared)
    typer.echo(describe(found))
    if json:
        _write(json, found)


def _whole_pages(folder: Path, jobs: str | None, device: str, json: Path | None) -> None:
    """Measure derender on a folder of pages."""
    from inksight_cli.commands.inputs import expand
    from inksight_cli.cores import usable_cores
    from inksight_cli.speed.pages import measure_pages, measure_stages, report_pages
    from inksight_cli.speed.table import describe_pages

    pictures = expand([str(folder)]).sources
    numbers = _numbers(jobs) if jobs else sorted({1, usable_cores()})
    rows = []
    for row in measure_pages(pictures, numbers, device):
        rows.append(row)
        _progress(f"{row['what']}: done")
    found = report_pages(rows, measure_stages(pictures), len(pictures))
    typer.echo(describe_pages(found))
    if json:
        _write(json, found)


def _progress(text: str) -> None:
    typer.echo(text, err=True)


def _made(wanted: list[str]) -> list[str]:
    """The precisions of either half that have to be made first."""
    from inksight_cli.bundles import halves

    both = dict.fromkeys(half for name in wanted for half in halves(name))
    return [name for name in both if name != "fp32"]


def _types(text: str) -> list[str]:
    names = [name.strip() for name in text.split(",")]
    if unknown := set(names) - {"float32", "bfloat16"}:
        raise UsageError(f"PyTorch is raced in float32 and bfloat16, not {min(unknown)!r}.")
    return names


def _numbers(text: str) -> list[int]:
    try:
        numbers = [int(part) for part in text.split(",")]
    except ValueError:
        numbers = [0]
    if min(numbers) < 1:
        raise UsageError(f"Batch sizes must be whole numbers, as 1,4,16, not {text!r}.")
    return numbers


def _write(path: Path, found: object) -> None:
    import json

    try:
        path.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error.strerror}.") from error
