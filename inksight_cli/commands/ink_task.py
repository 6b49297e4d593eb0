"""What ``derender`` does with pages: ink in a format."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from inksight_cli.api import document_of, open_derenderer
from inksight_cli.commands.ink_encoder import InkEncoder, amount_of_ink
from inksight_cli.commands.notices import notices
from inksight_cli.coordinates import Coordinates, in_coordinates
from inksight_cli.document import LOST
from inksight_cli.formats.colors import with_ink

if TYPE_CHECKING:
    from inksight_cli.commands.deliver import Encoder
    from inksight_cli.commands.outputs import Output
    from inksight_cli.commands.report import Report
    from inksight_cli.document import Document, Page
    from inksight_cli.pages.page import PageImage
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
        self.encoders: Sequence[Encoder] = [InkEncoder(output, self.document) for output in outputs]
        self._wants_picture = any(output.wants_picture for output in outputs)
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

    def picture(self, image: PageImage) -> Callable[[], bytes] | None:
        """Keep a page's picture as a JPEG file, if it is shown; pixels are let go."""
        if not self._wants_picture:
            return None
        from inksight_cli.pages.picture import jpeg

        data = jpeg(image.pixels)
        return lambda: data

    def describe(self, page: Page) -> dict[str, object]:
        """Return how much ink was found."""
        lost = sum(1 for w in page.words if w.quality and LOST in w.quality.flags)
        doubts = {"doubtful words": lost} if lost else {}
        return amount_of_ink(page) | doubts | {"warnings": page.warnings}
