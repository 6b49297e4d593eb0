"""Ink that was lost: what was read, and what is dark, against the strokes that are there.

Whoever lost the ink cannot tell: neither of the two looks here asks where the ink was seen. A
word has about so much of a stroke for every letter that was read in it, and where the picture is
as dark as its ink, strokes should run, or a rule.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from inksight_cli.document import LOST, Line, Word
from inksight_cli.geometry import Box
from inksight_cli.ink.types import Ink, Mask
from inksight_cli.refine.measure import draw_strokes

LETTERS = 2  # fewer say nothing about how much ink there should be
READ = 0.5  # a reading less sure than this says nothing
SCANT = 0.4  # of what the page's words have for a letter
LEAST = 0.35  # line heights of stroke for a letter: no hand does with less
DARK = 0.7  # of the contrast that the page's ink has: as dark as this is ink
UNSEEN = 0.35  # of a word's dark pixels, away from all strokes: more than this was lost


def flag_lost(lines: Sequence[Line], ink: Ink) -> list[Word]:
    """Flag the words that seem to have lost ink, and return them.

    Args:
        lines: of words with their strokes, in pixels of ``ink``.
        ink: of the page.
    """
    found = [(word, line) for line in lines for word in line.words]
    amounts = np.array([_amount(word, line) for word, line in found])
    told = np.isfinite(amounts)
    least = max(LEAST, SCANT * float(np.median(amounts[told]))) if told.any() else 0.0
    dark = DARK * _usual_strength(ink)
    lost = []
    for (word, _), amount in zip(found, amounts, strict=True):
        if amount < least or _unseen(word, ink, dark) > UNSEEN:
            lost.append(word)
            if word.quality is not None:
                word.quality = replace(word.quality, flags=(*word.quality.flags, LOST))
    return lost


def sentence(lost: Sequence[Word]) -> str:
    """Return what to tell a person about words that lost ink."""
    names = [word.text or "(unread)" for word in lost[:5]]
    more = ", ..." if len(lost) > len(names) else ""
    count = "1 word seems" if len(lost) == 1 else f"{len(lost)} words seem"
    return f"{count} to have lost ink: {', '.join(names)}{more}"


def _amount(word: Word, line: Line) -> float:
    """Return the length of strokes for a letter, in line heights; inf where nothing is known."""
    letters = sum(letter.isalnum() for letter in word.text)
    if letters < LETTERS or (word.confidence is not None and word.confidence < READ):
        return float("inf")
    height = max(min(line.quad.size), 1.0)
    return sum(stroke.length for stroke in word.strokes) / letters / height


def _usual_strength(ink: Ink) -> float:
    inked = ink.strength[ink.mask]
    return float(np.median(inked[:: max(len(inked) // 10_000, 1)])) if len(inked) else 255.0


def _unseen(word: Word, ink: Ink, dark: float) -> float:
    """Return the share of what is dark in a word's box that is far from all strokes and rules."""
    height, width = ink.mask.shape
    rows, columns = word.box.clipped(width, height).pixels()
    strength = ink.strength[rows, columns]
    if not strength.size or dark < 1:
        return 0.0
    rim = round(ink.pen_width)
    there = (strength >= dark) & _inside(word, rows, columns)
    there &= ~_near(ink.rules[rows, columns] | ink.mask[rows, columns], rim)
    box = Box(columns.start, rows.start, columns.stop, rows.stop)
    drawn = draw_strokes(box, word.strokes, ink.pen_width).astype(bool)
    seen = int(drawn.sum())
    missed = int((there & ~drawn).sum())
    # A speck is no word: at least a letter's worth of ink must be missing.
    enough = missed > 4 * ink.pen_width * min(word.quad.size)
    return missed / (missed + seen) if enough else 0.0


def _near(mask: Mask, rim: int) -> Mask:
    kernel = np.ones((2 * rim + 1, 2 * rim + 1), np.uint8)
    return np.asarray(cv2.dilate(mask.astype(np.uint8), kernel), dtype=np.bool_)


def _inside(word: Word, rows: slice, columns: slice) -> NDArray[np.bool_]:
    inside = np.zeros((rows.stop - rows.start, columns.stop - columns.start), dtype=np.uint8)
    corners = np.rint(word.quad.points - (columns.start, rows.start)).astype(np.int32)
    cv2.fillConvexPoly(inside, corners, 1)
    return inside.astype(np.bool_)
