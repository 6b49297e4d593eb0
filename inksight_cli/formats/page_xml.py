"""PAGE content 2019-07-15: the words of a page with their outlines (primaresearch.org)."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import PurePath
from typing import BinaryIO, ClassVar
from xml.etree.ElementTree import Element, ElementTree, SubElement, indent

import numpy as np

from inksight_cli.document import Document, Line, Word
from inksight_cli.formats.numbers import texts, xml_text
from inksight_cli.formats.protocol import WriteOptions, only_page
from inksight_cli.formats.text_layout import (
    around,
    line_text,
    outline,
    paragraphs,
    software,
    word_text,
)
from inksight_cli.geometry import Points, Quad
from inksight_cli.scripts import RIGHT_TO_LEFT

NAMESPACE = "http://schema.primaresearch.org/PAGE/gts/pagecontent/2019-07-15"


class PageXmlFormat:
    """The words of one page as PAGE-XML."""

    name: ClassVar[str] = "page"
    suffixes: ClassVar[tuple[str, ...]] = (".page.xml", ".page")
    summary: ClassVar[str] = "PAGE 2019 of Transkribus and eScriptorium; one page a file"
    pages: ClassVar[bool] = False

    def write(self, document: Document, stream: BinaryIO, options: WriteOptions) -> None:
        """Write the one page of ``document``.

        Raises:
            UsageError: the document has not exactly one page.
        """
        page = only_page(document, "A PAGE file")
        root = Element("PcGts", {"xmlns": NAMESPACE})
        about = SubElement(root, "Metadata")
        SubElement(about, "Creator").text = " ".join(software(document)).strip()
        for tag in ("Created", "LastChange"):
            SubElement(about, tag).text = document.provenance.created or _same_time()
        if page.sha256:
            SubElement(about, "Comments").text = f"sha256: {xml_text(page.sha256)}"
        facts = {"imageFilename": xml_text(PurePath(page.source).name)}
        facts |= {"imageWidth": str(page.width), "imageHeight": str(page.height)}
        made = SubElement(root, "Page", facts)
        for index, lines in enumerate(paragraphs(page.lines), start=1):
            region = _outlined(made, "TextRegion", f"r{index}", around(lines))
            for number, line in enumerate(lines, start=1):
                _add_line(region, line, f"r{index}l{number}", options)
            _say(region, "\n".join(line_text(line, options) for line in lines))
        indent(root, " ")
        ElementTree(root).write(stream, encoding="UTF-8", xml_declaration=True)
        stream.write(b"\n")


def _same_time() -> str:
    """Return the time that a file must name: the same for every run, unless that is asked for."""
    seconds = int(os.environ.get("SOURCE_DATE_EPOCH", "0"))
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _add_line(region: Element, line: Line, name: str, options: WriteOptions) -> None:
    made = _outlined(region, "TextLine", name, line.quad)
    if line.script in RIGHT_TO_LEFT:
        made.set("readingDirection", "right-to-left")
    _, _, right, left = line.quad.points
    SubElement(made, "Baseline", {"points": _points(np.array([left, right]))})
    for index, word in enumerate(line.words, start=1):
        _add_word(made, word, f"{name}w{index}", options)
    _say(made, line_text(line, options))


def _add_word(line: Element, word: Word, name: str, options: WriteOptions) -> None:
    made = _outlined(line, "Word", name, word.quad)
    _say(made, word_text(word, options), word.confidence)


def _outlined(parent: Element, tag: str, name: str, quad: Quad) -> Element:
    element = SubElement(parent, tag, {"id": name})
    SubElement(element, "Coords", {"points": _points(outline(quad, 0))})
    return element


def _points(points: Points) -> str:
    """Return ``points`` (N, 2) as PAGE has them: whole pixels, none below zero."""
    whole = np.maximum(np.rint(points), 0).astype(int)
    return " ".join(f"{x},{y}" for x, y in whole.tolist())


def _say(element: Element, text: str, confidence: float | None = None) -> None:
    facts = {} if confidence is None else {"conf": texts([confidence], 4)[0]}
    SubElement(SubElement(element, "TextEquiv", facts), "Unicode").text = text
