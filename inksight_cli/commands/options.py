"""Options that several commands share."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from inksight_cli.commands.report import LogFormat

Pictures = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="INPUT",
        help="Pictures, folders of pictures, patterns, or - for stdin.",
        show_default=False,
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
Coordinates = Annotated[
    Literal["page", "photo"],
    typer.Option(
        help="Whose pixels the output counts in where --flatten changed a page: the flat page's,"
        " or those of the photo as it was given."
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
        metavar="[FORMAT.]NAME=VALUE",
        help="An option of one format alone, or of all that have it.",
        show_default=False,
    ),
]
Curves = Annotated[
    float | None,
    typer.Option(
        metavar="PIXELS",
        help="Smooth curves that run at most so far beside the ink, for SVG; else straight pieces.",
        show_default=False,
    ),
]
PdfInk = Annotated[
    Literal["drawn", "annotations"] | None,
    typer.Option(
        help="Ink drawn on the PDF's page, or annotations that programs for PDF edit.",
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
Threads = Annotated[
    int | None, typer.Option(min=1, help="Cores to work on; else all.", show_default=False)
]
Decimals = Annotated[int, typer.Option(min=0, max=6, help="Decimals of a pixel.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but errors.")]
Verbose = Annotated[
    bool, typer.Option("--verbose", "-v", help="Show the library's own log as well.")
]
Log = Annotated[
    LogFormat, typer.Option("--log-format", help="For people, or one JSON object per event.")
]


def own_options(own: list[str] | None, curves: float | None, pdf_ink: str | None) -> list[str]:
    """Return the formats' own options, those with a name on the command line among them."""
    named = {"curves": curves, "pdf.ink": pdf_ink}
    return [f"{name}={value}" for name, value in named.items() if value is not None] + (own or [])
