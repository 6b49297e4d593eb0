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

from inksight_cli.geometry import Points, path_length, resample, simplify
from inksight_cli.refine.complete import Path, complete
from inksight_cli.refine.states import InkStates, place_states
from inksight_cli.trace.chains import smooth
from inksight_cli.trace.graph import Graph

_JUMP = 12.0  # what leaving the ink's graph costs, in squared deviations
_CAP = 30.0  # beyond this an emission says no more than "far away"
_LOST = 12.0  # mean emission above which a stroke was drawn where there is no ink


def follow_ink(
    graph: Graph, answer: Sequence[Points], pen_width: float, tolerance: float
) -> tuple[list[Path], int]:
    """Return the model's strokes on the ink, completed, and how many had no ink to lie on.

    Args:
        graph: the ink's centre lines.
        answer: the model's strokes in the graph's coordinates, pen order, each (N, 2).
        pen_width: in pixels.
        tolerance: standard deviation of the model's distance from the ink, in pixels.
    """
    states = place_states(graph, max(2.0, 0.6 * pen_width))
    walks: list[list[int]] = []
    order: list[int] = []
    lost = 0
    # Dots last: they take what the lines have left, or they are strays.
    for index in sorted(range(len(answer)), key=lambda k: path_length(answer[k]) < pen_width):
        found = _match(states, answer[index], pen_width, tolerance, _visited(walks))
        lost += not found
        walks += found
        order += [index] * len(found)
    in_order = [walks[k] for k in np.argsort(order, kind="stable")] if walks else []
    paths = complete(states, in_order, pen_width)
    for path in paths:
        path.points = simplify(smooth(path.points), 0.25)
    return paths, lost


def _visited(walks: list[list[int]]) -> set[int]:
    return {state for walk in walks for state in walk}


def _match(
    states: InkStates, stroke: Points, pen_width: float, tolerance: float, visited: set[int]
) -> list[list[int]]:
    """Return the stroke as walks over states: none if it is off the ink, several if it jumped."""
    if path_length(stroke) < pen_width:
        return _match_dot(states, stroke.mean(axis=0), tolerance, visited)
    samples = resample(stroke, states.step)
    emissions = _emissions(states, samples, tolerance)
    if float(emissions.min(axis=1).mean()) > _LOST:
        return []
    return _join(states, viterbi(states, samples, emissions), pen_width)


def _match_dot(
    states: InkStates, place: Points, tolerance: float, visited: set[int]
) -> list[list[int]]:
    distance = np.hypot(*(states.points - place).T)
    for state in np.argsort(distance):
        if distance[state] > 4.0 * tolerance:
            break
        if int(state) not in visited:
            return [[int(state)]]
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
    for t in range(1, len(samples)):
        moved = states.moves - (samples[t] - samples[t - 1])
        steps = cost[states.reach] + np.einsum("krc,krc->kr", moved, moved) / states.step**2
        best = steps.argmin(axis=1)
        cheapest = int(cost.argmin())
        cost_move = steps[rows, best]
        jump = cost_move > cost[cheapest] + _JUMP
        back[t] = np.where(jump, cheapest, states.reach[rows, best])
        cost = np.where(jump, cost[cheapest] + _JUMP, cost_move) + emissions[t]
    way = [int(cost.argmin())]
    for t in range(len(samples) - 1, 0, -1):
        way.append(int(back[t, way[-1]]))
    return way[::-1]


def _join(states: InkStates, way: list[int], pen_width: float) -> list[list[int]]:
    """Fill the gaps of a matched way along the ink; cut it where the pen must have been lifted."""
    walks = [[way[0]]]
    for state in way[1:]:
        at = walks[-1][-1]
        if state == at:
            continue
        apart = float(np.hypot(*(states.points[state] - states.points[at])))
        route = states.route(at, state, 2.5 * apart + 2.0 * pen_width)
        if route is not None:
            walks[-1] += route[1:]
        elif apart <= 3.0 * pen_width + states.step:  # a gap in the ink, not in the writing
            walks[-1].append(state)
        else:
            walks.append([state])
    return [_settle(walk) for walk in walks]


def _settle(walk: list[int]) -> list[int]:
    """Take out single steps back and forth, which are the matching's and not the pen's."""
    settled: list[int] = []
    for state in walk:
        if len(settled) >= 3 and settled[-2] == state and settled[-3] == settled[-1]:
            settled.pop()
        else:
            settled.append(state)
    return settled
