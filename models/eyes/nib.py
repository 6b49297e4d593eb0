"""Pens whose lines swell and pale: a pointed nib under pressure, a broad nib held at an angle."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.floating]
LEVELS = 4  # so many widths and tones a stroke


@dataclass(frozen=True)
class Nib:
    """How a line depends on where it goes.

    Attributes:
        pointed: whether it swells on the way down alone; else along one axis, both ways.
        angle: the way of the fullest line, in radians from the page's x axis.
        thin, pale: the least width and the least ink of a line, 1 = as its fullest.
    """

    pointed: bool
    angle: float
    thin: float
    pale: float

    @classmethod
    def any(cls, rng: np.random.Generator) -> Nib:
        """Return a nib as people have them."""
        pointed = bool(rng.random() < 0.6)
        angle = np.pi / 2 + rng.normal(0, 0.25) if pointed else rng.uniform(0, np.pi)
        return cls(pointed, float(angle), *rng.uniform([0.3, 0.4], [0.8, 0.95]).tolist())

    def parts(self, path: Points) -> list[tuple[Points, float, float]]:
        """Return a path (N, 2) in pieces with their widths and inks, the fullest ones last."""
        if len(path) < 2:
            return [(path, 1.0, 1.0)]
        full = self._full(path)
        level = np.minimum((full * LEVELS).astype(int), LEVELS - 1)
        cuts = [0, *(np.flatnonzero(np.diff(level)) + 1).tolist(), len(level)]
        pieces = []
        for first, last in itertools.pairwise(cuts):
            share = level[first] / (LEVELS - 1)
            wide, deep = (low + (1 - low) * share for low in (self.thin, self.pale))
            pieces.append((path[first : last + 1], wide, deep))
        return sorted(pieces, key=lambda piece: piece[2])

    def _full(self, path: Points) -> NDArray[np.floating]:
        """Return how full each segment (N - 1) of a path is, 0..1."""
        steps = np.diff(path, axis=0)
        along = steps @ np.array([np.cos(self.angle), np.sin(self.angle)])
        full = along / np.maximum(np.hypot(*steps.T), 1e-6)
        full = np.clip(full, 0, 1) if self.pointed else np.abs(full)
        # A nib opens and closes over a few points.
        padded = np.pad(full, 2, mode="edge")
        return np.asarray(np.convolve(padded, np.ones(5) / 5, "valid"))
