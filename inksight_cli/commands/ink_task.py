"""What ``derender`` does with pages: ink in a format."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inksight_cli.api import document_of, open_derenderer
from inksight_cli.commands.notices import notices
from inksight_cli.commands.targets import is_folder_name
from inksight_cli.coordinates import Coordinates, in_coordinates
from inksight_cli.document import LOST
from inksight_cli.formats import find_writer
from inksight_cli.formats.colors import with_ink

if TYPE_CHECKING:
    from inksight_cli.commands.report import Report
    from inksight_cli.document import Page
    from inksight_cli.formats.protocol import WriteOptions, Writer
    from inksight_cli.pipeline import Derenderer

DEFAULT_FORMAT = "svg"


def choose_writer(format: str | None, out: str | None) -> Writer:
    """Return the writer that was named, or the one for the ending of ``out``, or SVG.

    Raises:
        UsageError: there is no such format.
    """
    ending = "" if out is None or is_folder_name(out) else Path(out).suffix
    return find_writer(format or ending or DEFAULT_FORMAT)


class InkTask:
    """Turns pages into ink.

    Args:
        writer: of the output's format; write_options: what it writes.
        timestamp: whether the output says when it was made.
        ink: the strokes' colours (`inksight_cli.formats.colors.with_ink`).
        coordinates: whose pixels the output counts in.
        report: told what the model has to say.
        choices: what `inksight_cli.api.open_derenderer` takes.
    """

    def __init__(
        self,
        writer: Writer,
        write_options: WriteOptions,
        timestamp: bool,
        ink: str,
        coordinates: Coordinates,
        report: Report,
        **choices: Any,  # noqa: ANN401
    ) -> None:
        self.suffixes = writer.suffixes
        self.pages = writer.pages
        self._writer = writer
        self._options = write_options
        self._created = datetime.now(UTC).isoformat(timespec="seconds") if timestamp else None
        self._ink = ink
        self._coordinates: Coordinates = coordinates
        self._report = report
        self._choices = choices
        self._derenderer: Derenderer | None = None
        self._told = 0

    def open(self, pages: Callable[[], int]) -> Derenderer:
        """Load detector and model."""
        self._derenderer = open_derenderer(**self._choices)
        for note in notices(self._derenderer.detector, pages):
            self._report.note(note)
        self._tell(self._derenderer)
        return self._derenderer

    def _tell(self, derenderer: Derenderer) -> None:
        """Report what the model has said since the last time: before a run, and during it."""
        said: list[str] = list(getattr(derenderer.model, "notes", ()))
        for note in said[self._told :]:
            self._report.note(note)
        self._told = len(said)

    def encode(self, pages: list[Page]) -> bytes:
        """Return the pages in the output's format, with what made them."""
        assert self._derenderer is not None
        self._tell(self._derenderer)
        mapped = (in_coordinates(page, self._coordinates) for page in pages)
        document = document_of(self._derenderer, mapped)
        if self._created:
            document.provenance = replace(document.provenance, created=self._created)
        stream = io.BytesIO()
        self._writer.write(with_ink(document, self._ink), stream, self._options)
        return stream.getvalue()

    def describe(self, page: Page) -> dict[str, object]:
        """Return how much ink was found."""
        words = list(page.words)
        lost = sum(1 for word in words if word.quality and LOST in word.quality.flags)
        return {
            "words": len(words),
            "strokes": sum(1 for _ in page.strokes),
            **({"doubtful words": lost} if lost else {}),
            "warnings": page.warnings,
        }
