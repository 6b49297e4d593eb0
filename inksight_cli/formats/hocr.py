"""hOCR: the words with their boxes, as Tesseract writes them and OCRmyPDF reads them."""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import BinaryIO, ClassVar
from xml.etree.ElementTree import Element, ElementTree, SubElement, indent

import numpy as np

from inksight_cli.document import Document, Line, Page
from inksight_cli.formats.numbers import texts, xml_text
from inksight_cli.formats.protocol import WriteOptions
from inksight_cli.formats.text_layout import around, paragraphs, software, whole_box, word_text
from inksight_cli.geometry import Quad
from inksight_cli.scripts import RIGHT_TO_LEFT

_CAPABILITIES = "ocr_page ocr_carea ocr_par ocr_line ocrx_word"
_UNSURE = 0  # x_wconf where nobody said how sure it is


class HocrFormat:
    """The words of all pages as hOCR 1.2 (kba.github.io/hocr-spec)."""

    name: ClassVar[str] = "hocr"
    suffixes: ClassVar[tuple[str, ...]] = (".hocr",)
    summary: ClassVar[str] = "words and their boxes, as Tesseract writes them"
    pages: ClassVar[bool] = True

    def write(self, document: Document, stream: BinaryIO, options: WriteOptions) -> None:
        """Write XHTML."""
        root = Element("html", {"xmlns": "http://www.w3.org/1999/xhtml"})
        head = SubElement(root, "head")
        SubElement(head, "title").text = ""
        kind = {"http-equiv": "Content-Type", "content": "text/html;charset=utf-8"}
        SubElement(head, "meta", kind)
        hashes = dict.fromkeys(xml_text(page.sha256) for page in document.pages if page.sha256)
        facts = [("ocr-system", " ".join(software(document)).strip())]
        facts += [("ocr-capabilities", _CAPABILITIES)]
        facts += [("source", f"sha256: {digest}") for digest in hashes]
        for name, content in facts:
            SubElement(head, "meta", {"name": name, "content": content})
        body = SubElement(root, "body")
        for number, page in enumerate(document.pages, start=1):
            _add_page(body, page, number, options)
        indent(root, " ")
        ElementTree(root).write(stream, encoding="UTF-8", xml_declaration=True)
        stream.write(b"\n")


def _add_page(body: Element, page: Page, number: int, options: WriteOptions) -> None:
    name = re.sub("[\"';\\s]+", " ", xml_text(PurePath(page.source).name))
    title = f'image "{name}"; bbox 0 0 {page.width} {page.height}; ppageno {number - 1}'
    if page.dpi:
        (dpi,) = texts([page.dpi], 0)
        title += f"; scan_res {dpi} {dpi}"
    made = _part(body, "div", "ocr_page", f"page_{number}", title)
    counts = 0
    for index, lines in enumerate(paragraphs(page.lines), start=1):
        box = _bbox(around(lines))
        area = _part(made, "div", "ocr_carea", f"block_{number}_{index}", box)
        paragraph = _part(area, "p", "ocr_par", f"par_{number}_{index}", box)
        for line in lines:
            counts += 1
            _add_line(paragraph, line, f"{number}_{counts}", options)


def _add_line(paragraph: Element, line: Line, name: str, options: WriteOptions) -> None:
    (size,) = texts([max(line.quad.size[1], 1)], 1)
    title = f"{_bbox(line.quad)}; baseline {_baseline(line.quad)}; x_size {size}"
    made = _part(paragraph, "span", "ocr_line", f"line_{name}", title)
    if line.script in RIGHT_TO_LEFT:
        made.set("dir", "rtl")
    for index, word in enumerate(line.words, start=1):
        confidence = _UNSURE if word.confidence is None else round(100 * word.confidence)
        told = f"{_bbox(word.quad)}; x_wconf {confidence}"
        span = _part(made, "span", "ocrx_word", f"word_{name}_{index}", told)
        span.text = word_text(word, options)
        span.tail = " "


def _baseline(quad: Quad) -> str:
    """Return slope and offset of a line's foot, from the box's bottom left corner."""
    _, _, (right, low), (left, high) = quad.points.tolist()
    if right <= left:
        return "0 0"
    slope = float(np.clip((low - high) / (right - left), -1, 1))
    return " ".join(texts([slope, high - whole_box(quad)[3]], 3))


def _bbox(quad: Quad) -> str:
    return "bbox " + " ".join(map(str, whole_box(quad)))


def _part(parent: Element, tag: str, kind: str, name: str, title: str) -> Element:
    return SubElement(parent, tag, {"class": kind, "id": name, "title": title})
