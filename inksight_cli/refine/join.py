"""Strokes of overlapping tiles made one: each tile's share, joined where they were cut apart."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from inksight_cli.geometry import Points

_End = tuple[int, bool]
"""A piece's number, and whether it is the piece's last point."""
_AGAINST = 0.5  # of the tolerance: what an end costs that meets another end, not a beginning


@dataclass(slots=True, eq=False)
class _Piece:
    """What of a stroke lies between two cuts.

    Attributes:
        points: (N, 2), N >= 1, in the order of the pen.
        cut_at: the cuts where it begins and where it ends, None where the pen did so itself.
    """

    points: Points
    cut_at: tuple[int | None, int | None]


def join_tiles(
    tiles: Sequence[Sequence[Points]], cuts: Sequence[float], tolerance: float
) -> list[Points]:
    """Return the strokes of all tiles, each once, joined across the cuts.

    Args:
        tiles: of every tile the strokes (N, 2) as it drew them, x along the text; what it drew
            beyond its own cuts is its neighbour's to draw.
        cuts: where one tile's share ends and the next one's begins, ascending; one less than tiles.
        tolerance: how far apart two tiles may draw the same ink at a cut.
    """
    pieces: list[_Piece] = []
    span: list[range] = []
    for number, strokes in enumerate(tiles):
        before = len(pieces)
        pieces += [piece for stroke in strokes for piece in _within(stroke, number, cuts)]
        span.append(range(before, len(pieces)))
    links: dict[_End, _End] = {}
    for cut in range(len(cuts)):
        _link(pieces, cut, span[cut], span[cut + 1], tolerance, links)
    return [points for _, points in sorted(_walk(pieces, links), key=lambda found: found[0])]


def _within(stroke: Points, tile: int, cuts: Sequence[float]) -> Iterator[_Piece]:
    """Yield what of a stroke lies in a tile's own share: from its left cut up to its right one."""
    low = cuts[tile - 1] if tile > 0 else -np.inf
    high = cuts[tile] if tile < len(cuts) else np.inf
    if len(stroke) == 1:
        if low <= stroke[0, 0] < high:
            yield _Piece(stroke, (None, None))
        return
    found: list[Points] = []
    began: int | None = None
    for first, last in itertools.pairwise(stroke):
        inside = _inside(first, last, low, high)
        if inside is None:
            continue
        start, end = inside
        enters, leaves = start > 0, end < 1
        if not found:
            began = _side(first, last, tile) if enters else None
            found = [first + start * (last - first)]
        found.append(first + end * (last - first))
        if leaves:
            yield _Piece(np.array(found), (began, _side(last, first, tile)))
            found = []
    if found:
        yield _Piece(np.array(found), (began, None))


def _inside(first: Points, last: Points, low: float, high: float) -> tuple[float, float] | None:
    """Return from where to where on its way a straight move lies between two cuts, 0..1."""
    a, b = float(first[0]), float(last[0])
    if a == b:
        return (0.0, 1.0) if low <= a < high else None
    at = sorted(((low - a) / (b - a), (high - a) / (b - a)))
    start, end = max(at[0], 0.0), min(at[1], 1.0)
    return (start, end) if start < end else None


def _side(outside: Points, inside: Points, tile: int) -> int:
    """Return the cut of a tile through which a move comes in from ``outside``."""
    return tile - 1 if outside[0] < inside[0] else tile


def _link(
    pieces: Sequence[_Piece],
    cut: int,
    left: range,
    right: range,
    tolerance: float,
    links: dict[_End, _End],
) -> None:
    """Pair the ends that a cut made, the nearest first; an end goes on in a beginning."""
    ours, theirs = (
        [(k, last) for k in side for last in (False, True) if pieces[k].cut_at[last] == cut]
        for side in (left, right)
    )
    pairs = []
    for one in ours:
        for other in theirs:
            apart = abs(float(_at(pieces, one)[1] - _at(pieces, other)[1]))
            if apart <= tolerance:
                pairs.append((apart + _AGAINST * tolerance * (one[1] == other[1]), one, other))
    for _, one, other in sorted(pairs):
        if one not in links and other not in links:
            links[one], links[other] = other, one


def _at(pieces: Sequence[_Piece], end: _End) -> Points:
    points: Points = pieces[end[0]].points[-1 if end[1] else 0]
    return points


def _walk(pieces: Sequence[_Piece], links: dict[_End, _End]) -> Iterator[tuple[int, Points]]:
    """Yield every chain of linked pieces: the number of its first piece, and its points."""
    done: set[int] = set()
    ends = [(k, last) for k in range(len(pieces)) for last in (False, True)]
    free = [end for end in ends if end not in links]
    for end in (*free, *ends):  # rings, which have no free end, last
        if end[0] in done:
            continue
        chain: list[tuple[int, bool]] = []
        at: _End | None = end
        while at is not None and at[0] not in done:
            done.add(at[0])
            chain.append((at[0], at[1]))  # from its last point: backwards
            at = links.get((at[0], not at[1]))
        yield _strung(pieces, chain)


def _strung(pieces: Sequence[_Piece], chain: list[tuple[int, bool]]) -> tuple[int, Points]:
    """Return a chain's points in the direction that most of it was drawn in."""
    against = sum(len(pieces[k].points) * (1 if back else -1) for k, back in chain)
    if against > 0:
        chain = [(k, not back) for k, back in reversed(chain)]
    parts = [pieces[k].points[::-1] if back else pieces[k].points for k, back in chain]
    return chain[0][0], np.concatenate(parts)
