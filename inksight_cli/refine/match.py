"""Map matching: the model's path laid on the ink's own centre lines.

As a vehicle's track is matched to roads (Newson and Krumm, "Hidden Markov map matching through
noise and sparseness", 2009): each point of the model's path is somewhere on the ink (near it:
emission), and the pen moves along the ink as the path moves (transition). Geometry comes from
the picture, order and direction from the model. What the model left out is put back by
`inksight_cli.refine.complete`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from inksight_cli.geometry import Points
from inksight_cli.polylines import path_length, resample
from inksight_cli.refine.complete import Walk, complete
from inksight_cli.refine.states import InkStates, place_states
from inksight_cli.trace.chains import smooth
from inksight_cli.trace.graph import Graph

_JUMP = 12.0  # what leaving the ink's graph costs, in squared deviations
_CAP = 30.0  # beyond this an emission says no more than "far away"
_LOST = 12.0  # mean emission above which a stroke was drawn where there is no ink
_BLOB = (1.25, 0.5)  # from which multiple of the usual radius ink is a blob, and how gradually


def follow_ink(
    graph: Graph, answer: Sequence[Points], pen_width: float, tolerance: float
) -> tuple[list[Walk], int]:
    """Return the model's strokes on the ink, completed, and how many had no ink to lie on.

    Args:
        graph: the ink's centre lines.
        answer: the model's strokes in the graph's coordinates, pen order, each (N, 2).
        pen_width: in pixels.
        tolerance: standard deviation of the model's distance from the ink, in pixels.
    """
    states = place_states(graph, max(2.0, 0.6 * pen_width))
    found: list[tuple[int, Walk]] = []
    lost = 0
    # Dots last: they take what the lines have left, or they are strays.
    for index in sorted(range(len(answer)), key=lambda k: path_length(answer[k]) < pen_width):
        walks = _match(graph, states, answer[index], pen_width, tolerance, _visited(found))
        lost += not walks
        found += [(index, walk) for walk in walks]
    strokes = complete(states, [w for _, w in sorted(found, key=lambda f: f[0])], pen_width)
    for walk in strokes:
        walk.points = smooth(walk.points)
    return strokes, lost


def _visited(found: list[tuple[int, Walk]]) -> set[int]:
    return {state for _, walk in found for state in walk.ids}


def _match(
    graph: Graph,
    states: InkStates,
    stroke: Points,
    pen_width: float,
    tolerance: float,
    visited: set[int],
) -> list[Walk]:
    """Return the stroke as walks over states: none if it is off the ink, several if it jumped."""
    if path_length(stroke) < pen_width:
        return _match_dot(states, stroke.mean(axis=0), tolerance, visited)
    samples = resample(stroke, states.step)
    emissions = _emissions(states, samples, tolerance)
    if float(emissions.min(axis=1).mean()) > _LOST:
        return []
    way = viterbi(states, samples, emissions)
    return _join(states, way, _places(graph, states, samples, way, pen_width), pen_width)


def _places(
    graph: Graph, states: InkStates, samples: Points, way: list[int], pen_width: float
) -> Points:
    """Return where the pen was at each sample: on the centre line, unless the ink is a blob.

    Where loops have run full of ink the centre line knows nothing of them; the model's own
    path, as long as it stays on the ink, is the better guess.
    """
    low, span = _BLOB
    usual = min(float(np.median(states.radii)), 0.5 * pen_width + 0.5)
    swelling = states.radii[way] / max(usual, 0.5)
    trust = np.clip((swelling - low) / span, 0.0, 1.0) * (graph.radius_at(samples) > 0)
    return states.points[way] + trust[:, None] * (samples - states.points[way])


def _match_dot(states: InkStates, place: Points, tolerance: float, visited: set[int]) -> list[Walk]:
    distance = np.hypot(*(states.points - place).T)
    for state in np.argsort(distance):
        if distance[state] > 4.0 * tolerance:
            break
        if int(state) not in visited:
            return [Walk([int(state)], states.points[[state]])]
    return []


def _emissions(states: InkStates, samples: Points, tolerance: float) -> NDArray[np.float64]:
    offset = samples[:, None] - states.points[None]
    return np.asarray(np.minimum((offset**2).sum(axis=2) / tolerance**2, _CAP))


def viterbi(states: InkStates, samples: Points, emissions: NDArray[np.float64]) -> list[int]:
    """Return the most likely state of every sample.

    Args:
        states: of the ink.
        samples: (T, 2) places on the model's path, about ``states.step`` apart.
        emissions: (T, K) cost of each sample being at each state.

    The cost of a move is the squared difference between displacement on the ink and on the
    model's path, in steps; a jump to anywhere costs `_JUMP`.
    """
    cost = emissions[0]
    back = np.empty((len(samples), len(states.points)), dtype=np.intp)
    rows = np.arange(len(states.points))
    scaled = states.moves.reshape(-1, 2) * (2.0 / states.step**2)
    still = states.lengths2 / states.step**2
    for t in range(1, len(samples)):
        moved = samples[t] - samples[t - 1]
        # |move - moved|^2, multiplied out so that the large arrays are touched but once.
        told = scaled[:, 0] * moved[0] + scaled[:, 1] * moved[1]
        steps = cost[states.reach] + still - told.reshape(still.shape)
        best = steps.argmin(axis=1)
        cost_move = steps[rows, best] + float(moved[0] ** 2 + moved[1] ** 2) / states.step**2
        cheapest = int(cost.argmin())
        jump = cost_move > cost[cheapest] + _JUMP
        back[t] = np.where(jump, cheapest, states.reach[rows, best])
        cost = np.where(jump, cost[cheapest] + _JUMP, cost_move) + emissions[t]
    way = [int(cost.argmin())]
    for t in range(len(samples) - 1, 0, -1):
        way.append(int(back[t, way[-1]]))
    return way[::-1]


def _join(states: InkStates, way: list[int], places: Points, pen_width: float) -> list[Walk]:
    """Fill the gaps of a matched way along the ink; cut it where the pen must have been lifted.

    Args:
        states: of the ink.
        way: the state of every sample.
        places: (T, 2), where the pen was at each.
        pen_width: in pixels.
    """
    walks: list[list[tuple[int, Points]]] = [[(way[0], places[0])]]
    for state, place in zip(way[1:], places[1:], strict=True):
        at = walks[-1][-1][0]
        apart = float(np.hypot(*(states.points[state] - states.points[at])))
        route = states.route(at, state, 2.5 * apart + 2.0 * pen_width)
        if route is not None:
            walks[-1] += [(k, states.points[k]) for k in route[1:-1]] + [(state, place)]
        elif apart <= 3.0 * pen_width + states.step:  # a gap in the ink, not in the writing
            walks[-1].append((state, place))
        else:
            walks.append([(state, place)])
    return [
        Walk([k for k, _ in walk], np.array([p for _, p in walk])) for walk in map(_settle, walks)
    ]


def _settle(walk: list[tuple[int, Points]]) -> list[tuple[int, Points]]:
    """Take out single steps back and forth, which are the matching's and not the pen's."""
    settled: list[tuple[int, Points]] = []
    for step in walk:
        ids = [k for k, _ in settled[-3:]]
        if len(ids) == 3 and ids[1] == step[0] and ids[0] == ids[2] != ids[1]:
            settled.pop()
        else:
            settled.append(step)
    return settled
