"""The ``inksight`` command: its subcommands, and what an error looks like to a person."""

from __future__ import annotations

import atexit
import errno
import gc
import importlib
import logging
import os
import sys
from typing import Annotated

import typer

from inksight_cli import __version__
from inksight_cli.commands.streams import unwritable
from inksight_cli.errors import INTERRUPTED, InksightError, OutputError

# (name, module under inksight_cli.commands, its function or its typer.Typer)
COMMANDS = (
    ("derender", "derender", "derender"),
    ("detect", "detect", "detect"),
    ("doctor", "doctor", "doctor"),
    ("bench", "bench", "bench"),
    ("models", "models", "models"),
)

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EIO)
"""Why a stream takes no more."""

app = typer.Typer(
    name="inksight",
    help="Turn photos of handwriting into digital ink: strokes in pen order, word by word.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _register() -> None:
    for name, module, attribute in COMMANDS:
        command = getattr(importlib.import_module(f"inksight_cli.commands.{module}"), attribute)
        if isinstance(command, typer.Typer):
            app.add_typer(command, name=name)
        else:
            app.command(name)(command)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"inksight {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", help="Show the version.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    pass


def main() -> None:
    """Run the command line and exit with the code of `inksight_cli.errors`."""
    # NumPy multiplies only small matrices here; where other work keeps the cores busy, its
    # threads wait for one another a hundred times longer than they compute.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # Ink is arrays in lists, without cycles: looking for those took a twentieth of a page's time.
    gc.set_threshold(100_000, 10, 10)
    # What a model has to say is reported as a note; its log is for libraries and for --verbose.
    logging.getLogger("inksight_cli").addHandler(logging.NullHandler())
    try:
        _register()
        app()
    except InksightError as error:
        complain(error)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        # Whoever read our output has seen enough; the interpreter must not flush it again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except OSError as error:
        # Files have errors of their own; but Typer itself prints help and the version.
        if error.errno not in FULL:
            raise
        complain(unwritable(error))
        sys.exit(OutputError.exit_code)


def command() -> None:
    """`main` as a process of its own: once all is written, it ends without tidying up in memory.

    Taking apart what onnxruntime and Python hold takes a quarter of a second; the system frees it
    at once. What is to be done at an exit (temporary folders) is done.
    """
    code: object = 0
    try:
        main()
    except SystemExit as end:
        code = end.code
    atexit._run_exitfuncs()
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:  # nobody reads on, or the disk is full
        code = code or 1
    os._exit(code if isinstance(code, int) else int(code is not None))


def complain(error: InksightError) -> None:
    """Show an error to a person, on stderr: what is wrong, then what mends it."""
    typer.echo(f"inksight: {error.message}", err=True)
    if error.remedy:
        typer.echo(f"  {error.remedy}", err=True)
