"""The likeliest order and directions of a word's strokes: a beam over what is left to write."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inksight_cli.geometry import Affine, Points
from inksight_cli.order.joins import InkWays
from inksight_cli.order.network import PenOrder
from inksight_cli.order.steps import Choices
from inksight_cli.order.strokes import WordStrokes, measure
from inksight_cli.trace.order import order_strokes, turn_stroke

BEAMS = 4
MOST = 160
"""What has more pieces than this is no word: rules order it, as they do drawings."""
_DOWN = -2.0  # logit from which the pen stays down: a stroke too many tears more than one too few
_TWICE = 0.8  # longest way a pen goes twice within a word, of the word's size


@dataclass(frozen=True, slots=True)
class _Beam:
    score: float
    states: tuple[int, ...] = ()
    down: tuple[bool, ...] = ()


def reorder(
    network: PenOrder,
    strokes: Sequence[Points],
    reach: float,
    guide: Sequence[Points] = (),
    angle: float = 0.0,
) -> list[Points]:
    """Return ``strokes`` in the order and direction the network finds likeliest, some joined.

    Args:
        network: of the model's bundle.
        strokes: the tracer's, each (N, 2); every one is in the result, whole.
        reach: how near pieces must be to touch, in the strokes' unit: the pen's width.
        guide: a model's own strokes over the same word, as good as they are.
        angle: direction of the text in radians, 0 = left to right; hands write along it.
    """
    if len(strokes) > MOST:
        return order_strokes(list(strokes), reach)
    if not strokes:
        return []
    turn = Affine.rotation(-angle)
    upright = [turn(stroke) for stroke in strokes]
    if len(strokes) == 1:  # a dash or a bow: there is nothing to order, and a rule knows its way
        return [strokes[0] if turn_stroke(upright[0]) is upright[0] else strokes[0][::-1]]
    word = measure(upright, [turn(path) for path in guide])
    best = _search(network, word)
    return _write(strokes, best, reach, _TWICE * word.size)


def _write(strokes: Sequence[Points], order: _Beam, reach: float, longest: float) -> list[Points]:
    """Return the strokes as ordered, joined where the pen stayed down and the ink allows it."""
    ways = InkWays(strokes, reach)
    written: list[list[Points]] = []
    last: int | None = None
    for place, (state, down) in enumerate(zip(order.states, order.down, strict=True)):
        stroke = strokes[state // 2][:: -1 if state % 2 else 1]
        drawn = {before // 2 for before in order.states[:place]}
        way = ways.between(last, state, drawn, longest) if down and last is not None else None
        if way is None:
            written.append([stroke])
        else:
            written[-1] += [way, stroke]
        last = state
    return [np.concatenate(parts) for parts in written]


def _search(network: PenOrder, word: WordStrokes) -> _Beam:
    choices = Choices(word)
    beams = [_Beam(0.0)]
    for _ in range(word.count):
        asked = [choices(*_situation(word, beam)) for beam in beams]
        scores = network(np.concatenate([rows for _, rows in asked]))
        longer: list[_Beam] = []
        at = 0
        for beam, (states, _) in zip(beams, asked, strict=True):
            longer += _extend(beam, states, scores[at : at + len(states)])
            at += len(states)
        beams = sorted(longer, key=lambda beam: -beam.score)[:BEAMS]
    return beams[0]


def _situation(word: WordStrokes, beam: _Beam) -> tuple[int | None, list[int]]:
    written = {state // 2 for state in beam.states}
    left = [k for k in range(word.count) if k not in written]
    return (beam.states[-1] if beam.states else None), left


def _extend(beam: _Beam, states: list[int], scores: NDArray[np.float32]) -> list[_Beam]:
    """Return the beam with each of its best choices added."""
    logits = scores[:, 0] - scores[:, 0].max()
    chances = logits - np.log(np.exp(logits).sum())
    return [
        _Beam(
            beam.score + float(chances[k]),
            (*beam.states, states[k]),
            (*beam.down, bool(beam.states) and float(scores[k, 1]) > _DOWN),
        )
        for k in np.argsort(-chances, kind="stable")[:BEAMS]
    ]
