"""From the network's maps to fragments: cores, each with the writing around it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inksight_cli.detectors.embedded.reach import ink_of, owners
from inksight_cli.detectors.embedded.segmentation import INKED, Maps
from inksight_cli.geometry import Points, as_points
from inksight_cli.ink.types import Mask

CORE, SURE = 0.5, 0.75  # a core is at least this probable, and somewhere surely one
SMALLEST = 5  # cells of ink: less is a speck
LONG = 2.2  # cores this many times as long as high tell which way they run


@dataclass(frozen=True, slots=True, eq=False)
class Fragment:
    """A word, or a part of one, as the network sees it: one core and its ink.

    Attributes:
        points: (N, 2) page coordinates of its ink's pixel centres.
        marks: (N,) number of the connected piece that a pixel is in; no two fragments share one.
        center: (2,) middle of its core, page pixels.
        angle: of its core, radians, or None where the core is too short to tell.
        length, body: of its core along and across, in page pixels.
        sure: mean probability of its core.
    """

    points: Points
    marks: NDArray[np.intp]
    center: NDArray[np.float64]
    angle: float | None
    length: float
    body: float
    sure: float


@dataclass(frozen=True, slots=True, eq=False)
class Loose:
    """Writing that has no core: ``points`` (N, 2), and ``marks`` (N,) as a fragment's."""

    points: Points
    marks: NDArray[np.intp]


def find_fragments(maps: Maps, mask: Mask) -> tuple[list[Fragment], Loose]:
    """Return the words of a page, in no order, and what is writing but in no word.

    Widely spaced words may be in several parts.

    Args:
        maps: what the network says.
        mask: (H, W) bool, the page's ink.
    """
    labels, count = _cores(maps)
    shapes = _shapes(labels, count, maps)
    bodies = np.array([shape.size[1] for shape in shapes])
    middles = np.array([shape.center[1] for shape in shapes])
    owner, marks = owners(maps, labels, middles, bodies)
    scale = np.array(maps.cell)
    found, loose = [], Loose(as_points([]), np.zeros(0, dtype=np.intp))
    for k, points, mine in ink_of(owner, marks, mask, maps.cell):
        if k > count:
            loose = Loose(points, mine)
            continue
        core = shapes[k - 1]
        length, body = (side * float(scale.mean()) for side in core.size)
        at = core.center * scale
        found.append(Fragment(points, mine, at, core.angle, length, body, core.sure))
    return found, loose


def _cores(maps: Maps) -> tuple[NDArray[np.int32], int]:
    """Number the cores: what is joined by doubtful cells only stays apart."""
    import cv2

    sure = (maps.core >= SURE).astype(np.uint8)
    count, seeds = cv2.connectedComponents(sure, connectivity=4)
    area = np.bincount(seeds.ravel(), minlength=count)
    inked = np.bincount(seeds[maps.ink >= INKED], minlength=count)
    keep = (area >= SMALLEST) & (inked >= 3)
    keep[0] = False
    numbers = (np.cumsum(keep) * keep).astype(np.int32)
    return _grown(numbers[seeds], maps.core >= CORE), int(keep.sum())


def _grown(seeds: NDArray[np.int32], within: Mask) -> NDArray[np.int32]:
    """Let every seed take the nearest cells of ``within`` that it reaches, a few steps far."""
    import cv2

    labels = seeds.copy()
    for _ in range(3):
        wider = cv2.dilate(labels.astype(np.float32), np.ones((3, 3), np.uint8)).astype(np.int32)
        labels = np.where((labels == 0) & within, wider, labels)
    return labels


@dataclass(frozen=True, slots=True, eq=False)
class _Core:
    """Middle (x, y), size (along, across) in cells, angle and mean probability of a core."""

    center: NDArray[np.float64]
    size: tuple[float, float]
    angle: float | None
    sure: float


def _shapes(labels: NDArray[np.int32], count: int, maps: Maps) -> list[_Core]:
    """Measure the cores numbered 1 to ``count``."""
    ys, xs = np.nonzero(labels)
    order = np.argsort(labels[ys, xs], kind="stable")
    at, sure = np.stack([xs, ys], axis=1)[order] + 0.5, maps.core[ys, xs][order]
    ends = np.cumsum(np.bincount(labels[ys, xs], minlength=count + 1)[1:-1])
    if not count:
        return []
    parts = zip(np.split(at, ends), np.split(sure, ends), strict=True)
    return [_shape(cells, float(part.mean())) for cells, part in parts]


def _shape(at: Points, sure: float) -> _Core:
    """Measure a core from the middles of its cells (N, 2)."""
    center = at.mean(axis=0)
    spread = (at - center).T @ (at - center) / len(at) + np.eye(2) / 12
    values, axes = np.linalg.eigh(spread)
    thick, long = (float(side) for side in np.sqrt(12 * values))
    angle = float(np.arctan2(axes[1, 1], axes[0, 1])) if long > LONG * thick else None
    return _Core(center, (long, thick), angle, sure)
