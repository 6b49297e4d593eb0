"""One word drawn again: its box or text was put right, the ink is looked at anew."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from threading import Lock
from typing import Any, ClassVar

import numpy as np

from inksight_cli.document import Document, Line, Page, Word
from inksight_cli.errors import UnreadableInputError
from inksight_cli.formats.json import plain_document
from inksight_cli.geometry import Box, Quad
from inksight_cli.incoming import numbers, whole
from inksight_cli.pages.page import PageImage
from inksight_cli.pipeline import Derenderer
from inksight_cli.viewer.shelf import AS_IT_IS

MARGIN = 2.0
"""Heights of the word that are looked at around it: paper and pen are judged by what is near."""


@dataclass(frozen=True, slots=True)
class Ask:
    """What is asked for: the word at ``index`` among all words of its page."""

    words: Sequence[Word]
    index: int


def parse_ask(plain: object) -> Ask:
    """Return what the browser asks for.

    Raises:
        UnreadableInputError: it is not of that form.
    """
    try:
        words = [_word(word) for word in plain["words"]]  # type: ignore[index]
        index = whole(plain["word"], "word", most=len(words) - 1)  # type: ignore[index]
    except (KeyError, TypeError, ValueError) as error:
        raise UnreadableInputError("This is no word to be drawn.") from error
    return Ask(words, index)


def _word(plain: dict[str, Any]) -> Word:
    corners = numbers(np.asarray(plain["quad"], dtype=np.float64).reshape(4, 2), "corners")
    return Word(Quad.from_points(corners), str(plain["text"]))


class Given:
    """A detector that finds what it is given: words in pixels of the picture as it was loaded."""

    name: ClassVar[str] = "given"
    summary: ClassVar[str] = "words that are given"

    def __init__(self, words: Sequence[Word]) -> None:
        self._words = words

    def missing(self) -> None:
        """Return None: nothing is needed."""
        return

    def detect(self, page: PageImage) -> list[Line]:
        """Return every word as a line, in the pixels of ``page``."""
        words = [replace(w, quad=Quad.from_points(w.quad.points * page.zoom)) for w in self._words]
        return [Line([word], word.quad) for word in words]


class Redrawer:
    """Draws words again, one at a time; the model is loaded when first asked.

    Args:
        load: makes the pipeline, as `inksight_cli.api.open_derenderer` does.
    """

    def __init__(self, load: Callable[[], Derenderer]) -> None:
        self._load = load
        self._derenderer: Derenderer | None = None
        self._lock = Lock()

    def draw(self, image: PageImage, ask: Ask) -> dict[str, Any]:
        """Return strokes, quality and mode of the word, as JSON has them.

        Its neighbours are drawn as well, so that their ink stays theirs, and let go.

        Raises:
            UnreadableInputError: the box lies beside the page.
        """
        window = _window(ask, image)
        rows, columns = window.pixels()
        part = PageImage(image.pixels[rows, columns].copy(), dpi=image.dpi)
        left, top = float(columns.start), float(rows.start)
        near = [i for i, w in enumerate(ask.words) if w.quad.bounds.intersection(window) > 0]
        words = [_moved(ask.words[i], -left, -top) for i in near]
        with self._lock:
            drawn = self._drawn(part, words)[near.index(ask.index)]
        return _plain(_moved(drawn, left, top), image)

    def _drawn(self, part: PageImage, words: Sequence[Word]) -> list[Word]:
        if self._derenderer is None:
            self._derenderer = self._load()
        self._derenderer.detector = Given(words)
        return list(next(self._derenderer.pages([part])).words)


def _window(ask: Ask, image: PageImage) -> Box:
    quad = ask.words[ask.index].quad
    box = quad.bounds.clipped(image.width, image.height)
    if box.width < 1 or box.height < 1:
        raise UnreadableInputError("The word's box lies beside the page.")
    return box.grown(MARGIN * box.height).clipped(image.width, image.height)


def _moved(word: Word, dx: float, dy: float) -> Word:
    by = np.array([dx, dy])
    strokes = [replace(stroke, points=stroke.points + by) for stroke in word.strokes]
    return replace(word, quad=Quad.from_points(word.quad.points + by), strokes=strokes)


def _plain(word: Word, image: PageImage) -> dict[str, Any]:
    page = Page(image.width, image.height, lines=[Line([word], word.quad)])
    plain = plain_document(Document([page]), replace(AS_IT_IS, precision=2))
    made: dict[str, Any] = plain["pages"][0]["lines"][0]["words"][0]
    return {name: made[name] for name in ("strokes", "quality", "mode")}
