"""Ink formats behind one protocol (`inksight_cli.formats.protocol`), found by name or suffix."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

from inksight_cli import plugins
from inksight_cli.errors import UsageError
from inksight_cli.formats.protocol import Reader, Writer

GROUP = "inksight.formats"


def registry() -> plugins.Registry:
    """Import every registered format; those that fail are listed with their reason."""
    return plugins.registry(GROUP)


def known_suffixes() -> set[str]:
    """Return the endings that mean some format; imports them all."""
    return {suffix for cls in registry().loaded.values() for suffix in cls.suffixes}


def ending_of(path: PurePath) -> str:
    """Return the ending of ``path`` that tells its format, two where they are needed.

    ``.anim.svg`` is one where a format is called ``anim.svg``, ``.alto.xml`` where one is ``alto``.
    """
    known, (first, last) = plugins.names(GROUP), ["", "", *path.suffixes][-2:]
    both = f"{first}{last}"[1:].lower()
    double = both in known or (last.lower() == ".xml" and first[1:].lower() in known)
    return first + last if double else last


def readable_suffixes() -> tuple[str, ...]:
    """Return the endings of the formats that are read back; imports them all."""
    readers = (cls for cls in registry().loaded.values() if isinstance(cls(), Reader))
    return tuple(dict.fromkeys(suffix for cls in readers for suffix in cls.suffixes))


def find_writer(name: str) -> Writer:
    """Return the writer registered as ``name``, or for the suffix ``name`` (``.svg``).

    Raises:
        UsageError: no such format.
        MissingBackendError: the plug-in that brings it cannot be imported.
    """
    found: Writer = _find(name)()
    return found


def find_reader(name: str) -> Reader:
    """Return the reader registered as ``name``, or for the suffix ``name``.

    Raises:
        UsageError: no such format, or it can only be written.
        MissingBackendError: the plug-in that brings it cannot be imported.
    """
    found = _find(name)()
    if not isinstance(found, Reader):
        raise UsageError(f"The format {found.name!r} can be written but not read back.")
    return found


def _find(name: str) -> type[Any]:
    known = plugins.names(GROUP)
    plain = name.lower().removeprefix(".")
    if plain in known:
        return plugins.find(GROUP, plain, "format")
    # Only a name that is not a suffix as it stands needs all formats imported.
    by_suffix = {suffix: cls for cls in registry().loaded.values() for suffix in cls.suffixes}
    if f".{plain}" in by_suffix:
        return by_suffix[f".{plain}"]
    wanted = f"Unknown format {name!r}" if plain else "The output's format is not said"
    raise UsageError(
        f"{wanted}; it is one of {', '.join(known)}.",
        "Give the output one of these endings, or say --format.",
    )
