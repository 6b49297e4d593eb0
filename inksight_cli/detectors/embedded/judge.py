"""Which rows are writing, and which are symbols of drawings that read like letters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from inksight_cli.detectors.embedded.gather import Row
from inksight_cli.detectors.embedded.reading import RawLine
from inksight_cli.ink.types import Mask
from inksight_cli.scripts import (
    HERE,
    MOSTLY,
    PAGE,
    READ,
    SQUARED,
    script_of,
    squared_share,
)

# The network's word is taken for a row this sure, and this long for its height.
SURE, LONG = 0.82, 3.0
LETTER = 3.5  # body heights: where a letter takes more than this, it was not letters that were read
# What RapidOCR read as a lone letter is a short word where the network is this sure of it, and it
# is this long for its height: crosses and circles are as long as high.
AGREED, LONE = 0.78, 1.5
# Less sure than this, amid ink that is mostly a drawing's: what lies under crossing strokes, and
# arrows that read like letters.
UNSURE, DRAWN = 0.8, 0.5
UNREAD = 0.4  # what only the network saw, or only RapidOCR, must be read with this confidence


@dataclass(frozen=True, slots=True)
class PageKind:
    """What is known of a page before its rows are judged.

    Attributes:
        squared: whether a good part of its letters are Chinese, Japanese or Korean.
        drawn: whether a good part of its ink is in no line: then a lone letter is rather an arrow
            head, a cross or a circle.
    """

    squared: bool
    drawn: bool


def usual_height(raw: Sequence[RawLine]) -> float:
    """Return the height of the lines in pixels; long ones count more (at least one line)."""
    heights = np.array([min(line.quad.size) for line in raw])
    along = np.cumsum([len(line.characters) + 0.1 for line in (raw[i] for i in heights.argsort())])
    return float(max(np.sort(heights)[np.searchsorted(along, along[-1] / 2)], 4.0))


def kind_of_page(raw: Sequence[RawLine], rows: Sequence[Row], mask: Mask) -> PageKind:
    """Look at all that was read, and at how much ink is in no row."""
    letters = [letter for line in raw for letter, _ in line.characters]
    written = sum(len(fragment.points) for row in rows for fragment in row.fragments)
    return PageKind(
        squared=squared_share(letters) >= PAGE,
        drawn=bool(written < 0.7 * np.count_nonzero(mask)),
    )


def is_writing(row: Row, page: PageKind, written: float) -> bool:
    """Tell writing from the symbols of drawings that the recogniser reads as letters.

    Args:
        row: a line, and what the network found in it.
        page: of what kind the page is.
        written: how much of the ink in the line's quad is writing, 0..1.
    """
    text = "".join(letter for letter, _ in row.line.characters)
    unread = row.overlooked or not text
    if row.sure >= SURE and row.length >= LONG and not (page.drawn and unread):
        return True
    if page.drawn and row.fragments and row.sure < UNSURE and written < DRAWN:
        return False
    alone = sum(letter.isalnum() for letter in text)
    if text and not alone:
        return False
    agreed = not row.overlooked and row.sure >= AGREED and row.length >= LONE
    if len(text) == 1 and script_of(text) in SQUARED and not page.squared and not agreed:
        # The nearest thing to an arrow or a box that the recogniser's alphabet has.
        return False
    if alone == 1 and page.drawn and not agreed:
        return False
    if row.overlooked and alone * LETTER < row.length:
        return False
    doubtful = unread or not row.fragments
    return not doubtful or (alone > 0 and row.line.confidence >= UNREAD)


def is_squared(line: RawLine, page: PageKind) -> bool:
    """Return whether a line's characters stand in squares, without blanks between words."""
    letters = [letter for letter, _ in line.characters]
    share = squared_share(letters)
    if page.squared:
        return share >= HERE
    return share >= MOSTLY and len(letters) > 1 and line.confidence >= READ
