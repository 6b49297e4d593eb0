"""InkML: the W3C's format of digital ink (Recommendation of 20 September 2011).

A ``traceGroup`` per page, line and word, each with annotations: ``truth`` for the text, as
CROHME has it, and those of InkSight's own files (``application``, ``inferenceMode``). X and Y
are page pixels, W is the pen's width (section 3.1.2; F would be a force, which no photo tells),
T is the time in seconds. Colour and median width are also given as brushes.
"""

from __future__ import annotations

from typing import BinaryIO, ClassVar
from xml.etree.ElementTree import Element, ElementTree, SubElement, indent

import numpy as np

from inksight_cli.document import Document, Line, Page, Photo, Provenance, Stroke, Word
from inksight_cli.formats.inkml_read import parse_inkml
from inksight_cli.formats.numbers import matrix_text, texts, width_text, xml_text
from inksight_cli.formats.protocol import WriteOptions
from inksight_cli.geometry import Quad

NAMESPACE = "http://www.w3.org/2003/InkML"
_XML_ID = "xml:id"


class InkmlFormat:
    """A document as InkML."""

    name: ClassVar[str] = "inkml"
    suffixes: ClassVar[tuple[str, ...]] = (".inkml",)
    summary: ClassVar[str] = "W3C digital ink with text and boxes; reads back"
    pages: ClassVar[bool] = True

    def write(self, document: Document, stream: BinaryIO, options: WriteOptions) -> None:
        """Write ``document`` as UTF-8 XML, one trace on one line."""
        ink = Element("ink", {"xmlns": NAMESPACE})
        _annotate_provenance(ink, document.provenance)
        style = _Definitions(SubElement(ink, "definitions"), options.precision)
        for page in document.pages:
            _add_page(ink, page, style, options)
        indent(ink, " ")
        ElementTree(ink).write(stream, encoding="UTF-8", xml_declaration=True)
        stream.write(b"\n")

    def read(self, stream: BinaryIO) -> Document:
        """Return the document in ``stream``, written by this tool or by another.

        Raises:
            UnreadableInputError: it is not InkML, or its traces cannot be understood.
        """
        return parse_inkml(stream)


class _Definitions:
    """The contexts and brushes of a file, each defined when it is first used."""

    def __init__(self, element: Element, precision: int) -> None:
        self.precision = precision
        self._element = element
        self._contexts: set[str] = set()
        self._brushes: dict[tuple[str, str, str], str] = {}

    def context(self, stroke: Stroke) -> str:
        """Return the reference of the context that names the channels of ``stroke``."""
        channels = {"X": "dev", "Y": "dev"}
        if stroke.widths is not None:
            channels["W"] = "dev"
        if stroke.times is not None:
            channels["T"] = "s"
        identity = "channels-" + "".join(channels)
        if identity not in self._contexts:
            self._contexts.add(identity)
            context = SubElement(self._element, "context", {_XML_ID: identity})
            # Office reads no format that stands in the context itself.
            source = SubElement(context, "inkSource", {_XML_ID: f"source-{''.join(channels)}"})
            form = SubElement(source, "traceFormat")
            for name, units in channels.items():
                SubElement(form, "channel", {"name": name, "type": "decimal", "units": units})
        return f"#{identity}"

    def brush(self, stroke: Stroke) -> str:
        """Return the reference of the brush with the colour, width and origin of ``stroke``."""
        width = width_text(stroke, self.precision) or ""
        key = (stroke.color, width, stroke.origin)
        if key not in self._brushes:
            self._brushes[key] = f"brush-{len(self._brushes) + 1}"
            brush = SubElement(self._element, "brush", {_XML_ID: self._brushes[key]})
            _annotate(brush, "origin", stroke.origin)
            SubElement(brush, "brushProperty", {"name": "color", "value": stroke.color})
            SubElement(brush, "brushProperty", {"name": "tip", "value": "ellipse"})
            if width:
                for name in ("width", "height"):
                    size = {"name": name, "value": width, "units": "dev"}
                    SubElement(brush, "brushProperty", size)
        return f"#{self._brushes[key]}"


def _annotate(element: Element, kind: str, value: str | float | None) -> None:
    """Add an annotation unless there is nothing to say; numbers in full precision."""
    if value is None or value == "":
        return
    text = value if isinstance(value, str) else repr(float(value)).removesuffix(".0")
    SubElement(element, "annotation", {"type": kind}).text = xml_text(text)


def _annotate_provenance(ink: Element, provenance: Provenance) -> None:
    _annotate(ink, "application", provenance.tool)
    _annotate(ink, "applicationVersion", provenance.version)
    _annotate(ink, "model", provenance.model)
    _annotate(ink, "modelHash", provenance.model_hash)
    _annotate(ink, "detector", provenance.detector)
    _annotate(ink, "inferenceMode", provenance.mode)
    _annotate(ink, "created", provenance.created)


def _add_page(ink: Element, page: Page, style: _Definitions, options: WriteOptions) -> None:
    group = SubElement(ink, "traceGroup")
    _annotate(group, "kind", "page")
    _annotate(group, "source", page.source)
    for kind in ("number", "width", "height", "dpi", "sha256"):
        _annotate(group, kind, getattr(page, kind))
    _annotate(group, "detector", page.detector)
    _annotate(group, "paper", page.paper)
    if page.photo is not None:
        _annotate_photo(group, page.photo)
    for warning in page.warnings:
        _annotate(group, "warning", warning)
    for line in page.lines:
        _add_line(group, line, style, options)
    if page.drawings:
        drawings = SubElement(group, "traceGroup")
        _annotate(drawings, "kind", "drawings")
        _add_strokes(drawings, page.drawings, style)


def _annotate_photo(group: Element, photo: Photo) -> None:
    _annotate(group, "photoWidth", photo.width)
    _annotate(group, "photoHeight", photo.height)
    _annotate(group, "photoDpi", photo.dpi)
    _annotate(group, "toPhoto", matrix_text(photo.to_photo.matrix))


def _add_line(page: Element, line: Line, style: _Definitions, options: WriteOptions) -> None:
    group = SubElement(page, "traceGroup")
    _annotate(group, "kind", "line")
    _annotate(group, "script", line.script)
    _annotate(group, "scriptGiven", "true" if line.script_given else "")
    if options.text:
        _annotate(group, "truth", line.text)
    _annotate_quad(group, line.quad, options.precision)
    for word in line.words:
        _add_word(group, word, style, options)


def _add_word(line: Element, word: Word, style: _Definitions, options: WriteOptions) -> None:
    group = SubElement(line, "traceGroup")
    _annotate(group, "kind", "word")
    if options.text:
        _annotate(group, "truth", word.text)
    _annotate_quad(group, word.quad, options.precision)
    _annotate(group, "confidence", word.confidence)
    _annotate(group, "inferenceMode", word.mode)
    if word.quality is not None:
        _annotate(group, "inkExplained", word.quality.ink_explained)
        _annotate(group, "onInk", word.quality.on_ink)
        _annotate(group, "traced", word.quality.traced)
        _annotate(group, "score", word.quality.score)
        _annotate(group, "status", word.quality.status)
        for flag in word.quality.flags:
            _annotate(group, "flag", flag)
    _add_strokes(group, word.strokes, style)


def _annotate_quad(group: Element, quad: Quad, precision: int) -> None:
    corners = [" ".join(texts(corner, precision)) for corner in quad.corners]
    _annotate(group, "quad", ", ".join(corners))


def _add_strokes(group: Element, strokes: list[Stroke], style: _Definitions) -> None:
    for stroke in strokes:
        references = {"contextRef": style.context(stroke), "brushRef": style.brush(stroke)}
        columns = [texts(column, style.precision) for column in stroke.points.T]
        if stroke.widths is not None:
            columns.append(texts(stroke.widths, style.precision))
        if stroke.times is not None:
            columns.append([np.format_float_positional(t, trim="-") for t in stroke.times])
        points = (" ".join(values) for values in zip(*columns, strict=True))
        SubElement(group, "trace", references).text = ", ".join(points)
