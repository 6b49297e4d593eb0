"""Readers of the stroke archives, and the split of writers into training and validation."""

from __future__ import annotations

import itertools
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]

HELD_OUT_PERCENT = 5


@dataclass(frozen=True)
class Sample:
    """One labelled piece of handwriting: strokes of (N, 2) points (x right, y down), any unit."""

    strokes: list[Points]
    text: str
    writer: str
    advance: float = 0.0


class Archive:
    """An archive of strokes (`deltas`, `stroke_ends`, `sample_ends`, `text`, `writer`)."""

    def __init__(self, path: Path) -> None:
        """Read the whole archive into memory (tens of MB).

        Raises:
            FileNotFoundError: there is no archive at `path`.
        """
        with np.load(path) as data:
            self.points = data["deltas"].cumsum(axis=0, dtype=np.int32)
            self.stroke_ends = np.concatenate([[0], data["stroke_ends"]]).astype(np.int64)
            self.sample_ends = np.concatenate([[0], data["sample_ends"]]).astype(np.int64)
            self.text = [str(text) for text in data["text"]]
            self.writer = [str(writer) for writer in data["writer"]]
            self.advance = data["advance"] if "advance" in data else np.zeros(len(self.text))
            quality = data["quality"] if "quality" in data else np.full(len(self.text), "")
        self.good = quality != "BAD"

    def __len__(self) -> int:
        """The number of samples."""
        return len(self.text)

    def __getitem__(self, index: int) -> Sample:
        """Sample `index`, its strokes in writing order."""
        first, last = self.sample_ends[index], self.sample_ends[index + 1]
        ends = self.stroke_ends[first : last + 1]
        strokes = [
            self.points[a:b].astype(np.float64) for a, b in itertools.pairwise(ends) if b > a
        ]
        return Sample(strokes, self.text[index], self.writer[index], float(self.advance[index]))


def held_out(writer: str) -> bool:
    """Whether `writer` is kept for validation: a fixed 5 % by a hash of the name."""
    return zlib.crc32(writer.encode()) % 100 < HELD_OUT_PERCENT


def usable(archive: Archive, *, validation: bool) -> NDArray[np.int64]:
    """Indices of well-labelled samples of one side of the split."""
    side = {writer: held_out(writer) == validation for writer in set(archive.writer)}
    keep = [
        good and side[writer] and bool(text) and text.isprintable() and "@" not in text
        for good, writer, text in zip(archive.good, archive.writer, archive.text, strict=True)
    ]
    return np.flatnonzero(keep).astype(np.int64)
