"""The door through which a manifest and a vocabulary come in: kinds and bounds of every field.

What is behind it may be built from: no number is without bounds, no text is something else, no
name leads out of the bundle.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

from inksight_cli import incoming

MOST_TEXT = 1 << 22  # bytes of a file of JSON
_TEXTS = ("name", "revision", "family", "tokenizer", "tokenizer_file", "pen_order", "precision")
_WORDS = ("licence", "training_data", "source")
_LENGTH, _WORDY = 300, 20_000
_SIZES = {"vocabulary": 10**6, "max_length": 10**5, "prompt_length": 10**5}
_IDS = ("ink_first", "start", "end")
_FLAGS = ("crop_rows", "prompt_end", "constrain", "reads")
_BEAMS, _ALPHA, _WIDEST = 64, 10.0, 1000.0
_BYTES = 10**12


def read_json(text: str) -> Any:  # noqa: ANN401
    """Return what ``text`` says.

    Raises:
        ValueError: it is not JSON, or nested too deeply.
    """
    try:
        plain = json.loads(text)
        json.dumps(plain, ensure_ascii=False).encode()
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    except UnicodeEncodeError:  # JSON can write halves of letters, UTF-8 cannot
        raise ValueError("it holds half a letter") from None
    return plain


def check_manifest(data: Mapping[str, Any]) -> None:
    """Look at every field of a manifest that is there; what must be there is asked elsewhere.

    Raises:
        ValueError: a field is of another kind, or out of bounds.
        TypeError: likewise.
    """
    for name in _TEXTS:
        _text(data, name, _LENGTH)
    for name in _WORDS:
        _text(data, name, _WORDY)
    for name in _FLAGS:
        if not isinstance(data.get(name, False), bool):
            raise TypeError(f"{name} must be bool")
    for name, most in _SIZES.items():
        _integer(data, name, most)
    for name in _IDS:
        _integer(data, name, _SIZES["vocabulary"])
    _number(data, "widest", _WIDEST)
    for name in ("tokenizer_file", "pen_order"):
        plain_name(data.get(name, ""))
    _texts(data.get("prompts", {}), "prompts")
    if not isinstance(data.get("measured", {}), dict):
        raise TypeError("measured must be an object")
    _decoding(data.get("decoding", {}))
    for variant in _objects(data, "variants"):
        for graph in _texts(variant, "variants"):
            plain_name(graph)
    for file in _objects(data, "files"):
        _text(file, "sha256", _LENGTH)
        _integer(file, "bytes", _BYTES)


def check_characters(data: Any) -> dict[str, Any]:  # noqa: ANN401
    """Return the fields of a character vocabulary.

    Raises:
        ValueError: a field is missing, of another kind, or out of bounds.
        TypeError: likewise.
    """
    if not isinstance(data, dict) or set(data) != {"characters", "first", "special", "unknown"}:
        raise TypeError("it has other fields")
    _text(data, "characters", _WORDY)
    most = _SIZES["vocabulary"]
    special = data["special"]
    if not isinstance(special, dict):
        raise TypeError("special must be an object")
    for number in (data["first"], data["unknown"], *special.values()):
        if type(number) is not int:
            raise TypeError("ids must be int")
        incoming.whole(number, "id", 0, most)
    return data


def plain_name(name: str) -> None:
    """Make sure that ``name`` is a file's own name, or empty.

    Raises:
        ValueError: it leads somewhere else.
    """
    if name and (PurePath(name).name != name or "\\" in name or "\0" in name or name == ".."):
        raise ValueError(f"it names a file outside: {incoming.shown(name)}")


def _text(data: Mapping[str, Any], name: str, most: int) -> None:
    value = data.get(name, "")
    if not isinstance(value, str):
        raise TypeError(f"{name} must be str")
    if len(value) > most:
        raise ValueError(f"{name} has more than {most} letters")


def _integer(data: Mapping[str, Any], name: str, most: int) -> None:
    if name not in data:
        return
    if type(data[name]) is not int:
        raise TypeError(f"{name} must be int")
    incoming.whole(data[name], f"number for {name}", 0, most)


def _objects(data: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    value = data.get(name, {})
    if not isinstance(value, dict) or not all(isinstance(each, dict) for each in value.values()):
        raise TypeError(f"{name} must be an object of objects")
    return list(value.values())


def _texts(value: Any, name: str) -> list[str]:  # noqa: ANN401
    if not isinstance(value, dict) or not all(isinstance(each, str) for each in value.values()):
        raise TypeError(f"{name} must be texts by name")
    return list(value.values())


def _decoding(value: Any) -> None:  # noqa: ANN401
    if not isinstance(value, dict):
        raise TypeError("decoding must be an object")
    _text(value, "search", _LENGTH)
    _integer(value, "beams", _BEAMS)
    _number(value, "alpha", _ALPHA)


def _number(data: Mapping[str, Any], name: str, most: float) -> None:
    value = data.get(name, 0.0)
    if isinstance(value, str):
        raise TypeError(f"{name} must be a number")
    incoming.number(value, f"number for {name}", 0.0, most)
