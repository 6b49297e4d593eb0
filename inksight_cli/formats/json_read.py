"""JSON read back into a document, with every value checked."""

from __future__ import annotations

import json
from typing import TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from inksight_cli import incoming
from inksight_cli.document import (
    STATUSES,
    Document,
    Line,
    Mode,
    Origin,
    Page,
    Photo,
    Provenance,
    Quality,
    Stroke,
    Word,
)
from inksight_cli.errors import UnreadableInputError
from inksight_cli.geometry import Quad
from inksight_cli.homography import Homography

T = TypeVar("T")
_MODES = (None, "derender", "recognize-and-derender", "derender-with-text")


def parse_document(data: bytes) -> Document:
    """Return the document that ``data`` (JSON in UTF-8) describes.

    Raises:
        UnreadableInputError: it is not JSON, or not an inksight document of version 1.
    """
    try:
        plain = json.loads(data, parse_constant=_refuse)
        if not isinstance(plain, dict) or plain.get("format") != "inksight-document":
            raise ValueError("it is JSON, but not an inksight document")
        if plain.get("version") != 1:
            raise ValueError(f"version {incoming.shown(plain.get('version'))} is not known here")
        pages = [_page(page) for page in _get(plain, "pages", list)]
        return Document(pages, _provenance(_value(plain, "provenance")))
    except (ValueError, TypeError, OverflowError, RecursionError) as error:
        raise UnreadableInputError(f"This is not a readable JSON document: {error}.") from error


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not a number")


def _value(plain: object, key: str) -> object:
    if not isinstance(plain, dict):
        raise ValueError(f"something stands where an object with {key!r} should")
    return plain.get(key)


def _get(plain: object, key: str, kind: type[T]) -> T:
    value = _value(plain, key)
    if value is None:
        raise ValueError(f"{key!r} is missing")
    # bool is an int to Python, but not to JSON.
    if not isinstance(value, kind) or isinstance(value, bool):
        raise ValueError(f"{key!r} is not of type {kind.__name__}")
    return value


def _number(plain: object, key: str) -> float:
    value = _value(plain, key)
    if isinstance(value, str):
        raise ValueError(f"{key!r} is not a number")
    return incoming.number(value, f"number for {key!r}")


def _maybe(plain: object, key: str) -> float | None:
    return None if _value(plain, key) is None else _number(plain, key)


def _whole(plain: object, key: str) -> int:
    return incoming.whole(_get(plain, key, int), f"number for {key!r}", 1)


def _dpi(plain: object) -> float | None:
    dpi = _maybe(plain, "dpi")
    return None if dpi is None else incoming.dpi(dpi)


def _texts(plain: object, key: str) -> list[str]:
    values = _get(plain, key, list)
    if not all(isinstance(value, str) for value in values):
        raise ValueError(f"{key!r} holds something that is not a text")
    return values


def _provenance(plain: object) -> Provenance:
    created = None if _value(plain, "created") is None else _get(plain, "created", str)
    names = ("tool", "version", "model", "model_hash", "detector", "mode")
    return Provenance(**{name: _get(plain, name, str) for name in names}, created=created)


def _page(plain: object) -> Page:
    page = Page(_whole(plain, "width"), _whole(plain, "height"))
    page.lines = [_line(line) for line in _get(plain, "lines", list)]
    page.drawings = [_stroke(stroke) for stroke in _get(plain, "drawings", list)]
    page.dpi = _dpi(plain)
    page.source = _get(plain, "source", str)
    page.number = _whole(plain, "number")
    page.sha256 = _get(plain, "sha256", str)
    page.warnings = _texts(plain, "warnings")
    # Files of before 0.2 have none of these.
    page.detector = _get(plain, "detector", str) if _value(plain, "detector") is not None else ""
    page.paper = None if _value(plain, "paper") is None else _color(plain, "paper")
    page.photo = None if _value(plain, "photo") is None else _photo(_value(plain, "photo"))
    return page


def _photo(plain: object) -> Photo:
    matrix = _array(plain, "to_photo", 2, count=3, columns=3)
    size = (_whole(plain, "width"), _whole(plain, "height"))
    return Photo(*size, Homography(matrix), _dpi(plain))


def _line(plain: object) -> Line:
    words = [_word(word) for word in _get(plain, "words", list)]
    if _value(plain, "script") is None:
        return Line(words, _quad(plain))
    script = _get(plain, "script", str), _value(plain, "script_given") is True
    return Line(words, _quad(plain), *script)


def _word(plain: object) -> Word:
    mode = _value(plain, "mode")
    if mode not in _MODES:
        raise ValueError(f"{mode!r} is not a mode")
    return Word(
        quad=_quad(plain),
        text=_get(plain, "text", str),
        confidence=_maybe(plain, "confidence"),
        strokes=[_stroke(stroke) for stroke in _get(plain, "strokes", list)],
        mode=cast("Mode | None", mode),
        quality=None if _value(plain, "quality") is None else _quality(_value(plain, "quality")),
        characters=_shares(plain, "characters"),
        alternatives=_alternatives(plain),
    )


def _shares(plain: object, key: str) -> tuple[float, ...]:
    values = [] if _value(plain, key) is None else _get(plain, key, list)
    return tuple(_share(value) for value in values)


def _share(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise ValueError("a confidence is not a number from 0 to 1")
    return float(value)


def _alternatives(plain: object) -> tuple[tuple[str, float], ...]:
    values = _get(plain, "alternatives", list) if _value(plain, "alternatives") is not None else []
    found = []
    for value in values:
        if not isinstance(value, list) or len(value) != 2 or not isinstance(value[0], str):
            raise ValueError("an alternative is not a text and its share")
        found.append((value[0], _share(value[1])))
    return tuple(found)


def _quality(plain: object) -> Quality:
    shares = {name: _number(plain, name) for name in ("ink_explained", "on_ink", "traced")}
    flags = tuple(_texts(plain, "flags"))
    status = _value(plain, "status")  # files of before 0.2 have none
    if status not in (None, *STATUSES):
        raise ValueError(f"{status!r} is not a status")
    return Quality(**shares, score=_maybe(plain, "score"), flags=flags, status=status)


def _quad(plain: object) -> Quad:
    return Quad.from_points(_array(plain, "quad", 2, count=4))


def _color(plain: object, key: str) -> str:
    return incoming.color(_get(plain, key, str))


def _stroke(plain: object) -> Stroke:
    points = _array(plain, "points", 2)
    origin = _get(plain, "origin", str)
    if origin not in ("model", "trace"):
        raise ValueError(f"{origin!r} is not an origin of a stroke")
    return Stroke(
        points,
        widths=_widths(plain, len(points)),
        color=_color(plain, "color"),
        times=_column(plain, "times", len(points)),
        origin=cast("Origin", origin),
    )


def _widths(plain: object, count: int) -> NDArray[np.float64] | None:
    widths = _column(plain, "widths", count)
    return None if widths is None else incoming.numbers(widths, "widths of a pen", 0.0)


def _column(plain: object, key: str, count: int) -> NDArray[np.float64] | None:
    return None if _value(plain, key) is None else _array(plain, key, 1, count=count)


def _array(
    plain: object, key: str, axes: int, count: int | None = None, columns: int = 2
) -> NDArray[np.float64]:
    """Return numbers as (N,) or (N, ``columns``); N >= 1, or exactly ``count``."""
    values = np.asarray(_get(plain, key, list))
    fits = (
        values.ndim == axes and values.shape[1:] in ((), (columns,)) and values.dtype.kind in "if"
    )
    if not fits or len(values) < 1 or (count is not None and len(values) != count):
        raise ValueError(f"{key!r} does not hold the numbers it should")
    exact: NDArray[np.float64] = values.astype(np.float64)
    return incoming.numbers(exact, f"numbers for {key!r}")
