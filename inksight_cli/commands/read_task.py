"""What ``read`` does with pages: their text, by who found the words or by a reader of ink."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from inksight_cli.commands.box_task import Finder
from inksight_cli.commands.ink_task import InkTask
from inksight_cli.detectors import find_detector
from inksight_cli.pipeline import Derenderer

if TYPE_CHECKING:
    from inksight_cli.commands.batch import Pipeline
    from inksight_cli.document import Document, Page


class ReadTask(InkTask):
    """Turns pages into text.

    ``choices`` are what `InkTask` takes; without a reader of ink, texts are the detector's.
    """

    def open(self) -> Pipeline:
        """Load what reads; ink is only looked for where a reader asks for it."""
        if self._reading:
            return super().open()
        options = dict(self._choices)
        for name in ("model", "workers"):
            options.pop(name)
        detector = find_detector(options.pop("detector"), **options)
        self._derenderer = Derenderer(detector)
        return Finder(detector, self._choices.get("script", ""))

    def document(self, pages: Iterable[Page]) -> Document:
        """Return the pages with who read them."""
        document = super().document(pages)
        reader = self._reading.model if self._reading else None
        named, digest = (reader.name, reader.digest) if reader else ("", "")
        document.provenance = replace(document.provenance, model=named, model_hash=digest)
        return document

    def describe(self, page: Page) -> dict[str, object]:
        """Return how much was read."""
        words = list(page.words)
        said = [word.confidence for word in words if word.text and word.confidence is not None]
        mean = {"confidence": round(sum(said) / len(said), 3)} if said else {}
        return {"words": len(words), **mean, "warnings": page.warnings}
