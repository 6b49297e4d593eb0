"""Dotted lines to write on: rows of specks that look like letters to whoever reads."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from inksight_cli.geometry import Affine, Points
from inksight_cli.ink.types import Mask
from inksight_cli.ownership.parts import Components

DOT = 0.16  # of the lines' height: no dot is larger
STEP = 1.0  # of the lines' height: no farther from dot to dot
LEVEL = 0.15  # of a step, and a pixel: no farther up or down
EVEN = 0.35  # of a step: no farther from the step before
BLOCK = 256
FEWEST = 6  # dots in a row: three are an ellipsis, and words have few points above their letters


def leaders(components: Components, line_height: float, angle: float = 0.0) -> NDArray[np.bool_]:
    """Return which patches of a page's ink (N,) are dots of dotted lines.

    Args:
        components: the page's ink.
        line_height: of the writing, ascenders and descenders included, in pixels.
        angle: in which the lines run, in radians.
    """
    dots = np.zeros(components.count, dtype=np.bool_)
    small = np.flatnonzero(components.extents <= DOT * line_height)
    if len(small) >= FEWEST:
        level = Affine.rotation(-angle)(components.centres[small])
        dots[small[_in_rows(level, STEP * line_height)]] = True
    return dots


def without_leaders(mask: Mask, line_height: float) -> Mask:
    """Return ink (H, W) without its dotted lines; see `leaders`."""
    components = Components.of(mask)
    dots = leaders(components, line_height)
    return np.asarray(mask & ~dots[components.labels]) if dots.any() else mask


def _in_rows(dots: Points, farthest: float) -> NDArray[np.bool_]:
    """Return which of the dots (N, 2) stand in an even row of `FEWEST` or more."""
    after = _next(dots, farthest)
    steps = np.where(after >= 0, dots[after, 0] - dots[:, 0], np.nan)
    # A row goes on where the next step is about as long as this one.
    ahead = np.where(after >= 0, steps[after], np.nan)
    even = np.abs(ahead - steps) <= EVEN * np.fmin(ahead, steps)
    inside = np.zeros(len(dots), dtype=np.bool_)
    begins = even & ~np.isin(np.arange(len(dots)), after[even])
    for first in np.flatnonzero(begins):
        row = [int(first), int(after[first])]
        while even[row[-2]]:
            row.append(int(after[row[-1]]))
        if len(row) >= FEWEST:
            inside[row] = True
    return inside


def _next(dots: Points, farthest: float) -> NDArray[np.intp]:
    """Return for every dot the nearest to its right that stands level with it, or -1."""
    order = np.argsort(dots[:, 0], kind="stable")
    at = dots[order]
    ends = np.searchsorted(at[:, 0], at[:, 0] + farthest, side="right")
    after = np.full(len(dots), -1)
    # A grainy page has thousands of specks: not all pairs at once.
    for first in range(0, len(at), BLOCK):
        here = at[first : first + BLOCK]
        step = at[None, first : ends[min(first + BLOCK, len(at)) - 1]] - here[:, None]
        fits = (np.abs(step[..., 1]) <= LEVEL * step[..., 0] + 1) & (step[..., 0] > 0)
        ahead = np.where(fits, step[..., 0], np.inf)
        nearest = ahead.argmin(axis=1)
        found = np.flatnonzero(ahead[np.arange(len(here)), nearest] <= farthest)
        after[order[first + found]] = order[first + nearest[found]]
    return after
