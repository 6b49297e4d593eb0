"""What ``read`` does with pages: their text, by who found the words or by a reader of ink."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from inksight_cli.commands.box_task import Finder
from inksight_cli.commands.ink_task import InkTask
from inksight_cli.detectors import find_detector
from inksight_cli.pipeline import Derenderer
from inksight_cli.reading.page import Spelling, read_page

if TYPE_CHECKING:
    from inksight_cli.commands.batch import Pipeline
    from inksight_cli.document import Document, Page
    from inksight_cli.pages.page import PageImage
    from inksight_cli.reading.network import ReaderModel


class ReadTask(InkTask):
    """Turns pages into text.

    Args:
        reader: reads the words' ink; None: their texts are the detector's.
        beside: whether the detector's texts stay where they are surer.
        spelling: how the reader's scores become text; spelled: a name for that.
        choices: as `InkTask` takes them.
    """

    def __init__(
        self,
        *choices: Any,  # noqa: ANN401
        reader: ReaderModel | None,
        beside: bool = False,
        spelling: Spelling,
        spelled: str = "",
        **more: Any,  # noqa: ANN401
    ) -> None:
        super().__init__(*choices, **more)
        self._reader = reader
        self._beside = beside
        self._spelling = spelling
        self._spelled = spelled

    def open(self) -> Pipeline:  # type: ignore[override]
        """Load what reads; ink is only looked for where a reader asks for it."""
        if self._reader is not None:
            return _Reading(super().open(), self._reader, self._spelling, self._beside)
        options = dict(self._choices)
        for name in ("model", "workers"):
            options.pop(name)
        detector = find_detector(options.pop("detector"), **options)
        self._derenderer = Derenderer(detector)
        return Finder(detector, self._choices.get("script", ""))

    def choices(self) -> dict[str, object]:
        """Return all that decides what is written."""
        reader = self._reader.digest if self._reader else ""
        return {**super().choices(), "reader": reader, "spelled": self._spelled}

    def document(self, pages: Iterable[Page]) -> Document:
        """Return the pages with who read them."""
        document = super().document(pages)
        reader = self._reader
        named, digest = (reader.name, reader.digest) if reader else ("", "")
        document.provenance = replace(document.provenance, model=named, model_hash=digest)
        return document

    def describe(self, page: Page) -> dict[str, object]:
        """Return how much was read."""
        words = list(page.words)
        said = [word.confidence for word in words if word.text and word.confidence is not None]
        mean = {"confidence": round(sum(said) / len(said), 3)} if said else {}
        return {"words": len(words), **mean, "warnings": page.warnings}


class _Reading:
    """Ink first, then its text."""

    def __init__(
        self, derenderer: Derenderer, model: ReaderModel, spelling: Spelling, beside: bool
    ) -> None:
        self._derenderer, self._model, self._spelling = derenderer, model, spelling
        self._beside = beside

    def pages(self, images: Iterable[PageImage]) -> Iterator[Page]:
        """Yield a page with its text for every image."""
        for page in self._derenderer.pages(images):
            read_page(page, self._model, self._spelling, beside=self._beside)
            yield page
