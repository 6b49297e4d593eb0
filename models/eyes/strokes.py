"""Pen paths of other people, to compose scenes from: words, characters, alphabets, fonts."""

from __future__ import annotations

import itertools
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Path_ = NDArray[np.float32]


def held(writer: str) -> bool:
    """Return whether a writer is kept for validation: 5 % of them, by hash."""
    return zlib.crc32(writer.encode()) % 100 < 5


class Strokes:
    """The samples of one archive (see the data's README), those of some writers only.

    Args:
        path: the archive.
        validation: the held-out writers' samples instead of the others'.
    """

    def __init__(self, path: Path, validation: bool) -> None:
        with np.load(path, allow_pickle=False) as data:
            self._points = data["deltas"].cumsum(0, dtype=np.int32)
            self._strokes = np.r_[0, data["stroke_ends"]].astype(int)
            self._samples = np.r_[0, data["sample_ends"]].astype(int)
            writers = [held(str(writer)) for writer in data["writer"]]
        self._chosen = np.flatnonzero(np.array(writers) == validation)
        if not len(self._chosen):  # few writers: fonts
            self._chosen = np.arange(len(writers))

    def pick(self, rng: np.random.Generator) -> list[Path_]:
        """Return the strokes (N, 2) of a sample, from (0, 0) on; y runs down."""
        while True:
            i = int(self._chosen[rng.integers(len(self._chosen))])
            ends = self._strokes[self._samples[i] : self._samples[i + 1] + 1]
            strokes = [
                self._points[a:b].astype(np.float32) for a, b in itertools.pairwise(ends) if b > a
            ]
            if strokes:
                low = np.concatenate(strokes).min(0)
                return [_smooth(stroke - low) for stroke in strokes]


def _smooth(stroke: Path_) -> Path_:
    """Take the staircase of a tablet out of a path."""
    if len(stroke) < 5:
        return stroke
    out = stroke.copy()
    out[1:-1] = 0.25 * stroke[:-2] + 0.5 * stroke[1:-1] + 0.25 * stroke[2:]
    return out
