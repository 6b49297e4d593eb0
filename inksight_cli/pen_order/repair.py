"""Lines that a walk left out, put where they fit: every one is walked, or is a spur.

To force a network over every line before it may stop ruins walks (it goes back over the whole
word for one it forgot); so it stops when it likes, and what is missing is put in by rules: a line
at the end of a stroke lengthens it, a loop is gone round, a second way between two nodes is taken
and walked back, a short tip is walked out and back, and what fits nowhere is a stroke of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from inksight_cli.geometry import Points
from inksight_cli.pen_order.beam import Walk
from inksight_cli.pen_order.lines import SPUR, Lines
from inksight_cli.trace.by_rule import turn_stroke

_SHARP = np.deg2rad(75)  # a stroke is not lengthened round a sharper corner than this
_SHORT = 2.5  # pen widths: a tip no longer than this is walked out and back
_LENGTHEN, _BACK, _TIP = 0.3, 1.0, 1.5  # radians of turning that each way of fitting costs more
_ROUNDS = 2  # a line may fit once another is in


@dataclass(frozen=True, slots=True)
class _Fit:
    """One way to put a line in: what it costs in radians, where, and what the pen does."""

    cost: float
    at: int
    states: tuple[int, ...]
    down: tuple[bool, ...]
    joins: bool = False  # the stroke that follows is then no stroke of its own


def missing(lines: Lines, states: list[int]) -> list[int]:
    """Return the lines a walk must not leave out, longest first; dots are never spurs."""
    walked = np.zeros(len(lines.paths), np.bool_)
    walked[[state // 2 for state in states]] = True
    degrees = np.bincount(lines.ends.ravel(), minlength=len(lines.nodes))
    alone = (degrees[lines.ends] == 1).all(axis=1) | (lines.lengths == 0)
    must = ~walked & ((lines.lengths > SPUR * lines.pen) | alone)
    order = np.argsort(-np.round(lines.lengths, 6), kind="stable")
    return [line for line in order.tolist() if must[line]]


def repair(lines: Lines, walk: Walk) -> Walk:
    """Return ``walk`` with every line in it that is no spur."""
    walk = Walk(list(walk.states), list(walk.down))
    left = missing(lines, walk.states)
    for _ in range(_ROUNDS):
        left = [line for line in left if not _put_in(lines, walk, line)]
    for line in left:
        _add(lines, walk, line)
    return walk


def _put_in(lines: Lines, walk: Walk, line: int) -> bool:
    """Put a line where it fits best into ``walk``; return whether it fits anywhere."""
    fits = [fit for state in (2 * line, 2 * line + 1) for fit in _fits(lines, walk, state)]
    if not fits:
        return False
    best = min(fits, key=lambda fit: round(fit.cost, 6))
    end = best.at + len(best.states)
    walk.states[best.at : best.at] = best.states
    walk.down[best.at : best.at] = best.down
    if best.joins:
        walk.down[end] = True
    return True


def _fits(lines: Lines, walk: Walk, state: int) -> Iterator[_Fit]:
    start, goal = int(lines.starts[state]), int(lines.goals[state])
    for place, before in enumerate(walk.states):
        last = place + 1 == len(walk.states) or not walk.down[place + 1]
        if int(lines.goals[before]) == start:
            yield from _after(lines, walk, state, place, last)
        begins = not walk.down[place]
        if begins and int(lines.starts[before]) == goal:
            turn = _turn(lines, state, before)
            if turn < _SHARP:
                yield _Fit(_LENGTHEN + turn, place, (state,), (False,), joins=True)


def _after(lines: Lines, walk: Walk, state: int, place: int, last: bool) -> Iterator[_Fit]:
    """Yield how a state may be walked right after the one at ``place``, at whose end it begins."""
    turn = _turn(lines, walk.states[place], state)
    start, goal = int(lines.starts[state]), int(lines.goals[state])
    if start == goal:
        yield _Fit(turn, place + 1, (state,), (True,))
        return
    if last:
        if turn < _SHARP:
            yield _Fit(_LENGTHEN + turn, place + 1, (state,), (True,))
        return
    onward = walk.states[place + 1]
    if int(lines.goals[onward]) == goal and int(lines.starts[onward]) == start:
        cost = _BACK + _turn(lines, onward, state ^ 1)
        yield _Fit(cost, place + 2, (state ^ 1, onward), (True, True))
    elif float(lines.lengths[state // 2]) <= _SHORT * lines.pen:
        yield _Fit(_TIP + turn, place + 1, (state, state ^ 1), (True, True))


def _add(lines: Lines, walk: Walk, line: int) -> None:
    """Make a line a stroke of its own, after the stroke it is nearest to."""
    path = lines.paths[line]
    state = 2 * line + int(turn_stroke(path) is not path)
    place = 0
    if walk.states:
        gaps = [_gap(lines.paths[other // 2], path) for other in walk.states]
        place = int(np.argmin(np.round(gaps, 6))) + 1
        while place < len(walk.states) and walk.down[place]:
            place += 1
    walk.states.insert(place, state)
    walk.down.insert(place, False)


def _gap(path: Points, other: Points) -> float:
    apart = path[:, None] - other[None]
    return float(np.hypot(apart[..., 0], apart[..., 1]).min())


def _turn(lines: Lines, before: int, after: int) -> float:
    """Return by how much a pen turns that goes on from one state to another, in radians."""
    cosine = -float(_into(lines, before ^ 1) @ _into(lines, after))
    return float(np.arccos(np.clip(cosine, -1.0, 1.0)))


def _into(lines: Lines, state: int) -> Points:
    """Return the unit vector along which a state leaves its node; a dot has none."""
    path = lines.path_of(state)
    far = min(len(path) - 1, max(3, int(2 * lines.pen)))
    vector = path[far] - path[0]
    return np.asarray(vector / max(float(np.hypot(*vector)), 1e-9))
