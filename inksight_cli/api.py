"""The library in four calls: derender, open_model, read, write; what the command line uses too."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Literal

from inksight_cli import __version__
from inksight_cli.coordinates import Coordinates, in_coordinates
from inksight_cli.document import Document, Mode, Page, Provenance
from inksight_cli.errors import UnreadableInputError, UsageError
from inksight_cli.files import read_regular
from inksight_cli.formats.protocol import WriteOptions
from inksight_cli.scripts import SCRIPTS, SQUARED

if TYPE_CHECKING:
    from inksight_cli.asking import OnBad
    from inksight_cli.engine.protocol import InkModel
    from inksight_cli.pipeline import Derenderer

MODES: tuple[Mode, ...] = ("derender", "recognize-and-derender", "derender-with-text")
TRACE = "trace"
"""The name under which the classical tracer is asked for instead of a model."""
PEN_ORDER = "pen-order"
"""The name of the tracer with nano's learned pen order, and without nano's answers."""
MOST_INK = 1 << 29
"""Bytes of the largest file of ink that is read: a book of thousands of pages."""
ORIGINAL = "stablehlo:"
"""Before the path of InkSight's original model: run its own network, slowly, without converting."""


@dataclass(frozen=True, slots=True)
class EngineOptions:
    """How a model runs; `inksight_cli.engine` says what each means and what ``None`` picks."""

    device: Literal["auto", "cpu", "cuda"] = "auto"
    threads: int | None = None
    """Of the whole process, not of the model alone (`inksight_cli.cores`)."""
    batch_size: int | None = None
    precision: str | None = None
    constrain: bool | None = None
    on_bad: OnBad = "keep"
    """What becomes of a model's bad answer."""


_PLAIN = EngineOptions()


def default_model(mode: Mode = "derender", options: EngineOptions | None = None) -> str:
    """Return the name of what draws when nobody says what: the best ink, and the fastest of that.

    That is nano's pen order (`--model pen-order`); nano itself where a mode or an option of the
    engine (but its threads) asks for a model. Without the shipped bundle it is the tracer.
    """
    from inksight_cli.bundles import installed_bundles
    from inksight_cli.bundles.places import DEFAULT

    shipped = next((b for b in installed_bundles()[0] if b.folder.name == DEFAULT), None)
    if shipped is None:
        return TRACE
    asked = mode != "derender" or replace(options or _PLAIN, threads=None) != _PLAIN
    return PEN_ORDER if shipped.manifest.pen_order and not asked else DEFAULT


def drawn_by(name: str | None, mode: Mode, options: EngineOptions) -> str:
    """Return what draws where ``name`` is asked for, with a hash that its every change changes.

    Raises:
        ModelError: there is no such model.
    """
    from inksight_cli.bundles import find_bundle

    name = name or default_model(mode, options)
    if name == TRACE or name.startswith(ORIGINAL):
        return name
    manifest = find_bundle(*([] if name == PEN_ORDER else [name])).folder / "manifest.json"
    return f"{name} {hashlib.sha256(manifest.read_bytes()).hexdigest()}"


def open_model(name: str, options: EngineOptions | None = None) -> InkModel | None:
    """Return the model called ``name``, ready to run, or None for the tracer.

    Args:
        name: ``trace``, a bundle's folder or name, or ``stablehlo:`` and the path of an original
            SavedModel.
        options: how it runs.

    Raises:
        ModelError: there is no such bundle, or it is damaged.
    """
    from inksight_cli.bundles import find_bundle

    if name == TRACE:
        return None
    if name.startswith(ORIGINAL):
        from inksight_cli.convert.fallback import open_original

        return open_original(name.removeprefix(ORIGINAL))
    from inksight_cli.engine import load_model
    from inksight_cli.engine.model import BATCH

    chosen = options or EngineOptions()
    return load_model(
        find_bundle(name),
        device=chosen.device,
        threads=chosen.threads,
        batch_size=chosen.batch_size or BATCH,
        precision=chosen.precision,
        constrain=chosen.constrain,
        again=chosen.on_bad == "retry",
    )


def open_derenderer(
    *,
    detector: str = "embedded",
    model: str | None = None,
    mode: Mode = "derender",
    options: EngineOptions | None = None,
    skip_printed: bool = False,
    script: str = "",
    workers: int = 1,
    **detector_options: object,
) -> Derenderer:
    """Return a pipeline with its detector and its model loaded once, for any number of pages.

    Args:
        detector: a registered name, or several separated by commas, tried in order.
        model: see `open_model`; ``pen-order``: the traced ink as nano's network of pen order
            writes it, without asking nano itself. None: see `default_model`.
        mode: how the model is asked.
        options: how the model runs.
        skip_printed: leave out what was printed or stamped, whoever found it.
        script: in which all lines are written (`inksight_cli.scripts.SCRIPTS`); "": as each looks
            or reads.
        workers: how many processes lay a page's ink side by side. The others are copies of this
            one, so it is one unless the program allows them (`inksight_cli.crew.allow_copies`).
        detector_options: handed to the detector (languages, a boxes file, ...).

    Raises:
        UsageError: no such detector, mode, script or detector option.
        ModelError: no such model, or it is damaged.
    """
    from inksight_cli.bundles import find_bundle, find_squares
    from inksight_cli.cores import work_on
    from inksight_cli.detectors import find_detector
    from inksight_cli.pipeline import Derenderer

    work_on(options.threads if options else None)
    if mode not in MODES:
        raise UsageError(f"Unknown mode {mode!r}; it is one of {', '.join(MODES)}.")
    if script and script not in SCRIPTS:
        raise UsageError(f"Unknown script {script!r}; it is one of {', '.join(SCRIPTS)}.")
    found = find_detector(detector, skip_printed=skip_printed, script=script, **detector_options)
    model = model or default_model(mode, options)
    if model in (PEN_ORDER, TRACE) and mode != "derender":
        raise UsageError(f"The mode {mode} asks a model, and {model!r} is none.")
    if model == PEN_ORDER:
        order = find_bundle().pen_order
        return Derenderer(found, None, mode, order, workers, find_squares, script)
    drawn_by = open_model(model, options)
    on_bad = options.on_bad if options else "keep"
    return Derenderer(found, drawn_by, mode, None, workers, find_squares, script, on_bad)


def derender(
    source: str | Path | bytes | BinaryIO,
    *,
    derenderer: Derenderer | None = None,
    max_pixels: int | None = None,
    pages: str | None = None,
    flatten: Literal["auto", "off"] = "off",
    coordinates: Coordinates = "page",
    **choices: object,
) -> Document:
    """Return the ink of a picture of handwriting.

    Args:
        source: a path, the file's bytes, or an open binary stream.
        derenderer: a pipeline made before by `open_derenderer`, to load its model only once.
        max_pixels: the most pixels a page may have.
        pages: which pages of the file, as ``3-7,9``.
        flatten: ``auto`` pulls photographed sheets straight and levels lines where the picture
            shows how (`inksight_cli.flatten.sheet.flatten_page`).
        coordinates: whose pixels to count in where a page was flattened: the flat ``page``'s or
            those of the ``photo`` (`inksight_cli.coordinates`).
        choices: what `open_derenderer` takes, when no ``derenderer`` is given.

    Raises:
        InksightError: the subclass says what was wrong (`inksight_cli.errors`).
    """
    from inksight_cli.flatten.sheet import flatten_page
    from inksight_cli.pages.load import MAX_PIXELS, load_pages

    if derenderer is None:
        derenderer = open_derenderer(**choices)  # type: ignore[arg-type]  # checked there
    images = load_pages(source, max_pixels=max_pixels or MAX_PIXELS, pages=pages)
    pages_of_ink = derenderer.pages(flatten_page(image, flatten) for image in images)
    return document_of(derenderer, (in_coordinates(p, coordinates) for p in pages_of_ink))


def document_of(derenderer: Derenderer, pages: Iterable[Page]) -> Document:
    """Return ``pages`` as a document that says what made them."""
    model = derenderer.model
    done = list(pages)
    provenance = Provenance(
        version=__version__,
        model=_drawn_by(derenderer),
        model_hash=_made_by(derenderer, done),
        detector=",".join(dict.fromkeys(page.detector for page in done if page.detector)),
        mode=derenderer.mode if model else "",
    )
    return Document(done, provenance)


def _made_by(derenderer: Derenderer, pages: Iterable[Page]) -> str:
    """Return what tells the networks of the ink from others; "+" joins those of two hands."""
    squared = any(line.script in SQUARED for page in pages for line in page.lines)
    hands = [derenderer.model or derenderer.order, derenderer.squares if squared else None]
    return "+".join(hand.revision_hash for hand in hands if hand)


def _drawn_by(derenderer: Derenderer) -> str:
    if derenderer.model:
        return derenderer.model.name
    return PEN_ORDER if derenderer.order else TRACE


def read(path: str | Path, *, format: str | None = None) -> Document:
    """Return the document in a file of ink (InkML, JSON).

    Raises:
        UsageError: an unknown format, or one that can only be written.
        UnreadableInputError: the file is missing or not of that format.
    """
    from inksight_cli.formats import ending_of, find_reader

    reader = find_reader(format or ending_of(Path(path)))
    try:
        data = read_regular(path, MOST_INK)
    except OSError as error:
        reason = error.strerror or error
        raise UnreadableInputError(f"Cannot read '{path}': {reason}.") from error
    return reader.read(io.BytesIO(data))


def write(
    document: Document,
    path: str | Path,
    *,
    format: str | None = None,
    options: WriteOptions | None = None,
) -> None:
    """Write ``document`` to a file; what was there before stays until the new one is whole.

    Raises:
        UsageError: an unknown format, or one file cannot hold that many pages.
        OutputError: the file cannot be written.
    """
    from inksight_cli.formats import ending_of, find_writer
    from inksight_cli.output import replace_file

    writer = find_writer(format or ending_of(Path(path)))
    if len(document.pages) > 1 and not writer.pages:
        raise UsageError(f"One {writer.name} file holds one page; write the pages one by one.")
    stream = io.BytesIO()
    writer.write(document, stream, options or WriteOptions())
    replace_file(Path(path), stream.getvalue())


__all__ = [
    "MODES",
    "TRACE",
    "EngineOptions",
    "default_model",
    "derender",
    "document_of",
    "open_derenderer",
    "open_model",
    "read",
    "write",
]
