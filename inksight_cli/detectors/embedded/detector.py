"""The default detector: RapidOCR's lines, a small network's words, and the ink itself."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from inksight_cli.detectors.embedded.columns import stand_upright
from inksight_cli.detectors.embedded.judge import (
    is_squared,
    is_writing,
    kind_of_page,
    usual_height,
)
from inksight_cli.detectors.embedded.looks import STRANGE, looked_at
from inksight_cli.detectors.embedded.upright import (
    mapped,
    quarters_to_upright,
    reads_as_well,
    turning,
)
from inksight_cli.detectors.reading_order import ordered, union_quad
from inksight_cli.document import Line
from inksight_cli.errors import MissingBackendError
from inksight_cli.ink.types import Ink, Mask, Pixels
from inksight_cli.pages.page import PageImage
from inksight_cli.scripts import SQUARED

if TYPE_CHECKING:
    from inksight_cli.detectors.embedded.reading import RawLine


class EmbeddedDetector:
    """Works offline, for any writing; boxes are tight around each word's own ink."""

    name: ClassVar[str] = "embedded"
    summary: ClassVar[str] = "RapidOCR's lines split into words by the ink (built in, offline)"

    def __init__(self, script: str = "") -> None:
        """``script`` is what all lines are written in; "": as each looks or reads."""
        self.script = script

    def missing(self) -> str | None:
        """Return None when RapidOCR is there, else the line that installs it."""
        if find_spec("rapidocr") and find_spec("onnxruntime"):
            return None
        return "The package rapidocr is missing. Install it: pip install rapidocr onnxruntime"

    def detect(self, page: PageImage) -> list[Line]:
        """Return the page's lines of words in reading order.

        Raises:
            MissingBackendError: RapidOCR is not installed.
        """
        from inksight_cli.detectors.embedded.rapid import engine, read_lines, read_pictures

        if self.missing():
            raise MissingBackendError("The package rapidocr is missing.", "pip install rapidocr")
        with ThreadPoolExecutor(1) as beside:  # the ink is found while RapidOCR loads
            ink_found = beside.submit(lambda: page.ink)
            engine()
            ink = ink_found.result()
        # Not while it reads: no time would be won, and both need much memory.
        raw = read_lines(page.pixels)
        quarters = quarters_to_upright(raw)
        if quarters:  # RapidOCR and all that follows know pages best that lie upright
            again = read_lines(_turned(page.pixels, quarters))
            quarters, raw = (quarters, again) if reads_as_well(again, raw) else (0, raw)
        if not raw:
            return []
        upright = replace(
            ink, mask=_turned(ink.mask, quarters), middle=_turned(ink.middle, quarters)
        )
        lines, drawn = _lines(_turned(page.pixels, quarters), upright, raw, self.script)
        if drawn.any():
            page.call_drawn(_turned(drawn, -quarters))
        lines = mapped(lines, turning(quarters, page.width, page.height).inverse())
        stand_upright(lines, page.pixels, read_pictures)
        return ordered(lines)


def _turned(plane: NDArray[Any], quarters: int) -> NDArray[Any]:
    return np.ascontiguousarray(np.rot90(plane, quarters))


def _lines(pixels: Pixels, ink: Ink, raw: list[RawLine], script: str) -> tuple[list[Line], Mask]:
    """Return the lines of words of an upright page, and the ink of drawings."""
    from inksight_cli.detectors.embedded.cores import find_fragments
    from inksight_cli.detectors.embedded.drawings import drawn_ink
    from inksight_cli.detectors.embedded.gather import gather
    from inksight_cli.detectors.embedded.marks import ink_of_lines
    from inksight_cli.detectors.embedded.rapid import read_quads
    from inksight_cli.detectors.embedded.segmentation import segment
    from inksight_cli.detectors.embedded.split import split_lines
    from inksight_cli.ownership.leaders import without_leaders

    line_height = usual_height(raw)
    mask = without_leaders(ink.mask, line_height)
    maps = segment(mask, line_height)
    drawn = drawn_ink(maps, mask, line_height)
    fragments, loose = find_fragments(maps, mask)
    rows = gather(raw, fragments, loose, lambda quads: read_quads(pixels, quads, raw))
    kind = kind_of_page(raw, rows, mask)
    rows = [row for row in rows if is_writing(row, kind, maps.written(row.line.quad))]
    looked = looked_at(rows, ink, script)
    rows, told = [row for row, _ in looked], [look for _, look in looked]
    squared = [
        look in SQUARED if look else is_squared(row.line, kind)
        for row, look in zip(rows, told, strict=True)
    ]
    # Writing that the network does not know: the ink alone says where its words are.
    unknown = [square or not row.fragments for row, square in zip(rows, squared, strict=True)]
    asked = [k for k, alone in enumerate(unknown) if alone]
    quads = [rows[k].line.quad for k in asked]
    others = iter(ink_of_lines(mask, quads, [squared[k] for k in asked])[0])
    inks = [next(others) if alone else r.ink for r, alone in zip(rows, unknown, strict=True)]
    lines = [(row.line, own, bool(row.fragments)) for row, own in zip(rows, inks, strict=True)]
    # Labels of a drawing are in several scripts: lanes in capitals, notes in a hurry.
    strange = [look in STRANGE for look in told]
    found = split_lines(lines, maps.core_at, not kind.drawn, squared, strange)
    for own, square in zip(inks, squared, strict=True):
        if square:  # strokes and boxes of such characters look like a drawing's
            columns, at = own.points.astype(np.intp).T
            drawn[at, columns] = False
    return [
        Line(words, union_quad([w.quad for w in words], row.line.quad.angle), look)
        for row, words, look in zip(rows, found, told, strict=True)
        if words
    ], drawn
