"""Pages of text in a hand: lines, margins and paragraphs as the writer leaves them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from inksight_cli.document import GENERATED, Document, Line, Page, Provenance, Stroke, Word
from inksight_cli.formats.sizes import PAPERS
from inksight_cli.geometry import Box, Points, Quad
from inksight_cli.writing.complete import Completed, completed, letters_of
from inksight_cli.writing.compose import Composer
from inksight_cli.writing.hand import Hand

DPI = 200.0
_MM = DPI / 25.4
_ASCENT = 2.0  # bodies above a page's first base line
_STRETCH = 0.35  # of a blank: so much wider or narrower it becomes to end a line at the margin
_TAB = 4  # blanks


@dataclass(frozen=True, slots=True)
class _Set:
    """A word that is set: its paths in bodies from x = 0, and its text."""

    text: str
    paths: list[Points]

    @property
    def width(self) -> float:
        return max((float(path[:, 0].max()) for path in self.paths), default=1.0)


@dataclass(slots=True)
class _Row:
    """Words of a line, each with where it begins, in bodies from the left margin."""

    words: list[tuple[float, _Set]] = field(default_factory=list)
    full: bool = False


def write_text(
    text: str, hand: Hand, *, paper: str = "a4", seed: int = 0, source: str = "", version: str = ""
) -> Document:
    """Return ``text`` written by ``hand``.

    A line of text is a line of writing, or several where it is longer; an empty line parts
    paragraphs. The same seed gives the same ink.

    Args:
        text: any; the first page's warnings name characters that were borrowed or left out.
        hand: whose writing.
        paper: one of `PAPERS`.
        seed: of all that differs from time to time.
        source: the text's name.
        version: of this program.
    """
    width, height = PAPERS[paper]
    whole = completed(hand, {each for word in text.split() for each in letters_of(word)})
    setter = _Setter(whole, np.random.default_rng(seed), width)
    rows = [row for line in text.expandtabs(_TAB).splitlines() for row in setter.rows(line)]
    leading = hand.style.leading * hand.style.body
    room = height * (1 - 2 * hand.style.top) - _ASCENT * hand.style.body
    count = max(int(room / leading) + 1, 1)
    pages = []
    for number, first in enumerate(range(0, max(len(rows), 1), count), start=1):
        page = setter.page(rows[first : first + count], height)
        page.source, page.number = source, number
        pages.append(page)
    if whole.borrowed:
        names = " ".join(whole.borrowed)
        pages[0].warnings.append(f"The hand has no {names}: as a writer like this one makes them.")
    if whole.missing:
        names = " ".join(whole.missing)
        pages[0].warnings.append(f"The hand has no {names}: left out.")
    made = Provenance(version=version, model=f"hand {hand.name}".strip(), mode=GENERATED)
    return Document(pages, made)


class _Setter:
    """Sets lines, and puts them on pages.

    Args:
        whole: whose hand.
        rng: what differs.
        width: of the paper in millimetres.
    """

    def __init__(self, whole: Completed, rng: np.random.Generator, width: float) -> None:
        hand = whole.hand
        self._style, self._rng, self._width = hand.style, rng, width
        self._composer = Composer(hand, rng)
        self._room = width * (1 - hand.style.left - hand.style.right) / hand.style.body
        self._spelled = whole.spelled

    def rows(self, line: str) -> Iterator[_Row]:
        """Yield the rows that a line of text takes."""
        row, x = _Row(), self._start(len(line) - len(line.lstrip()))
        for text in line.split():
            for word in self._fitting(text):
                blank = self._blank() if row.words else 0.0
                if row.words and x + blank + word.width > self._room:
                    row.full = True
                    yield self._justified(row)
                    row, x, blank = _Row(), self._start(0), 0.0
                row.words.append((x + blank, word))
                x += blank + word.width
        yield row

    def _start(self, blanks: int) -> float:
        ragged = float(self._rng.normal(0, self._style.ragged))
        return max(ragged + blanks * 0.6 * self._style.blank, -1.0)

    def _blank(self) -> float:
        style = self._style
        return max(float(self._rng.normal(style.blank, style.blank_spread)), 0.5 * style.blank)

    def _fitting(self, text: str) -> list[_Set]:
        """Return a word, in several parts where it is longer than a line."""
        word = self._word(text)
        if word.width <= self._room or len(text) < 2:
            return [word]
        half = len(text) // 2
        return [*self._fitting(text[:half]), *self._fitting(text[half:])]

    def _word(self, text: str) -> _Set:
        letters = [
            letter for each in letters_of(text) for letter in self._spelled.get(each, [each])
        ]
        return _Set(text, self._composer.word(letters) if letters else [])

    def _justified(self, row: _Row) -> _Row:
        """Move a full row's words so that it ends nearer to the margin."""
        gaps = len(row.words) - 1
        if gaps < 1:
            return row
        x, last = row.words[-1]
        most = _STRETCH * self._style.blank
        more = float(np.clip((self._room - x - last.width) / gaps, -most, most))
        row.words = [(x + k * more, word) for k, (x, word) in enumerate(row.words)]
        return row

    def page(self, rows: Sequence[_Row], height: float) -> Page:
        """Return a page with ``rows``, its height in millimetres."""
        page = Page(round(self._width * _MM), round(height * _MM), dpi=DPI)
        scale = self._style.body * _MM
        top = self._style.top * page.height + _ASCENT * scale
        for k, row in enumerate(rows):
            slope = float(self._rng.normal(self._style.rise, self._style.rise_spread))
            corner = np.array(
                [self._style.left * page.width, top + k * self._style.leading * scale]
            )
            words = [self._placed(word, x, slope, scale, corner) for x, word in row.words]
            words = [word for word in words if word.strokes]
            if words:
                page.lines.append(Line(words, _around(words)))
        return page

    def _placed(self, word: _Set, x: float, slope: float, scale: float, corner: Points) -> Word:
        base = slope * x + float(self._rng.normal(0, self._style.waver))
        shift = np.array([x, base])
        turned = np.array([[1.0, slope], [0.0, 1.0]])
        pen, color = self._style.pen * scale, self._style.color
        strokes = []
        for path in word.paths:
            points = (path @ turned + shift) * scale + corner
            strokes.append(Stroke(points, np.full(len(points), pen), color))
        if not strokes:
            return Word(Quad.from_box(Box(0, 0, 0, 0)), word.text)
        box = Box.union([stroke.box for stroke in strokes]).grown(pen / 2)
        return Word(Quad.from_box(box), word.text, strokes=strokes)


def _around(words: Sequence[Word]) -> Quad:
    return Quad.from_box(Box.union([word.box for word in words]))
