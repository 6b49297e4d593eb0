"""Excalidraw: one page as strokes of its pen, words and lines in groups.

Source: github.com/excalidraw/excalidraw, package 0.18.1 (``packages/element/src/shape.ts``): a
``freedraw`` element is outlined by perfect-freehand, whose width at a pressure p is
8.5 strokeWidth sin(pi/2 (0.2 + 0.6 p)). That is inverted here, so the pen is as wide as it was,
as long as a stroke's widest place is no more than 3.07 times as wide as its narrowest.
Excalidraw pulls every point towards the one before it, so points lie close together.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, BinaryIO, ClassVar

import numpy as np
from numpy.typing import NDArray

from inksight_cli.document import Document, Line, Page, Stroke
from inksight_cli.formats.colors import ground_of
from inksight_cli.formats.numbers import rounded
from inksight_cli.formats.protocol import Choice, Option, WriteOptions, only_page
from inksight_cli.polylines import densify

INK = Choice("ink", "strokes of the pen, or lines whose points can be moved", ("pen", "line"))
UNKNOWN_WIDTH = 2.0
_STEP = 1.0  # pixels between points
_SIZE, _THIN, _THINNING = 8.5, 0.2, 0.6
_WIDEST = float(np.sin(np.pi / 2 * (_THIN + _THINNING)))
_DOT = 0.1  # pixels: elements without a size are thrown away


class ExcalidrawFormat:
    """A page as a drawing of Excalidraw's."""

    name: ClassVar[str] = "excalidraw"
    suffixes: ClassVar[tuple[str, ...]] = (".excalidraw",)
    summary: ClassVar[str] = "strokes of Excalidraw's pen, grouped by words; one page a file"
    pages: ClassVar[bool] = False
    options: ClassVar[tuple[Option, ...]] = (INK,)

    def write(self, document: Document, stream: BinaryIO, options: WriteOptions) -> None:
        """Write the one page of ``document``.

        Raises:
            UsageError: the document has not exactly one page, or an option makes no sense.
        """
        page = only_page(document, "An Excalidraw file")
        scene = {
            "type": "excalidraw",
            "version": 2,
            "source": f"{document.provenance.maker} {document.provenance.version}".strip(),
            "elements": list(_elements(page, options)),
            "appState": {"viewBackgroundColor": ground_of(page) or "#ffffff"},
            "files": {},
            "inksight": {"source": page.source, "page": page.number, "sha256": page.sha256},
        }
        text = json.dumps(scene, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        stream.write(text.encode("utf-8", "replace"))


def _elements(page: Page, options: WriteOptions) -> Iterator[dict[str, Any]]:
    for number, (stroke, groups, text) in enumerate(_grouped(page), start=1):
        element = _element(stroke, number, options)
        element["groupIds"] = groups
        if options.text and text:
            element["customData"] = {"inksight": {"text": text}}
        yield element


def _grouped(page: Page) -> Iterator[tuple[Stroke, list[str], str]]:
    """Yield the strokes with their groups, the innermost first, and their words' texts."""
    for row, line in enumerate(page.lines, start=1):
        yield from _of_line(line, row)
    for stroke in page.drawings:
        yield stroke, [], ""


def _of_line(line: Line, row: int) -> Iterator[tuple[Stroke, list[str], str]]:
    for column, word in enumerate(line.words, start=1):
        for stroke in word.strokes:
            yield stroke, [f"word-{row}-{column}", f"line-{row}"], word.text


def _element(stroke: Stroke, number: int, options: WriteOptions) -> dict[str, Any]:
    pen = INK.of(options) == "pen"
    shape = _pen(stroke, options.precision) if pen else _line(stroke, options.precision)
    origin = rounded(stroke.points[0], options.precision)
    size = np.ptp(np.array(shape["points"]), axis=0)
    return {
        "id": f"stroke-{number}",
        "type": "freedraw" if pen else "line",
        "x": float(origin[0]),
        "y": float(origin[1]),
        "width": float(size[0]),
        "height": float(size[1]),
        "angle": 0,
        "strokeColor": stroke.color,
        "backgroundColor": "transparent",
        "fillStyle": "solid",
        "strokeStyle": "solid",
        "roughness": 0,
        "opacity": 100,
        "frameId": None,
        "roundness": None,
        "seed": number,
        "version": 1,
        "versionNonce": number,
        "isDeleted": False,
        "boundElements": None,
        "updated": 1,
        "link": None,
        "locked": False,
        "lastCommittedPoint": shape["points"][-1],
        **shape,
    }


def _pen(stroke: Stroke, precision: int) -> dict[str, Any]:
    widths = np.full(len(stroke.points), UNKNOWN_WIDTH) if stroke.widths is None else stroke.widths
    points, widths = densify(stroke.points, widths, _STEP)
    if len(points) == 1 or np.ptp(points, axis=0).max() < _DOT:
        points, widths = np.concatenate([points[:1], points[:1] + _DOT]), widths[[0, 0]]
    thickest = max(float(widths.max()), 10.0**-precision)
    return {
        "points": rounded(points - points[0], precision + 1).tolist(),
        "pressures": rounded(_pressures(widths / thickest), 3).tolist(),
        "simulatePressure": False,
        "strokeWidth": round(thickest / (_SIZE * _WIDEST), 4),
        # Known to Excalidraw of 2026; older ones keep and do not use it.
        "strokeOptions": {"variability": "variable", "streamline": 0},
    }


def _pressures(shares: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the pressures at which the pen has ``shares`` of its greatest width."""
    angles = np.arcsin(np.clip(shares * _WIDEST, 0, 1)) / (np.pi / 2)
    return np.clip((angles - _THIN) / _THINNING, 0, 1)


def _line(stroke: Stroke, precision: int) -> dict[str, Any]:
    points = stroke.points
    if np.ptp(points, axis=0).max() < _DOT:
        points = np.concatenate([points[:1], points[:1] + _DOT])
    return {
        "points": rounded(points - points[0], precision).tolist(),
        "strokeWidth": round(stroke.width or UNKNOWN_WIDTH, 3),
        "startBinding": None,
        "endBinding": None,
        "startArrowhead": None,
        "endArrowhead": None,
    }
