"""``inksight read``: pictures of handwriting become text."""

from __future__ import annotations

from dataclasses import replace

from inksight_cli.commands import options as opt
from inksight_cli.commands.grouped import grouped
from inksight_cli.commands.groups import Batch, Finding, Opening
from inksight_cli.commands.reading import Reader
from inksight_cli.commands.reporting import reporting
from inksight_cli.commands.streams import guarded_stdout
from inksight_cli.commands.work import work


@grouped
def read(
    *,
    pictures: opt.Pictures = None,
    out: opt.Outs = None,
    format: opt.Formats = None,
    own: opt.Own = None,
    who: Reader,
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
        reading = who.reading(finding.lang)
        found = finding.options
        task = ReadTask(
            outputs,
            False,
            finish("original", None, outputs),
            opening.coordinates,
            reading,
            detector=finding.name,
            model="trace",  # the order of strokes does not matter to who reads their picture
            workers=threads or usable_cores(),
            **(reading.detector_options(found) if reading else found),
        )
        places = batch.places(
            pictures, [output.out for output in outputs], finding.boxes, who.words
        )
        how = replace(batch.how, threads=threads or 1)
        work(task, places, opening.loader, how, report, stdout)
