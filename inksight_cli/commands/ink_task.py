"""What ``derender`` does with pages: ink in a format."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from inksight_cli.api import document_of, open_derenderer
from inksight_cli.commands.notices import notices
from inksight_cli.coordinates import Coordinates, in_coordinates
from inksight_cli.document import LOST
from inksight_cli.formats.colors import with_ink

if TYPE_CHECKING:
    from inksight_cli.commands.deliver import Encoder, Result
    from inksight_cli.commands.outputs import Output
    from inksight_cli.commands.report import Report
    from inksight_cli.document import Document, Page
    from inksight_cli.pipeline import Derenderer


class InkTask:
    """Turns pages into ink.

    Args:
        outputs: the files to make of every input.
        timestamp: whether the output says when it was made.
        ink: the strokes' colours (`inksight_cli.formats.colors.with_ink`).
        coordinates: whose pixels the output counts in.
        report: told what the model has to say.
        choices: what `inksight_cli.api.open_derenderer` takes.
    """

    def __init__(
        self,
        outputs: Sequence[Output],
        timestamp: bool,
        ink: str,
        coordinates: Coordinates,
        report: Report,
        **choices: Any,  # noqa: ANN401
    ) -> None:
        self.encoders: Sequence[Encoder] = [_InkEncoder(output, self) for output in outputs]
        self.wants_picture = any(output.wants_picture for output in outputs)
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

    def document(self, pages: Iterable[Page]) -> Document:
        """Return the pages as they are written, with what made them."""
        assert self._derenderer is not None
        self._tell(self._derenderer)
        mapped = (in_coordinates(page, self._coordinates) for page in pages)
        document = document_of(self._derenderer, mapped)
        if self._created:
            document.provenance = replace(document.provenance, created=self._created)
        return with_ink(document, self._ink)

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


class _InkEncoder:
    """Makes one output's files; what they say, the task knows."""

    def __init__(self, output: Output, task: InkTask) -> None:
        self.suffixes = output.writer.suffixes
        self.pages = output.writer.pages
        self._output = output
        self._task = task

    def encode(self, results: Sequence[Result]) -> bytes:
        """Return the pages in the output's format."""
        document = self._task.document(result.page for result in results)
        shown = zip(document.pages, results, strict=True)
        # With a colour for all ink pages are others than those that were found: known by place.
        pictures = {id(page): partial(_picture, page, result) for page, result in shown}
        return self._output.encode(document, lambda page: pictures[id(page)]())


def _picture(page: Page, result: Result) -> bytes:
    from inksight_cli.pages.picture import as_taken

    assert result.picture is not None
    flat = result.page.photo
    return as_taken(result.picture, flat) if flat and page.photo is None else result.picture
