"""A page's lines and words as OCRmyPDF's tree of elements."""

from __future__ import annotations

import math

from ocrmypdf.hocrtransform import Baseline, BoundingBox, OcrClass, OcrElement

from inksight_cli.document import Line, Page, Word
from inksight_cli.geometry import Box, Quad

_STEEP = math.radians(30)  # beyond, a line is turned; below, it slants
_BELOW = 0.2  # of a line's height: descenders, under the baseline
_UNKNOWN_DPI = 72.0


def ocr_tree(page: Page, number: int) -> OcrElement:
    """Return ``page`` with its lines that say something.

    Args:
        page: words with texts.
        number: of the page, from 0.
    """
    lines = [_line(line, page) for line in page.lines if line.text.strip()]
    return OcrElement(
        OcrClass.PAGE,
        BoundingBox(0, 0, page.width, page.height),
        dpi=page.dpi or _UNKNOWN_DPI,
        page_number=number,
        children=lines,
    )


def plain_text(page: Page) -> str:
    """Return the page's text, a line of it for every line of writing."""
    return "\n".join(line.text for line in page.lines if line.text.strip())


def _line(line: Line, page: Page) -> OcrElement:
    words = [_word(word, page) for word in line.words if word.text.strip()]
    box = _box(line.quad.bounds, page)
    angle = line.quad.angle
    made = OcrElement(OcrClass.LINE, box, children=words)
    if abs(angle) > _STEEP:
        made.textangle = -math.degrees(angle)  # counterclockwise
    else:
        made.baseline = _baseline(line.quad, box)
    return made


def _baseline(quad: Quad, box: BoundingBox) -> Baseline:
    """Return the line's baseline, told from its box's lower left corner."""
    left, bottom = quad.corners[3]
    slope = math.tan(quad.angle)
    at_edge = bottom + slope * (box.left - left)
    return Baseline(slope, at_edge - _BELOW * quad.size[1] - box.bottom)


def _word(word: Word, page: Page) -> OcrElement:
    return OcrElement(
        OcrClass.WORD,
        _box(word.box, page),
        text=word.text,
        confidence=word.confidence,
    )


def _box(box: Box, page: Page) -> BoundingBox:
    """Return ``box`` as far as it lies on the page, and never without an inside."""
    left = min(max(box.left, 0.0), page.width - 1.0)
    top = min(max(box.top, 0.0), page.height - 1.0)
    right = min(max(box.right, left + 1.0), float(page.width))
    bottom = min(max(box.bottom, top + 1.0), float(page.height))
    return BoundingBox(left, top, right, bottom)
