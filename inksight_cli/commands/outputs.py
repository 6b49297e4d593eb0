"""Which files a command line asks for: places, formats and the formats' own options."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath

from inksight_cli.commands.targets import is_folder_name, is_pattern
from inksight_cli.document import Document
from inksight_cli.errors import UsageError
from inksight_cli.formats import ending_of, find_writer
from inksight_cli.formats.colors import CURRENT, checked, with_ink
from inksight_cli.formats.protocol import (
    Pictured,
    PictureOf,
    WriteOptions,
    Writer,
    check_own,
    has_option,
)
from inksight_cli.formats.sizes import on_paper

DEFAULT_FORMAT = "svg"


@dataclass(frozen=True, slots=True)
class Output:
    """One file to make of every input.

    Attributes:
        out: its place as the user says it: a file, a folder, ``-``, or None: beside the input.
    """

    writer: Writer
    options: WriteOptions
    out: str | None = None

    @property
    def wants_picture(self) -> bool:
        """Whether the file shows the picture."""
        return isinstance(self.writer, Pictured) and self.writer.wants_picture(self.options)

    @property
    def is_one_file(self) -> bool:
        """Whether it is a file that is named, and can hold the pages of several inputs."""
        named = self.out is not None and not (is_folder_name(self.out) or is_pattern(self.out))
        return (
            named and self.writer.pages and (self.out or "").lower().endswith(self.writer.suffixes)
        )

    def encode(self, document: Document, picture: PictureOf) -> bytes:
        """Return ``document`` in this format."""
        stream = io.BytesIO()
        self.writer.write(document, stream, replace(self.options, picture=picture))
        return stream.getvalue()


def choose_outputs(
    outs: Sequence[str],
    formats: Sequence[str],
    own: Sequence[str],
    options: WriteOptions,
    usual: str = DEFAULT_FORMAT,
) -> list[Output]:
    """Return what the user asks for.

    Args:
        outs: places; with several formats there is one for all of them, or one for each.
        formats: names, several in one with commas between; none: the places' endings say it,
            else it is ``usual``.
        own: options of single formats, as ``pdf.photo=off``, or of all that have such an option,
            as ``curves=0.5``.
        options: of all formats.
        usual: the format where neither names nor endings say one.

    Raises:
        UsageError: there is no such format or option, or it does not go together.
    """
    names = [name for text in formats for name in text.split(",")]
    places: list[str | None] = [*outs] or [None]
    if len(places) == 1:
        places *= max(len(names), 1)
    if len(names) == 1:
        names *= len(places)
    if names and len(names) != len(places):
        raise UsageError(
            f"{len(names)} formats do not go with {len(places)} places.",
            "Say a folder for all of them, or a place for each: -o a.svg -o a.pdf",
        )
    wanted = names or [_ending(place) or usual for place in places]
    writers = [(find_writer(name), place) for name, place in zip(wanted, places, strict=True)]
    values = _own_options(own, [writer for writer, _ in writers])
    outputs = [
        Output(writer, replace(options, own=values.get(writer.name, {})), place)
        for writer, place in writers
    ]
    for output in outputs:
        check_own(output.writer, output.options)
    return outputs


@dataclass(frozen=True, slots=True)
class Finish:
    """What is done to documents before they are written.

    Attributes:
        ink: the strokes' colours, as `inksight_cli.formats.colors.with_ink` takes them.
        paper: a size by `inksight_cli.formats.sizes.on_paper`, or None: as large as it was.
    """

    ink: str
    paper: str | None = None

    def __call__(self, document: Document) -> Document:
        """Return ``document`` as it is written."""
        colored = with_ink(document, self.ink)
        return on_paper(colored, self.paper) if self.paper else colored


def finish(ink: str, paper: str | None, outputs: Sequence[Output]) -> Finish:
    """Return what was chosen for documents, if all outputs can show it.

    Raises:
        UsageError: there is no such colour or paper, or an output cannot show it.
    """
    if ink == CURRENT and any(output.writer.name != "svg" for output in outputs):
        raise UsageError(f"--ink {CURRENT} is for SVG alone.", "Give a colour: #rrggbb")
    checked(ink)
    chosen = Finish(ink, paper)
    chosen(Document([]))
    return chosen


def _ending(out: str | None) -> str:
    named = out is not None and not is_folder_name(out)
    return ending_of(PurePath(out or "")) if named else ""


def _own_options(own: Sequence[str], writers: Sequence[Writer]) -> dict[str, dict[str, str]]:
    """Return the values of options by format and name."""
    values: dict[str, dict[str, str]] = {}
    made = {writer.name: writer for writer in writers}
    for text in own:
        path, equals, value = text.partition("=")
        format, dot, name = path.rpartition(".")
        if not (equals and name and bool(dot) == bool(format)):
            raise UsageError(f"-O {text} makes no sense.", "Say it as: -O pdf.photo=behind")
        meant = [format] if format else [each for each, w in made.items() if has_option(w, name)]
        if not meant or format not in ("", *made):
            kind = f"for the format {format}" if format else f"for formats with {name}"
            raise UsageError(f"-O {text} is {kind}, but {', '.join(sorted(made))} is written.")
        for each in meant:
            values.setdefault(each, {})[name] = value
    return values
