"""``inksight view``: ink in the browser."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from inksight_cli.commands import options as opt
from inksight_cli.commands.inputs import PICTURES
from inksight_cli.commands.reporting import reporting
from inksight_cli.commands.targets import made_from
from inksight_cli.errors import UnreadableInputError, UsageError
from inksight_cli.files import is_file, is_folder

if TYPE_CHECKING:
    from inksight_cli.commands.report import Report
    from inksight_cli.viewer.routes import Routes
    from inksight_cli.viewer.server import Server
    from inksight_cli.viewer.shelf import Volume


def view(
    inputs: Annotated[
        list[str],
        typer.Argument(
            metavar="INPUT",
            help="JSON documents, folders of them, or pictures, which are derendered first.",
            show_default=False,
        ),
    ],
    model: Annotated[
        str | None,
        typer.Option(metavar="NAME|PATH", help="What draws pictures, and words again."),
    ] = None,
    detector: opt.Detector = None,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Of 127.0.0.1; 0 picks a free one.")
    ] = 0,
    browser: Annotated[bool, typer.Option(help="Open the browser.")] = True,
    quiet: opt.Quiet = False,
    verbose: opt.Verbose = False,
    log_format: opt.Log = "text",
) -> None:
    """Look at ink beside its photo, play it, search it and put it right, in the browser.

    The page is served to this machine alone. Its address, which is printed, is the key to it;
    Ctrl-C ends it. Saving keeps the version before as FILE.bak.
    """
    import webbrowser

    with reporting(log_format, quiet, verbose) as report:
        choices = {n: v for n, v in (("model", model), ("detector", detector)) if v}
        volumes = [volume for given in inputs for volume in _volumes(given, choices, report)]
        if not volumes:
            raise UnreadableInputError(f"There is no document of ink in '{inputs[0]}'.")
        folder = Path(inputs[0]) if len(inputs) == 1 and is_folder(inputs[0]) else None
        routes = _routes(volumes, folder, choices)
        with _server(routes, port) as server:
            typer.echo(server.address)
            if browser:
                webbrowser.open(server.address)
            server.serve_forever()


def _volumes(given: str, choices: dict[str, Any], report: Report) -> Iterator[Volume]:
    from inksight_cli.search.finder import documents_in

    path = Path(given)
    if not is_folder(path):
        yield _volume(path, choices, report)
        return
    for found in documents_in(path):
        try:
            yield _document(found, str(found.relative_to(path)))
        except UnreadableInputError as error:
            report.note(f"{found}: {error.message}")


def _volume(path: Path, choices: dict[str, Any], report: Report) -> Volume:
    from inksight_cli import api
    from inksight_cli.viewer.shelf import Volume

    if path.suffix.lower() not in PICTURES:
        return _document(path, path.name)
    result = path.with_suffix(".json")
    if is_file(result):
        if _hash_of(path) in made_from(result):
            return _document(result, result.name)
        result = path.with_name(path.name + ".json")  # that name is somebody else's
    if is_file(result):
        return _document(result, result.name)
    report.note(f"drawing {path}")
    document = api.derender(path, **choices)
    return Volume(result, result.name, len(document.pages), document)


def _hash_of(path: Path) -> bytes:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest().encode()
    except OSError:
        return b""


def _document(path: Path, name: str) -> Volume:
    from inksight_cli import api
    from inksight_cli.viewer.shelf import Volume

    pages = len(api.read(path, format="json").pages)
    if not pages:
        raise UnreadableInputError(f"'{path}' has no pages.")
    return Volume(path, name, pages)


def _routes(volumes: list[Volume], folder: Path | None, choices: dict[str, Any]) -> Routes:
    from inksight_cli.api import PEN_ORDER, TRACE, open_derenderer
    from inksight_cli.search.finder import Finder
    from inksight_cli.viewer.redraw import Redrawer
    from inksight_cli.viewer.routes import Routes
    from inksight_cli.viewer.shelf import Shelf

    finder = Finder(lambda: [each.path for each in volumes if is_file(each.path)], folder)
    # A model is told what the word says; who traces does not read.
    reads = choices.get("model") not in (None, PEN_ORDER, TRACE)
    asked: dict[str, Any] = {"mode": "derender-with-text"} if reads else {}
    model = {"model": choices["model"]} if "model" in choices else {}
    redrawer = Redrawer(partial(open_derenderer, detector="whole", **asked, **model))
    return Routes(Shelf(volumes), finder, redrawer)


def _server(routes: Routes, port: int) -> Server:
    from inksight_cli.viewer.server import Server

    try:
        return Server(routes, port)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise UsageError(
            f"The port {port} cannot be used: {reason}.", "Leave out --port."
        ) from error
