"""Pages of a result that is not whole yet, kept exactly, and read back without running anything.

A page is written as JSON: every dataclass, tuple and array says what it is, and numbers are
Python's own shortest texts, which give back the same number.
"""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import numpy as np

from inksight_cli.document import Line, Page, Photo, Quality, Stroke, Word
from inksight_cli.errors import UnreadableInputError
from inksight_cli.geometry import Quad
from inksight_cli.homography import Homography

_KIND = "is"
_CLASSES: dict[str, Any] = {
    kind.__name__: kind for kind in (Page, Line, Word, Stroke, Quality, Quad, Photo, Homography)
}
_ARRAY, _TUPLE = "array", "tuple"


def write_part(page: Page) -> bytes:
    """Return a page as a part of a result."""
    return json.dumps(_plain(page)).encode()


def read_part(path: Path) -> Page:
    """Return the page in a file that `write_part` filled.

    Raises:
        UnreadableInputError: it is none.
    """
    try:
        page = _made(json.loads(path.read_bytes()))
        if isinstance(page, Page):
            return page
        reason = "it holds no page"
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        reason = str(error)
    raise UnreadableInputError(f"The page kept in '{path}' cannot be read: {reason}.")


def _plain(value: Any) -> Any:  # noqa: ANN401
    if is_dataclass(value):
        members = {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
        return {_KIND: type(value).__name__, **members}
    if isinstance(value, np.ndarray):
        return {_KIND: _ARRAY, "shape": value.shape, "of": value.ravel().tolist()}
    if isinstance(value, tuple):
        return {_KIND: _TUPLE, "of": [_plain(each) for each in value]}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return value.item() if isinstance(value, np.generic) else value


def _made(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, list):
        return [_made(each) for each in value]
    if not isinstance(value, dict):
        return value
    members = {name: _made(each) for name, each in value.items() if name != _KIND}
    if value[_KIND] == _ARRAY:
        return np.array(members["of"], dtype=np.float64).reshape(members["shape"])
    if value[_KIND] == _TUPLE:
        return tuple(members["of"])
    return _CLASSES[value[_KIND]](**members)
