"""JSON: the document itself, as `document.schema.json` beside this file describes it.

Nothing is lost but decimals of a pixel beyond the precision asked for, so a document read back
and written again gives the same bytes.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any, BinaryIO, ClassVar

from inksight_cli.document import Document, Line, Page, Photo, Quality, Stroke, Word
from inksight_cli.formats.json_read import parse_document
from inksight_cli.formats.numbers import rounded
from inksight_cli.formats.protocol import WriteOptions
from inksight_cli.geometry import Quad

Plain = dict[str, Any]


class JsonFormat:
    """The document as JSON."""

    name: ClassVar[str] = "json"
    suffixes: ClassVar[tuple[str, ...]] = (".json",)
    summary: ClassVar[str] = "the whole document: text, boxes, strokes, quality; reads back"
    pages: ClassVar[bool] = True

    def write(self, document: Document, stream: BinaryIO, options: WriteOptions) -> None:
        """Write ``document`` as UTF-8 text, one stroke's points on one line."""
        text = _laid_out(plain_document(document, options), 0) + "\n"
        # A file name that is not UTF-8 holds lone surrogates: written as JSON's own escapes.
        stream.write(text.encode("utf-8", errors="backslashreplace"))

    def read(self, stream: BinaryIO) -> Document:
        """Return the document in ``stream``.

        Raises:
            UnreadableInputError: it is not JSON, or not an inksight document.
        """
        return parse_document(stream.read())


def plain_document(document: Document, options: WriteOptions) -> Plain:
    """Return ``document`` as plain dicts, lists, numbers and texts."""
    return {
        "format": "inksight-document",
        "version": 1,
        "provenance": asdict(document.provenance),
        "pages": [_page(page, options) for page in document.pages],
    }


def _page(page: Page, options: WriteOptions) -> Plain:
    return {
        "source": page.source,
        "number": page.number,
        "sha256": page.sha256,
        "width": page.width,
        "height": page.height,
        "dpi": page.dpi,
        "detector": page.detector,
        "photo": None if page.photo is None else _photo(page.photo),
        "paper": page.paper,
        "warnings": page.warnings,
        "lines": [_line(line, options) for line in page.lines],
        "drawings": [_stroke(stroke, options.precision) for stroke in page.drawings],
    }


def _photo(photo: Photo) -> Plain:
    rows: list[list[float]] = photo.to_photo.matrix.tolist()
    return {"width": photo.width, "height": photo.height, "dpi": photo.dpi, "to_photo": rows}


def _line(line: Line, options: WriteOptions) -> Plain:
    words = [_word(word, options) for word in line.words]
    plain: Plain = {"quad": _quad(line.quad, options.precision), "words": words}
    if line.script:
        plain |= {"script": line.script, "script_given": line.script_given}
    return plain


def _word(word: Word, options: WriteOptions) -> Plain:
    return {
        "text": word.text if options.text else "",
        "confidence": word.confidence,
        "quad": _quad(word.quad, options.precision),
        "mode": word.mode,
        "quality": None if word.quality is None else _quality(word.quality),
        **(_reading(word) if options.text else {}),
        "strokes": [_stroke(stroke, options.precision) for stroke in word.strokes],
    }


def _reading(word: Word) -> Plain:
    """Return what a reader knows beyond the text, where one has read."""
    sure = [round(value, 4) for value in word.characters]
    others = [[text, round(share, 4)] for text, share in word.alternatives]
    known = {"characters": sure, "alternatives": others}
    return {name: values for name, values in known.items() if values}


def _quality(quality: Quality) -> Plain:
    return {**asdict(quality), "flags": list(quality.flags)}


def _quad(quad: Quad, precision: int) -> list[list[float]]:
    corners: list[list[float]] = rounded(quad.points, precision).tolist()
    return corners


def _stroke(stroke: Stroke, precision: int) -> Plain:
    widths, times = stroke.widths, stroke.times
    return {
        "origin": stroke.origin,
        "color": stroke.color,
        "points": rounded(stroke.points, precision).tolist(),
        "widths": None if widths is None else rounded(widths, precision).tolist(),
        "times": None if times is None else times.tolist(),
    }


def _laid_out(value: object, depth: int) -> str:
    """Return JSON with one member per line, but arrays of numbers and texts on a single line."""
    inner, outer = "\n" + " " * (depth + 1), "\n" + " " * depth
    if isinstance(value, dict):
        members = [f"{json.dumps(k)}: {_laid_out(v, depth + 1)}" for k, v in value.items()]
        return "{" + inner + f",{inner}".join(members) + outer + "}"
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return "[" + inner + f",{inner}".join(_laid_out(v, depth + 1) for v in value) + outer + "]"
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
