"""Strokes in PDF: drawn on the page, or as annotations that programs for PDF edit as ink."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from inksight_cli.document import Page, Stroke
from inksight_cli.formats.numbers import texts, width_text
from inksight_cli.formats.pdf_file import PdfFile, text_string
from inksight_cli.formats.sizes import UNKNOWN_WIDTH
from inksight_cli.geometry import Points

ROUND = "1 J 1 j"  # caps and joins
_HAIR = 0.01  # what a dot is long: programs draw no path of no length, or fill it


@dataclass(frozen=True, slots=True)
class Sheet:
    """How a page's pixels lie on the sheet of paper: points of 1/72 inch, y up."""

    width: int
    height: int
    scale: float

    @property
    def matrix(self) -> str:
        """From pixels to points."""
        a, height = texts([self.scale, self.scale * self.height], 5)
        return f"{a} 0 0 -{a} 0 {height}"

    def __call__(self, points: Points) -> Points:
        """Return pixels (N, 2) as points."""
        return np.asarray((points * (1, -1) + (0, self.height)) * self.scale, dtype=np.float64)


def drawn(strokes: Iterable[Stroke], precision: int) -> str:
    """Return the content that draws ``strokes``, in pixels."""
    return "\n".join(_drawn(stroke, precision) for stroke in strokes)


def _drawn(stroke: Stroke, precision: int) -> str:
    points = np.round(stroke.points, precision)
    if len(np.unique(points, axis=0)) == 1:
        points = np.vstack([points[:1], points[:1] + (_HAIR, 0)])
        precision = max(precision, 2)
    numbers = texts(points.ravel(), precision)
    pairs = [f"{x} {y}" for x, y in zip(numbers[::2], numbers[1::2], strict=True)]
    width = width_text(stroke, precision) or texts([UNKNOWN_WIDTH], precision)[0]
    return f"{color(stroke)} RG {width} w {pairs[0]} m {' l '.join(pairs[1:])} l S"


def color(stroke: Stroke) -> str:
    """Return a stroke's colour as PDF counts it, 0..1."""
    channels = bytes.fromhex(stroke.color.removeprefix("#"))
    return " ".join(texts([channel / 255 for channel in channels], 3))


def ink_annotations(
    file: PdfFile, page: Page, sheet: Sheet, texts_too: bool, precision: int
) -> str:
    """Add one annotation a word, and one a stroke that is no word's, and return their numbers."""
    words = [(word.strokes, word.text if texts_too else "") for word in page.words if word.strokes]
    groups = words + [([stroke], "") for stroke in page.drawings]
    added = [_annotation(file, strokes, text, sheet, precision) for strokes, text in groups]
    return " ".join(f"{number} 0 R" for number in added)


def _annotation(
    file: PdfFile, strokes: Sequence[Stroke], text: str, sheet: Sheet, precision: int
) -> int:
    width = max(stroke.width or UNKNOWN_WIDTH for stroke in strokes)
    points = np.vstack([stroke.points for stroke in strokes])
    low, high = points.min(axis=0) - width, points.max(axis=0) + width
    box = " ".join(texts([*low, *high], precision))
    corners = sheet(np.array([low, high]))
    place = " ".join(texts([*corners.min(axis=0), *corners.max(axis=0)], 3))
    look = file.stream(
        f"{ROUND}\n{drawn(strokes, precision)}".encode("ascii"),
        f"/Type /XObject /Subtype /Form /BBox [{box}] /Matrix [{sheet.matrix}] /Resources << >>",
    )
    lists = " ".join(f"[{' '.join(texts(sheet(s.points).ravel(), 3))}]" for s in strokes)
    pen = texts([(strokes[0].width or UNKNOWN_WIDTH) * sheet.scale], 3)[0]
    contents = f" /Contents {text_string(text)}" if text else ""
    return file.add(
        f"<< /Type /Annot /Subtype /Ink /Rect [{place}] /InkList [{lists}] /F 4"
        f" /C [{color(strokes[0])}] /BS << /W {pen} >> /AP << /N {look} 0 R >>{contents} >>"
    )
