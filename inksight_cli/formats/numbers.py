"""Numbers and texts as every format writes them, so that all carry the same strokes."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import ArrayLike, NDArray

from inksight_cli.document import Stroke
from inksight_cli.errors import OutputError

# What XML 1.0 cannot hold, not even escaped: control characters, surrogates, two non-characters.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def rounded(values: ArrayLike, precision: int) -> NDArray[np.float64]:
    """Return ``values`` with ``precision`` decimals, and no negative zero.

    Raises:
        OutputError: one is infinite or no number: no format can hold it.
    """
    exact: NDArray[np.float64] = np.asarray(values, dtype=np.float64)
    if not np.isfinite(exact).all():
        raise OutputError("This ink has a coordinate or a width that is no finite number.")
    return np.asarray(np.round(exact, precision) + 0.0, dtype=np.float64)


def texts(values: ArrayLike, precision: int) -> list[str]:
    """Return ``values`` (N,) as the shortest decimal texts of their rounded values."""
    return [repr(value).removesuffix(".0") for value in rounded(values, precision).tolist()]


def matrix_text(matrix: NDArray[np.float64]) -> str:
    """Return ``matrix`` (3, 3) as texts in full precision, row by row."""
    return ", ".join(" ".join(repr(value) for value in row) for row in matrix.tolist())


def width_text(stroke: Stroke, precision: int) -> str | None:
    """Return the median of the stroke's widths as they are written, or None when unknown.

    The widths are rounded first, so that a file read back gives the same median.
    """
    if stroke.widths is None:
        return None
    return texts([np.median(rounded(stroke.widths, precision))], precision)[0]


def xml_text(text: str) -> str:
    """Return ``text`` with what XML cannot hold replaced by U+FFFD."""
    return _NOT_XML.sub("\ufffd", text)
