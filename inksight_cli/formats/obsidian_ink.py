"""Obsidian's plug-in Ink: an SVG picture that the plug-in goes on writing in.

Source: github.com/daledesilva/obsidian_ink (commit 3b77edb of July 2026), ``buildFileStr.ts`` and
``types.ts``, read for the format alone: since 0.5 its files are SVG with the strokes as JSON in
``metadata``. Thinning 0 and streamline 0 make its pen draw our line, each stroke in one width.
"""

from __future__ import annotations

import io
import json
from typing import Any, BinaryIO, ClassVar
from xml.etree import ElementTree

from inksight_cli.document import Document, Page, Stroke
from inksight_cli.formats.numbers import rounded
from inksight_cli.formats.protocol import Choice, Option, WriteOptions
from inksight_cli.formats.svg import SvgFormat

KIND = Choice("kind", "what the plug-in takes it for", ("drawing", "writing"))
_SVG = "http://www.w3.org/2000/svg"
_VERSION = "0.5.0"
_UNKNOWN_WIDTH = 2.0


class ObsidianInkFormat:
    """A page as a file of Obsidian's plug-in Ink."""

    name: ClassVar[str] = "obsidian-ink"
    suffixes: ClassVar[tuple[str, ...]] = (".ink.svg",)
    summary: ClassVar[str] = "SVG that Obsidian's plug-in Ink can write on in; one page a file"
    pages: ClassVar[bool] = False
    options: ClassVar[tuple[Option, ...]] = (KIND,)

    def write(self, document: Document, stream: BinaryIO, options: WriteOptions) -> None:
        """Write the one page of ``document``.

        Raises:
            UsageError: the document has not exactly one page, or an option makes no sense.
        """
        picture = io.BytesIO()
        kind = KIND.of(options)
        plain = WriteOptions(options.text, options.precision)
        SvgFormat().write(document, picture, plain)
        ElementTree.register_namespace("", _SVG)
        root = ElementTree.fromstring(picture.getvalue())
        metadata = root.find(f"{{{_SVG}}}metadata")
        assert metadata is not None
        said = {"plugin-version": _VERSION, "file-type": f"ink{kind.capitalize()}"}
        ElementTree.SubElement(metadata, f"{{{_SVG}}}ink", said)
        canvas = ElementTree.SubElement(metadata, f"{{{_SVG}}}ink-canvas", {"version": _VERSION})
        canvas.text = _canvas(document.pages[0], options.precision)
        ElementTree.ElementTree(root).write(stream, encoding="UTF-8", xml_declaration=True)
        stream.write(b"\n")


def _canvas(page: Page, precision: int) -> str:
    strokes = [_stroke(s, number, precision) for number, s in enumerate(page.strokes, start=1)]
    content = {"version": 1, "strokes": strokes, "gridEnabled": False}
    return json.dumps(content, separators=(",", ":"), allow_nan=False)


def _stroke(stroke: Stroke, number: int, precision: int) -> dict[str, Any]:
    points = rounded(stroke.points, precision).tolist()
    return {
        "id": f"stroke-{number}",
        "points": [[x, y, 0.5] for x, y in points],
        "style": {
            "size": float(rounded([stroke.width or _UNKNOWN_WIDTH], precision)[0]),
            "thinning": 0,
            "smoothing": 0,
            "streamline": 0,
            "simulatePressure": False,
            "inputKind": "pen",
            "color": stroke.color,
        },
        "offset": {"x": 0, "y": 0},
    }
