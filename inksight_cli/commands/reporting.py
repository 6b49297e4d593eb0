"""A command's report while it runs, and the form in which an error ends it."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator

import typer

from inksight_cli.commands.report import LogFormat, Report
from inksight_cli.errors import InksightError
from inksight_cli.native import caught_stderr


@contextlib.contextmanager
def reporting(log_format: LogFormat, quiet: bool, verbose: bool) -> Iterator[Report]:
    """Give a report to a command; an error ends the run in the form that was asked for."""
    report = Report(log_format, -1 if quiet else int(verbose))
    if log_format == "json":
        with _only_json(report):
            yield report
        return
    if verbose:
        _show_log()
    try:
        yield report
    finally:
        report.close()


@contextlib.contextmanager
def _only_json(report: Report) -> Iterator[None]:
    """Keep all but the report's events from stderr; what libraries said comes last, as events."""
    failure: InksightError | None = None
    with caught_stderr() as caught:
        report.stderr = caught.stderr
        try:
            yield
        except InksightError as error:
            failure = error
        finally:
            report.stderr = None
    for line in caught.lines:
        report.log(line)
    if failure is not None:
        report.fatal(failure)
        raise typer.Exit(failure.exit_code) from failure


def _show_log() -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(name)s: %(message)s"))
    logger = logging.getLogger("inksight_cli")
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
