"""From a skeleton to a graph: nodes where lines end or meet, edges along the lines between.

The tracer walks this graph by itself; the refiner matches a model's path to it. Coordinates are
those of the mask: pixel centres at half pixels, the origin at the mask's top-left corner.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from inksight_cli.geometry import Points
from inksight_cli.ink.types import Mask
from inksight_cli.polylines import path_length
from inksight_cli.trace.skeleton import thin

# Clockwise from north, as (row, column); even entries are the four direct neighbours.
_STEPS = ((-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1))


@dataclass(slots=True, eq=False)
class Edge:
    """A line between two nodes (or from a node back to itself).

    Attributes:
        start, end: node indices.
        path: (N, 2) float64, N >= 1, from the start node to the end node.
    """

    start: int
    end: int
    path: Points

    @property
    def length(self) -> float:
        """Length in pixels."""
        return path_length(self.path)

    @property
    def is_loop(self) -> bool:
        """Whether the edge returns to where it left."""
        return self.start == self.end


@dataclass(slots=True, eq=False)
class Graph:
    """The centre lines of a patch of ink.

    Attributes:
        nodes: (K, 2) float64 places where lines end, meet, or (a ring) were cut open.
        radii: (K,) float64 half the ink's width there, in pixels.
        edges: the lines; a node without any is a dot.
        distance: (h, w) float32, how far each ink pixel's centre is from paper; 0 on paper.
    """

    nodes: Points
    radii: NDArray[np.float64]
    edges: list[Edge]
    distance: NDArray[np.float32]

    def radius_at(self, points: Points) -> NDArray[np.float64]:
        """Return half the ink's width at ``points`` (N, 2), 0 on paper and outside the mask."""
        framed = np.pad(self.distance, 1)
        columns = np.clip(np.floor(points[:, 0]) + 1, 0, framed.shape[1] - 1).astype(np.intp)
        rows = np.clip(np.floor(points[:, 1]) + 1, 0, framed.shape[0] - 1).astype(np.intp)
        return np.asarray(framed[rows, columns], dtype=np.float64)

    def ends_at(self) -> list[list[tuple[int, bool]]]:
        """Return for every node its edge ends: (edge index, whether it is the edge's start)."""
        ends: list[list[tuple[int, bool]]] = [[] for _ in range(len(self.nodes))]
        for index, edge in enumerate(self.edges):
            ends[edge.start].append((index, True))
            ends[edge.end].append((index, False))
        return ends


def build_graph(mask: Mask, lines: Mask | None = None) -> Graph:
    """Return the graph of the centre lines of ``mask`` (h, w).

    Spurs that the pen's edge leaves on a skeleton are pruned, and junctions that thinning tore
    apart (an X becomes two Y) are put together again.

    Args:
        mask: the ink.
        lines: (h, w) bands around its centre lines where they were seen; else the ink is thinned.
    """
    # Framed by paper: the distance transform would take the picture's border for ink's middle.
    framed = np.pad(mask.astype(np.uint8), 1)
    distance = cv2.distanceTransform(framed, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    radius = np.asarray(distance[1:-1, 1:-1], dtype=np.float32)
    skeleton = thin(mask if lines is None else lines)
    graph = _pixel_graph(skeleton, radius)
    if _prune(graph, skeleton):
        graph = _pixel_graph(thin(skeleton), radius)
    return _merge_junctions(graph)


def _pixel_graph(skeleton: Mask, radius: NDArray[np.float32]) -> Graph:
    rows, columns = np.nonzero(skeleton)
    places = np.stack([columns + 0.5, rows + 0.5], axis=1)
    near = _neighbours(skeleton, rows, columns)
    at_pixel = {p: k for k, p in enumerate(i for i, n in enumerate(near) if len(n) != 2)}
    edges = [
        Edge(at_pixel[walk[0]], at_pixel[walk[-1]], places[walk]) for walk in _walks(near, at_pixel)
    ]
    pixels = np.fromiter(at_pixel, dtype=np.intp, count=len(at_pixel))
    radii = radius[rows[pixels], columns[pixels]].astype(np.float64)
    return Graph(places[pixels], radii, edges, radius)


def _neighbours(
    skeleton: Mask, rows: NDArray[np.intp], columns: NDArray[np.intp]
) -> list[list[int]]:
    """Return each skeleton pixel's neighbours; a diagonal counts only if no corner leads there.

    Without that rule (m-adjacency; Gonzalez and Woods) every stair would be a junction.
    """
    numbers = np.full((skeleton.shape[0] + 2, skeleton.shape[1] + 2), -1, dtype=np.int64)
    numbers[rows + 1, columns + 1] = np.arange(len(rows))
    around = np.stack([numbers[rows + 1 + dr, columns + 1 + dc] for dr, dc in _STEPS], axis=1)
    there = around >= 0
    for k in (1, 3, 5, 7):
        around[there[:, k - 1] | there[:, (k + 1) % 8], k] = -1
    return [[n for n in row if n >= 0] for row in around.tolist()]


def _walks(near: list[list[int]], at_pixel: dict[int, int]) -> Iterator[list[int]]:
    """Yield the pixels of every edge, from node to node; rings get a node at their top."""
    used: set[tuple[int, int]] = set()
    seen = bytearray(len(near))
    for node in list(at_pixel):
        seen[node] = 1
        for step in near[node]:
            if (node, step) not in used:
                walk = _walk(near, at_pixel, node, step)
                used |= {(walk[0], walk[1]), (walk[-1], walk[-2])}
                for pixel in walk:
                    seen[pixel] = 1
                yield walk
    for pixel in range(len(near)):  # what no node leads to is a ring; the first pixel is its top
        if not seen[pixel]:
            at_pixel[pixel] = len(at_pixel)
            walk = _walk(near, at_pixel, pixel, near[pixel][0])
            for member in walk:
                seen[member] = 1
            yield walk


def _walk(near: list[list[int]], at_pixel: dict[int, int], node: int, step: int) -> list[int]:
    walk = [node, step]
    while walk[-1] not in at_pixel:
        ahead, other = near[walk[-1]]
        walk.append(other if ahead == walk[-2] else ahead)
    return walk


def _prune(graph: Graph, skeleton: Mask) -> bool:
    """Take spurs out of ``skeleton``; return whether there were any.

    A line that leaves a junction and ends inside the junction's own disc of ink is no line. But
    where only one other line would stay, the longest spur is that line's own tip.
    """
    pruned = False
    all_ends = graph.ends_at()
    degrees = [len(ends) for ends in all_ends]
    for node, ends in enumerate(all_ends):
        spurs = [end[0] for end in ends if _is_spur(graph, degrees, node, end)]
        if len(ends) < 3 or not spurs:
            continue
        spurs.sort(key=lambda index: graph.edges[index].length)
        for index in spurs if len(ends) - len(spurs) >= 2 else spurs[:-1]:
            edge = graph.edges[index]
            inner = edge.path[1:] if edge.start == node else edge.path[:-1]
            columns, rows = inner.astype(int).T
            skeleton[rows, columns] = False
            pruned = True
    return pruned


def _is_spur(graph: Graph, degrees: list[int], node: int, end: tuple[int, bool]) -> bool:
    index, at_start = end
    edge = graph.edges[index]
    tip = edge.end if at_start else edge.start
    return degrees[tip] == 1 and edge.length + graph.radii[tip] <= 1.1 * graph.radii[node] + 1.0


def _merge_junctions(graph: Graph) -> Graph:
    """Join junctions that lie in one another's ink, dropping the short edge between them."""
    degrees = [len(ends) for ends in graph.ends_at()]
    parent = list(range(len(graph.nodes)))
    kept = []
    for edge in sorted(graph.edges, key=lambda edge: len(edge.path)):
        a, b = _find(parent, edge.start), _find(parent, edge.end)
        reach = graph.radii[edge.start] + graph.radii[edge.end]
        crowded = min(degrees[edge.start], degrees[edge.end]) >= 3
        if a != b and crowded and edge.length <= 0.7 * reach + 1.0:
            parent[a] = b
        else:
            kept.append(edge)
    return _renumber(graph, kept, np.array([_find(parent, n) for n in range(len(parent))], int))


def _find(parent: list[int], node: int) -> int:
    while parent[node] != node:
        node = parent[node]
    return node


def _renumber(graph: Graph, edges: list[Edge], groups: NDArray[np.int_]) -> Graph:
    names, index = np.unique(groups, return_inverse=True)
    count = np.maximum(np.bincount(index, minlength=len(names)), 1)
    nodes = np.stack(
        [np.bincount(index, graph.nodes[:, k], len(names)) / count for k in (0, 1)], axis=1
    )
    radii = np.zeros(len(names))
    np.maximum.at(radii, index, graph.radii)
    moved = [Edge(int(index[e.start]), int(index[e.end]), e.path) for e in edges]
    return Graph(nodes, radii, moved, graph.distance)
