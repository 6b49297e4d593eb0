"""Ink tokens and strokes: InkSight's own alphabet of 451 tokens.

Source: InkSight (Mitrevski et al., TMLR 2025), section 3.2 and the published notebook's
``detokenize``. On a canvas of N = 224 the ids are x = v in 0..224, y = v + 225, and 450 for the
start of a stroke; a stroke is ``450 x y x y ...``. Coordinates are canvas pixels.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from inksight_cli.geometry import Points, as_points

CANVAS = 224
LEVELS = CANVAS + 1
START = 2 * LEVELS
COUNT = START + 1


def encode(strokes: Iterable[Points]) -> list[int]:
    """Return the ink tokens of ``strokes``, each (N, 2) in canvas pixels.

    Points are rounded to whole pixels and clipped to the canvas; repeats that rounding makes
    are dropped, so a stroke never holds the same point twice in a row.
    """
    tokens: list[int] = []
    for stroke in strokes:
        grid = np.clip(np.rint(as_points(stroke)), 0, CANVAS).astype(int)
        if not len(grid):
            continue
        moved = np.concatenate([[True], (np.diff(grid, axis=0) != 0).any(axis=1)])
        tokens.append(START)
        for x, y in grid[moved]:
            tokens += [int(x), int(y) + LEVELS]
    return tokens


def decode(tokens: Sequence[int]) -> list[Points]:
    """Return the strokes of a token sequence, each (N, 2) float64 in canvas pixels, N >= 1.

    As the reference does: a dangling x is dropped, a pair out of order or range is skipped,
    and points before the first start of a stroke open one.
    """
    strokes: list[list[tuple[int, int]]] = []
    x: int | None = None
    fresh = True
    for token in tokens:
        if token == START:
            fresh, x = True, None
        elif 0 <= token < LEVELS:
            x = token
        elif LEVELS <= token < START and x is not None:
            if fresh:
                strokes.append([])
                fresh = False
            strokes[-1].append((x, token - LEVELS))
            x = None
    return [as_points(stroke) for stroke in strokes]
