"""The traces of an InkML file, with the channels and brushes they refer to, as strokes."""

from __future__ import annotations

from collections.abc import Iterable
from xml.etree.ElementTree import Element

import numpy as np

from inksight_cli import incoming
from inksight_cli.document import Origin, Stroke
from inksight_cli.formats.inkml_points import parse_trace

_ID = "{http://www.w3.org/XML/1998/namespace}id"


class Traces:
    """All traces of a file with the channels and brushes they refer to."""

    def __init__(self, root: Element) -> None:
        by_tag: dict[str, list[Element]] = {}
        for element in root.iter():
            by_tag.setdefault(local(element), []).append(element)
        self.all = by_tag.get("trace", [])
        self._by_id = {key: trace for trace in self.all if (key := _identity(trace))}
        self._brushes = {_identity(brush): brush for brush in by_tag.get("brush", [])}
        formats = {_identity(form): _channels(form) for form in by_tag.get("traceFormat", [])}
        self._default = next(iter(formats.values()), ["X", "Y"])
        self._contexts = {
            _identity(context): _context_channels(context, formats, self._default)
            for context in by_tag.get("context", [])
        }

    def of(self, group: Element) -> list[Element]:
        """Return the traces that stand in ``group`` or are referred to by its views."""
        found = [child for child in group if local(child) == "trace"]
        for view in (child for child in group if local(child) == "traceView"):
            key = view.get("traceDataRef", "").removeprefix("#")
            if key not in self._by_id:
                raise ValueError(f"a traceView refers to {key!r}, which is not a trace")
            found.append(self._by_id[key])
        return found

    def strokes(self, traces: Iterable[Element]) -> list[Stroke]:
        """Return ``traces`` as strokes."""
        return [self._stroke(trace) for trace in traces]

    def _stroke(self, trace: Element) -> Stroke:
        reference = trace.get("contextRef", "").removeprefix("#")
        channels = self._contexts.get(reference, self._default)
        values = parse_trace(trace.text or "", len(channels))
        column = {name: values[:, index] for index, name in enumerate(channels)}
        if "X" not in column or "Y" not in column:
            raise ValueError("a trace has no X or no Y")
        brush = self._brushes.get(trace.get("brushRef", "").removeprefix("#"))
        color, origin = _brush(brush)
        points = incoming.numbers(np.stack([column["X"], column["Y"]], axis=1), "points of a trace")
        widths = column.get("W")
        if widths is not None:
            incoming.numbers(widths, "widths of a pen", 0.0)
        return Stroke(points, widths, color, column.get("T"), origin)


def _brush(brush: Element | None) -> tuple[str, Origin]:
    if brush is None:
        return "#000000", "model"
    values = {p.get("name", ""): p.get("value", "") for p in brush if local(p) == "brushProperty"}
    color = values.get("color", "").lower()
    hexadecimal = (
        len(color) == 7 and color[0] == "#" and not set(color[1:]) - set("0123456789abcdef")
    )
    origin: Origin = "trace" if notes(brush).get("origin") == "trace" else "model"
    return color if hexadecimal else "#000000", origin


def _context_channels(
    context: Element, formats: dict[str, list[str]], default: list[str]
) -> list[str]:
    for child in context.iter():
        if local(child) == "traceFormat":
            return _channels(child)
    return formats.get(context.get("traceFormatRef", "").removeprefix("#"), default)


def _channels(form: Element) -> list[str]:
    return [child.get("name", "") for child in form.iter() if local(child) == "channel"]


def _identity(element: Element) -> str:
    return element.get(_ID, element.get("id", ""))


def notes(element: Element) -> dict[str, str]:
    """Return the element's own annotations; of several with one type, the first."""
    found: dict[str, str] = {}
    for child in element:
        if local(child) == "annotation":
            found.setdefault(child.get("type", ""), child.text or "")
    return found


def local(element: Element) -> str:
    """Return the tag of ``element`` without its namespace."""
    return str(element.tag).rpartition("}")[2]
