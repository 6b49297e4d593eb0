"""Ink rules in decoding: tokens only in a well-formed order, coordinates only where ink is.

Off unless asked for: a model's own answers stay its own. A rule is a function of the newest
token alone, so beams need no state for it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inksight_cli.engine.protocol import Job
from inksight_cli.tokens import LEVELS, START

Rule = Callable[[int, NDArray[np.float32]], None]
"""``rule(newest, allowed)`` writes 0 or -inf for every token that may follow `newest`."""

REACH = 4  # canvas pixels between a coordinate and the nearest ink
_CONTRAST = 0.35  # of the strongest difference from the paper


@dataclass(frozen=True, slots=True)
class Grammar:
    """The token ids a rule is about.

    Attributes:
        vocabulary: number of ids; ink_first: id of ink token 0; end: the end token's id.
    """

    vocabulary: int
    ink_first: int
    end: int

    @property
    def stroke(self) -> int:
        """The id that starts a stroke."""
        return self.ink_first + START

    def only(self, *ids: int) -> NDArray[np.float32]:
        """Scores that allow nothing but `ids`."""
        scores = np.full(self.vocabulary, -np.inf, np.float32)
        scores[list(ids)] = 0
        return scores

    def no_coordinates(self) -> NDArray[np.float32]:
        """Scores that allow everything but coordinates."""
        scores = np.zeros(self.vocabulary, np.float32)
        scores[self.ink_first : self.stroke] = -np.inf
        return scores


def ink_rule(grammar: Grammar, job: Job, *, reads: bool) -> Rule:
    """The rule for one word.

    Args:
        grammar: the model's ids.
        job: whose picture tells where ink is; a picture without any restricts nothing.
        reads: the answer begins with text.
    """
    near = near_ink(job)
    points = np.where(near.T, np.float32(0), np.float32(-np.inf))
    columns = np.where(near.any(axis=0), np.float32(0), np.float32(-np.inf))
    x_first, y_first = grammar.ink_first, grammar.ink_first + LEVELS
    nothing = grammar.only()
    opening = grammar.no_coordinates() if reads else grammar.only(grammar.stroke)
    after_point = grammar.only(grammar.stroke, grammar.end)

    def rule(newest: int, allowed: NDArray[np.float32]) -> None:
        if x_first <= newest < y_first:
            allowed[:] = nothing
            allowed[y_first : y_first + LEVELS] = points[newest - x_first]
        elif y_first <= newest <= grammar.stroke:
            allowed[:] = nothing if newest == grammar.stroke else after_point
            allowed[x_first:y_first] = columns
        else:
            allowed[:] = opening

    return rule


def near_ink(job: Job) -> NDArray[np.bool_]:
    """Where the pen may be: (225, 225) by [y, x], ink of the crop grown by `REACH`."""
    import cv2

    left, top, right, bottom = job.content
    near = np.zeros((LEVELS, LEVELS), np.uint8)
    grey = job.pixels[top:bottom, left:right].mean(axis=2, dtype=np.float32)
    if grey.size:
        difference = np.abs(grey - np.median(grey))
        near[top:bottom, left:right] = difference > max(_CONTRAST * difference.max(), 1.0)
    if not near.any():
        return np.ones((LEVELS, LEVELS), bool)
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * REACH + 1, 2 * REACH + 1))
    return cv2.dilate(near, disc).astype(bool)
