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
from inksight_cli.trace.by_rule import turn_stroke

_SHARP = np.deg2rad(75)  # a stroke is not lengthened round a sharper corner than this


@dataclass(slots=True, eq=False)
class Walk:
    """One stroke on the ink.

    Attributes:
        ids: the states the pen passed.
        points: (N, 2) float64, where it was at each of them.
        origin: who drew most of it.
    """

    ids: list[int]
    points: Points
    origin: Origin = "model"

    def splice(self, states: InkStates, first: int, last: int, ids: list[int]) -> None:
        """Put the states ``ids`` in the place of those from ``first`` up to, not with, ``last``."""
        self.ids[first:last] = ids
        new = states.points[ids].reshape(-1, 2)
        self.points = np.concatenate([self.points[:first], new, self.points[last:]])


def complete(states: InkStates, walks: list[Walk], pen_width: float) -> list[Walk]:
    """Return ``walks`` with the unwalked ink added.

    Args:
        states: of the ink.
        walks: the model's strokes, in pen order.
        pen_width: in pixels; what is nearer than this to ink that is drawn is not missing.
    """
    strokes = list(walks)
    waiting = sorted(_unwalked(states, walks), key=states.length, reverse=True)
    for _ in range(2):  # what fits nowhere now may fit after another piece is in
        waiting = [p for p in waiting if not _attach(states, strokes, p, pen_width)]
    for piece in waiting:
        if not strokes or _gap(states, strokes, piece) > pen_width:
            _insert(states, strokes, piece)
    return strokes


def _gap(states: InkStates, strokes: list[Walk], piece: list[int]) -> float:
    """Return how far the part of ``piece`` that is farthest from all strokes is from them."""
    drawn = np.concatenate([stroke.points for stroke in strokes])
    offset = states.points[piece][:, None] - drawn[None]
    return float(np.sqrt((offset**2).sum(axis=2).min(axis=1).max()))


def _unwalked(states: InkStates, walks: list[Walk]) -> Iterator[list[int]]:
    """Yield the ink no walk goes over, as chains of states between branches."""
    walked = {frozenset(pair) for walk in walks for pair in itertools.pairwise(walk.ids)}
    visited = {state for walk in walks for state in walk.ids}
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


def _attach(states: InkStates, strokes: list[Walk], piece: list[int], pen_width: float) -> bool:
    """Work ``piece`` into one of ``strokes`` if it belongs there; return whether it did."""
    return any(
        _lengthen(states, stroke, piece, pen_width)
        or _close_loop(states, stroke, piece)
        or _go_round(states, stroke, piece)
        or _take_detour(states, stroke, piece, pen_width)
        or _go_and_return(states, stroke, piece, pen_width)
        for stroke in strokes
    )


def _lengthen(states: InkStates, stroke: Walk, piece: list[int], pen_width: float) -> bool:
    for chain in (piece, piece[::-1]):
        for ids in (stroke.ids, stroke.ids[::-1]):
            if ids[-1] != chain[0]:
                continue
            short = states.length(chain) <= 2.0 * pen_width
            if short or len(ids) < 2 or _turn(states, ids, chain) < _SHARP:
                if ids is stroke.ids:
                    stroke.splice(states, len(ids), len(ids), chain[1:])
                else:
                    stroke.splice(states, 0, 0, chain[:0:-1])
                return True
    return False


def _close_loop(states: InkStates, stroke: Walk, piece: list[int]) -> bool:
    """Insert a loop where the stroke passes its foot, in the direction that turns least."""
    if piece[0] != piece[-1] or piece[0] not in stroke.ids or len(piece) < 3:
        return False
    at = stroke.ids.index(piece[0])
    before = stroke.ids[: at + 1]
    if len(before) > 1 and _turn(states, before, piece) > _turn(states, before, piece[::-1]):
        piece = piece[::-1]
    stroke.splice(states, at, at + 1, piece)
    return True


def _go_round(states: InkStates, stroke: Walk, piece: list[int]) -> bool:
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
    stroke.splice(states, last + 1, last + 1, back[1:] + foot[1:])
    return True


def _span(stroke: Walk, piece: list[int]) -> tuple[int, int] | None:
    """Return where the stroke first passes the two ends of ``piece``, in the stroke's order."""
    ends = (piece[0], piece[-1])
    if ends[0] == ends[1] or ends[0] not in stroke.ids or ends[1] not in stroke.ids:
        return None
    first, last = sorted((stroke.ids.index(ends[0]), stroke.ids.index(ends[1])))
    return first, last


def _take_detour(states: InkStates, stroke: Walk, piece: list[int], pen_width: float) -> bool:
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
    stroke.splice(states, first, last + 1, piece if cut[0] == piece[0] else piece[::-1])
    return True


def _go_and_return(states: InkStates, stroke: Walk, piece: list[int], pen_width: float) -> bool:
    """Walk a short dead end there and back, as a pen does at the tip of an i or a t."""
    for chain in (piece, piece[::-1]):
        dead_end = len(states.near[chain[-1]]) == 1
        if dead_end and chain[0] in stroke.ids and states.length(chain) <= 2.5 * pen_width:
            at = stroke.ids.index(chain[0])
            stroke.splice(states, at, at + 1, chain + chain[-2::-1])
            return True
    return False


def _turn(states: InkStates, ids: list[int], chain: list[int]) -> float:
    """Return the angle between the end of ``ids`` and the beginning of ``chain``, radians."""
    arriving = states.points[ids[-1]] - states.points[ids[max(-4, -len(ids))]]
    leaving = states.points[chain[min(3, len(chain) - 1)]] - states.points[chain[0]]
    scale = float(np.hypot(*arriving) * np.hypot(*leaving))
    if scale == 0:
        return 0.0
    cosine = float(arriving[0] * leaving[0] + arriving[1] * leaving[1]) / scale
    return float(np.arccos(np.clip(cosine, -1.0, 1.0)))


def _insert(states: InkStates, strokes: list[Walk], piece: list[int]) -> None:
    """Add ``piece`` as a stroke of its own, right after the stroke nearest to it."""
    path = states.points[piece]
    ids = piece if np.array_equal(turn_stroke(path), path) else piece[::-1]
    distances = [_distance(states, stroke.ids, piece) for stroke in strokes]
    place = int(np.argmin(distances)) + 1 if strokes else 0
    strokes.insert(place, Walk(ids, states.points[ids], "trace"))


def _distance(states: InkStates, ids: list[int], piece: list[int]) -> float:
    offset = states.points[ids][:, None] - states.points[piece][None]
    return float((offset**2).sum(axis=2).min())
