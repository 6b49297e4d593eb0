"""Which word a patch of ink belongs to.

Connected ink mostly lies in one word's box and is that word's. The rest is decided by shape:
ink shared by touching words is cut between them, lines that merely pass (underlines, table
rules, dotted lines, arrows, boxes drawn around words) stay nobody's, and small marks go to the
nearest word.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from inksight_cli.document import Word
from inksight_cli.ink.types import Ink
from inksight_cli.ownership.drawn import bridge_gaps, crumbs, leaving
from inksight_cli.ownership.frame import Frame
from inksight_cli.ownership.leaders import leaders
from inksight_cli.ownership.parts import Components, Parts, find_parts
from inksight_cli.ownership.region import Region, Windows, windows_of
from inksight_cli.ownership.sharing import pick_letters, share_component
from inksight_cli.ownership.walls import drop_behind_walls
from inksight_cli.scripts import squared_share

Kind: TypeAlias = Literal["whole", "shared", "drawing"]

MOSTLY = 0.8  # a component with this share inside one word's box is that word's
HALF = 0.6  # with less than this in words' boxes it is a drawing that touches them
ROBBED = 0.35  # no word loses more of the ink in its box to a neighbour whose box covers it
REACH = 0.75  # of the word's height: how far flourishes and descenders leave the box
TALL = 75  # per cent of words' boxes are lower than those with ascenders and descenders
NOWHERE = slice(0, 0), slice(0, 0)
NEAR = 0.4  # of the word's height: how far dots and accents may lie from the box
ABOVE, BESIDE = 0.6, 0.3  # of the word's height: how large accents, and commas beside a word, are


@dataclass(frozen=True, slots=True, eq=False)
class Ownership:
    """Who owns each pixel of ink.

    Attributes:
        labels: (H, W) int32: 0 = nobody's ink, or no ink; k = word k - 1 in reading order.
        mask: (H, W) bool, all ink of the page.
        windows: the tight window of every label.
    """

    labels: NDArray[np.int32]
    mask: NDArray[np.bool_]
    windows: Windows

    def region(self, index: int) -> Region:
        """Return the ink of word ``index`` (from 0), framed tightly; empty if it has none."""
        rows, columns = self.windows.get(index + 1, NOWHERE)
        return Region(self.labels[rows, columns] == index + 1, columns.start, rows.start)

    def left_over(self) -> Region:
        """Return the ink that no word owns, in the frame of the whole page."""
        return Region(self.mask & (self.labels == 0), 0, 0)


def assign_ink(ink: Ink, words: Sequence[Word]) -> Ownership:
    """Give every connected patch of ink to the word it belongs to, or to nobody.

    Ink that is known to be a drawing's is nobody's, but where letters cross it.
    """
    if not words:
        return Ownership(np.zeros(ink.mask.shape, dtype=np.int32), ink.mask, {})
    frames = [Frame.of(word.quad) for word in words]
    boxes = [word.box for word in words]
    drawn = None if ink.drawn is None else leaving(ink.drawn & ink.mask, boxes)
    components = Components.of(ink.mask if drawn is None else ink.mask & ~drawn)
    parts = find_parts(components, frames, boxes)
    square = np.array([squared_share(word.text) == 1 for word in words])
    tall = float(np.percentile([f.height for f in frames], TALL))
    others = leaders(components, tall, _usual_angle(words))
    others |= crumbs(components, parts, frames, drawn)
    # A character of dashes is no dotted line, and the strokes of one pass through nothing.
    inside = square[parts.word] & (parts.area > HALF * components.area[parts.component])
    others[parts.component[inside]] = False
    owner = np.zeros(components.count, dtype=np.int32)
    undecided = []
    for component in np.unique(parts.component[~others[parts.component]]):
        kind, owners = _judge(components, parts, frames, int(component), ink.pen_width, square)
        if kind == "whole":
            owner[component] = owners[0] + 1
        else:
            undecided.append((kind, int(component), owners))
    _add_marks(components, parts, frames, others, owner, tall)
    labels = owner[components.labels]
    for kind, component, owners in undecided:
        for word in owners if kind == "drawing" else ():
            pick_letters(labels, components, component, frames[word], boxes[word], word, ink)
        if kind == "shared":
            share_component(labels, components, component, frames, boxes, owners, REACH)
    if drawn is not None:
        bridge_gaps(labels, drawn, ink.pen_width)
        drop_behind_walls(labels, drawn, frames, boxes)
    return Ownership(labels, ink.mask, windows_of(labels))


def _usual_angle(words: Sequence[Word]) -> float:
    """Return in which of the four ways most words run, in radians."""
    quarters = np.rint([word.quad.angle / (np.pi / 2) for word in words]).astype(np.intp) % 4
    return float(np.bincount(quarters).argmax() * np.pi / 2)


def _judge(
    components: Components,
    parts: Parts,
    frames: Sequence[Frame],
    component: int,
    pen: float,
    square: NDArray[np.bool_],
) -> tuple[Kind, list[int]]:
    """Say whose a component is: one word's, shared by some, or a drawing with letters in it.

    ``square`` tells which words are single characters in squares.
    """
    mine = parts.of(component)
    share = parts.area[mine] / components.area[component]
    best = int(mine[share.argmax()])
    word = int(parts.word[best])
    if components.extent(component) <= 0.8 * frames[word].height:
        return "whole", [word]
    real = [int(p) for p in mine if square[parts.word[p]] or not _passes(parts, frames, p, pen)]
    owners = [int(parts.word[p]) for p in real if _counts(parts, frames, p, pen)]
    if best not in real or not owners:
        return "drawing", owners
    enough = share.max() >= (HALF if owners == [word] else MOSTLY)
    robbed = any(parts.share_of_word(p) > ROBBED for p in real if parts.word[p] != word)
    if enough and not robbed and _stays(components, frames[word], component):
        return "whole", [word]
    return ("shared" if share.sum() >= HALF else "drawing"), owners


def _passes(parts: Parts, frames: Sequence[Frame], part: int, pen: float) -> bool:
    """Whether a part is a line through the word: an underline, a strike, a rule, a box's side."""
    frame = frames[parts.word[part]]
    if parts.share_of_word(part) > 0.6:
        return False
    u, v = parts.extent[part]
    thin = max(3 * pen, 0.2 * frame.height)
    along = v <= thin and u >= max(0.6 * frame.length, 6 * pen) and u > 0.8 * frame.height
    across = u <= thin and v >= 0.9 * frame.height and parts.leaves[part]
    return bool(along or across)


def _counts(parts: Parts, frames: Sequence[Frame], part: int, pen: float) -> bool:
    """Whether a part is more than a neighbour's flourish that reaches into the box."""
    height = frames[parts.word[part]].height
    enough = parts.share_of_word(part) > 0.08 or parts.area[part] > 0.5 * pen * height
    return bool(enough and parts.extent[part].max() > 0.35 * height)


def _stays(components: Components, frame: Frame, component: int) -> bool:
    """Whether a component stays close enough to its word to go there entirely."""
    du, dv = frame.excess(components.corners(component))
    return bool(max(du.max(), dv.max()) <= REACH * frame.height)


def _add_marks(
    components: Components,
    parts: Parts,
    frames: Sequence[Frame],
    others: NDArray[np.bool_],
    owner: NDArray[np.int32],
    tall: float,
) -> None:
    """Give dots, accents and commas outside all boxes, but for ``others``, to the nearest word.

    Beside a word stand commas and quotation marks, no larger after a word of small letters than
    after a ``tall`` one; what is larger there is a dash of a line, an arrow, a frame.
    """
    heights = np.array([frame.height for frame in frames])
    loose = ~others
    loose[0] = False
    loose[parts.component] = False
    loose &= components.extents <= ABOVE * heights.max()
    marks = np.flatnonzero(loose)
    if not len(marks):
        return
    centres = components.centres[marks]
    distance = np.stack([frame.distance(centres) for frame in frames], axis=1) / heights
    nearest = distance.argmin(axis=1)
    close = distance.min(axis=1) <= NEAR
    beyond = [np.ravel(frames[k].excess(c)) for k, c in zip(nearest, centres, strict=True)]
    beside = np.array([du > max(dv, 0) for du, dv in beyond])
    largest = np.maximum(heights[nearest], tall) * BESIDE
    close &= components.extents[marks] <= np.where(beside, largest, ABOVE * heights[nearest])
    owner[marks[close]] = nearest[close] + 1
