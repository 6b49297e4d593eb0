"""``--skip-printed``: words that were printed or stamped, not written, are left out.

A detector around another: it judges every word that the other found by its ink
(`inksight_cli.detectors.printed.marks`), takes the printed ones and their ink off the page, and
passes the rest on. So neither words nor drawings show what was printed, and no crop does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from inksight_cli.detectors.printed.marks import print_score
from inksight_cli.detectors.reading_order import union_quad
from inksight_cli.document import Line
from inksight_cli.ink.types import Mask
from inksight_cli.ownership.assign import Ownership, assign_ink
from inksight_cli.ownership.parts import Components
from inksight_cli.pages.page import PageImage

if TYPE_CHECKING:
    from inksight_cli.detectors.protocol import Detector

SWITCH = 2.0
"""Log-odds that a change between print and writing costs inside a line."""

FEW = 0.15
"""The share of printed words that `print_marks.BIAS` supposes."""


class SkipPrinted:
    """Another detector's words without the printed ones.

    Attributes:
        detectors: the other detector, or all of a chain.
    """

    name: ClassVar[str] = "skip-printed"
    summary: ClassVar[str] = "another detector's words without the printed ones"

    def __init__(self, detector: Detector) -> None:
        self._detector = detector
        self.detectors: tuple[Detector, ...] = getattr(detector, "detectors", (detector,))

    @property
    def used(self) -> str:
        """The name of the detector that found the last page's words."""
        return str(getattr(self._detector, "used", "")) or self._detector.name

    def missing(self) -> str | None:
        """Return what the other detector misses."""
        return self._detector.missing()

    def detect(self, page: PageImage) -> list[Line]:
        """Return the written words in reading order; takes the printed ink off the page.

        Raises:
            InksightError: as the other detector does.
        """
        lines = self._detector.detect(page)
        words = [word for line in lines for word in line.words]
        if not words:
            return lines
        owned = assign_ink(page.ink, words)
        printed = printed_words(page, lines, owned)
        if not printed.any():
            return lines
        page.take_off(printed_ink(owned, printed, [word.box.center for word in words]))
        count = int(printed.sum())
        page.notes.append(
            "1 printed word was left out" if count == 1 else f"{count} printed words were left out"
        )
        return _written(lines, printed)


def printed_words(page: PageImage, lines: Sequence[Line], owned: Ownership) -> NDArray[np.bool_]:
    """Return which words, in reading order over all ``lines``, were printed.

    Words of a line change between print and writing seldom, after a label; so a line's words are
    judged together (Viterbi over two states), and the page's once more when many were printed.
    """
    scores, index = [], 0
    for line in lines:
        of_line = np.zeros(len(line.words))
        for place, word in enumerate(line.words):
            region = owned.region(index)
            of_line[place] = print_score(page.ink, region, word.quad.angle) if region.area else 0.0
            index += 1
        scores.append(of_line)
    found = np.concatenate([likeliest(each, SWITCH) for each in scores])
    more = prior(float(found.mean()))
    return np.concatenate([likeliest(each + more, SWITCH) for each in scores]) if more else found


def prior(share: float) -> float:
    """Return what a page's share of printed words, at first sight, adds to the log-odds of all.

    The score's bias supposes few printed words, so that a page of writing loses none. Where a
    share of 15 % or more is seen, the page is a form, and its own share counts; at most twice that,
    for writing lost is worse than print kept.
    """
    seen = min(max(share, FEW), 2 * FEW)
    return float(np.log(seen / (1 - seen)) - np.log(FEW / (1 - FEW)))


def likeliest(scores: NDArray[np.float64], switch: float) -> NDArray[np.bool_]:
    """Return the likeliest states (N,) of words with log-odds ``scores`` (N,) of being printed.

    Args:
        scores: positive where a word alone looks printed.
        switch: log-odds that a change from one word to the next costs.
    """
    best = np.zeros((len(scores), 2))
    came = np.zeros((len(scores), 2), dtype=np.int64)
    for i, score in enumerate(scores):
        for state in (0, 1):
            before = best[i - 1] - switch * (np.arange(2) != state) if i else np.zeros(2)
            came[i, state] = int(before.argmax())
            best[i, state] = before.max() + (score if state else 0.0)
    states = np.zeros(len(scores), dtype=np.bool_)
    state = int(best[-1].argmax()) if len(scores) else 0
    for i in range(len(scores) - 1, -1, -1):
        states[i] = bool(state)
        state = int(came[i, state])
    return states


def printed_ink(
    owned: Ownership, printed: NDArray[np.bool_], centers: Sequence[tuple[float, float]]
) -> Mask:
    """Return (H, W) bool: the printed words' ink, and frames that hold printed words alone.

    Such a frame is a stamp's or a table head's; one that holds writing too stays a drawing.
    """
    own = np.concatenate([[False], printed])
    out = np.asarray(own[owned.labels], dtype=np.bool_)
    loose = Components.of(owned.left_over().mask)
    at = np.array(centers)
    for component in np.flatnonzero(loose.extents > 0)[1:]:
        box = loose.box(int(component))
        inside = (at > (box.left, box.top)).all(axis=1) & (at < (box.right, box.bottom)).all(axis=1)
        if inside.any() and printed[inside].all():
            out |= loose.labels == component
    return out


def _written(lines: Sequence[Line], printed: NDArray[np.bool_]) -> list[Line]:
    kept, index = [], 0
    for line in lines:
        count = len(line.words)
        words = [
            w for w, p in zip(line.words, printed[index : index + count], strict=True) if not p
        ]
        index += count
        if len(words) == count:
            kept.append(line)
        elif words:
            quad = union_quad([word.quad for word in words], line.quad.angle)
            kept.append(replace(line, words=words, quad=quad))
    return kept
