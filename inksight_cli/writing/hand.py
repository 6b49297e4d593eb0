"""A person's hand: words cut into letters, and how the person writes them on a page.

Lengths are in bodies: the height of a letter without ascender. In a word x runs right from its
ink's left end, y down from its base line.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from inksight_cli.geometry import Points


@dataclass(slots=True)
class Letter:
    """A letter as it was written once.

    Attributes:
        text: one character, composed (NFC).
        paths: its own ink in the order of the pen, (N, 2) each, in bodies.
        before: whether its first path goes on from the letter before.
        after: the path that goes on into the next letter, counted from 0; None: the pen is lifted.
        good: whether it can be used: the reader knows it again.
    """

    text: str
    paths: list[Points] = field(default_factory=list)
    before: bool = False
    after: int | None = None
    good: bool = True


@dataclass(frozen=True, slots=True)
class Style:
    """How a person writes.

    Attributes:
        body: millimetres.
        pen: width of the line, in bodies.
        color: ``#rrggbb``.
        slant: how far upright strokes lean to the right, bodies a body.
        lift: from ink to ink between letters that are not joined, in bodies.
        blank: between words, in bodies; blank_spread: its standard deviation.
        leading: between base lines, in bodies.
        left, right: margins, of the page's width; top: of its height.
        ragged: standard deviation of where lines begin, in bodies.
        waver: standard deviation of a word's base line about its line's, in bodies.
        rise: of lines, y a unit of x (negative: they climb); rise_spread: from line to line.
    """

    body: float = 2.5
    pen: float = 0.15
    color: str = "#1a1a2e"
    slant: float = 0.0
    lift: float = 0.25
    blank: float = 1.6
    blank_spread: float = 0.3
    leading: float = 4.2
    left: float = 0.1
    right: float = 0.1
    top: float = 0.08
    ragged: float = 0.15
    waver: float = 0.06
    rise: float = 0.0
    rise_spread: float = 0.003


@dataclass(slots=True, eq=False)
class Hand:
    """All that is known of a person's writing.

    Attributes:
        words: each a list of letters in their order.
        style: of the page.
        name: whose it is, as the user says.
    """

    words: list[list[Letter]]
    style: Style
    name: str = ""

    def counts(self) -> Counter[str]:
        """Return how often the hand has each letter."""
        return Counter(letter.text for word in self.words for letter in word if letter.good)
