"""Places inside a line where a stroke may end: sharp corners become nodes of the graph.

A skeleton has nodes where lines meet. But people also lift the pen in a corner (a box of three
strokes, the K, a seven with a foot), and where both strokes end exactly there no third line
tells of it.
"""

from __future__ import annotations

import numpy as np

from inksight_cli.geometry import Points
from inksight_cli.trace.graph import Edge, Graph

SHARP = np.deg2rad(50)
"""A line that turns more than this within `_ARM` on both sides has a corner."""
_ARM = 1.5  # pen widths
_DIGITS = 6  # of radians: what differs in later ones turns alike
_LEAST = 4.0  # pixels: shorter arms look at the skeleton's stairs


def cut_corners(graph: Graph, pen_width: float) -> Graph:
    """Return ``graph`` with a node of two ends in every sharp corner of its lines.

    Args:
        graph: of a word's ink.
        pen_width: in the graph's pixels.
    """
    arm = max(_ARM * pen_width, _LEAST)
    edges: list[Edge] = []
    corners: list[Points] = []
    for edge in graph.edges:
        path = edge.path
        cuts = _corners(path, arm)
        names = [len(graph.nodes) + len(corners) + k for k in range(len(cuts))]
        corners += [path[at] for at in cuts]
        stops, ends = [0, *cuts, len(path) - 1], [edge.start, *names, edge.end]
        edges.extend(
            Edge(ends[k], ends[k + 1], path[stops[k] : stops[k + 1] + 1])
            for k in range(len(cuts) + 1)
        )
    if not corners:
        return graph
    added = np.array(corners)
    radii = np.concatenate([graph.radii, graph.radius_at(added)])
    return Graph(np.concatenate([graph.nodes, added]), radii, edges, graph.distance)


def _corners(path: Points, arm: float) -> list[int]:
    """Return the indices of ``path`` (N, 2) at which it turns sharply, ``arm`` apart at least."""
    if len(path) < 2 * arm:
        return []
    steps = np.hypot(path[1:, 0] - path[:-1, 0], path[1:, 1] - path[:-1, 1])
    along = np.concatenate([[0.0], np.cumsum(steps)])
    if along[-1] < 3 * arm:
        return []
    turns = _turns(path, along, arm)
    found: list[int] = []
    for at in np.argsort(-turns, kind="stable").tolist():
        if turns[at] < SHARP:
            break
        if all(abs(along[at] - along[other]) > arm for other in found):
            found.append(at)
    return sorted(found)


def _turns(path: Points, along: Points, arm: float) -> Points:
    """Return by how much the path turns around each point, (N,); 0 within an arm of its ends."""
    inner = (along >= arm) & (along <= along[-1] - arm)
    turns = np.zeros(len(path))
    at = along[inner]
    before, after = (_placed(path, along, at + side) for side in (-arm, arm))
    came, goes = path[inner] - before, after - path[inner]
    cross = came[:, 0] * goes[:, 1] - came[:, 1] * goes[:, 0]
    turns[inner] = np.abs(np.arctan2(cross, (came * goes).sum(axis=1)))
    return np.round(turns, _DIGITS)


def _placed(path: Points, along: Points, at: Points) -> Points:
    return np.stack([np.interp(at, along, path[:, k]) for k in (0, 1)], axis=1)
