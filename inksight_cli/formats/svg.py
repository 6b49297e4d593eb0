"""SVG: one page as strokes that any drawing program opens.

One group holds the page's ink, a layer to Inkscape and to plotters, for which a layer is a pen. In
it stands a group per line, in that one per word with the text as its ``<title>``, its box and the
detector's confidence as ``data-quad`` and ``data-confidence``, strokes as paths in pen order;
drawings in a group of their own. Every path says for itself that it is not filled, as an attribute
and as a style: style sheets of pages that embed the file win over attributes (obsidian_ink#178).
A dot is a hair's breadth long, for plotters' programs drop paths of length zero.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import TYPE_CHECKING, BinaryIO, ClassVar
from xml.etree.ElementTree import Element, ElementTree, indent

from inksight_cli.document import Document, Line, Page, Provenance, Stroke, Word
from inksight_cli.errors import UsageError
from inksight_cli.formats.colors import ground_of
from inksight_cli.formats.numbers import matrix_text, texts, width_text, xml_text
from inksight_cli.formats.protocol import WriteOptions

if TYPE_CHECKING:
    from svgwrite import Drawing
    from svgwrite.container import Group

METADATA_NAMESPACE = "urn:inksight:provenance:1"
INKSCAPE_NAMESPACE = "http://www.inkscape.org/namespaces/inkscape"
UNKNOWN_WIDTH = "2"
_DOT = "h.01"
_MM_PER_INCH = 25.4


class SvgFormat:
    """A page as an SVG picture."""

    name: ClassVar[str] = "svg"
    suffixes: ClassVar[tuple[str, ...]] = (".svg",)
    summary: ClassVar[str] = "vector picture for browsers and drawing programs, one page a file"
    pages: ClassVar[bool] = False

    def write(self, document: Document, stream: BinaryIO, options: WriteOptions) -> None:
        """Write the one page of ``document``.

        Raises:
            UsageError: the document has not exactly one page.
        """
        if len(document.pages) != 1:
            raise UsageError(f"An SVG file holds one page, not {len(document.pages)}.")
        drawing = _page(document.pages[0], document.provenance, options)
        root = drawing.get_xml()
        indent(root, " ")
        ElementTree(root).write(stream, encoding="UTF-8", xml_declaration=True)
        stream.write(b"\n")


def _page(page: Page, provenance: Provenance, options: WriteOptions) -> Drawing:
    # svgwrite checks every attribute against the grammar unless told not to: very slow.
    from svgwrite import Drawing

    drawing = Drawing(size=_size(page), debug=False)
    drawing.viewbox(0, 0, page.width, page.height)
    drawing.set_metadata(_metadata(page, provenance))
    drawing["xmlns:inkscape"] = INKSCAPE_NAMESPACE
    layer = drawing.g(id="ink", class_="ink")
    layer["inkscape:groupmode"], layer["inkscape:label"] = "layer", "ink"
    if ground := ground_of(page):
        drawing.add(drawing.rect((0, 0), (page.width, page.height), fill=ground, class_="paper"))
    for number, line in enumerate(page.lines, start=1):
        layer.add(_line(drawing, line, number, options))
    if page.drawings:
        group = drawing.g(id="drawings", class_="drawings")
        _add_strokes(drawing, group, page.drawings, options.precision)
        layer.add(group)
    drawing.add(layer)
    return drawing


def _size(page: Page) -> tuple[str, str]:
    if page.dpi is None:
        return str(page.width), str(page.height)
    width, height = texts([s / page.dpi * _MM_PER_INCH for s in (page.width, page.height)], 3)
    return f"{width}mm", f"{height}mm"


def _metadata(page: Page, provenance: Provenance) -> Element:
    photo = page.photo
    values = asdict(provenance) | {
        "source": page.source,
        "page": str(page.number),
        "sha256": page.sha256,
        "photo_size": "" if photo is None else f"{photo.width} {photo.height}",
        "to_photo": "" if photo is None else matrix_text(photo.to_photo.matrix),
    }
    known = {name: xml_text(value) for name, value in values.items() if value}
    return Element("provenance", {"xmlns": METADATA_NAMESPACE, **known})


def _line(drawing: Drawing, line: Line, number: int, options: WriteOptions) -> Group:
    group = drawing.g(id=f"line-{number}", class_="line")
    for position, word in enumerate(line.words, start=1):
        group.add(_word(drawing, word, f"word-{number}-{position}", options))
    return group


def _word(drawing: Drawing, word: Word, identity: str, options: WriteOptions) -> Group:
    group = drawing.g(id=identity, class_="word", data_quad=_corners(word, options.precision))
    if word.confidence is not None:
        group["data-confidence"] = texts([word.confidence], 4)[0]
    if options.text and word.text:
        group.set_desc(title=xml_text(word.text))
    _add_strokes(drawing, group, word.strokes, options.precision)
    return group


def _corners(word: Word, precision: int) -> str:
    return ", ".join(" ".join(texts(corner, precision)) for corner in word.quad.corners)


def _add_strokes(drawing: Drawing, group: Group, strokes: Iterable[Stroke], precision: int) -> None:
    for stroke in strokes:
        group.add(
            drawing.path(
                d=path_data(stroke, precision),
                fill="none",
                style="fill:none",
                stroke=stroke.color,
                stroke_width=width_text(stroke, precision) or UNKNOWN_WIDTH,
                stroke_linecap="round",
                stroke_linejoin="round",
            )
        )


def path_data(stroke: Stroke, precision: int) -> str:
    """Return ``stroke`` as an SVG path of straight pieces; a dot is one of a hundredth pixel."""
    numbers = texts(stroke.points.ravel(), precision)
    pairs = [f"{x} {y}" for x, y in zip(numbers[::2], numbers[1::2], strict=True)]
    return f"M{pairs[0]} {_DOT}" if len(set(pairs)) == 1 else "M" + " L".join(pairs)
