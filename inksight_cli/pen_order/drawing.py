"""From a walk over a word's lines to strokes: junctions crossed straight, tips whole."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from inksight_cli.geometry import Points
from inksight_cli.pen_order.lines import Lines
from inksight_cli.trace.chains import smooth

_CROSSED = 0.9
"""Of a junction's radius: so near to it a skeleton bends towards the other lines; no pen did."""


def draw(lines: Lines, states: Sequence[int], down: Sequence[bool]) -> list[Points]:
    """Return the strokes of a walk, each (N, 2) in pixels of the lines' graph.

    Args:
        lines: the word's.
        states: as they are walked; a state begins where the last one ends if the pen stays down,
            or as near to it as ink that touches.
        down: whether the pen came to each of them without a lift; the first is a lift.
    """
    degrees = np.bincount(lines.ends.ravel(), minlength=len(lines.nodes))
    strokes = []
    first = 0
    for place in range(1, len(states) + 1):
        if place == len(states) or not down[place]:
            strokes.append(_stroke(lines, degrees.tolist(), states[first:place]))
            first = place
    return strokes


def _stroke(lines: Lines, degrees: list[int], states: Sequence[int]) -> Points:
    begins = lines.nodes[lines.starts[states[0]]]
    ends = lines.nodes[lines.goals[states[-1]]]
    parts = [begins[None]]
    for place, state in enumerate(states):
        path = lines.path_of(state)
        start, goal = int(lines.starts[state]), int(lines.goals[state])
        if place > 0 and states[place - 1] != state ^ 1 and degrees[start] > 2:
            path = _outside(lines, path, start)
        last = place == len(states) - 1
        if not last and states[place + 1] != state ^ 1 and degrees[goal] > 2:
            path = _outside(lines, path[::-1], goal)[::-1]
        parts.append(path)
    return smooth(np.concatenate([*parts, ends[None]]))


def _outside(lines: Lines, path: Points, node: int) -> Points:
    """Drop the beginning of ``path`` that lies in the ink of the junction it crosses."""
    offset = path - lines.nodes[node]
    far = np.hypot(offset[:, 0], offset[:, 1]) > _CROSSED * lines.radii[node]
    return path[int(far.argmax()) :] if far.any() else path[-1:]
