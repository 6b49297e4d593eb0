"""A line or a word of a page, as a page of its own."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from inksight_cli.document import Line, Page, Stroke, Word
from inksight_cli.errors import UsageError
from inksight_cli.formats.protocol import Amount, WriteOptions
from inksight_cli.geometry import Quad

LINE = Amount("line", "this line alone, counted from 1; 0: the page", 0, 0, 9999)
WORD = Amount("word", "of that line, this word alone, counted from 1; 0: the line", 0, 0, 9999)
_Item = TypeVar("_Item")
_MARGIN = 0.25  # of the part's height


def part_of(page: Page, options: WriteOptions) -> Page:
    """Return the part of ``page`` that the options `LINE` and `WORD` name.

    Raises:
        UsageError: there is no such line or word.
    """
    line, word = round(LINE.of(options)), round(WORD.of(options))
    if not line:
        if word:
            raise UsageError("A word is one of a line.", "Say the line as well: -O gif.line=1")
        return page
    chosen = _nth(page.lines, line, "line")
    if word:
        one: Word = _nth(chosen.words, word, "word")
        chosen = Line([one], one.quad)
    return _cut(page, chosen)


def _nth(items: list[_Item], number: int, kind: str) -> _Item:
    if number > len(items):
        raise UsageError(f"There is no {kind} {number}: there are {len(items)}.")
    return items[number - 1]


def _cut(page: Page, line: Line) -> Page:
    boxes = [line.quad.bounds, *(stroke.box for word in line.words for stroke in word.strokes)]
    left, top = min(box.left for box in boxes), min(box.top for box in boxes)
    right, bottom = max(box.right for box in boxes), max(box.bottom for box in boxes)
    margin = _MARGIN * (bottom - top) + 2
    x, y = left - margin, top - margin

    def moved(quad: Quad) -> Quad:
        return Quad.from_points(quad.points - (x, y))

    def inked(stroke: Stroke) -> Stroke:
        return replace(stroke, points=stroke.points - (x, y))

    words = [
        replace(w, quad=moved(w.quad), strokes=[inked(s) for s in w.strokes]) for w in line.words
    ]
    width, height = round(right - left + 2 * margin), round(bottom - top + 2 * margin)
    lines = [Line(words, moved(line.quad))]
    return replace(
        page, width=max(width, 1), height=max(height, 1), lines=lines, drawings=[], photo=None
    )
