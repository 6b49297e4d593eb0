"""Where hands come from: sets of strokes, split so that nothing evaluated was learned from.

UNIPEN by writer, Omniglot by alphabet (held out whole), characters of Chinese and Japanese by a
hash, alike in all sets. Archives named `eval_*` are never opened here.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from models.training.corpus import Archive, Points, Sample, usable

HELD_ALPHABETS = ("Greek", "Sanskrit", "Tagalog")
HELD_PERCENT = 8
DEFAULT = ("unipen_words", "unipen_chars", "unipen_text", "omniglot", "omniglot_labelled")
"""Sets the default weights learn from: CC BY and MIT."""
SCRIPTS = ("hanzi_makemeahanzi", "kanjivg", "animcjk_zhhans", "animcjk_ja", "animcjk_jakana")
"""Sets of idealised characters, only for the weights named `scripts`: other terms."""
ALL = DEFAULT + SCRIPTS
LONGEST = 14  # characters of a word
SMALLEST = 10  # tablet units: what is smaller in either direction is a slip of the pen
_ALIKE = 0.93  # of drawings in two sets: their ink's correlation from which they are one sign's


@dataclass(frozen=True)
class Hand:
    """Strokes of one word or character, in writing order, with the set they are from."""

    strokes: list[Points]
    text: str
    source: str


def held_character(text: str) -> bool:
    """Whether a character is kept from training in every set of `SCRIPTS`."""
    return zlib.crc32(("hold" + text).encode()) % 100 < HELD_PERCENT


def hands(folder: Path, source: str, *, held: bool, seed: int) -> Iterator[Hand]:
    """Yield the samples of one set and one side of the split, in an order of their own."""
    rng = np.random.default_rng([seed, zlib.crc32(source.encode())])
    archive = Archive(folder / f"{source}.npz")
    for index in rng.permutation(_side(folder, archive, source, held)).tolist():
        sample = archive[index]
        if source == "unipen_text":
            sample = _part(sample, rng)
        if _good(sample, source):
            yield Hand(sample.strokes, sample.text, source)


def _side(folder: Path, archive: Archive, source: str, held: bool) -> NDArray[np.int64]:
    """Return the indices of one side of the split."""
    if source.startswith("unipen"):
        return usable(archive, validation=held)
    if source == "omniglot_labelled":
        keep = [any(name in w for name in HELD_ALPHABETS) == held for w in archive.writer]
    elif source == "omniglot":  # without labels: whatever looks like a sign held out stays out
        keep = [not held] * len(archive)
        if not held:
            keep = (~_known(archive, Archive(folder / "omniglot_labelled.npz"))).tolist()
    else:
        keep = [held_character(text) == held for text in archive.text]
    return np.flatnonzero(keep).astype(np.int64)


def _known(archive: Archive, labelled: Archive) -> NDArray[np.bool_]:
    """Return which drawings look like one of the alphabets that are held out."""
    theirs = [i for i, w in enumerate(labelled.writer) if any(n in w for n in HELD_ALPHABETS)]
    held = np.stack([_look(labelled[i]) for i in theirs])
    looks = np.stack([_look(archive[i]) for i in range(len(archive))])
    return np.concatenate([(part @ held.T).max(axis=1) for part in np.split(looks, 32)]) > _ALIKE


def _look(sample: Sample) -> NDArray[np.float32]:
    """Return a drawing as a small blurred picture of unit length, (256,)."""
    picture = np.zeros((64, 64), np.uint8)
    points = np.concatenate(sample.strokes)
    low, size = points.min(axis=0), max(float(np.ptp(points, axis=0).max()), 1.0)
    for stroke in sample.strokes:
        path = np.round((stroke - low) / size * 55 + 4).astype(np.int32)
        cv2.polylines(picture, [path[:, None]], False, 255, 3)
    small = cv2.resize(
        cv2.GaussianBlur(picture, (0, 0), 2.0), (16, 16), interpolation=cv2.INTER_AREA
    )
    flat = small.ravel().astype(np.float32)
    return np.asarray(flat / max(float(np.linalg.norm(flat)), 1e-6))


def _part(sample: Sample, rng: np.random.Generator) -> Sample:
    """Return some strokes of a line of text, one after another."""
    count = len(sample.strokes)
    length = min(int(rng.integers(4, 17)), count)
    first = int(rng.integers(0, count - length + 1))
    return Sample(sample.strokes[first : first + length], "", sample.writer)


def _good(sample: Sample, source: str) -> bool:
    if not sample.strokes:
        return False
    extent = np.ptp(np.concatenate(sample.strokes), axis=0)
    if source == "unipen_words":
        return 1 <= len(sample.text) <= LONGEST and bool((extent >= SMALLEST).all())
    if source == "unipen_text":
        return bool(extent[0] < 9 * max(extent[1], 1) and extent[1] < 2 * max(extent[0], 1))
    return bool(extent.max() >= SMALLEST)
