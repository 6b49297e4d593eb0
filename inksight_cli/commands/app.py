"""The ``inksight`` command: its subcommands, and what an error looks like to a person."""

from __future__ import annotations

import os

try:
    import atexit
    import contextlib
    import errno
    import gc
    import importlib
    import logging
    import shlex
    import sys
    from pathlib import PurePath
    from typing import Annotated, Any

    import typer
    from typer.core import TyperGroup

    from inksight_cli import __version__
    from inksight_cli.commands.inputs import PICTURES, STDIN
    from inksight_cli.commands.interrupts import interrupted, remember_interrupts, terminated
    from inksight_cli.commands.streams import fill_closed_streams, unwritable
    from inksight_cli.commands.terminal import printable, to_stderr
    from inksight_cli.cores import before_numpy
    from inksight_cli.crew import allow_copies
    from inksight_cli.errors import INTERRUPTED, TERMINATED, InksightError, UsageError, exhausted
    from inksight_cli.files import exists
except KeyboardInterrupt:  # Ctrl-C before there is anything that could say so more nicely
    os._exit(130)

# (name, module under inksight_cli.commands, its function or its typer.Typer)
COMMANDS = (
    ("derender", "derender", "derender"),
    ("convert", "convert", "convert"),
    ("read", "read", "read"),
    ("detect", "detect", "detect"),
    ("evaluate", "evaluate", "evaluate"),
    ("doctor", "doctor", "doctor"),
    ("bench", "bench", "bench"),
    ("ledger", "ledger", "ledger"),
    ("models", "models", "models"),
    ("view", "view", "view"),
    ("index", "index", "index"),
    ("search", "search", "search"),
    ("hand", "hand", "hand"),
    ("write", "write", "write"),
)

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EIO)
"""Why a stream takes no more."""


class _Commands(TyperGroup):
    """The subcommands; who names a picture where one should stand is told which to use."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:  # noqa: ANN401
        """Return the subcommand that is called.

        Raises:
            UsageError: it is a picture, or a folder.
        """
        name = args[0]
        known = name in self.list_commands(ctx)
        picture = name == STDIN or PurePath(name).suffix.lower() in PICTURES
        if not known and (picture or exists(name)):
            raise UsageError(
                f"'{name}' is no command of inksight, but looks like something to read.",
                f"inksight derender {shlex.join(args)}",
            )
        return super().resolve_command(ctx, args)


app = typer.Typer(
    name="inksight",
    cls=_Commands,
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
    remember_interrupts()
    before_numpy()
    allow_copies()
    # Ink is arrays in lists, without cycles: looking for those took a twentieth of a page's time.
    gc.set_threshold(100_000, 10, 10)
    # What a model has to say is reported as a note; its log is for libraries and for --verbose.
    logging.getLogger("inksight_cli").addHandler(logging.NullHandler())
    fill_closed_streams()
    try:
        _run()
    except InksightError as error:
        complain(error)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        # Whoever read our output has seen enough; the interpreter must not flush it again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        sys.exit(1)
    except (MemoryError, OSError) as error:
        # Files have errors of their own; but Typer itself prints help and the version, and a
        # process that may open or hold next to nothing fails anywhere.
        known = exhausted(error)
        if isinstance(error, OSError) and error.errno in FULL:
            known = unwritable(error)
        if known is None:
            raise
        complain(known)
        sys.exit(known.exit_code)


def _run() -> None:
    try:
        _register()
        app()
    except (Exception, SystemExit) as error:
        if interrupted():
            raise KeyboardInterrupt from error
        if terminated():
            raise SystemExit(TERMINATED) from error
        raise


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
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError:  # nobody reads on, or the disk is full
        code = code or 1
    with contextlib.suppress(OSError):
        if sys.stderr is not None:
            sys.stderr.flush()
    os._exit(code if isinstance(code, int) else int(code is not None))


def complain(error: InksightError) -> None:
    """Show an error to a person, on stderr: what is wrong, then what mends it."""
    to_stderr(printable(f"inksight: {error.message}"))
    if error.remedy:
        to_stderr(printable(f"  {error.remedy}"))
