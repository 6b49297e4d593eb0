"""A hand learned from pages: their words cut into letters where the reader sees them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from math import inf

from inksight_cli.document import Page
from inksight_cli.reading.ctc import best_path
from inksight_cli.reading.drawing import draw, frame
from inksight_cli.reading.network import ReaderModel
from inksight_cli.reading.page import LARGER, framed
from inksight_cli.writing.align import align
from inksight_cli.writing.cut import SEEN_AT, cut
from inksight_cli.writing.hand import Hand, Letter
from inksight_cli.writing.place import Cut, place, usual_bodies
from inksight_cli.writing.style import style_of

_ALIKE = ("0oOQ", "1lI|i!jJ", "cC", "5sS", "uUvV", "wW", "xX", "zZ2", "pP", "kK", "'`,", "-_~",
          "9gqy", "tTf+", "nrh", "eE", "mM", "yY")  # fmt: skip
"""Letters that look alike where nothing stands beside them."""


def learn(pages: Iterable[Page], model: ReaderModel, name: str = "") -> Hand:
    """Return the hand in which pages are written.

    Args:
        pages: with words that have strokes and text; words in letters that the model does not
            know are passed over.
        model: sees letters in strokes.
        name: whose hand it is.
    """
    kept = list(pages)
    cuts = [one for k, page in enumerate(kept) for one in _best(list(_ways(page, k, model)), model)]
    usual = usual_bodies(cuts)
    placed = [each for one in cuts if (each := place(one, usual[one.page])) is not None]
    return Hand([each.letters for each in placed], style_of(kept, placed), name)


def _ways(page: Page, number: int, model: ReaderModel) -> Iterator[list[Cut]]:
    """Yield for every word of a page the ways in which it can be cut."""
    words = [
        (k, word, strokes, at)
        for k, line in enumerate(page.lines)
        for word, (strokes, at) in zip(
            [word for word in line.words if word.strokes], framed(line), strict=True
        )
        if word.text and not any(map(str.isspace, word.text))
    ]
    every = model.read([draw(strokes, at) for _, _, strokes, at in words])
    for (line, word, strokes, at), scores in zip(words, every, strict=True):
        seen = align(scores, model.symbols, word.text)
        if seen is not None:
            shares = SEEN_AT if len(seen) > 1 else SEEN_AT[:1]
            yield [Cut(number, line, word, at, cut(strokes, at, seen, share)) for share in shares]


def _best(found: Sequence[list[Cut]], model: ReaderModel) -> list[Cut]:
    """Return of the ways to cut each word the first with the most letters known again."""
    every = [letter for ways in found for one in ways for letter in one.letters]
    for letter, known in zip(every, is_read(every, model, LARGER), strict=True):
        letter.good = known
    return [max(ways, key=lambda one: sum(each.good for each in one.letters)) for ways in found]


def is_read(letters: Sequence[Letter], model: ReaderModel, largest: float = inf) -> list[bool]:
    """Return which letters the reader knows again where they stand alone.

    Args:
        letters: their paths in any unit.
        model: the reader.
        largest: columns a unit that they are drawn in at most.
    """
    inked = [k for k, each in enumerate(letters) if each.paths]
    frames = [frame(letters[k].paths) for k in inked]
    drawings = [
        draw(letters[k].paths, replace(at, scale=min(at.scale, largest)))
        for k, at in zip(inked, frames, strict=True)
    ]
    known = [False] * len(letters)
    for k, scores in zip(inked, model.read(drawings), strict=True):
        known[k] = _same(best_path(scores, model.symbols).text, letters[k].text)
    return known


def _same(read: str, letter: str) -> bool:
    if read == letter or not letter.isalnum():
        return True
    return len(read) == 1 and any(read in group and letter in group for group in _ALIKE)
