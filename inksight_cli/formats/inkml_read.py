"""InkML read back: our own files in full, strangers' as one page of words.

In a file that is not ours every innermost ``traceGroup`` is a word; without any group all
traces are one word, which is how InkSight and IAM-style files keep theirs.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, cast
from xml.etree.ElementTree import Element, ParseError

import numpy as np

from inksight_cli import incoming
from inksight_cli.document import (
    STATUSES,
    Document,
    Line,
    Mode,
    Page,
    Photo,
    Provenance,
    Quality,
    Word,
)
from inksight_cli.errors import UnreadableInputError
from inksight_cli.formats.inkml_traces import Traces, local, notes
from inksight_cli.geometry import Box, Quad
from inksight_cli.homography import Homography

_TEXTS = ("truth", "textField", "label")
_MODES = ("derender", "recognize-and-derender", "derender-with-text")


def parse_inkml(stream: BinaryIO) -> Document:
    """Return the document in ``stream``.

    Raises:
        UnreadableInputError: it is not InkML, or its traces cannot be understood.
    """
    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import parse

    try:
        root = parse(stream).getroot()
        if root is None or local(root) != "ink":
            raise ValueError("it is XML, but not InkML")
        return _document(root)
    except (ParseError, DefusedXmlException, ValueError, LookupError, RecursionError) as error:
        raise UnreadableInputError(f"This is not a readable InkML file: {error}.") from error


def _document(root: Element) -> Document:
    traces = Traces(root)
    note = notes(root)
    provenance = Provenance(
        tool=note.get("application", ""),
        version=note.get("applicationVersion", ""),
        model=note.get("model", ""),
        model_hash=note.get("modelHash", ""),
        detector=note.get("detector", ""),
        mode=note.get("inferenceMode", ""),
        created=note.get("created"),
    )
    pages = [group for group in _groups(root) if notes(group).get("kind") == "page"]
    if pages or provenance.tool == "inksight":
        return Document([_page(group, traces) for group in pages], provenance)
    return Document([_foreign_page(root, traces)], provenance)


def _page(group: Element, traces: Traces) -> Page:
    note = notes(group)
    page = Page(_side(note, "width"), _side(note, "height"), source=note.get("source", ""))
    page.number = incoming.whole(note.get("number", 1), "number of a page", 1)
    page.sha256 = note.get("sha256", "")
    page.dpi = incoming.dpi(note["dpi"]) if "dpi" in note else None
    page.warnings = _all_notes(group, "warning")
    page.detector = note.get("detector", "")
    page.paper = incoming.color(note["paper"]) if "paper" in note else None
    page.photo = _photo(note) if "toPhoto" in note else None
    for child in _groups(group):
        if notes(child).get("kind") == "drawings":
            page.drawings += traces.strokes(traces.of(child))
        else:
            words, told = [_word(word, traces) for word in _groups(child)], notes(child)
            script = told.get("script", ""), told.get("scriptGiven") == "true"
            page.lines.append(Line(words, _quad(_needed(told, "quad")), *script))
    return page


def _photo(note: dict[str, str]) -> Photo:
    rows = [[incoming.number(v) for v in row.split()] for row in note["toPhoto"].split(",")]
    if [len(row) for row in rows] != [3, 3, 3]:
        raise ValueError("toPhoto is not a matrix of three rows and columns")
    dpi = incoming.dpi(note["photoDpi"]) if "photoDpi" in note else None
    size = (_side(note, "photoWidth"), _side(note, "photoHeight"))
    return Photo(*size, Homography(np.array(rows)), dpi)


def _word(group: Element, traces: Traces) -> Word:
    note = notes(group)
    mode = note.get("inferenceMode")
    return Word(
        quad=_quad(_needed(note, "quad")),
        text=note.get("truth", ""),
        confidence=_number(note, "confidence"),
        strokes=traces.strokes(traces.of(group)),
        mode=cast("Mode", mode) if mode in _MODES else None,
        quality=_quality(group) if "inkExplained" in note else None,
    )


def _quality(group: Element) -> Quality:
    note = notes(group)
    explained, on_ink, traced = (
        incoming.number(_needed(note, kind)) for kind in ("inkExplained", "onInk", "traced")
    )
    flags = tuple(_all_notes(group, "flag"))
    said = note.get("status")
    status = said if said in STATUSES else None
    return Quality(explained, on_ink, traced, _number(note, "score"), flags, status)


def _foreign_page(root: Element, traces: Traces) -> Page:
    words = [word for leaf in _leaves(root) if (word := _foreign_word(leaf, traces))]
    used = {id(trace) for leaf in _leaves(root) for trace in traces.of(leaf)}
    loose = traces.strokes(trace for trace in traces.all if id(trace) not in used)
    strokes = [stroke for word in words for stroke in word.strokes] + loose
    box = Box.around(np.concatenate([stroke.points for stroke in strokes])) if strokes else None
    width, height = (box.right, box.bottom) if box else (1, 1)
    page = Page(max(int(np.ceil(width)), 1), max(int(np.ceil(height)), 1), drawings=loose)
    if words:
        page.lines = [Line(words, Quad.from_box(Box.union(word.box for word in words)))]
    return page


def _foreign_word(group: Element, traces: Traces) -> Word | None:
    strokes = traces.strokes(traces.of(group))
    if not strokes:
        return None
    note = notes(group)
    text = next((note[kind] for kind in _TEXTS if kind in note), "")
    box = Box.around(np.concatenate([stroke.points for stroke in strokes]))
    return Word(Quad.from_box(box), text, strokes=strokes)


def _leaves(root: Element) -> Iterator[Element]:
    """Yield the innermost trace groups, or the root itself where there is none."""
    groups = [element for element in root.iter() if local(element) == "traceGroup"]
    yield from (group for group in groups if not list(_groups(group))) if groups else (root,)


def _groups(element: Element) -> Iterator[Element]:
    return (child for child in element if local(child) == "traceGroup")


def _all_notes(element: Element, kind: str) -> list[str]:
    notes = (child for child in element if local(child) == "annotation")
    return [note.text or "" for note in notes if note.get("type") == kind]


def _needed(note: dict[str, str], kind: str) -> str:
    if kind not in note:
        raise ValueError(f"a group has no annotation {kind!r}")
    return note[kind]


def _number(note: dict[str, str], kind: str) -> float | None:
    return incoming.number(note[kind]) if kind in note else None


def _side(note: dict[str, str], kind: str) -> int:
    return incoming.whole(_needed(note, kind), f"number of pixels for {kind!r}", 1)


def _quad(text: str) -> Quad:
    corners = [[incoming.number(v) for v in corner.split()] for corner in text.split(",")]
    if [len(corner) for corner in corners] != [2, 2, 2, 2]:
        raise ValueError(f"{incoming.shown(text)} is not four corners")
    return Quad.from_points(corners)
