"""InkML as Microsoft Office draws it: whole numbers in centimetres, words in lines in paragraphs.

Source: [MS-ODRAWXML] 2.1.4 and 3.2: ``traceFormat`` counts only inside ``inkSource``; of its
channels X, Y and F do; ``channelProperty`` says how many steps a centimetre has; groups are
``writingRegion``, ``paragraph``, ``line``, ``inkWord``, told by an EMMA annotation. A stroke has
the width of its brush. No Office was at hand to open what is written here.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import BinaryIO, ClassVar
from xml.etree.ElementTree import Element, ElementTree, SubElement, indent

import numpy as np

from inksight_cli.document import Document, Line, Page, Stroke, Word
from inksight_cli.formats.numbers import texts, xml_text
from inksight_cli.formats.protocol import WriteOptions, only_page
from inksight_cli.geometry import Quad

_INK = "http://www.w3.org/2003/InkML"
_EMMA = "http://www.w3.org/2003/04/emma"
_MS = "http://schemas.microsoft.com/ink/2010/main"
_STEPS = 1000  # in a centimetre: himetric, as Office has it
_SCREEN_DPI = 96.0
_CM_PER_INCH = 2.54
_UNKNOWN_WIDTH = 2.0


class OfficeInkmlFormat:
    """A page as InkML for Office."""

    name: ClassVar[str] = "inkml-office"
    suffixes: ClassVar[tuple[str, ...]] = (".office.inkml",)
    summary: ClassVar[str] = "InkML by Microsoft Office's rules; one page a file"
    pages: ClassVar[bool] = False

    def write(self, document: Document, stream: BinaryIO, options: WriteOptions) -> None:
        """Write the one page of ``document``.

        Raises:
            UsageError: the document has not exactly one page.
        """
        page = only_page(document, "Ink for Office")
        root = Element("inkml:ink", {"xmlns:inkml": _INK, "xmlns:emma": _EMMA, "xmlns:msink": _MS})
        made = SubElement(root, "inkml:annotation", {"type": "sha256"})
        made.text = page.sha256
        if document.provenance.generated:
            said = SubElement(root, "inkml:annotation", {"type": "generated"})
            said.text = document.provenance.maker
        _Sheet(root, page, options).write()
        indent(root, " ")
        ElementTree(root).write(stream, encoding="UTF-8", xml_declaration=True)
        stream.write(b"\n")


class _Sheet:
    """One page on its way into XML; what strokes share is defined when it is first needed."""

    def __init__(self, root: Element, page: Page, options: WriteOptions) -> None:
        self._root, self._page, self._options = root, page, options
        self._steps = _STEPS * _CM_PER_INCH / (page.dpi or _SCREEN_DPI)  # of a pixel
        self._definitions = SubElement(root, "inkml:definitions")
        self._brushes: dict[tuple[str, str], str] = {}
        self._traces = 0

    def write(self) -> None:
        """Write what the page has."""
        self._context()
        if self._page.lines:
            region = self._group(self._root, "writingRegion", self._page_quad())
            for line in self._page.lines:
                self._line(region, line)
        self._add(self._root, self._page.drawings)

    def _context(self) -> None:
        context = SubElement(self._definitions, "inkml:context", {"xml:id": "ctx0"})
        source = SubElement(context, "inkml:inkSource", {"xml:id": "inkSrc0"})
        form = SubElement(source, "inkml:traceFormat")
        properties = SubElement(source, "inkml:channelProperties")
        for name in ("X", "Y"):
            SubElement(form, "inkml:channel", {"name": name, "type": "integer", "units": "cm"})
            said = {"channel": name, "name": "resolution", "value": str(_STEPS), "units": "1/cm"}
            SubElement(properties, "inkml:channelProperty", said)

    def _page_quad(self) -> Quad:
        corners = np.concatenate([line.quad.points for line in self._page.lines])
        (left, top), (right, bottom) = corners.min(0), corners.max(0)
        return Quad.from_points([(left, top), (right, top), (right, bottom), (left, bottom)])

    def _line(self, region: Element, line: Line) -> None:
        paragraph = self._group(region, "paragraph", line.quad)
        group = self._group(paragraph, "line", line.quad)
        for word in line.words:
            self._word(group, word)

    def _word(self, line: Element, word: Word) -> None:
        text = word.text if self._options.text else ""
        self._add(self._group(line, "inkWord", word.quad, text), word.strokes)

    def _group(self, parent: Element, kind: str, quad: Quad, text: str = "") -> Element:
        group = SubElement(parent, "inkml:traceGroup")
        note = SubElement(group, "inkml:annotationXML")
        emma = SubElement(note, "emma:emma", {"version": "1.0"})
        said = SubElement(
            emma, "emma:interpretation", {"emma:medium": "tactile", "emma:mode": "ink"}
        )
        corners = " ".join(",".join(self._numbers(corner)) for corner in quad.points)
        SubElement(said, f"msink:{kind}", {"rotatedBoundingBox": corners})
        if text:
            one = SubElement(emma, "emma:one-of", {"disjunction-type": "recognition"})
            SubElement(SubElement(one, "emma:interpretation"), "emma:literal").text = xml_text(text)
        return group

    def _add(self, group: Element, strokes: Iterable[Stroke]) -> None:
        for stroke in strokes:
            said = {
                "xml:id": f"stk{self._traces}",
                "contextRef": "#ctx0",
                "brushRef": self._brush(stroke),
            }
            self._traces += 1
            points = (" ".join(self._numbers(point)) for point in stroke.points)
            SubElement(group, "inkml:trace", said).text = ", ".join(points)

    def _brush(self, stroke: Stroke) -> str:
        width = texts([(stroke.width or _UNKNOWN_WIDTH) * self._steps / _STEPS], 5)[0]
        key = (stroke.color, width)
        if key not in self._brushes:
            self._brushes[key] = f"br{len(self._brushes)}"
            brush = SubElement(self._definitions, "inkml:brush", {"xml:id": self._brushes[key]})
            for name in ("width", "height"):
                said = {"name": name, "value": width, "units": "cm"}
                SubElement(brush, "inkml:brushProperty", said)
            SubElement(brush, "inkml:brushProperty", {"name": "color", "value": stroke.color})
        return f"#{self._brushes[key]}"

    def _numbers(self, point: np.ndarray) -> list[str]:
        return texts(point * self._steps, 0)
