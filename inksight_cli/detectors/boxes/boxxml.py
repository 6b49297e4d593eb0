"""Word boxes from hOCR, ALTO and PAGE-XML.

Sources: hOCR 1.2 (kba.github.io/hocr-spec), ALTO 2 to 4 (loc.gov/standards/alto), PAGE content
2013 to 2019 (primaresearch.org). All three are read leniently: namespaces do not matter, unknown
elements are passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from inksight_cli import incoming
from inksight_cli.detectors.boxes.given import (
    GivenLine,
    GivenPage,
    as_lines,
    line_around,
    quad_of_polygon,
    side,
)
from inksight_cli.document import Word
from inksight_cli.errors import UnreadableInputError
from inksight_cli.geometry import Box, Points, Quad, as_points

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element
else:
    Element = Any

HOCR_LINES = {"ocr_line", "ocr_textfloat", "ocr_header", "ocr_caption", "ocrx_line"}


def read_xml(data: bytes, name: str) -> list[GivenPage]:
    """Return the pages of an hOCR, ALTO or PAGE-XML file.

    Raises:
        UnreadableInputError: no XML, a document type that defines entities, another vocabulary,
            or a number that is none.
    """
    from xml.etree.ElementTree import ParseError

    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    try:
        root = fromstring(_without_named_entities(data))
    except DefusedXmlException as error:
        raise UnreadableInputError(f"{name} defines XML entities, which are not read.") from error
    except (ParseError, ValueError, LookupError) as error:
        raise UnreadableInputError(f"{name} is no well-formed XML: {error}.") from error
    kinds = {"alto": _alto, "pcgts": _page_xml, "html": _hocr}
    kind = kinds.get(_tag(root).lower())
    if kind is None:
        raise UnreadableInputError(
            f"{name} is XML, but neither hOCR nor ALTO nor PAGE: it starts with <{_tag(root)}>."
        )
    try:
        pages = kind(root)
    except (ValueError, KeyError, TypeError) as error:
        raise UnreadableInputError(f"{name} has a place that cannot be read: {error}.") from error
    for page in pages:
        as_lines(page)
    return pages


def _without_named_entities(data: bytes) -> bytes:
    # hOCR is often XHTML in all but its &nbsp;, which plain XML does not know.
    return data.replace(b"&nbsp;", b"&#160;")


def _tag(element: Element) -> str:
    return str(element.tag).rsplit("}", 1)[-1]


def _all(element: Element, *tags: str) -> Iterator[Element]:
    return (each for each in element.iter() if _tag(each) in tags)


def _share(text: str | None, whole: float = 1.0) -> float | None:
    return None if text is None else incoming.share(text, whole)


# --- hOCR


def _hocr(root: Element) -> list[GivenPage]:
    pages = []
    for index, page in enumerate(_of_class(root, {"ocr_page"}), 1):
        title = _properties(page)
        box = _bbox(title)
        image = title.get("image", "").strip().strip("\"'")
        lines = [_hocr_line(line) for line in _of_class(page, HOCR_LINES)]
        pages.append(
            GivenPage(
                [line for line in lines if line],
                width=side(box.right) if box else None,
                height=side(box.bottom) if box else None,
                source=image.replace("\\", "/").rsplit("/", 1)[-1],
                number=index,
            )
        )
    return pages


def _hocr_line(element: Element) -> GivenLine | None:
    words = []
    for word in _of_class(element, {"ocrx_word", "ocr_word"}):
        title = _properties(word)
        box = _bbox(title)
        text = " ".join("".join(word.itertext()).split())
        if box and box.area > 0:
            confidence = _share(title.get("x_wconf"), 100.0)
            words.append(Word(Quad.from_box(box), text=text, confidence=confidence))
    box = _bbox(_properties(element))
    if words:
        return GivenLine(line_around(words), words)
    if box is None or box.area <= 0:
        return None
    return GivenLine(Quad.from_box(box), [], " ".join("".join(element.itertext()).split()))


def _of_class(element: Element, classes: set[str]) -> Iterator[Element]:
    return (each for each in element.iter() if classes & set(each.get("class", "").split()))


def _properties(element: Element) -> dict[str, str]:
    parts = (part.strip().partition(" ") for part in element.get("title", "").split(";"))
    return {key: value for key, _, value in parts if key}


def _bbox(properties: dict[str, str]) -> Box | None:
    if "bbox" not in properties:
        return None
    left, top, right, bottom = (incoming.number(v) for v in properties["bbox"].split())
    return Box(left, top, right, bottom)


# --- ALTO


def _alto(root: Element) -> list[GivenPage]:
    name = next((e.text or "" for e in _all(root, "fileName")), "")
    pages = []
    for index, page in enumerate(_all(root, "Page"), 1):
        lines = [_alto_line(line) for line in _all(page, "TextLine")]
        pages.append(
            GivenPage(
                [line for line in lines if line],
                width=_optional(page.get("WIDTH")),
                height=_optional(page.get("HEIGHT")),
                source=name.strip().replace("\\", "/").rsplit("/", 1)[-1],
                number=index,
            )
        )
    return pages


def _alto_line(element: Element) -> GivenLine | None:
    words = []
    for string in _all(element, "String"):
        quad = _alto_quad(string)
        if quad:
            text = string.get("CONTENT", "")
            words.append(Word(quad, text=text, confidence=_share(string.get("WC"))))
    if words:
        return GivenLine(line_around(words), words)
    quad = _alto_quad(element)
    text = " ".join(string.get("CONTENT", "") for string in _all(element, "String"))
    return GivenLine(quad, [], text) if quad else None


def _alto_quad(element: Element) -> Quad | None:
    for shape in element:
        polygon = next(_all(shape, "Polygon"), None) if _tag(shape) == "Shape" else None
        if polygon is not None:
            return quad_of_polygon(_points(polygon.get("POINTS", "")))
    place = [element.get(key) for key in ("HPOS", "VPOS", "WIDTH", "HEIGHT")]
    if None in place:
        return None
    left, top, width, height = (incoming.number(value) for value in place)
    if width <= 0 or height <= 0:
        return None
    return Quad.from_box(Box(left, top, left + width, top + height))


def _optional(text: str | None) -> float | None:
    return None if text is None else side(text)


# --- PAGE


def _page_xml(root: Element) -> list[GivenPage]:
    pages = []
    for index, page in enumerate(_all(root, "Page"), 1):
        lines = [_page_line(line) for line in _all(page, "TextLine")]
        pages.append(
            GivenPage(
                [line for line in lines if line],
                width=_optional(page.get("imageWidth")),
                height=_optional(page.get("imageHeight")),
                source=page.get("imageFilename", "").replace("\\", "/").rsplit("/", 1)[-1],
                number=index,
            )
        )
    return pages


def _page_line(element: Element) -> GivenLine | None:
    words = []
    for child in element:
        quad = _page_quad(child) if _tag(child) == "Word" else None
        if quad:
            text, confidence = _page_text(child)
            words.append(Word(quad, text=text, confidence=confidence))
    if words:
        return GivenLine(line_around(words), words)
    quad = _page_quad(element)
    return GivenLine(quad, [], _page_text(element)[0]) if quad else None


def _page_quad(element: Element) -> Quad | None:
    for child in element:
        if _tag(child) == "Coords":
            points = child.get("points")
            if points is None:  # before 2013 each point was an element
                pairs = [(e.get("x"), e.get("y")) for e in _all(child, "Point")]
                points = " ".join(f"{x},{y}" for x, y in pairs)
            return quad_of_polygon(_points(points))
    return None


def _page_text(element: Element) -> tuple[str, float | None]:
    for child in element:
        if _tag(child) == "TextEquiv":
            text = next((e.text or "" for e in _all(child, "Unicode")), "")
            return text.strip(), _share(child.get("conf"))
    return "", None


def _points(text: str) -> Points:
    """Return the points of ``1,2 3,4`` or of ``1 2 3 4``; PAGE and ALTO use both."""
    values = [incoming.number(value) for value in re.split(r"[\s,]+", text.strip())]
    if len(values) < 6 or len(values) % 2:
        raise ValueError(f"{incoming.shown(text)} is no polygon")
    points = as_points(values)
    if Box.around(points).area <= 0:
        raise ValueError(f"the polygon {incoming.shown(text)} has no area")
    return points
