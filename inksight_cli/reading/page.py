"""A page's words read from their strokes."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from inksight_cli.document import Line, Page, Word
from inksight_cli.geometry import Affine, Points
from inksight_cli.reading.choice import evidence, rather_ink
from inksight_cli.reading.ctc import Extra, Reading, best_path, likeliest
from inksight_cli.reading.drawing import Drawing, Frame, draw, frame
from inksight_cli.reading.network import ReaderModel, Scores
from inksight_cli.reading.search import Expecting

TYPED = str.maketrans("’‘“”„\u00a0′", "''\"\"\" '")
"""Signs as readers spell them, who cannot tell quotes apart."""
LARGER = 1.35
"""How much larger than its line's usual word one is drawn at most: a dot stays a dot."""


@dataclass(frozen=True, slots=True)
class Spelling:
    """How scores become text.

    Attributes:
        alternatives: how many texts to return of a word; 1: the best path alone.
        extra: see `inksight_cli.reading.ctc.likeliest`; expecting: as well.
        guess: what to expect of a page whose words look like this; None: ``expecting``.
    """

    alternatives: int = 1
    extra: Extra | None = None
    expecting: Expecting | None = None
    guess: Callable[[Sequence[str]], Expecting | None] | None = None

    def on(self, texts: Sequence[str]) -> Spelling:
        """Return how a page is spelled whose words look like ``texts``."""
        return replace(self, expecting=self.guess(texts), guess=None) if self.guess else self

    @property
    def searches(self) -> bool:
        """Whether more than the best path is asked for."""
        return self.alternatives > 1 or bool(self.extra or self.expecting)

    def read(self, scores: Scores, symbols: str) -> Reading:
        """Return what scores say, spelled so."""
        if not self.searches:
            return best_path(scores, symbols)
        return likeliest(
            scores, symbols, self.alternatives, extra=self.extra, expecting=self.expecting
        )


def read_page(
    page: Page, model: ReaderModel, spelling: Spelling | None = None, *, beside: bool = False
) -> None:
    """Write into a page's words what their strokes say; a word without strokes says nothing.

    ``beside``: a text that is there already stays where it is surer, or in letters that the
    model does not know.
    """
    spelling = spelling or Spelling()
    words = [word for line in page.lines for word in line.words if word.strokes]
    drawings = [each for line in page.lines for each in drawn(line)]
    found = model.read(drawings)
    if spelling.guess:
        looks = [best_path(scores, model.symbols).text for scores in found]
        spelling = spelling.on([*looks, *(word.text for word in words)])
    for word, scores in zip(words, found, strict=True):
        reading = spelling.read(scores, model.symbols)
        if not (beside and _stays(word, scores, reading, spelling, model)):
            _say(word, reading, spelling)


def must_stay(text: str, reading: Reading, symbols: str) -> bool | None:
    """Return whether another's text must stay (True) or go (False); None: there is a choice.

    Args:
        text: what another recogniser says.
        reading: what the ink says.
        symbols: letters that the reader of ink knows.
    """
    if not text or text.translate(TYPED) == reading.text:
        return False
    known = set(unicodedata.normalize("NFD", text.translate(TYPED))) <= set(symbols)
    return None if known and reading.text else True


def _stays(
    word: Word, scores: Scores, reading: Reading, spelling: Spelling, model: ReaderModel
) -> bool:
    """Whether a word's text is rather believed than what its strokes say."""
    stays = must_stay(word.text, reading, model.symbols)
    if stays is not None:
        return stays
    text, sure, heard = word.text.translate(TYPED), word.confidence or 0.0, spelling.expecting
    return not rather_ink(
        evidence(scores, model.symbols, reading, text, sure, heard), heard is not None
    )


def _say(word: Word, reading: Reading, spelling: Spelling) -> None:
    word.text, word.confidence = reading.text, reading.confidence
    word.characters = reading.characters
    word.alternatives = reading.alternatives if spelling.alternatives > 1 else ()


def drawn(line: Line) -> list[Drawing]:
    """Return the words of a line that have strokes, drawn evenly, at scales that go together."""
    return [draw(strokes, at) for strokes, at in framed(line)]


def framed(line: Line) -> list[tuple[Sequence[Points], Frame]]:
    """Return the level strokes of a line's words that have any, and how they are drawn."""
    level = [levelled(word) for word in line.words if word.strokes]
    frames = [frame(strokes) for strokes in level]
    if not frames:
        return []
    usual = float(np.median([at.scale for at in frames]))
    return [
        (strokes, _not_larger(at, LARGER * usual))
        for strokes, at in zip(level, frames, strict=True)
    ]


def _not_larger(at: Frame, scale: float) -> Frame:
    return replace(at, scale=min(at.scale, scale))


def levelled(word: Word) -> Sequence[Points]:
    """Return a word's strokes turned until its text runs from left to right."""
    turn = Affine.rotation(-word.quad.angle)
    return [turn(stroke.points) for stroke in word.strokes]
