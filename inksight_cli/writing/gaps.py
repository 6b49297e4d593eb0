"""How far ink lies from ink: the white between two letters, where they come nearest."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from inksight_cli.geometry import Points
from inksight_cli.polylines import resample

_BAND, _TOP, _BANDS = 0.3, -2.4, 13  # bodies; from above the tallest letter to below the line
_REACH = 1  # bands on either side that count as beside each other
_STEP = 0.12

Profile = NDArray[np.float64]
"""Where ink ends in every band of heights; -inf (right ends) or inf (left ends) without ink."""


def profiles(paths: Sequence[Points], slant: float = 0.0) -> tuple[Profile, Profile]:
    """Return where ink begins at the left and ends at the right, band by band.

    Args:
        paths: in bodies.
        slant: how far they lean; ends are those of letters that are set upright.
    """
    left, right = np.full(_BANDS, np.inf), np.full(_BANDS, -np.inf)
    points = np.concatenate([resample(path, _STEP) for path in paths])
    band = np.clip(((points[:, 1] - _TOP) / _BAND).astype(np.intp), 0, _BANDS - 1)
    x = points[:, 0] + slant * points[:, 1]
    np.minimum.at(left, band, x)
    np.maximum.at(right, band, x)
    return left, right


def gap(right: Profile, left: Profile) -> float:
    """Return the white between what ends at ``right`` and what begins at ``left``.

    Negative where they cross; inf where they have no height in common.
    """
    near = left.copy()
    for shift in range(1, _REACH + 1):
        near[shift:] = np.minimum(near[shift:], left[:-shift])
        near[:-shift] = np.minimum(near[:-shift], left[shift:])
    apart = near - right
    return float(apart.min())


def gap_of(first: Sequence[Points], second: Sequence[Points]) -> float:
    """Return the white between two letters as they lie; else between their boxes."""
    (_, right_a), (left_b, _) = profiles(first), profiles(second)
    found = gap(right_a, left_b)
    return found if np.isfinite(found) else float(left_b.min() - right_a.max())
