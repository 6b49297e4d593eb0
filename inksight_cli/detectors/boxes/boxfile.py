"""Files of word boxes: our own JSON, read and written, and the way to hOCR, ALTO and PAGE-XML.

Our JSON, made to be edited by hand::

    {"format": "inksight-boxes", "version": 1, "pages": [
      {"source": "page.jpg", "number": 1, "width": 2480, "height": 3508, "lines": [
        {"words": [{"box": [210, 340, 402, 398], "text": "Dear", "confidence": 0.93},
                   {"quad": [[420, 338], [640, 351], [637, 410], [417, 397]]}]},
        {"box": [210, 460, 1800, 540], "text": "a line to be split into words"}]}]}

``box`` is left, top, right, bottom; ``quad`` four corners clockwise from the text's own
top-left; both in pixels of the upright picture. Boxes of a flattened page say so, beside its
size: ``"coordinates": "page"``. Everything but the place is optional.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any, BinaryIO

from inksight_cli import incoming
from inksight_cli.detectors.boxes.given import GivenLine, GivenPage, line_around, side
from inksight_cli.document import Page, Word
from inksight_cli.errors import UnreadableInputError
from inksight_cli.geometry import Box, Quad

FORMAT, VERSION = "inksight-boxes", 1
MOST = 10_000
"""Boxes of a page: ten times the words of a full page of print."""


def read_boxes(data: bytes, name: str = "the boxes file") -> list[GivenPage]:
    """Return the pages in a file of word boxes; the kind is told from its content.

    Args:
        data: the file's bytes: our JSON, hOCR, ALTO or PAGE-XML.
        name: what to call the file in an error.

    Raises:
        UnreadableInputError: it is none of them, or broken.
    """
    start = data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if start == b"{":
        pages = _read_json(data, name)
    elif start == b"<":
        from inksight_cli.detectors.boxes.boxxml import read_xml

        pages = read_xml(data, name)
    else:
        raise UnreadableInputError(
            f"{name} holds no word boxes.",
            "Give JSON as `inksight detect` writes it, hOCR, ALTO or PAGE-XML.",
        )
    for page in pages:
        if page.count > MOST:
            what = f"{name} has {page.count} boxes for page {page.number}, more than {MOST}"
            raise UnreadableInputError(f"{what}: no page has as many words.")
    return pages


def write_boxes(pages: Iterable[Page], stream: BinaryIO) -> None:
    """Write the word boxes of ``pages`` as our JSON, UTF-8, one word to a line."""
    plain = [_plain_page(page) for page in pages]
    text = json.dumps({"format": FORMAT, "version": VERSION, "pages": "@"}, ensure_ascii=False)
    body = ",\n".join(_page_text(page) for page in plain)
    # A file name that is not UTF-8 holds lone surrogates: written as JSON's own escapes.
    whole = text.replace('"@"', f"[\n{body}\n]").encode(errors="backslashreplace")
    stream.write(whole + b"\n")


def _page_text(page: dict[str, Any]) -> str:
    lines = []
    for line in page.pop("lines"):
        words = ",\n    ".join(json.dumps(word, ensure_ascii=False) for word in line["words"])
        lines.append(f'  {{"words": [\n    {words}]}}')
    head = json.dumps(page, ensure_ascii=False)[:-1]
    return f'{head}, "lines": [\n' + ",\n".join(lines) + "]}"


def _plain_page(page: Page) -> dict[str, Any]:
    return {
        "source": page.source,
        "number": page.number,
        **({"sha256": page.sha256} if page.sha256 else {}),
        "width": page.width,
        "height": page.height,
        **({} if page.photo is None else {"coordinates": "page"}),
        "lines": [{"words": [_plain_word(w) for w in line.words]} for line in page.lines],
    }


def _plain_word(word: Word) -> dict[str, Any]:
    plain: dict[str, Any] = {}
    if word.quad.upright:
        box = word.box
        plain["box"] = [round(v, 2) for v in (box.left, box.top, box.right, box.bottom)]
    else:
        plain["quad"] = [[round(x, 2), round(y, 2)] for x, y in word.quad.corners]
    if word.text:
        plain["text"] = word.text
    if word.confidence is not None:
        plain["confidence"] = round(word.confidence, 4)
    return plain


def _read_json(data: bytes, name: str) -> list[GivenPage]:
    try:
        root = json.loads(data.decode("utf-8-sig"))
    except RecursionError:
        raise UnreadableInputError(f"{name} is no valid JSON: it is nested too deeply.") from None
    except ValueError as error:
        raise UnreadableInputError(f"{name} is no valid JSON: {error}.") from error
    if root.get("format") != FORMAT or not isinstance(root.get("pages"), list):
        raise UnreadableInputError(
            f'{name} is JSON, but not of word boxes: it lacks "format": "{FORMAT}" or its pages.'
        )
    if root.get("version") != VERSION:
        raise UnreadableInputError(
            f"{name} has version {incoming.shown(root.get('version'))} of our boxes; "
            f"this program reads {VERSION}."
        )
    pages = []
    for index, page in enumerate(root["pages"], 1):
        try:
            pages.append(_page(page, index))
        except KeyError as error:
            raise UnreadableInputError(f"{name}, page {index}: {error} is missing.") from error
        except (TypeError, ValueError, AttributeError) as error:
            raise UnreadableInputError(f"{name}, page {index}: {error}.") from error
    return pages


def _page(plain: dict[str, Any], index: int) -> GivenPage:
    return GivenPage(
        lines=[_line(line) for line in plain["lines"]],
        width=side(plain["width"]) if "width" in plain else None,
        height=side(plain["height"]) if "height" in plain else None,
        source=incoming.text(plain.get("source", "")),
        number=incoming.whole(plain.get("number", index), "number of a page", 1),
        flat=plain.get("coordinates") == "page",
    )


def _line(plain: dict[str, Any]) -> GivenLine:
    words = [_word(word) for word in plain.get("words", [])]
    if words:
        quad = _quad(plain) if {"box", "quad"} & set(plain) else line_around(words)
    else:
        quad = _quad(plain)
    return GivenLine(quad, words, incoming.text(plain.get("text", "")))


def _word(plain: dict[str, Any]) -> Word:
    confidence = plain.get("confidence")
    return Word(
        _quad(plain),
        text=incoming.text(plain.get("text", "")),
        confidence=None if confidence is None else incoming.share(_plain_number(confidence)),
    )


def _quad(plain: dict[str, Any]) -> Quad:
    if "quad" in plain:
        corners = [_numbers(corner) for corner in plain["quad"]]
        if [len(corner) for corner in corners] != [2, 2, 2, 2]:
            raise ValueError("a quad is four corners [x, y]")
        quad = Quad.from_points(corners)
        if min(quad.size) <= 0:
            raise ValueError("a quad has no area")
        return quad
    if "box" not in plain:
        raise ValueError('a word needs a "box" or a "quad"')
    values = _numbers(plain["box"])
    if len(values) != 4:
        raise ValueError("a box is [left, top, right, bottom]")
    box = Box(*values)
    if box.width <= 0 or box.height <= 0:
        raise ValueError(f"the box {values} has no area: it is [left, top, right, bottom]")
    return Quad.from_box(box)


def _numbers(values: Sequence[Any]) -> list[float]:
    if isinstance(values, str):
        raise ValueError(f"{incoming.shown(values)} is no list of numbers")
    return [incoming.number(_plain_number(value)) for value in values]


def _plain_number(value: Any) -> float:  # noqa: ANN401
    """JSON has numbers of its own: a text is none."""
    if isinstance(value, str):
        raise ValueError(f"{incoming.shown(value)} is no number")
    return value  # type: ignore[no-any-return]
