"""A hand as a file: a zip of JSON, read with suspicion.

``hand.json`` tells the format, the style and the name; ``words.json`` the letters, their paths in
thousandths of a body, every point as the step from the one before.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import numpy as np

from inksight_cli import incoming
from inksight_cli.errors import UnreadableInputError
from inksight_cli.files import read_regular
from inksight_cli.geometry import Points
from inksight_cli.writing.hand import Hand, Letter, Style

SUFFIX = ".hand"
_FORMAT, _VERSION = "inksight-hand", 1
_UNIT = 1000  # of a body
_LARGEST = 1 << 26  # bytes of a file, and of each of its parts unpacked
_FAR = 200 * _UNIT  # no letter lies farther from its word's beginning
_WORDS, _LETTERS, _PATHS, _POINTS = 200_000, 200, 100, 20_000
_PARTS = ("hand.json", "words.json")
_SAME_TIME = (1980, 1, 1, 0, 0, 0)


def encode_hand(hand: Hand) -> bytes:
    """Return the content of a file; the same hand gives the same bytes."""
    about = {"format": _FORMAT, "version": _VERSION, "name": hand.name, "style": asdict(hand.style)}
    words = [[_plain(letter) for letter in word] for word in hand.words]
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in zip(_PARTS, (about, words), strict=True):
            text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
            archive.writestr(zipfile.ZipInfo(name, _SAME_TIME), text, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def _plain(letter: Letter) -> list[object]:
    paths = []
    for path in letter.paths:
        grid = np.rint(path * _UNIT).astype(np.int64)
        paths.append(np.diff(grid, axis=0, prepend=np.zeros((1, 2), np.int64)).ravel().tolist())
    return [letter.text, int(letter.before), letter.after, int(letter.good), paths]


def read_hand(path: Path) -> Hand:
    """Read a hand's file.

    Raises:
        UnreadableInputError: there is no such file, or it is none of these.
    """
    try:
        about, words = _parts(read_regular(path, _LARGEST))
        if not isinstance(about, dict) or about.get("format") != _FORMAT:
            raise ValueError("it is no hand of inksight's")
        if about.get("version") != _VERSION:
            raise ValueError(f"version {incoming.shown(about.get('version'))} is not known here")
        letters = [_word(word) for word in _list(words, _WORDS)]
        return Hand(letters, _style(about.get("style")), incoming.text(about.get("name", "")))
    except OSError as error:
        raise UnreadableInputError(f"Cannot read '{path}': {error.strerror}.") from error
    except Exception as error:  # zipfile, zlib and json share none for damaged bytes
        raise UnreadableInputError(f"'{path}' is not a readable hand: {error}.") from error


def _parts(data: bytes) -> list[Any]:
    parts = []
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in _PARTS:
            info = archive.getinfo(name)
            with archive.open(info) as stream:
                plain = stream.read(_LARGEST + 1)  # whatever its head says of its size
            if len(plain) > _LARGEST:
                raise ValueError(f"{name} is too large")
            parts.append(json.loads(plain))
    return parts


def _list(value: object, most: int) -> list[Any]:
    if not isinstance(value, list) or len(value) > most:
        raise ValueError(f"{incoming.shown(value)} is no list of at most {most}")
    return value


def _style(plain: object) -> Style:
    if not isinstance(plain, dict):
        raise ValueError("it has no style")
    values: dict[str, Any] = {}
    for each in fields(Style):
        if each.name == "color":
            values[each.name] = incoming.color(plain.get(each.name))
        else:
            values[each.name] = incoming.number(plain.get(each.name), each.name, -1, 1000)
    style = Style(**values)
    if (
        min(style.body, style.pen, style.leading) < 0.01
        or max(style.left + style.right, 2 * style.top) > 0.8
    ):
        raise ValueError("nobody writes in such a style")
    return style


def _word(plain: object) -> list[Letter]:
    letters = [_letter(each) for each in _list(plain, _LETTERS)]
    if not letters:
        raise ValueError("a word has no letters")
    return letters


def _letter(plain: object) -> Letter:
    text, before, after, good, paths = _list(plain, 5)
    if not isinstance(text, str) or not text.strip() or len(text) > 8:
        raise ValueError(f"{incoming.shown(text)} is no letter")
    made = [_path(path) for path in _list(paths, _PATHS)]
    if after is not None:
        after = incoming.whole(after, "path", 0, len(made) - 1)
    if before and not made:
        raise ValueError("a letter goes on without a path")
    return Letter(incoming.text(text), made, before == 1, after, good == 1)


def _path(plain: Sequence[object]) -> Points:
    steps = _list(plain, 2 * _POINTS)
    if not steps or len(steps) % 2:
        raise ValueError("a path has no points")
    values = np.array([incoming.whole(step, "step", -2 * _FAR, 2 * _FAR) for step in steps])
    points = values.reshape(-1, 2).cumsum(axis=0) / _UNIT
    return incoming.numbers(points, "places in a word", -_FAR / _UNIT, _FAR / _UNIT)
