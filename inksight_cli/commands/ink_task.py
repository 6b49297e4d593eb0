"""What ``derender`` does with pages: ink in a format."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from inksight_cli.api import EngineOptions, document_of, drawn_by, open_derenderer
from inksight_cli.commands.ink_encoder import InkEncoder, amount_of_ink
from inksight_cli.commands.loader import source_hash
from inksight_cli.commands.notices import notices
from inksight_cli.coordinates import Coordinates, in_coordinates
from inksight_cli.document import LOST

if TYPE_CHECKING:
    from inksight_cli.commands.batch import Pipeline
    from inksight_cli.commands.making import Encoder
    from inksight_cli.commands.outputs import Finish, Output
    from inksight_cli.commands.reading import Reading
    from inksight_cli.document import Document, Page
    from inksight_cli.pages.page import PageImage
    from inksight_cli.pipeline import Derenderer


class InkTask:
    """Turns pages into ink.

    Args:
        outputs: the files to make of every input.
        timestamp: whether the output says when it was made.
        finish: what is done to documents before they are written.
        coordinates: whose pixels the output counts in.
        reading: who reads the words' ink; None: their texts are the detector's.
        choices: what `inksight_cli.api.open_derenderer` takes.
    """

    reads_pictures = True

    def __init__(
        self,
        outputs: Sequence[Output],
        timestamp: bool,
        finish: Finish,
        coordinates: Coordinates,
        reading: Reading | None = None,
        **choices: Any,  # noqa: ANN401
    ) -> None:
        self._outputs = outputs
        self.encoders: Sequence[Encoder] = [InkEncoder(output, self.document) for output in outputs]
        self._wants_picture = any(output.wants_picture for output in outputs)
        self._created = datetime.now(UTC).isoformat(timespec="seconds") if timestamp else None
        self._finish = finish
        self._coordinates: Coordinates = coordinates
        self._choices = choices
        self._reading = reading
        self._derenderer: Derenderer | None = None
        self._told = 0

    def announce(self, pages: Callable[[], int]) -> Iterator[str]:
        """Yield where pictures go and what that costs, if they go anywhere."""
        return notices(self._choices["detector"], self._detector_options(), pages)

    def open(self) -> Pipeline:
        """Load detector and model."""
        self._derenderer = open_derenderer(**self._choices)
        return self._reading.of(self._derenderer) if self._reading else self._derenderer

    def notes(self) -> list[str]:
        """Return what the model has said since the last time."""
        said: list[str] = list(getattr(getattr(self._derenderer, "model", None), "notes", ()))
        new, self._told = said[self._told :], len(said)
        return new

    def choices(self) -> dict[str, object]:
        """Return all that decides what is written."""
        engine = self._choices.get("options") or EngineOptions()
        mode = self._choices.get("mode", "derender")
        return {
            **{name: value for name, value in self._choices.items() if name != "workers"},
            "model": drawn_by(self._choices["model"], mode, engine),
            "options": asdict(replace(engine, threads=None)),
            "boxes": source_hash(self._choices.get("boxes", "")).decode(),
            "files": [(each.writer.name, asdict(each.options)) for each in self._outputs],
            "timestamp": self._created is not None,
            "finish": asdict(self._finish),
            "reader": self._reading.choices if self._reading else "",
            "coordinates": self._coordinates,
        }

    def _detector_options(self) -> dict[str, Any]:
        own = ("detector", "model", "mode", "options", "workers")
        return {name: value for name, value in self._choices.items() if name not in own}

    def document(self, pages: Iterable[Page]) -> Document:
        """Return the pages as they are written, with what made them."""
        assert self._derenderer is not None
        mapped = (in_coordinates(page, self._coordinates) for page in pages)
        document = document_of(self._derenderer, mapped)
        if self._created:
            document.provenance = replace(document.provenance, created=self._created)
        return self._finish(document)

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
