"""A TIFF's chain of pages, walked once, and what libtiff complains of while it decodes one.

Source: TIFF 6.0, section 2, and the BigTIFF design: a header points to the first directory, each
directory to the next, 0 ends the chain. A file that was cut ends it sooner, and decoders take
what is left for all there is.
"""

from __future__ import annotations

import contextlib
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from inksight_cli.native import caught_stderr

MOST_PAGES = 20_000
_KINDS = {
    b"II*\0": ("<", 4, "I", "H", 12),
    b"MM\0*": (">", 4, "I", "H", 12),
    b"II+\0": ("<", 8, "Q", "Q", 20),
    b"MM\0+": (">", 8, "Q", "Q", 20),
}
"""By the first bytes: their order, where the first offset is, its type, that of a directory's
count of entries, and how long an entry is."""


@dataclass(frozen=True, slots=True)
class Chain:
    """The directories of a TIFF.

    Attributes:
        count: how many are there.
        whole: whether the chain ends as it should, not by leading out of the file or in a circle.
    """

    count: int
    whole: bool


def is_tiff(data: bytes) -> bool:
    """Whether the first bytes are those of a TIFF."""
    return data[:4] in _KINDS


def walk(data: bytes) -> Chain:
    """Return the chain of a TIFF, of which at most `MOST_PAGES` + 1 directories are looked at."""
    order, first, offset_type, count_type, entry = _KINDS[data[:4]]
    offset_size, count_size = struct.calcsize(offset_type), struct.calcsize(count_type)
    seen: set[int] = set()
    at = first
    while at + offset_size <= len(data):
        (place,) = struct.unpack_from(order + offset_type, data, at)
        if place == 0 or len(seen) > MOST_PAGES:
            return Chain(len(seen), True)
        if place in seen or place + count_size > len(data):
            return Chain(len(seen), False)
        (entries,) = struct.unpack_from(order + count_type, data, place)
        at = place + count_size + entries * entry
        seen.add(place)
    return Chain(max(len(seen) - 1, 0), False)  # the last one is itself cut


@contextlib.contextmanager
def complaints() -> Iterator[list[str]]:
    """Give a list that holds, afterwards, the errors that libtiff wrote to stderr meanwhile.

    What it calls a warning is no matter: tags that scanners made up.
    """
    said: list[str] = []
    with caught_stderr() as caught:
        yield said
    said += [line for line in caught.lines if "Warning" not in line]


@contextlib.contextmanager
def no_complaints() -> Iterator[list[str]]:
    """Give an empty list, for decoders that raise instead."""
    yield []


def as_note(said: list[str]) -> list[str]:
    """Return what a user is told of complaints about a page."""
    if not said:
        return []
    more = f" ({len(said)} such complaints)" if len(said) > 1 else ""
    return [f"the picture is damaged, its decoder says: {said[0].rstrip('.')}{more}"]
