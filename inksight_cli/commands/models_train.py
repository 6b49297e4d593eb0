"""``inksight models train reader``: a reader of ink learns a hand."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from inksight_cli.errors import MissingBackendError, UsageError

if TYPE_CHECKING:
    from inksight_cli.learning.tune import Known
    from inksight_cli.reading.network import ReaderModel

FIFTH = 5


def train(
    what: Annotated[
        Literal["reader"], typer.Argument(metavar="reader", help="What learns: a reader of ink.")
    ],
    pages: Annotated[
        Path,
        typer.Option(
            metavar="FOLDER",
            help="Pages put right: JSON of inksight's with strokes and texts, or pictures of one"
            " word or line with texts beside them (a.png, a.txt).",
        ),
    ],
    out: Annotated[
        Path, typer.Option("--out", "-o", metavar="FOLDER", help="Where the new reader goes.")
    ],
    reader: Annotated[
        Path | None,
        typer.Option(metavar="PATH", help="What it starts from; else the built-in one."),
    ] = None,
    rounds: Annotated[int, typer.Option(min=1, help="Looks at every word at most.")] = 40,
    threads: Annotated[
        int | None, typer.Option(min=1, help="Cores to work on; else all.", show_default=False)
    ] = None,
) -> None:
    """Tune a reader to a person's hand; nothing leaves this machine.

    A fifth of the pages (of few pages: of the words) is held back; learning stops when these are
    read no better, and their errors before and after are told. Characters that the reader did not
    know are added. Read with it: inksight read page.jpg --reader FOLDER
    """
    try:
        import onnx  # noqa: F401
        import torch
    except ImportError as error:
        raise MissingBackendError(
            f"The package {error.name} is missing.", "pip install 'inksight-cli[train]'"
        ) from error
    from inksight_cli.cores import usable_cores
    from inksight_cli.learning.pages import known_pages
    from inksight_cli.learning.tune import read_errors, tuned
    from inksight_cli.reading.network import SHIPPED, read_model

    torch.set_num_threads(threads or usable_cores())
    start = read_model(reader or SHIPPED)
    learned, held = parted(known_pages(pages))
    typer.echo(f"{len(learned)} words to learn from, {len(held)} held back", err=True)
    made = tuned(start, learned, held, lambda line: typer.echo(line, err=True), rounds=rounds)
    before, after = read_errors(start, held).cer, read_errors(made, held).cer
    figures = {"held": len(held), "learned": len(learned), "before": before, "after": after}
    save(made, out, {"name": out.name, "from": start.name, "from_hash": start.digest, **figures})
    typer.echo(
        f"{out}: {100 * before:.1f} -> {100 * after:.1f} % of the characters held back are wrong",
        err=True,
    )


def parted(pages: list[list[Known]]) -> tuple[list[Known], list[Known]]:
    """Return words to learn from, and words held back: whole pages where there are five."""
    if len(pages) < FIFTH:
        words = [word for page in pages for word in page]
        pages = [[word] for word in words]
    kept = [word for k, page in enumerate(pages) if k % FIFTH for word in page]
    return kept, [word for page in pages[::FIFTH] for word in page]


def save(model: ReaderModel, out: Path, about: dict[str, object]) -> None:
    """Write a folder with the weights and their card.

    Raises:
        UsageError: it cannot be written.
    """
    import numpy as np

    plain, graph = io.BytesIO(), np.frombuffer(model.graph, np.uint8)
    told = np.array(json.dumps({**about}))
    np.savez_compressed(plain, graph=graph, symbols=np.array(model.symbols), about=told)
    figures = "\n".join(f"- {name}: {value}" for name, value in about.items())
    card = f"# {about['name']}\n\nA reader of ink, tuned to a hand by inksight.\n\n{figures}\n"
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name, content in (("reader.npz", plain.getvalue()), ("MODEL_CARD.md", card.encode())):
            part = out / f"{name}.part"
            part.write_bytes(content)
            part.replace(out / name)
    except OSError as error:
        raise UsageError(f"'{out}' cannot be written: {error.strerror}.") from error
