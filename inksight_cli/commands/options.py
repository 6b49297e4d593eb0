"""Options that several commands share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from inksight_cli.commands.report import LogFormat
from inksight_cli.scripts import SCRIPTS, ScriptChoice

if TYPE_CHECKING:
    from inksight_cli.commands.run import How

Pictures = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="INPUT",
        help="Pictures, folders of pictures, patterns, or - for stdin.",
        show_default=False,
    ),
]
FilesFrom = Annotated[
    str | None,
    typer.Option(metavar="FILE", help="Read names of pictures from FILE, one a line; - is stdin."),
]
From0 = Annotated[
    str | None,
    typer.Option(
        "--from0", metavar="FILE", help="The same with NUL between them, as find -print0 writes."
    ),
]
Shard = Annotated[
    str | None,
    typer.Option(
        metavar="I/N",
        help="Do the I-th of N parts of the inputs, I from 1 to N: the same call on N machines.",
    ),
]
Jobs = Annotated[
    int | None,
    typer.Option(
        "--jobs",
        "-j",
        min=1,
        help="Pages made side by side, each by a process of its own; else as many as cores and"
        " memory allow, where there are enough pages.",
        show_default=False,
    ),
]
Ledger = Annotated[
    str | None,
    typer.Option(
        metavar="FILE",
        help="Write down every page that is done; a batch into a folder does so in"
        " OUT/.inksight-ledger.jsonl.",
        show_default=False,
    ),
]
Resume = Annotated[
    bool,
    typer.Option(
        "--resume",
        help="Leave out what the ledger says is done: of the same bytes, with the same options,"
        " by this version.",
    ),
]
MaxFailures = Annotated[
    int | None,
    typer.Option(min=0, metavar="N", help="Stop when more than N pages have failed."),
]
Timeout = Annotated[
    float | None,
    typer.Option(min=0.1, metavar="SECONDS", help="Give a page up that takes longer."),
]
MaxMemory = Annotated[
    int | None,
    typer.Option(
        min=64, metavar="MB", help="Memory that a process may hold; a page needing more fails."
    ),
]
Detector = Annotated[
    str | None,
    typer.Option(
        metavar="NAME[,NAME]",
        help="Who finds the words; of several the first that works. Else embedded, or boxes"
        " with --boxes. See: inksight doctor",
    ),
]
Boxes = Annotated[
    str | None,
    typer.Option(metavar="FILE", help="The words' boxes, as inksight detect writes them."),
]
Lang = Annotated[
    str | None,
    typer.Option(metavar="CODES", help="Languages for the detector, for example eng+deu."),
]
Pages = Annotated[
    str | None, typer.Option(metavar="RANGE", help="Which pages of each input, as 3-7,9.")
]
MaxPixels = Annotated[
    int | None, typer.Option(min=1, help="The most pixels a page may have.", show_default=False)
]
Dpi = Annotated[
    float | None,
    typer.Option(
        metavar="N",
        help="Pixels per inch: of PDF pages, else 300; of pictures, else as they say themselves.",
        show_default=False,
    ),
]
Flatten = Annotated[
    Literal["auto", "off"],
    typer.Option(
        help="auto pulls photographed sheets straight and levels lines, where the picture shows"
        " how; see also --coordinates."
    ),
]
Coordinates = Annotated[
    Literal["page", "photo"],
    typer.Option(
        help="Whose pixels the output counts in where --flatten changed a page: the flat page's,"
        " or those of the photo as it was given."
    ),
]
Preview = Annotated[
    str | None,
    typer.Option(
        metavar="PATH",
        help="Also draw boxes and strokes over the page: a PNG, or a folder for many inputs.",
    ),
]
SkipPrinted = Annotated[
    bool,
    typer.Option("--skip-printed", help="Leave out printed words and stamps, and their ink."),
]
Script = Annotated[
    ScriptChoice,
    typer.Option(
        metavar="NAME",
        help=f"What all lines are written in: {', '.join(SCRIPTS)}; auto: as each one reads.",
    ),
]
SkipExisting = Annotated[
    bool, typer.Option("--skip-existing", help="Leave out inputs whose result is there.")
]
Overwrite = Annotated[
    bool | None,
    typer.Option(
        "--overwrite/--no-overwrite",
        help="Replace results that are there, or refuse to; else they are replaced where OUT is"
        " said, and kept where results lie beside their inputs.",
        show_default=False,
    ),
]
Recursive = Annotated[
    bool,
    typer.Option(
        "--recursive",
        "-r",
        help="Look into the folders in folders as well; OUT gets the same folders.",
    ),
]
Outs = Annotated[
    list[str] | None,
    typer.Option(
        "--out",
        "-o",
        metavar="OUT",
        help="A file, a folder (a name without an ending is one), a pattern of names as"
        " {parent}/{stem}.svg, or - for stdout; else the result lies beside the input. Several"
        " times for several results.",
        show_default=False,
    ),
]
Formats = Annotated[
    list[str] | None,
    typer.Option(
        "--format",
        metavar="NAME[,NAME]",
        help="A format (see: inksight doctor); else OUT's ending says it, else svg.",
        show_default=False,
    ),
]
Own = Annotated[
    list[str] | None,
    typer.Option(
        "--option",
        "-O",
        metavar="FORMAT.NAME=VALUE",
        help="An option of one format alone.",
        show_default=False,
    ),
]
Text = Annotated[bool, typer.Option(help="Write the words' texts beside the ink.")]
Ink = Annotated[
    str,
    typer.Option(
        metavar="COLOUR",
        help="original, dark (light ink becomes dark), #rrggbb, or for SVG currentColor.",
    ),
]
PageSize = Annotated[
    str | None,
    typer.Option(
        metavar="PAPER",
        help="The page fills a paper of this size: a3, a4, a5, a6, letter or legal.",
        show_default=False,
    ),
]
Decimals = Annotated[int, typer.Option(min=0, max=6, help="Decimals of a pixel.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but errors.")]
Verbose = Annotated[
    bool, typer.Option("--verbose", "-v", help="Show the library's own log as well.")
]
Log = Annotated[
    LogFormat, typer.Option("--log-format", help="For people, or one JSON object per event.")
]


def how(
    jobs: int | None, timeout: float | None, max_memory: int | None, max_failures: int | None
) -> How:
    """Return how a run works.

    Raises:
        UsageError: this system cannot limit a process's memory.
    """
    from inksight_cli.commands.run import How
    from inksight_cli.errors import UsageError
    from inksight_cli.pool import may_limit_memory

    if max_memory and not may_limit_memory():
        raise UsageError("--max-memory works on Linux alone.")
    return How(jobs, timeout, max_memory << 20 if max_memory else None, max_failures)


def detector_options(
    boxes: str | None, lang: str | None, skip_printed: bool, script: str
) -> dict[str, Any]:
    """Return the options that were given, by the names `find_detector` knows them under."""
    given = {
        "boxes": boxes,
        "languages": lang,
        "skip_printed": skip_printed or None,
        "script": None if script == "auto" else script,
    }
    return {name: value for name, value in given.items() if value is not None}
