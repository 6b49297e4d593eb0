"""What `derender`, `read` and `detect` all ask: how words are found, pages opened, batches run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from inksight_cli.commands import options as opt
from inksight_cli.commands.inputs import Named
from inksight_cli.commands.loader import Loader
from inksight_cli.scripts import SCRIPTS, ScriptChoice

if TYPE_CHECKING:
    from inksight_cli.commands.run import How
    from inksight_cli.commands.work import Places


@dataclass(frozen=True, slots=True)
class Finding:
    """How the words are found."""

    detector: opt.Detector = None
    boxes: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="The words' boxes, as inksight detect writes them."),
    ] = None
    lang: Annotated[
        str | None,
        typer.Option(
            metavar="CODES",
            help="Languages: of a detector, as eng+deu; of a reader of ink, as en,fr, or auto:"
            " the one that the page reads like.",
        ),
    ] = None
    skip_printed: Annotated[
        bool,
        typer.Option("--skip-printed", help="Leave out printed words and stamps, and their ink."),
    ] = False
    script: Annotated[
        ScriptChoice,
        typer.Option(
            metavar="NAME",
            help=f"What all lines are written in: {', '.join(SCRIPTS)}; "
            "auto: as each looks or reads.",
        ),
    ] = "auto"

    @property
    def name(self) -> str:
        """The detector's name, or several."""
        return self.detector or ("boxes" if self.boxes else "embedded")

    @property
    def options(self) -> dict[str, Any]:
        """The options that were given, by the names `find_detector` knows them under."""
        given = {
            "boxes": self.boxes,
            "languages": self.lang,
            "skip_printed": self.skip_printed or None,
            "script": None if self.script == "auto" else self.script,
        }
        return {name: value for name, value in given.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Opening:
    """Which pages are opened, how, and whose pixels results count in."""

    pages: Annotated[
        str | None, typer.Option(metavar="RANGE", help="Which pages of each input, as 3-7,9.")
    ] = None
    max_pixels: Annotated[
        int | None, typer.Option(min=1, help="The most pixels a page may have.", show_default=False)
    ] = None
    dpi: Annotated[
        float | None,
        typer.Option(
            metavar="N",
            help="Pixels per inch: of PDF pages, else 300; of pictures, else as they say"
            " themselves.",
            show_default=False,
        ),
    ] = None
    flatten: Annotated[
        Literal["auto", "off"],
        typer.Option(
            help="auto pulls photographed sheets straight and levels lines, where the picture shows"
            " how; see also --coordinates."
        ),
    ] = "off"
    coordinates: opt.Coordinates = "page"

    @property
    def loader(self) -> Loader:
        """What opens the pages."""
        return Loader(self.max_pixels, self.pages, self.dpi, self.flatten)


@dataclass(frozen=True, slots=True)
class Batch:
    """Where results go, and how a run over many inputs works."""

    skip_existing: opt.SkipExisting = False
    overwrite: opt.Overwrite = None
    recursive: opt.Recursive = False
    preview: Annotated[
        str | None,
        typer.Option(
            metavar="PATH",
            help="Also draw boxes and strokes over the page: a PNG, or a folder for many inputs.",
        ),
    ] = None
    files_from: Annotated[
        str | None,
        typer.Option(
            metavar="FILE", help="Read names of pictures from FILE, one a line; - is stdin."
        ),
    ] = None
    from0: Annotated[
        str | None,
        typer.Option(
            "--from0",
            metavar="FILE",
            help="The same with NUL between them, as find -print0 writes.",
        ),
    ] = None
    shard: Annotated[
        str | None,
        typer.Option(
            metavar="I/N",
            help="Do the I-th of N parts of the inputs, I from 1 to N: the same call on N"
            " machines.",
        ),
    ] = None
    jobs: Annotated[
        int | None,
        typer.Option(
            "--jobs",
            "-j",
            min=1,
            help="Pages made side by side, each by a process of its own; else as many as cores and"
            " memory allow, where there are enough pages.",
            show_default=False,
        ),
    ] = None
    ray: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS",
            help="Work on a Ray cluster that is there: auto, or HOST:PORT. Its nodes must share"
            " the folders.",
            show_default=False,
        ),
    ] = None
    ledger: Annotated[
        str | None,
        typer.Option(
            metavar="FILE",
            help="Write down every page that is done; a batch into a folder does so in"
            " OUT/.inksight-ledger.jsonl.",
            show_default=False,
        ),
    ] = None
    resume: Annotated[
        bool,
        typer.Option(
            "--resume",
            help="Leave out what the ledger says is done: of the same bytes, with the same options,"
            " by this version.",
        ),
    ] = False
    max_failures: Annotated[
        int | None,
        typer.Option(min=0, metavar="N", help="Stop when more than N pages have failed."),
    ] = None
    timeout: Annotated[
        float | None,
        typer.Option(min=0.1, metavar="SECONDS", help="Give a page up that takes longer."),
    ] = None
    max_memory: Annotated[
        int | None,
        typer.Option(
            min=64, metavar="MB", help="Memory that a process may hold; a page needing more fails."
        ),
    ] = None

    def places(
        self,
        pictures: list[str] | None,
        outs: Sequence[str | None],
        *read: str | None,
    ) -> Places:
        """Return what to read and where results go.

        Args:
            pictures: what the user names.
            outs: for each result of an input its place.
            read: other files that are read, which no result may replace.
        """
        from inksight_cli.commands.work import Places

        return Places(
            Named(pictures or [], self.files_from, self.from0, self.recursive, self.shard),
            tuple(outs),
            self.preview,
            self.skip_existing,
            self.overwrite,
            tuple(name for name in read if name),
            self.ledger,
            self.resume,
        )

    @property
    def how(self) -> How:
        """How a run works.

        Raises:
            UsageError: this system cannot limit a process's memory.
        """
        from inksight_cli.commands.run import How
        from inksight_cli.errors import UsageError
        from inksight_cli.pool import may_limit_memory

        if self.max_memory and not may_limit_memory():
            raise UsageError("--max-memory works on Linux alone.")
        memory = self.max_memory << 20 if self.max_memory else None
        return How(self.jobs, self.timeout, memory, self.max_failures, self.ray)
