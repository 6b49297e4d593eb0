"""Strokes as paths of SVG: of straight pieces or smooth curves, each with its own width or not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from inksight_cli.curves import fit_curves
from inksight_cli.document import Page, Stroke
from inksight_cli.formats.numbers import texts, width_text
from inksight_cli.formats.protocol import Amount, Choice, WriteOptions
from inksight_cli.geometry import Points

if TYPE_CHECKING:
    from svgwrite import Drawing
    from svgwrite.container import Group

UNKNOWN_WIDTH = "2"
_DOT = "h.01"
CURVES = Amount(
    "curves",
    "smooth curves that stay within so many pixels of the ink; 0: straight pieces",
    0,
    0,
    9,
)
WIDTH = Choice("width", "every stroke's own width, or one for all", ("own", "one"))


@dataclass(frozen=True, slots=True)
class Pen:
    """How a page's strokes are drawn.

    Attributes:
        precision: decimals of a pixel.
        curves: how far smooth curves may run beside the ink, in pixels; 0: straight pieces.
        width: of all strokes; None: each has its own.
    """

    precision: int
    curves: float
    width: str | None

    @classmethod
    def of(cls, page: Page, options: WriteOptions) -> Pen:
        """Return the pen for ``page`` that the options ask for."""
        one = WIDTH.of(options) == "one"
        return cls(options.precision, CURVES.of(options), _usual_width(page) if one else None)

    def draw(self, drawing: Drawing, group: Group, strokes: Iterable[Stroke]) -> None:
        """Add ``strokes`` to ``group`` as paths."""
        for stroke in strokes:
            group.add(
                drawing.path(
                    d=path_data(stroke, self.precision, self.curves),
                    fill="none",
                    style="fill:none",
                    stroke=stroke.color,
                    stroke_width=self.width_of(stroke),
                    stroke_linecap="round",
                    stroke_linejoin="round",
                )
            )

    def width_of(self, stroke: Stroke) -> str:
        """Return the width that ``stroke`` is drawn with."""
        return self.width or width_text(stroke, self.precision) or UNKNOWN_WIDTH


def _usual_width(page: Page) -> str:
    widths = [stroke.width for stroke in page.strokes if stroke.width is not None]
    return texts([np.median(widths)], 1)[0] if widths else UNKNOWN_WIDTH


def path_data(stroke: Stroke, precision: int, tolerance: float = 0.0) -> str:
    """Return ``stroke`` as an SVG path; a dot is one of a hundredth pixel.

    Args:
        stroke: what the path draws.
        precision: decimals of a pixel.
        tolerance: how far smooth curves may run beside the points; 0: straight pieces.
    """
    if tolerance and stroke.length > 0:
        curves = fit_curves(stroke.points, tolerance)
        first, *pairs = _pairs(np.concatenate([curves[:1, 0], *curves[:, 1:]]), precision)
        if len({first, *pairs}) > 1:
            return f"M{first} C" + " ".join(pairs)
    pairs = _pairs(stroke.points, precision)
    return f"M{pairs[0]} {_DOT}" if len(set(pairs)) == 1 else "M" + " L".join(pairs)


def _pairs(points: Points, precision: int) -> list[str]:
    numbers = texts(points.ravel(), precision)
    return [f"{x} {y}" for x, y in zip(numbers[::2], numbers[1::2], strict=True)]
