"""What a run says on stderr: a bar on a terminal, lines for people, JSON for machines."""

from __future__ import annotations

import contextlib
import json
import sys
import time
from collections import Counter
from typing import TYPE_CHECKING, Literal

from inksight_cli.commands.interrupts import interrupted
from inksight_cli.commands.terminal import printable, to_stderr
from inksight_cli.errors import BatchError, InksightError

if TYPE_CHECKING:
    from rich.progress import Progress

LogFormat = Literal["text", "json"]


class Report:
    """Tells what happens to each input, and sums it up.

    Args:
        log_format: ``json`` writes one object per event and nothing else.
        verbosity: -1 errors only, 0 a line per page, 1 with the library's own log.

    Attributes:
        many: whether the run is a batch: an error of one input is told, not raised.
        stderr: where JSON goes while libraries' own lines are kept from it; None: stderr.
    """

    def __init__(self, log_format: LogFormat, verbosity: int) -> None:
        self.many = False
        self.stderr: int | None = None
        self._json = log_format == "json"
        self._verbosity = verbosity
        self._total = 0
        self._counts: Counter[str] = Counter()
        self._doubted = self._failures = self._words = 0
        self._started = time.monotonic()
        self._bar: Progress | None = None

    def begin(self, total: int, many: bool) -> None:
        """Say how many inputs there are, and show the bar if anybody can see one."""
        self._total, self.many = total, many
        if self._json or self._verbosity < 0 or not (sys.stderr and sys.stderr.isatty()):
            return
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
        from rich.progress import TimeRemainingColumn as Left

        # Drawn when something happened, not by a thread: beside one no copies are made.
        self._bar = Progress(
            *(TextColumn("pages"), BarColumn(), MofNCompleteColumn(), Left()),
            *(TextColumn("{task.fields[words]}"), TextColumn("[red]{task.fields[failed]}")),
            console=Console(stderr=True),
            transient=True,
            auto_refresh=False,
        )
        self._bar.add_task("pages", total=total, words="", failed="")
        self._bar.start()

    def close(self) -> None:
        """Take the bar away."""
        if self._bar is not None:
            with contextlib.suppress(OSError):
                self._bar.stop()

    @property
    def shows(self) -> bool:
        """Whether there is a bar."""
        return self._bar is not None

    def expect(self, pages: int) -> None:
        """Say how many pages there are, as far as anybody knows."""
        if self._bar is not None:
            self._bar.update(self._bar.task_ids[0], total=pages)

    def had(self, pages: int) -> None:
        """Count pages that need not be made."""
        self._step(pages)

    def note(self, text: str) -> None:
        """Tell something about the whole run."""
        self._tell(0, text, "note", message=text)

    def page(
        self, source: str, files: list[str], number: int, seconds: float, **facts: object
    ) -> None:
        """Tell that a page is done; ``facts`` hold what was found, and ``warnings``.

        ``files`` are its own: those that it shares with other pages are told by `bound`.
        """
        label = source if number == 1 else f"{source} (page {number})"
        place = f" -> {', '.join(files)}" if files else ""
        found = ", ".join(
            _counted(value, name) for name, value in facts.items() if name != "warnings"
        )
        self._tell(
            0,
            f"{label}{place}: {found}, {seconds:.1f} s",
            "page",
            input=source,
            output=files[0] if files else None,
            outputs=files,
            page=number,
            seconds=seconds,
            **facts,
        )
        self._doubted += bool(facts.get("doubtful words"))
        warnings = facts.get("warnings", ())
        assert isinstance(warnings, list | tuple)
        for warning in warnings:
            self._say(0, f"{label}: warning: {warning}")
        words = facts.get("words", 0)
        self._words += words if isinstance(words, int) else 0
        self._step(1)

    def bound(self, source: str, files: list[str], pages: int) -> None:
        """Tell that the files are written that hold all pages of an input."""
        text = f"{source} -> {', '.join(files)}: {pages} pages"
        self._tell(0, text, "file", input=source, outputs=files, pages=pages)

    def failed(self, source: str, index: int, count: int, error: InksightError) -> None:
        """Tell that a page failed; of the only page there is, `ended` tells.

        Args:
            source: the input.
            index: of the page.
            count: of the input's pages.
            error: why.
        """
        if interrupted():
            raise KeyboardInterrupt from error
        self._failures += 1
        if self.many or count > 1:
            label = source if count == 1 else f"{source} (page {index})"
            text = str(error) if label in error.message else f"{label}: {error}"
            self._tell(-1, text, "error", input=source, page=index, **_plain(error))
        self._step(1)

    def refused(self, source: str, error: InksightError) -> None:
        """Tell that an input is not begun."""
        self.failed(source, 1, 1, error)
        self.ended(source, error)

    def skipped(self, source: str, output: str) -> None:
        """Tell that an input's result is there already."""
        text = f"{source}: '{output}' is there already, skipped"
        self._tell(0, text, "skipped", input=source, output=output)
        self._count("skipped")

    def ended(self, source: str, error: InksightError | None) -> None:
        """Count an input as done or failed; what failed has been told.

        Raises:
            InksightError: the error, when this is the only input.
            KeyboardInterrupt: it failed for Ctrl-C, whatever its error says.
        """
        if error is not None and interrupted():
            raise KeyboardInterrupt from error
        if error is not None and not self.many:
            raise error
        self._count("done" if error is None else "failed")

    def stop(self, source: str, error: InksightError, resume: str) -> InksightError:
        """Tell that a page failed for what will fail the rest as well.

        Args:
            source: the input.
            error: why.
            resume: the option with which the same call goes on.

        Returns:
            What ends the run.
        """
        self.failed(source, 1, 1, error)
        self.ended(source, error)
        done = self._counts["done"] + self._counts["skipped"]
        return type(error)(
            f"{error.message} The run stops here, {done} of {self._total} inputs are done.",
            f"Once that is mended, the same call with {resume} goes on.",
        )

    def finish(self) -> None:
        """Sum up a batch.

        Raises:
            BatchError: some inputs failed.
        """
        if not self.many:
            return
        facts = {name: self._counts[name] for name in ("done", "skipped", "failed")}
        text = f"{facts['done']} of {self._total} inputs done, {facts['skipped']} skipped"
        if facts["failed"]:
            text += f", {facts['failed']} failed"
        seconds = round(time.monotonic() - self._started, 3)
        if self._json:
            self._tell(0, "", "summary", **facts, seconds=seconds)
        elif not facts["failed"]:
            self._say(0, text)
        if facts["failed"]:
            raise BatchError(f"{text}.")

    def log(self, line: str) -> None:
        """Pass on, where JSON is asked for, what a library wrote to stderr."""
        if self._json and self._verbosity >= 0:
            self._tell(0, "", "log", message=line)

    def judge(self) -> None:
        """Fail where ink seems to be missing.

        Raises:
            BatchError: of some pages words seem to have lost ink; all results are written.
        """
        if self._doubted:
            pages = _counted(self._doubted, "pages")
            raise BatchError(f"On {pages} words seem to have lost ink (--strict).")

    def fatal(self, error: InksightError) -> None:
        """Write the error that ends the run as a JSON event, where JSON is asked for."""
        if not (isinstance(error, BatchError) or interrupted()):
            self._tell(9, "", "error", **_plain(error))

    def _count(self, how: str) -> None:
        self._counts[how] += 1

    def _step(self, pages: int) -> None:
        if self._bar is not None:
            failed = f"{self._failures} failed" if self._failures else ""
            words = f"{self._words:,} words"
            task = self._bar.task_ids[0]
            self._bar.update(task, advance=pages, words=words, failed=failed, refresh=True)

    def _tell(self, level: int, text: str, event: str, **facts: object) -> None:
        if not self._json:
            self._say(level, text)
            return
        # ASCII: one line stays one line, whatever the terminal's encoding.
        to_stderr(json.dumps({"event": event, **facts}), self.stderr)

    def _say(self, level: int, text: str) -> None:
        if self._json or self._verbosity < level:
            return
        text = printable(text)
        if self._bar is None:
            to_stderr(text)
            return
        with contextlib.suppress(OSError):
            self._bar.console.print(text, markup=False, highlight=False, soft_wrap=True)


def _counted(count: object, plural: str) -> str:
    return f"{count} {plural.removesuffix('s') if count == 1 else plural}"


def _plain(error: InksightError) -> dict[str, object]:
    return {"message": error.message, "remedy": error.remedy, "code": error.exit_code}
