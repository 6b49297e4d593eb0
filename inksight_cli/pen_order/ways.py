"""How the pen gets from one line to the next without being lifted: over ink it had drawn.

A pen goes back over a stem (n), out along a tip and back, or round a corner over several lines;
it never crosses paper.
"""

from __future__ import annotations

import heapq
from collections.abc import Collection

import numpy as np

from inksight_cli.pen_order.beam import Walk
from inksight_cli.pen_order.lines import Lines

TOUCH = 1.5
"""Pen widths between the ends of lines that touch: one would do if none were bent."""
TWICE = 0.8
"""Longest way a pen goes twice within a word, of the word's size."""


def keep_to_ink(lines: Lines, walk: Walk) -> Walk:
    """Return a walk that crosses no paper: ways over drawn ink put in, or the pen lifted."""
    states: list[int] = []
    down: list[bool] = []
    leaving = _leaving(lines)
    for state, stays in zip(walk.states, walk.down, strict=True):
        if stays and states:
            way = _way(lines, leaving, states[-1], state, {s // 2 for s in states})
            stays = way is not None
            states += way or []
            down += [True] * len(way or [])
        down.append(stays and bool(states))
        states.append(state)
    return Walk(states, down)


def _leaving(lines: Lines) -> dict[int, list[int]]:
    """Return the states that leave every node."""
    leaving: dict[int, list[int]] = {}
    for state, node in enumerate(lines.starts.tolist()):
        leaving.setdefault(node, []).append(state)
    return leaving


def _way(
    lines: Lines, leaving: dict[int, list[int]], before: int, after: int, drawn: Collection[int]
) -> list[int] | None:
    """Return the states between two others, [] where these touch, None where paper lies."""
    start, goal = int(lines.goals[before]), int(lines.starts[after])
    gap = lines.nodes[goal] - lines.nodes[start]
    if start == goal or float(np.hypot(*gap)) <= TOUCH * lines.pen:
        return []
    longest = TWICE * lines.size
    waiting: list[tuple[float, int, tuple[int, ...]]] = [(0.0, start, ())]
    done: set[int] = set()
    while waiting:
        gone, at, way = heapq.heappop(waiting)  # Dijkstra (1959)
        if at == goal:
            return list(way)
        if at in done:
            continue
        done.add(at)
        for state in leaving[at]:
            far = gone + float(lines.lengths[state // 2])
            if far <= longest and state // 2 in drawn:
                heapq.heappush(waiting, (far, int(lines.goals[state]), (*way, state)))
    return None
