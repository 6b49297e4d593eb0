"""Kinds of letters: `python -m models.writing.letters STROKES inksight_cli/writing/letters.npz`.

Characters of UNIPEN's writers (those held out by `models.training.corpus` are not looked at) are
set upright on a base line and brought to 32 points. Those of one letter and number of strokes are
parted into kinds (k-means); a kind is the mean of its characters, nobody's in particular, and kinds
of fewer than five characters, or that the reader does not read as their letter, are dropped. Of
each writer only the numbers of the kinds are kept.
"""

from __future__ import annotations

import argparse
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inksight_cli.reading.network import SHIPPED, read_model
from inksight_cli.writing.borrow import NONE
from inksight_cli.writing.cut import slant_of
from inksight_cli.writing.hand import Letter
from inksight_cli.writing.learn import is_read
from inksight_cli.writing.shape import Shape, extent, paths_of, shape
from models.training.corpus import Archive, usable

_MOST, _EACH = 16, 40  # kinds of a letter and stroke count; characters for each
_FEWEST = 5  # characters of a kind
_LETTERS = 25  # that a writer must have
_ROUNDS = 15
_UNIT = 40


def set_on_line(paths: list[Shape], letter: str) -> list[Shape]:
    """Return a character's paths in bodies on its base line, as tall as its letter usually is."""
    points = np.concatenate(paths)
    low, size = points.min(axis=0), np.maximum(np.ptp(points, axis=0), 1e-6)
    above, below = extent(letter)
    scale = min((above + below) / size[1], 2.2 / size[0])
    if letter in "-_=~.,'`":  # wide or next to nothing: their height tells little
        scale = min((0.25 if letter in ".,'`" else 0.8) / size[0], 0.6 / size[1])
    bottom = below if letter not in "-_=~" else -(above - below) / 2 - 0.2
    shift = np.array([0.0, bottom - size[1] * scale])
    return [(path - low) * scale + shift for path in paths]


def parted(points: NDArray[np.float64], count: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Return the kind of each of (N, D) by k-means, begun far apart (k-means++)."""
    centres = points[rng.integers(len(points))][None]
    for _ in range(count - 1):
        away = ((points[:, None] - centres[None]) ** 2).sum(-1).min(1)
        chosen = rng.choice(len(points), p=away / away.sum()) if away.sum() > 0 else 0
        centres = np.vstack([centres, points[chosen]])
    for _ in range(_ROUNDS):
        kind = ((points[:, None] - centres[None]) ** 2).sum(-1).argmin(1)
        centres = np.stack(
            [points[kind == k].mean(0) if (kind == k).any() else centres[k] for k in range(count)]
        )
    return kind


def main() -> None:
    """Read the command line and learn."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="folder with unipen_chars.npz")
    parser.add_argument("out", type=Path)
    options = parser.parse_args()
    archive, rng = Archive(options.data / "unipen_chars.npz"), np.random.default_rng(0)
    shapes: dict[tuple[str, int], list[tuple[str, Shape]]] = defaultdict(list)
    by: dict[str, list[int]] = defaultdict(list)
    for k in usable(archive, validation=False).tolist():
        by[archive.writer[k]].append(k)
    for writer, own in by.items():
        slant = slant_of([s for k in own if archive.text[k].isalpha() for s in archive[k].strokes]
                         or archive[own[0]].strokes)  # fmt: skip
        for k in own:
            letter = archive.text[k]
            made = shape(set_on_line(archive[k].strokes, letter), slant)
            if made:
                shapes[letter, made[0]].append((writer, made[1]))
    letters, first, strokes, points = "", [0], [], []
    uses: dict[str, dict[str, int]] = defaultdict(dict)
    model = read_model(SHIPPED)
    for letter in sorted({letter for letter, _ in shapes}):
        votes: dict[str, Counter[int]] = defaultdict(Counter)
        begun = len(points)
        for count in (1, 2, 3):
            own = shapes.get((letter, count), [])
            if len(own) < 4 * _FEWEST:
                continue
            flat = np.stack([each.ravel() for _, each in own])
            kind = parted(flat, int(np.clip(len(own) // _EACH, 1, _MOST)), rng)
            for k in np.unique(kind):
                mine = np.flatnonzero(kind == k)
                if len(mine) < _FEWEST:
                    continue
                middle = np.median(flat[mine], axis=0)
                near = mine[np.argsort(((flat[mine] - middle) ** 2).sum(1))]
                near = near[: max(_FEWEST, len(near) // 3)]  # the mean of all is too smooth
                mean = flat[near].mean(0).reshape(-1, 2)
                if not is_read([Letter(letter, paths_of(count, mean, 0.0))], model)[0]:
                    continue  # half a letter, or a capital for a small one
                for j in mine:
                    votes[own[j][0]][len(points) - begun] += 1
                strokes.append(count)
                points.append(mean)
        if len(points) > begun:
            letters += letter
            first.append(len(points))
            for writer, counted in votes.items():
                uses[writer][letter] = counted.most_common(1)[0][0]
    kept = [each for each in sorted(uses) if len(uses[each]) >= _LETTERS]
    writers = np.full((len(kept), len(letters)), NONE, np.uint8)
    for row, writer in enumerate(kept):
        for letter, kind in uses[writer].items():
            writers[row, letters.index(letter)] = kind
    writers = writers[rng.permutation(len(writers))]
    np.savez_compressed(
        options.out,
        letters=np.array(letters),
        first=np.array(first, np.int16),
        strokes=np.array(strokes, np.uint8),
        points=np.clip(np.rint(np.array(points) * _UNIT), -127, 127).astype(np.int8),
        writers=writers,
    )
    print(f"{len(letters)} letters, {len(points)} kinds, {len(kept)} writers")


if __name__ == "__main__":
    main()
