"""Plug-ins: the classes that an entry-point group offers, by name.

Built-ins and a stranger's package register alike. Nothing is imported before it is asked for,
and what fails to import is listed with its reason and stops nobody.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from inksight_cli.errors import MissingBackendError, UsageError


@dataclass(frozen=True, slots=True)
class Registry:
    """One entry-point group, looked at.

    Attributes:
        group: the group's name.
        loaded: name -> class, in alphabetical order.
        broken: name -> why it could not be imported, one line.
    """

    group: str
    loaded: dict[str, type[Any]] = field(default_factory=dict)
    broken: dict[str, str] = field(default_factory=dict)


def names(group: str) -> list[str]:
    """Return the registered names of ``group`` in alphabetical order; imports nothing."""
    return sorted(_entries(group))


def find(group: str, name: str, kind: str) -> type[Any]:
    """Import and return the class registered as ``name``.

    Args:
        group: the entry-point group.
        name: the registered name.
        kind: what to call such a thing in an error (``format``, ``detector``).

    Raises:
        UsageError: nothing is registered under this name.
        MissingBackendError: the plug-in cannot be imported.
    """
    entry = _entries(group).get(name)
    if entry is None:
        raise UsageError(f"Unknown {kind} {name!r}; it is one of {', '.join(names(group))}.")
    loaded, reason = _load(entry)
    if reason:
        raise MissingBackendError(
            f"The {kind} {name!r} ({entry.value}) cannot be used: {reason}",
            "Repair or uninstall the package that brings it.",
        )
    return loaded


def registry(group: str) -> Registry:
    """Import everything in ``group`` and tell apart what loaded and what did not."""
    found = Registry(group)
    for name in names(group):
        loaded, reason = _load(_entries(group)[name])
        if reason:
            found.broken[name] = reason
        else:
            found.loaded[name] = loaded
    return found


@cache
def _entries(group: str) -> dict[str, EntryPoint]:
    return {entry.name: entry for entry in entry_points(group=group)}


def _load(entry: EntryPoint) -> tuple[type[Any], str]:
    # A stranger's module may raise anything at all while it is imported, even SystemExit.
    try:
        return entry.load(), ""
    except (Exception, SystemExit) as error:
        return object, f"{type(error).__name__}: {error}".splitlines()[0]
