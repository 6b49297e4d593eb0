"""ALTO 4.4: the words of a page with their places (loc.gov/standards/alto)."""

from __future__ import annotations

from pathlib import PurePath
from typing import BinaryIO, ClassVar
from xml.etree.ElementTree import Element, ElementTree, SubElement, indent

from inksight_cli.document import Document, Line, Page, Word
from inksight_cli.formats.numbers import texts, xml_text
from inksight_cli.formats.protocol import WriteOptions, only_page
from inksight_cli.formats.text_layout import (
    around,
    outline,
    paragraphs,
    software,
    whole_box,
    word_text,
)
from inksight_cli.geometry import Quad

NAMESPACE = "http://www.loc.gov/standards/alto/ns-v4#"


class AltoFormat:
    """The words of one page as ALTO."""

    name: ClassVar[str] = "alto"
    suffixes: ClassVar[tuple[str, ...]] = (".alto.xml", ".alto")
    summary: ClassVar[str] = "ALTO 4.4 of libraries: words, their places; one page a file"
    pages: ClassVar[bool] = False

    def write(self, document: Document, stream: BinaryIO, options: WriteOptions) -> None:
        """Write the one page of ``document``.

        Raises:
            UsageError: the document has not exactly one page.
        """
        page = only_page(document, "An ALTO file")
        root = Element("alto", {"xmlns": NAMESPACE, "SCHEMAVERSION": "4.4"})
        _describe(root, document, page)
        size = {"WIDTH": str(page.width), "HEIGHT": str(page.height)}
        layout = SubElement(root, "Layout")
        facts = {"ID": "page1", "PHYSICAL_IMG_NR": str(page.number)}
        sheet = SubElement(layout, "Page", facts | size)
        space = SubElement(sheet, "PrintSpace", {"HPOS": "0", "VPOS": "0"} | size)
        for index, lines in enumerate(paragraphs(page.lines), start=1):
            block = SubElement(space, "TextBlock", {"ID": f"block{index}"} | _place(around(lines)))
            for number, line in enumerate(lines, start=1):
                _add_line(block, line, f"{index}_{number}", options)
        indent(root, " ")
        ElementTree(root).write(stream, encoding="UTF-8", xml_declaration=True)
        stream.write(b"\n")


def _describe(root: Element, document: Document, page: Page) -> None:
    about = SubElement(root, "Description")
    SubElement(about, "MeasurementUnit").text = "pixel"
    source = SubElement(about, "sourceImageInformation")
    SubElement(source, "fileName").text = xml_text(PurePath(page.source).name)
    if page.sha256:
        place = {"fileIdentifierLocation": "sha256"}
        SubElement(source, "fileIdentifier", place).text = xml_text(page.sha256)
    processing = SubElement(about, "Processing", {"ID": "inksight"})
    if document.provenance.created:
        SubElement(processing, "processingDateTime").text = document.provenance.created
    made = SubElement(processing, "processingSoftware")
    name, version = software(document)
    SubElement(made, "softwareName").text = name
    SubElement(made, "softwareVersion").text = version


def _add_line(block: Element, line: Line, name: str, options: WriteOptions) -> None:
    _, _, right, left = line.quad.points
    foot = " ".join(texts([*left, *right], options.precision))
    facts = {"ID": f"line{name}"} | _place(line.quad) | {"BASELINE": foot}
    made = SubElement(block, "TextLine", facts)
    if not line.words:  # a line has a word at least
        SubElement(made, "String", {"CONTENT": ""} | _place(line.quad))
    for index, word in enumerate(line.words, start=1):
        if index > 1:
            SubElement(made, "SP")
        _add_word(made, word, f"word{name}_{index}", options)


def _add_word(line: Element, word: Word, name: str, options: WriteOptions) -> None:
    facts = {"ID": name, "CONTENT": word_text(word, options)} | _place(word.quad)
    if word.confidence is not None:
        (facts["WC"],) = texts([word.confidence], 4)
    string = SubElement(line, "String", facts)
    points = " ".join(texts(outline(word.quad, options.precision).ravel(), options.precision))
    SubElement(SubElement(string, "Shape"), "Polygon", {"POINTS": points})


def _place(quad: Quad) -> dict[str, str]:
    left, top, right, bottom = whole_box(quad)
    values = (left, top, right - left, bottom - top)
    return dict(zip(("HPOS", "VPOS", "WIDTH", "HEIGHT"), map(str, values), strict=True))
