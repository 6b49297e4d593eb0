"""What an answer is worth by itself: the same for the same strokes, always."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from inksight_cli.document import Status
from inksight_cli.geometry import Points

PASSES = 2  # a pen goes the same way over the same ink at most so often
REPEATED = 0.25  # of the moves: an answer with more that went the same way before repeats itself


def status_of(strokes: Sequence[Points], truncated: bool) -> Status:
    """Return what is wrong with an answer, the cause before its effects, or ``ok``.

    Args:
        strokes: each (N, 2) in canvas pixels.
        truncated: whether it hit the model's length limit.
    """
    if not any(len(stroke) for stroke in strokes):
        return "empty"
    if max(map(len, strokes)) == 1:
        return "one-point"
    if repeats_itself(strokes):
        return "repeats"
    return "truncated" if truncated else "ok"


def repeats_itself(strokes: Sequence[Points]) -> bool:
    """Whether the pen goes the same ways again and again, as a model does that runs in a circle."""
    moves: Counter[bytes] = Counter()
    for stroke in strokes:
        grid = np.rint(stroke).astype(np.int32)
        moves.update(np.hstack([grid[:-1], grid[1:]])[k].tobytes() for k in range(len(grid) - 1))
    total = moves.total()
    again = sum(count - PASSES for count in moves.values() if count > PASSES)
    return again > REPEATED * total
