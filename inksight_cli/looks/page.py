"""The lines of a page together tell in which scripts it is written, and which way up.

Lines of a page are mostly of one script and one way up. How much of a page is of which kind is
found along with the lines' kinds (expectation and maximisation, Dempster et al. 1977), from the
expectation that it is Latin, the right way up: a few letters that look Hebrew on an English page
stay English, a page that looks Hebrew is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inksight_cli.geometry import Points
from inksight_cli.looks.drawing import draw
from inksight_cli.looks.network import KINDS, SCRIPTS, LooksModel, shipped

SURE = 0.95
"""With which probability a line's script or its standing upside down is told at all."""
LIKELIER = 0.6
"""With which it is told where the line surely is writing and not Latin: Bengali looks like
Devanagari, and is treated alike."""
EXPECTED = 0.9
"""Share of lines that are expected to be Latin, and share that stand upright of any script."""
_LINES = 2.0  # lines that the expectation weighs
_SHARP = 0.7  # how far the network's odds are believed: it has learned from fonts
_CLIP = -7.0  # no line speaks louder than this against a kind, in logs
_ROUNDS = 12
_MANY = len(SCRIPTS)


@dataclass(frozen=True, slots=True)
class Told:
    """What a line looks like.

    Attributes:
        script: one of `SCRIPTS`; "" where it is not sure, or where there is no writing.
        confidence: how probable the likeliest script is, 0..1.
        upside_down: how probable it is that the line stands on its head, 0..1.
        writing: how probable it is that this is writing of a known script at all, 0..1.
    """

    script: str
    confidence: float
    upside_down: float
    writing: float


@dataclass(frozen=True, slots=True)
class Telling:
    """What a page's lines look like: each by itself, and how much of the page stands on its head.

    Attributes:
        lines: in the order in which they were asked.
        upside_down: share of the page's lines that stand on their head, 0..1.
    """

    lines: list[Told]
    upside_down: float


def tell(
    lines: Sequence[Points],
    angles: Sequence[float],
    known: Sequence[str] = (),
    model: LooksModel | None = None,
) -> Telling:
    """Tell the scripts of a page's lines from their ink alone.

    Args:
        lines: of each the dots (N, 2) on the centre lines of its ink, x right, y down, about a
            pixel apart (`inksight_cli.looks.drawing.dots_of` makes them of strokes).
        angles: by which each runs off the horizontal, radians.
        known: the script of lines that were read surely; "" for all others, () for none.
        model: the network; None: the built-in one.
    """
    if not lines:
        return Telling([], 0.0)
    likely = np.full((len(lines), KINDS), 1e-6)
    asked = [k for k in range(len(lines)) if not (known and known[k])]
    for k, script in enumerate(known):
        likely[k, SCRIPTS.index(script) if script in SCRIPTS else slice(None)] = 1.0
    if asked:
        drawings = [draw(lines[k], angles[k]) for k in asked]
        logs = (model or shipped()).look(drawings).astype(np.float64)
        likely[asked] = np.exp(_SHARP * np.maximum(logs, _CLIP))
    chances, shares = pooled(likely)
    return Telling([_told(row) for row in chances], float(shares[_MANY:-1].sum()))


def pooled(likely: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the probabilities (L, KINDS) of each line's kinds, and the page's shares (KINDS,).

    Args:
        likely: (L, KINDS) how likely each line's look is, were it of a kind; in any unit.
    """
    expected = np.full(KINDS, (1 - EXPECTED) / (KINDS - 1))
    expected[:_MANY] = (1 - EXPECTED) * EXPECTED / (_MANY - 1)
    expected[_MANY:-1] = (1 - EXPECTED) ** 2 / _MANY
    expected[0], expected[-1] = EXPECTED**2, EXPECTED * (1 - EXPECTED)
    expected /= expected.sum()
    shares = expected
    for _ in range(_ROUNDS):
        chances = likely * shares
        chances /= np.maximum(chances.sum(axis=1, keepdims=True), 1e-300)
        shares = _LINES * expected + chances.sum(axis=0)
        shares /= shares.sum()
    return chances, shares


def _told(chances: NDArray[np.float64]) -> Told:
    scripts = chances[:_MANY] + chances[_MANY:-1]
    best = int(scripts.argmax())
    writing, confidence = float(scripts.sum()), float(scripts[best])
    strange = writing - float(scripts[0])
    sure = confidence >= SURE or (strange >= SURE and best > 0 and confidence >= LIKELIER)
    return Told(
        SCRIPTS[best] if sure else "",
        confidence,
        float(chances[_MANY:-1].sum() / max(writing, 1e-9)),
        writing,
    )
