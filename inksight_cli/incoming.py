"""Numbers and texts that come in from strangers' files: one door for all of them.

A number is finite and within bounds that its meaning sets, or it is refused with a sentence; so
nothing behind this door meets infinity, NaN, 400 digits or 1e308. A text holds no lone surrogates,
which JSON can write and UTF-8 cannot.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LARGEST = 1e7
"""Pixels, either way from the origin: a hundred times the side of the largest page."""

_SURROGATE = re.compile("[\ud800-\udfff]")
_COLOR = re.compile("#[0-9a-f]{6}")
_DIGITS = 64
_SHOWN = 40


def number(
    value: object, what: str = "number", least: float = -LARGEST, most: float = LARGEST
) -> float:
    """Return ``value``, a number or the text of one, as a float within bounds.

    Raises:
        ValueError: it is none, or out of bounds.
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError(f"{shown(value)} is no {what}")
    if isinstance(value, str):
        if len(value) > _DIGITS:
            raise ValueError(f"{shown(value)} is no {what}")
        try:
            value = float(value)
        except ValueError:
            raise ValueError(f"{shown(value)} is no {what}") from None
    # Compared before it is made a float: integers of hundreds of digits become none.
    if not least <= value <= most:
        raise ValueError(f"{shown(value)} is no {what} from {least:g} to {most:g}")
    return float(value)


def whole(value: object, what: str = "whole number", least: int = 0, most: int = 10**7) -> int:
    """Return ``value`` as a whole number within bounds.

    Raises:
        ValueError: it is none.
    """
    exact = number(value, what, least, most)
    if exact != int(exact):
        raise ValueError(f"{shown(value)} is no {what}")
    return int(exact)


def numbers(
    values: NDArray[np.float64], what: str, least: float = -LARGEST, most: float = LARGEST
) -> NDArray[np.float64]:
    """Return ``values`` of any shape, all within bounds.

    Raises:
        ValueError: one is not.
    """
    if not ((values >= least) & (values <= most)).all():  # NaN is neither
        raise ValueError(f"these are no {what}, from {least:g} to {most:g}")
    return values


def dpi(value: object) -> float:
    """Return pixels per inch.

    Raises:
        ValueError: it is no number of them.
    """
    return number(value, "resolution", 0.1, 1e6)


def share(value: object, all_of_it: float = 1.0) -> float:
    """Return ``value`` of ``all_of_it`` as 0..1; what lies beyond is cut.

    Raises:
        ValueError: it is no number.
    """
    return min(max(number(value, "share") / all_of_it, 0.0), 1.0)


def color(value: object) -> str:
    """Return ``value`` if it is ``#rrggbb``, lower case.

    Raises:
        ValueError: it is not.
    """
    if not isinstance(value, str) or not _COLOR.fullmatch(value):
        raise ValueError(f"{shown(value)} is not a colour like '#1a2b3c'")
    return value


def text(value: object) -> str:
    """Return ``value`` as a text that every encoding can write."""
    return _SURROGATE.sub("\ufffd", str(value))


def shown(value: object) -> str:
    """Return ``value`` as a message may show it: short, whatever it is."""
    try:
        said = repr(value)
    except ValueError:  # Python writes out no integer of more than 4300 digits
        said = "a number of thousands of digits"
    return said if len(said) <= _SHOWN else f"{said[:_SHOWN]}..."
