"""How the pen got from one piece to the next without being lifted: over ink it had drawn."""

from __future__ import annotations

import numpy as np

from inksight_cli.geometry import Points, path_length, resample

_STEP = 1.0


def way_between(before: Points, after: Points, reach: float, longest: float) -> Points | None:
    """Return the pen's way from the end of ``before`` to the start of ``after``, both excluded.

    Straight on where they touch; else back over ``before`` to where ``after`` begins (the stem
    of an n), or out along ``after`` to its start (a tip that is gone over twice).

    Args:
        before: a piece (N, 2) in writing direction.
        after: the piece written next.
        reach: what counts as touching, in the pieces' unit.
        longest: the longest way a pen goes twice, in the same unit.

    Returns:
        (M, 2), M = 0 where they touch; None when no ink joins them, or only a long way does.
    """
    if np.hypot(*(after[0] - before[-1])) <= reach:
        return np.empty((0, 2))
    back = _to(before[::-1], after[0], reach)
    out = _to(after, before[-1], reach)
    ways = [way for way in (back, None if out is None else out[::-1]) if way is not None]
    short = [way for way in ways if path_length(way) <= longest]
    return min(short, key=path_length, default=None)


def _to(path: Points, place: Points, reach: float) -> Points | None:
    """Return ``path`` from its start up to the point nearest to ``place``, if it comes near."""
    fine = resample(path, _STEP)
    apart = np.hypot(*(fine - place).T)
    nearest = int(apart.argmin())
    return fine[: nearest + 1] if apart[nearest] <= reach else None
