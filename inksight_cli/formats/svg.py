"""SVG: one page as strokes that any drawing program opens.

One group holds the page's ink, a layer to Inkscape and to plotters, for which a layer is a pen. In
it stands a group per line, in that one per word with the text as its ``<title>``, its box and the
detector's confidence as ``data-quad`` and ``data-confidence``, strokes as paths in pen order;
drawings in a group of their own. Every path says for itself that it is not filled, as an attribute
and as a style: style sheets of pages that embed the file win over attributes (obsidian_ink#178).
A dot is a hair's breadth long, for plotters' programs drop paths of length zero.

On request paths are smooth curves within a tolerance, all of one width, and in the order that a
plotter draws fastest; that order knows no words, so then there are no groups of them.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, BinaryIO, ClassVar
from xml.etree.ElementTree import Element, ElementTree, indent

from inksight_cli.document import Document, Line, Page, Provenance, Word
from inksight_cli.formats.colors import ground_of
from inksight_cli.formats.numbers import matrix_text, texts, xml_text
from inksight_cli.formats.protocol import Choice, Option, WriteOptions, only_page
from inksight_cli.formats.svg_paths import CURVES, WIDTH, Pen
from inksight_cli.formats.travel import least_travel

if TYPE_CHECKING:
    from svgwrite import Drawing
    from svgwrite.container import Group

METADATA_NAMESPACE = "urn:inksight:provenance:1"
INKSCAPE_NAMESPACE = "http://www.inkscape.org/namespaces/inkscape"
_MM_PER_INCH = 25.4
ORDER = Choice("order", "as the pen wrote, or with little travel for a plotter", ("pen", "travel"))


class SvgFormat:
    """A page as an SVG picture."""

    name: ClassVar[str] = "svg"
    suffixes: ClassVar[tuple[str, ...]] = (".svg",)
    summary: ClassVar[str] = "vector picture for browsers and drawing programs, one page a file"
    pages: ClassVar[bool] = False
    options: ClassVar[tuple[Option, ...]] = (CURVES, WIDTH, ORDER)

    def write(self, document: Document, stream: BinaryIO, options: WriteOptions) -> None:
        """Write the one page of ``document``.

        Raises:
            UsageError: the document has not exactly one page, or an option makes no sense.
        """
        drawing = _page(only_page(document, "An SVG file"), document.provenance, options)
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
    pen = Pen.of(page, options)
    if ORDER.of(options) == "travel":
        pen.draw(drawing, layer, least_travel(list(page.strokes)))
    else:
        _add_page(drawing, layer, page, pen, options)
    drawing.add(layer)
    return drawing


def _add_page(drawing: Drawing, layer: Group, page: Page, pen: Pen, options: WriteOptions) -> None:
    for number, line in enumerate(page.lines, start=1):
        layer.add(_line(drawing, line, number, pen, options))
    if page.drawings:
        group = drawing.g(id="drawings", class_="drawings")
        pen.draw(drawing, group, page.drawings)
        layer.add(group)


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


def _line(drawing: Drawing, line: Line, number: int, pen: Pen, options: WriteOptions) -> Group:
    group = drawing.g(id=f"line-{number}", class_="line")
    for position, word in enumerate(line.words, start=1):
        group.add(_word(drawing, word, f"word-{number}-{position}", pen, options))
    return group


def _word(drawing: Drawing, word: Word, identity: str, pen: Pen, options: WriteOptions) -> Group:
    group = drawing.g(id=identity, class_="word", data_quad=_corners(word, options.precision))
    if word.confidence is not None:
        group["data-confidence"] = texts([word.confidence], 4)[0]
    if options.text and word.text:
        group.set_desc(title=xml_text(word.text))
    pen.draw(drawing, group, word.strokes)
    return group


def _corners(word: Word, precision: int) -> str:
    return ", ".join(" ".join(texts(corner, precision)) for corner in word.quad.corners)
