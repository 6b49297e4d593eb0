"""What tells writers apart: `python -m models.writing.style STROKES OUT.npz`.

How a pen turns is a writer's own (the hinge of Bulacu and Schomaker, "Text-Independent Writer
Identification", 2007; here along the pen's path, not along a contour): histograms of pairs of
directions before and after every point, at two distances, and of sharp bends, of a few words of
known size. A linear map of them (whitened within writers, then the directions in which writers
differ most: Fisher's discriminants) is learned from UNIPEN's writers; those held out by
`models.training.corpus` are not looked at. Used to measure (`benchmarks.writing`), not shipped.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inksight_cli.geometry import Points
from inksight_cli.polylines import resample
from inksight_cli.reading.drawing import frame
from models.training.corpus import Archive, usable

WORDS = 10
"""Of a sample."""
VECTOR = 40
_SECTORS = 12
_STEP, _FAR = 1.0, (2, 5)  # rows of the reader's drawing; points before and after
_GROUPS, _FEWEST = 6, 30  # samples of a writer; words
_SOFT = 0.05  # of the mean variance, added to every one

Vector = NDArray[np.float64]
Word = Sequence[Points]


def features(words: Sequence[Word]) -> Vector:
    """Return the square roots of the histograms of a sample (Hellinger's distance is then plain).

    Args:
        words: their strokes in any unit.
    """
    counts = [np.zeros((_SECTORS, _SECTORS)) for _ in _FAR]
    lifts, length = 0, 0.0
    for word in words:
        scale = frame(word).scale
        for stroke in word:
            path = resample(stroke * scale, _STEP)
            lifts, length = lifts + 1, length + len(path)
            for table, far in zip(counts, _FAR, strict=True):
                if len(path) > 2 * far:
                    before, after = (
                        path[far:-far] - path[: -2 * far],
                        path[2 * far :] - path[far:-far],
                    )
                    np.add.at(table, (_sector(before), _sector(after)), 1)
    parts = [np.sqrt(table / max(table.sum(), 1)).ravel() for table in counts]
    return np.concatenate([*parts, [3 * np.sqrt(lifts / max(length, 1))]])


def _sector(moves: Points) -> NDArray[np.intp]:
    turn = np.arctan2(moves[:, 1], moves[:, 0]) / (2 * np.pi) + 0.5
    return (turn * _SECTORS).astype(np.intp) % _SECTORS


@dataclass(frozen=True, eq=False)
class Style:
    """A map of features to vectors in which distance is how unlike two hands are."""

    mean: Vector
    matrix: Vector

    def vector(self, words: Sequence[Word]) -> Vector:
        """Return what a sample of words looks like."""
        found: Vector = (features(words) - self.mean) @ self.matrix
        return found

    def distance(self, a: Sequence[Word], b: Sequence[Word]) -> float:
        """Return how unlike two samples are."""
        return float(np.hypot.reduce(self.vector(a) - self.vector(b)))


def learn(archive: Archive, seed: int = 0) -> Style:
    """Return the map that tells the writers of an archive apart."""
    rng = np.random.default_rng(seed)
    by: dict[str, list[int]] = defaultdict(list)
    for k in usable(archive, validation=False).tolist():
        if len(archive.text[k]) >= 3:
            by[archive.writer[k]].append(k)
    samples, names = [], []
    for number, writer in enumerate(sorted(by)):
        if len(by[writer]) < _FEWEST:
            continue
        order = rng.permutation(by[writer])[: _GROUPS * WORDS]
        for first in range(0, len(order) - WORDS + 1, WORDS):
            samples.append(features([archive[k].strokes for k in order[first : first + WORDS]]))
            names.append(number)
    return discriminants(np.array(samples), np.array(names))


def discriminants(samples: Vector, names: NDArray[np.intp]) -> Style:
    """Return Fisher's discriminants of samples (N, D) of writers (N,)."""
    mean = samples.mean(axis=0)
    centres = {name: samples[names == name].mean(axis=0) for name in np.unique(names)}
    inner = samples - np.stack([centres[name] for name in names])
    within = inner.T @ inner / len(samples)
    within += _SOFT * np.trace(within) / len(within) * np.eye(len(within))
    values, vectors = np.linalg.eigh(within)
    white = vectors / np.sqrt(values)
    between = (np.stack(list(centres.values())) - mean) @ white
    _, _, ways = np.linalg.svd(between, full_matrices=False)
    return Style(mean, white @ ways[:VECTOR].T)


def load(path: Path) -> Style:
    """Read what `main` wrote."""
    with np.load(path, allow_pickle=False) as data:
        return Style(data["mean"], data["matrix"])


def main() -> None:
    """Read the command line and learn."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="folder with unipen_words.npz")
    parser.add_argument("out", type=Path)
    options = parser.parse_args()
    style = learn(Archive(options.data / "unipen_words.npz"))
    np.savez_compressed(options.out, mean=style.mean, matrix=style.matrix)


if __name__ == "__main__":
    main()
