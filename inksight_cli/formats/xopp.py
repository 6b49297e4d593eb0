"""Xournal++: pages of editable ink, which rnote and others import, too.

Gzipped XML of file version 4, which Xournal++ 1.1 opens without a warning: a layer of ink, if it
is asked for one with the photo below. Lengths are points of 1/72 inch. A stroke has one width, or
one for the tool and one for each piece. Two readers set limits (2026): Xournal++ 1.1 refuses whole
files for strokes of one point, so a dot is a hair's breadth long; rnote drops the last point of
strokes with several widths, so that one is written twice. Hidden text it cannot hold.
"""

from __future__ import annotations

import base64
import gzip
import io
import re
from collections.abc import Iterable
from typing import BinaryIO, ClassVar
from xml.etree.ElementTree import Comment, Element, SubElement, tostring

import numpy as np

from inksight_cli.document import Document, Page, Stroke
from inksight_cli.formats.colors import ground_of
from inksight_cli.formats.numbers import texts, xml_text
from inksight_cli.formats.protocol import Choice, Option, WriteOptions
from inksight_cli.formats.sizes import UNKNOWN_WIDTH, points_per_pixel

PHOTO = Choice("photo", "the photo in a layer of its own below the ink", ("off", "behind"))
LEAST_WIDTH = 0.01
"""Points; where a width is not above nothing Xournal++ cuts the stroke in two."""
_HAIR = 0.01


class XoppFormat:
    """The document as a notebook of Xournal++."""

    name: ClassVar[str] = "xopp"
    suffixes: ClassVar[tuple[str, ...]] = (".xopp",)
    summary: ClassVar[str] = "editable ink for Xournal++ and rnote"
    pages: ClassVar[bool] = True
    options: ClassVar[tuple[Option, ...]] = (PHOTO,)

    def wants_picture(self, options: WriteOptions) -> bool:
        """Whether the photo lies behind the ink."""
        return PHOTO.of(options) == "behind"

    def write(self, document: Document, stream: BinaryIO, options: WriteOptions) -> None:
        """Write ``document``; without pages there is an empty one, for Xournal++ needs one."""
        root = Element("xournal", {"creator": "inksight", "fileversion": "4"})
        root.append(Comment(_made_of(document)))
        SubElement(root, "title").text = xml_text(_title(document))
        for page in document.pages or [Page(1240, 1754)]:
            self._add_page(root, page, options)
        data = b'<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, "utf-8") + b"\n"
        stream.write(gzip.compress(data, compresslevel=6, mtime=0))

    def _add_page(self, root: Element, page: Page, options: WriteOptions) -> None:
        scale = points_per_pixel(page)
        decimals = options.precision + 1  # a point is more than a pixel
        width, height = texts(np.array([page.width, page.height]) * scale, decimals)
        element = SubElement(root, "page", {"width": width, "height": height})
        paper = (ground_of(page) or "#ffffff") + "ff"
        SubElement(element, "background", {"type": "solid", "color": paper, "style": "plain"})
        if options.picture and self.wants_picture(options):
            layer = SubElement(element, "layer", {"name": "photo"})
            place = {"left": "0", "top": "0", "right": width, "bottom": height}
            picture = png(options.picture(page))
            SubElement(layer, "image", place).text = base64.b64encode(picture).decode()
        words = (stroke for word in page.words for stroke in word.strokes)
        _add_layer(element, "ink", words, scale, decimals)
        if page.drawings:
            _add_layer(element, "drawings", page.drawings, scale, decimals)


def _add_layer(
    page: Element, name: str, strokes: Iterable[Stroke], scale: float, decimals: int
) -> None:
    layer = SubElement(page, "layer", {"name": name})
    for stroke in strokes:
        points, widths = points_and_widths(stroke, scale, decimals)
        attributes = {"color": f"{stroke.color}ff", "width": widths, "capStyle": "round"}
        SubElement(layer, "stroke", {"tool": "pen"} | attributes).text = points


def points_and_widths(stroke: Stroke, scale: float, decimals: int) -> tuple[str, str]:
    """Return the coordinates and the width or widths of ``stroke`` as Xournal++ takes them."""
    points = stroke.points * scale
    known = np.full(len(points), UNKNOWN_WIDTH) if stroke.widths is None else stroke.widths
    widths = np.maximum(known * scale, LEAST_WIDTH)
    usual = texts([np.median(widths)], decimals)
    if len(set(texts(widths, decimals))) > 1:
        pieces = np.append((widths[:-1] + widths[1:]) / 2, widths[-1])
        points = np.vstack([points, points[-1:]])
        usual += texts(pieces, decimals)
    elif len(set(map(tuple, np.round(points, decimals)))) == 1:
        points = np.vstack([points[:1], points[:1] + (_HAIR, 0)])
    return " ".join(texts(points.ravel(), decimals)), " ".join(usual)


def png(jpeg: bytes) -> bytes:
    """Return a JPEG file as a PNG file of 256 colours: Xournal++ 1.1 shows no JPEG pictures."""
    from PIL import Image

    stream = io.BytesIO()
    with Image.open(io.BytesIO(jpeg)) as picture:
        picture.quantize(256, method=Image.Quantize.FASTOCTREE).save(stream, "PNG", optimize=True)
    return stream.getvalue()


def _title(document: Document) -> str:
    return document.pages[0].source if document.pages else ""


def _made_of(document: Document) -> str:
    """Return what a comment may say of where the ink comes from: it must hold no two hyphens."""
    made = document.provenance
    hashes = dict.fromkeys(page.sha256 for page in document.pages if page.sha256)
    facts = [f"{made.maker} {made.version}", f"model {made.model} {made.model_hash}"]
    facts += [f"created {made.created}"] if made.created else []
    facts += [f"picture sha256: {digest}" for digest in hashes]
    return re.sub("-(?=-)", "- ", xml_text(f" {'; '.join(facts)} "))
