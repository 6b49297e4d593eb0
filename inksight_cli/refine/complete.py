"""What the model did not walk: put back where it fits best.

Every centre line of a word's ink is walked at least once in the end. A line left at the end of
a stroke lengthens it; a loop cut short is gone round; a way the model cut off is taken; what
fits nowhere becomes a stroke of the tracer's, next to the stroke it is nearest to.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from inksight_cli.document import Origin
from inksight_cli.geometry import Points
from inksight_cli.refine.states import InkStates
from inksight_cli.trace.order import turn_stroke

_SHARP = np.deg2rad(75)  # a stroke is not lengthened round a sharper corner than this


@dataclass(slots=True, eq=False)
class Path:
    """One stroke on the ink: its (N, 2) points, and who drew most of it."""

    points: Points
    origin: Origin


@dataclass(slots=True, eq=False)
class _Walk:
    ids: list[int]
    origin: Origin


def complete(states: InkStates, walks: list[list[int]], pen_width: float) -> list[Path]:
    """Return ``walks`` as paths, with the unwalked ink added.

    Args:
        states: of the ink.
        walks: the model's strokes as state ids, in pen order.
        pen_width: in pixels; unwalked pieces shorter than this are the pen's own roundness.
    """
    strokes = [_Walk(list(ids), "model") for ids in walks]
    pieces = sorted(_unwalked(states, walks), key=states.length, reverse=True)
    waiting = [piece for piece in pieces if len(piece) > 1 or not states.near[piece[0]]]
    for _ in range(2):  # what fits nowhere now may fit after another piece is in
        waiting = [p for p in waiting if not _attach(states, strokes, p, pen_width)]
    for piece in waiting:
        if states.length(piece) >= 1.5 * pen_width or not states.near[piece[0]]:
            _insert(states, strokes, piece)
    return [Path(states.points[stroke.ids], stroke.origin) for stroke in strokes]


def _unwalked(states: InkStates, walks: list[list[int]]) -> Iterator[list[int]]:
    """Yield the ink no walk goes over, as chains of states between branches."""
    walked = {frozenset(pair) for ids in walks for pair in itertools.pairwise(ids)}
    visited = {state for ids in walks for state in ids}
    left = [
        {other for other in near if frozenset((state, other)) not in walked}
        for state, near in enumerate(states.near)
    ]
    for state, near in enumerate(states.near):
        if not near and state not in visited:
            yield [state]
    branches = [k for k, rest in enumerate(left) if rest and (len(rest) != 2 or k in visited)]
    for start in branches:
        while left[start]:
            yield _take_chain(left, start, visited)
    for start in range(len(left)):  # rings nobody touched
        if left[start]:
            yield _take_chain(left, start, visited)


def _take_chain(left: list[set[int]], start: int, visited: set[int]) -> list[int]:
    chain = [start]
    while True:
        at = chain[-1]
        onward = left[at].pop()
        left[onward].discard(at)
        chain.append(onward)
        if onward == start or onward in visited or len(left[onward]) != 1:
            return chain


def _attach(states: InkStates, strokes: list[_Walk], piece: list[int], pen_width: float) -> bool:
    """Work ``piece`` into one of ``strokes`` if it belongs there; return whether it did."""
    return any(
        _lengthen(states, stroke, piece, pen_width)
        or _close_loop(states, stroke, piece)
        or _go_round(states, stroke, piece)
        or _take_detour(states, stroke, piece, pen_width)
        or _go_and_return(states, stroke, piece, pen_width)
        for stroke in strokes
    )


def _lengthen(states: InkStates, stroke: _Walk, piece: list[int], pen_width: float) -> bool:
    for chain in (piece, piece[::-1]):
        for ids in (stroke.ids, stroke.ids[::-1]):
            if ids[-1] != chain[0]:
                continue
            short = states.length(chain) <= 2.0 * pen_width
            if short or len(ids) < 2 or _turn(states, ids, chain) < _SHARP:
                longer = ids + chain[1:]
                stroke.ids = longer if ids is stroke.ids else longer[::-1]
                return True
    return False


def _close_loop(states: InkStates, stroke: _Walk, piece: list[int]) -> bool:
    """Insert a loop where the stroke passes its foot, in the direction that turns least."""
    if piece[0] != piece[-1] or piece[0] not in stroke.ids or len(piece) < 3:
        return False
    at = stroke.ids.index(piece[0])
    before = stroke.ids[: at + 1]
    if len(before) > 1 and _turn(states, before, piece) > _turn(states, before, piece[::-1]):
        piece = piece[::-1]
    stroke.ids[at : at + 1] = piece
    return True


def _go_round(states: InkStates, stroke: _Walk, piece: list[int]) -> bool:
    """Insert a loop whose foot is a stretch that the stroke walks once: it is walked again."""
    span = _span(stroke, piece)
    if span is None:
        return False
    first, last = span
    foot = stroke.ids[first : last + 1]
    back = piece if piece[0] == foot[-1] else piece[::-1]
    smooth = _turn(states, foot, back) < _SHARP and _turn(states, back, foot) < _SHARP
    if not smooth or states.length(foot) > 0.5 * states.length(piece):
        return False
    stroke.ids[last + 1 : last + 1] = back[1:] + foot[1:]
    return True


def _span(stroke: _Walk, piece: list[int]) -> tuple[int, int] | None:
    """Return where the stroke first passes the two ends of ``piece``, in the stroke's order."""
    ends = (piece[0], piece[-1])
    if ends[0] == ends[1] or ends[0] not in stroke.ids or ends[1] not in stroke.ids:
        return None
    first, last = sorted((stroke.ids.index(ends[0]), stroke.ids.index(ends[1])))
    return first, last


def _take_detour(states: InkStates, stroke: _Walk, piece: list[int], pen_width: float) -> bool:
    """Replace a short cut between the ends of ``piece`` if the ink under it is walked anyway."""
    span = _span(stroke, piece)
    if span is None:
        return False
    first, last = span
    cut = stroke.ids[first : last + 1]
    rest = stroke.ids[:first] + stroke.ids[last + 1 :]
    again = all(state in rest for state in cut[1:-1]) and len(cut) > 2
    if not again and states.length(cut) > 1.5 * pen_width:
        return False
    stroke.ids[first : last + 1] = piece if cut[0] == piece[0] else piece[::-1]
    return True


def _go_and_return(states: InkStates, stroke: _Walk, piece: list[int], pen_width: float) -> bool:
    """Walk a short dead end there and back, as a pen does at the tip of an i or a t."""
    for chain in (piece, piece[::-1]):
        dead_end = len(states.near[chain[-1]]) == 1
        if dead_end and chain[0] in stroke.ids and states.length(chain) <= 2.5 * pen_width:
            at = stroke.ids.index(chain[0])
            stroke.ids[at : at + 1] = chain + chain[-2::-1]
            return True
    return False


def _turn(states: InkStates, ids: list[int], chain: list[int]) -> float:
    """Return the angle between the end of ``ids`` and the beginning of ``chain``, radians."""
    arriving = states.points[ids[-1]] - states.points[ids[max(-4, -len(ids))]]
    leaving = states.points[chain[min(3, len(chain) - 1)]] - states.points[chain[0]]
    scale = float(np.hypot(*arriving) * np.hypot(*leaving))
    if scale == 0:
        return 0.0
    return float(np.arccos(np.clip(float(arriving @ leaving) / scale, -1.0, 1.0)))


def _insert(states: InkStates, strokes: list[_Walk], piece: list[int]) -> None:
    """Add ``piece`` as a stroke of its own, right after the stroke nearest to it."""
    path = states.points[piece]
    ids = piece if np.array_equal(turn_stroke(path), path) else piece[::-1]
    if not strokes:
        strokes.append(_Walk(ids, "trace"))
        return
    distances = [_distance(states, stroke.ids, piece) for stroke in strokes]
    strokes.insert(int(np.argmin(distances)) + 1, _Walk(ids, "trace"))


def _distance(states: InkStates, ids: list[int], piece: list[int]) -> float:
    offset = states.points[ids][:, None] - states.points[piece][None]
    return float((offset**2).sum(axis=2).min())
