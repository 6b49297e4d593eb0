"""Columns of Chinese and Japanese: their characters stand upright, one below the other.

A column looks like a line that runs down the page. Which of the two it is, a turned page or a
column, only the characters tell. The recogniser has learned from columns that were laid on their
side, so it knows characters that lie on their left side too, but not on their right: those of a
column it reads either way, those of a turned page only when they are turned back.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from inksight_cli.document import Line, Word
from inksight_cli.geometry import Quad
from inksight_cli.ink.types import Pixels
from inksight_cli.scripts import SQUARED, script_of

ASKED = 8  # characters that are read as they stand on the page, and turned to the left
AS_WELL = 0.7  # of the characters: so many are read as they stand where they stand upright
ROOM = 0.1  # of a character's side, around what is read

Read = Callable[[Sequence[Pixels]], list[str]]


def stand_upright(lines: Sequence[Line], pixels: Pixels, read: Read) -> None:
    """Turn the boxes of characters that stand upright in columns; ``lines`` are changed in place.

    Args:
        lines: of words, in pixels of the page; columns run down it.
        pixels: (H, W, 3) RGB, the page.
        read: reads pictures (h, w, 3) RGB of single characters.
    """
    columns = [word for line in lines if _runs_down(line.quad) for word in line.words]
    single = [word for word in columns if _is_character(word)]
    if not single:
        return
    asked = [single[k] for k in np.linspace(0, len(single) - 1, ASKED).round().astype(int)]
    standing = [_cut_out(pixels, word) for word in asked]
    said = read([*standing, *(np.ascontiguousarray(np.rot90(picture)) for picture in standing)])
    upright, turned = (
        sum(word.text == text for word, text in zip(asked, part, strict=True))
        for part in (said[:ASKED], said[ASKED:])
    )
    if upright > AS_WELL * turned:
        for word in single:
            word.quad = Quad.from_points(np.roll(word.quad.points, 1, axis=0))


def _runs_down(quad: Quad) -> bool:
    return bool(np.sin(quad.angle) > np.cos(np.pi / 4))


def _is_character(word: Word) -> bool:
    return all(script_of(letter) in SQUARED or not letter.isalnum() for letter in word.text)


def _cut_out(pixels: Pixels, word: Word) -> Pixels:
    """Return the page's pixels around a word."""
    box = word.box.grown(ROOM * max(word.box.width, word.box.height))
    rows, columns = box.clipped(pixels.shape[1], pixels.shape[0]).pixels()
    return pixels[rows, columns]
