"""``inksight read``: pictures of handwriting become text."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from inksight_cli.commands import options as opt
from inksight_cli.commands.grouped import grouped
from inksight_cli.commands.groups import Batch, Finding, Opening
from inksight_cli.commands.loader import source_hash
from inksight_cli.commands.reporting import reporting
from inksight_cli.commands.streams import guarded_stdout
from inksight_cli.commands.work import work
from inksight_cli.errors import UsageError

if TYPE_CHECKING:
    from inksight_cli.reading.network import ReaderModel
    from inksight_cli.reading.page import Spelling

DETECTOR, INK, BOTH = "detector", "ink", "both"


@grouped
def read(
    *,
    pictures: opt.Pictures = None,
    out: opt.Outs = None,
    format: opt.Formats = None,
    own: opt.Own = None,
    reader: Annotated[
        str,
        typer.Option(
            metavar="detector|ink|both|PATH",
            help="Who reads: the detector that finds the words; the reader of ink; for each word"
            " the surer of both; or a reader of ink of your own (a file, or a folder with"
            " reader.npz).",
        ),
    ] = DETECTOR,
    alternatives: Annotated[
        int,
        typer.Option(
            min=1,
            max=50,
            metavar="N",
            help="The N likeliest texts of every word, in JSON; for readers of ink.",
        ),
    ] = 1,
    words: Annotated[
        str | None,
        typer.Option(
            metavar="FILE",
            help="Words to expect, one a line: names, terms; for readers of ink.",
            show_default=False,
        ),
    ] = None,
    finding: Finding,
    opening: Opening,
    batch: Batch,
    decimals: opt.Decimals = 2,
    threads: opt.Threads = None,
    quiet: opt.Quiet = False,
    verbose: opt.Verbose = False,
    log_format: opt.Log = "text",
) -> None:
    """Read pictures of handwriting: their text in reading order.

    Every input becomes a text file (.txt): its lines, paragraphs parted by the white between
    them. With -o page.json words keep their boxes and how sure they are.
    """
    from inksight_cli.commands.outputs import choose_outputs, finish
    from inksight_cli.commands.read_task import ReadTask
    from inksight_cli.cores import usable_cores
    from inksight_cli.formats.protocol import WriteOptions

    with reporting(log_format, quiet, verbose) as report, guarded_stdout() as stdout:
        outputs = choose_outputs(
            out or [], format or [], own or [], WriteOptions(True, decimals), usual="txt"
        )
        model = open_reader(reader)
        opened = finding.options
        if model:  # languages are the reader's then
            opened.pop("languages", None)
        task = ReadTask(
            outputs,
            False,
            finish("original", None, outputs),
            opening.coordinates,
            reader=model,
            beside=reader == BOTH,
            spelling=spelling_of(model, alternatives, words, finding.lang),
            spelled=f"{reader} {alternatives} {finding.lang} {source_hash(words or '').decode()}",
            detector=finding.name,
            model="trace",  # the order of strokes does not matter to who reads their picture
            workers=threads or usable_cores(),
            **opened,
        )
        places = batch.places(pictures, [output.out for output in outputs], finding.boxes, words)
        work(task, places, opening.loader, batch.how, report, stdout)


def open_reader(name: str) -> ReaderModel | None:
    """Return the built-in reader of ink, or that at ``name``; None: the detector alone reads.

    Raises:
        ModelError: there are none, or they are damaged.
    """
    if name == DETECTOR:
        return None
    from inksight_cli.reading.network import SHIPPED, read_model

    return read_model(SHIPPED if name in (INK, BOTH) else Path(name))


def spelling_of(
    model: ReaderModel | None, alternatives: int, words: str | None, lang: str | None
) -> Spelling:
    """Return how scores become text.

    Raises:
        UsageError: the detector reads, which knows of no such wishes; or a list or language is
            none.
        MissingBackendError: the lists of languages are not installed.
    """
    from inksight_cli.reading.language import language
    from inksight_cli.reading.lexicon import Lexicon
    from inksight_cli.reading.page import Spelling
    from inksight_cli.reading.search import Expecting

    if model is None:
        if alternatives > 1 or words:
            option = "--words" if words else "--alternatives"
            raise UsageError(f"{option} needs a reader of ink.", "Say which: --reader ink")
        return Spelling()
    own = Lexicon.read(Path(words)) if words else None
    if not lang:
        return Spelling(alternatives, own)
    codes = [code for code in re.split(r"[,+\s]+", lang) if code]
    expected = language(codes, own.words if own else ())
    return Spelling(alternatives, expecting=Expecting(expected, model.symbols))
