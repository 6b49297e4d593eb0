"""From linked edges to strokes: follow the links, join the paths, smooth the pixel stairs."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cache

import numpy as np

from inksight_cli.geometry import Points
from inksight_cli.polylines import resample
from inksight_cli.trace.graph import Graph
from inksight_cli.trace.junctions import End, Links

_STEP = 1.0  # pixels between points while smoothing


def chain_strokes(graph: Graph, links: Links) -> list[Points]:
    """Return one path for every chain of linked edges, and one point for every dot."""
    degrees = [len(ends) for ends in graph.ends_at()]
    strokes = [_join(graph, degrees, links, chain) for chain in _chains(graph, links)]
    alone = [k for k, degree in enumerate(degrees) if not degree]
    return strokes + [graph.nodes[k : k + 1] for k in alone]


def _chains(graph: Graph, links: Links) -> Iterator[list[End]]:
    """Yield chains as the ends by which each edge is entered; rings start at their top."""
    used = bytearray(len(links.edges))
    for index in range(len(links.edges)):
        for at_start in (True, False):
            if not used[index] and (index, at_start) not in links.onward:
                yield _follow(links, used, (index, at_start))
    rings = sorted(range(len(links.edges)), key=lambda k: _top(graph, links, k))
    for index in rings:
        if not used[index]:
            yield _follow(links, used, (index, True))


def _top(graph: Graph, links: Links, index: int) -> float:
    return float(graph.nodes[links.edges[index].start][1])


def _follow(links: Links, used: bytearray, entry: End) -> list[End]:
    chain = []
    at: End | None = entry
    while at is not None and not used[at[0]]:
        used[at[0]] = 1
        chain.append(at)
        at = links.onward.get((at[0], not at[1]))
    return chain


def _join(graph: Graph, degrees: list[int], links: Links, chain: list[End]) -> Points:
    """Return the path along ``chain``: straight across junctions, whole at every dead end."""
    pieces = []
    for place, (index, at_start) in enumerate(chain):
        edge = links.edges[index]
        path, nodes = edge.path, (edge.start, edge.end)
        if not at_start:
            path, nodes = path[::-1], nodes[::-1]
        if place > 0 and degrees[nodes[0]] > 2:
            path = _outside(graph, path, nodes[0])
        if place < len(chain) - 1 and degrees[nodes[1]] > 2:
            path = _outside(graph, path[::-1], nodes[1])[::-1]
        pieces.append(path)
    first, last = chain[0], chain[-1]
    start = graph.nodes[_node(links, first, first[1])]
    end = graph.nodes[_node(links, last, not last[1])]
    return smooth(np.concatenate([[start], *pieces, [end]]))


def _node(links: Links, entry: End, start: bool) -> int:
    edge = links.edges[entry[0]]
    return edge.start if start else edge.end


def _outside(graph: Graph, path: Points, node: int) -> Points:
    """Drop the beginning of ``path`` that lies in the ink of the junction it crosses.

    There the skeleton bends towards the other lines; the pen did not.
    """
    far = np.hypot(*(path - graph.nodes[node]).T) > 0.9 * graph.radii[node]
    return path[int(far.argmax()) :] if far.any() else path[-1:]


def smooth(path: Points, sigma: float = 1.5) -> Points:
    """Return ``path`` resampled at one pixel and smoothed; both ends stay put.

    A Gaussian alone would cut corners and shorten tips; what it took away is smoothed and given
    back once ("twicing", Tukey 1977), so that bends keep their shape.

    Args:
        path: (N, 2), N >= 1.
        sigma: of the Gaussian, in pixels along the path: enough for a skeleton's stairs.
    """
    points = resample(path, _STEP)
    if len(points) < 3:
        return points
    kernel = _twiced(min(int(3 * sigma), (len(points) - 1) // 2), sigma)
    reach = len(kernel) // 2
    before = 2 * points[0] - points[reach:0:-1]
    after = 2 * points[-1] - points[-2 : -2 - reach : -1]
    padded = np.concatenate([before, points, after])
    # Not convolved: the last bit of NumPy's sums of products depends on the processor.
    smoothed = np.zeros_like(points)
    for place, weight in enumerate(kernel):
        smoothed += weight * padded[place : place + len(points)]
    return smoothed


@cache
def _twiced(reach: int, sigma: float) -> list[float]:
    """Return twice a Gaussian less the Gaussian applied twice, (4 * reach + 1,); sums to 1."""
    gaussian = [math.exp(-0.5 * (at / sigma) ** 2) for at in range(-reach, reach + 1)]
    total = math.fsum(gaussian)
    gaussian = [weight / total for weight in gaussian]
    kernel = [0.0] * reach + [2.0 * weight for weight in gaussian] + [0.0] * reach
    for i, first in enumerate(gaussian):
        for k, second in enumerate(gaussian):
            kernel[i + k] -= first * second
    return kernel
