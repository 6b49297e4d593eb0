"""Who reads the words of `derender` and `read`: the detector, a reader of ink, or both."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from inksight_cli.commands.loader import source_hash
from inksight_cli.errors import UsageError

if TYPE_CHECKING:
    from inksight_cli.commands.batch import Pipeline
    from inksight_cli.document import Page
    from inksight_cli.pages.page import PageImage
    from inksight_cli.reading.network import ReaderModel
    from inksight_cli.reading.page import Spelling

DETECTOR, INK, BOTH = "detector", "ink", "both"


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads, and how."""

    reader: Annotated[
        str,
        typer.Option(
            metavar="detector|ink|both|PATH",
            help="Who reads: the detector that finds the words; the reader of ink; for each word"
            " the likelier of both; or a reader of ink of your own (a file, or a folder with"
            " reader.npz).",
        ),
    ] = DETECTOR
    alternatives: Annotated[
        int,
        typer.Option(
            min=1,
            max=50,
            metavar="N",
            help="The N likeliest texts of every word, in JSON; for readers of ink.",
        ),
    ] = 1
    words: Annotated[
        str | None,
        typer.Option(
            metavar="FILE",
            help="Words to expect, one a line: names, terms; for readers of ink.",
            show_default=False,
        ),
    ] = None

    def reading(self, lang: str | None) -> Reading | None:
        """Return who reads ink, None where the detector alone reads.

        Raises:
            ModelError: there is no such reader, or it is damaged.
            UsageError: the detector reads, which knows of no such wishes; or a list or language
                is none.
            MissingBackendError: the lists of languages are not installed.
        """
        if self.reader == DETECTOR:
            if self.alternatives > 1 or self.words:
                option = "--words" if self.words else "--alternatives"
                raise UsageError(f"{option} needs a reader of ink.", "Say which: --reader ink")
            return None
        from inksight_cli.reading.network import SHIPPED, read_model

        model = read_model(SHIPPED if self.reader in (INK, BOTH) else Path(self.reader))
        own = source_hash(self.words or "").decode()
        told = f"{self.reader} {model.digest} {self.alternatives} {lang} {own}"
        return Reading(model, self._spelling(model, lang), self.reader == BOTH, told)

    def _spelling(self, model: ReaderModel, lang: str | None) -> Spelling:
        from inksight_cli.reading.guess import AUTO, Guess, guess
        from inksight_cli.reading.language import language
        from inksight_cli.reading.lexicon import Lexicon
        from inksight_cli.reading.page import Spelling
        from inksight_cli.reading.search import Expecting

        own = Lexicon.read(Path(self.words)) if self.words else None
        if not lang:
            return Spelling(self.alternatives, own)
        if lang == AUTO:
            guess([])  # that lists are missing is said at once
            words = tuple(sorted(own.words)) if own else ()
            return Spelling(self.alternatives, guess=Guess(model.symbols, words))
        codes = [code for code in re.split(r"[,+\s]+", lang) if code]
        expected = language(codes, own.words if own else ())
        return Spelling(self.alternatives, expecting=Expecting(expected, model.symbols))


@dataclass(frozen=True, slots=True)
class Reading:
    """A reader of ink at work.

    Attributes:
        model: reads words drawn evenly.
        spelling: how its scores become text.
        beside: whether the detector's texts stay where they are surer.
        choices: all of that in words: what is written depends on it.
    """

    model: ReaderModel
    spelling: Spelling
    beside: bool
    choices: str

    def of(self, pipeline: Pipeline) -> Pipeline:
        """Return what reads the pages that ``pipeline`` makes."""
        return _Read(pipeline, self)

    @staticmethod
    def detector_options(options: dict[str, Any]) -> dict[str, Any]:
        """Return a detector's options without the languages, which are the reader's."""
        return {name: value for name, value in options.items() if name != "languages"}


class _Read:
    """Ink first, then its text."""

    def __init__(self, pipeline: Pipeline, reading: Reading) -> None:
        self._pipeline, self._reading = pipeline, reading

    def pages(self, images: Iterable[PageImage]) -> Iterator[Page]:
        """Yield a page with its text for every image."""
        from inksight_cli.reading.page import read_page

        how = self._reading
        for page in self._pipeline.pages(images):
            read_page(page, how.model, how.spelling, beside=how.beside)
            yield page
