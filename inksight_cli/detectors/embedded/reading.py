"""Lines read by RapidOCR's recogniser, each the way round that its page is written.

The recogniser makes something of any picture: *hook* upside down is *—1004* to it, and it may be
surer of that. So the lines of a page, which mostly run alike, are asked together.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inksight_cli.geometry import Points, Quad

UNSURE = 0.8  # a line read with less confidence is read the other way round as well
GUESSED = 0.5  # the confidence of what means nothing
UPRIGHT = 1.0  # so much more evidence must there be that a page lies upside down
SURE = 0.75
"""With which confidence a page's letters must be read upside down for it to be turned. Of scripts
that the recogniser does not know (Cyrillic) it makes something either way, with up to 0.73."""
SURELY, WORD, BADLY = 0.85, 2, 0.6
"""From which confidence, with how many letters, a line runs against the others, if it reads worse
than ``BADLY`` along with them."""


@dataclass(frozen=True, slots=True)
class RawLine:
    """One line as RapidOCR sees it.

    Attributes:
        quad: page pixels, first corner at the text's own top-left.
        characters: (letter, place) in reading order without blanks; the place of its centre is
            a share 0..1 of the quad's length.
        breaks: for each letter, whether a blank stands before it.
        confidence: the recogniser's, 0..1.
    """

    quad: Quad
    characters: tuple[tuple[str, float], ...]
    breaks: tuple[bool, ...]
    confidence: float

    @property
    def is_tall(self) -> bool:
        """Whether it runs up or down the page rather than across."""
        dx, dy = self._way
        return abs(dy) > abs(dx)

    @property
    def is_backward(self) -> bool:
        """Whether it runs to the left, or down the page."""
        dx, dy = self._way
        return dy > 0 if self.is_tall else dx < 0

    @property
    def evidence(self) -> float:
        """How much it tells of the way its page lies: its letters, as far as they are sure."""
        return len(self.characters) * max(self.confidence - GUESSED, 0.0)

    @property
    def _way(self) -> tuple[float, float]:
        (ax, ay), (bx, by) = self.quad.corners[:2]
        return bx - ax, by - ay


def read_crops(
    reader: Any,  # noqa: ANN401
    crops: Sequence[NDArray[np.uint8]],
    corners: Sequence[Points],
    others: Sequence[RawLine] = (),
) -> list[RawLine]:
    """Return what is written in crops of a page.

    Args:
        reader: RapidOCR.
        crops: (H, W, 3) BGR, the text from left to right, perhaps upside down.
        corners: of each crop on the page, (4, 2), the crop's top-left first.
        others: lines of the same page that have been read.
    """

    def turned(which: Sequence[int]) -> dict[int, RawLine]:
        around = [np.ascontiguousarray(crops[i][::-1, ::-1]) for i in which]
        lines = _recognise(reader, around, [np.roll(corners[i], 2, axis=0) for i in which])
        return dict(zip(which, lines, strict=True))

    read = _recognise(reader, crops, corners)
    unsure = [i for i, line in enumerate(read) if line.confidence < UNSURE or line.is_tall]
    back = turned(unsure)
    known = [*others, *read, *back.values()]
    backward = [_run_backward(known, tall=tall) for tall in (False, True)]
    against = [i for i, line in enumerate(read) if line.is_backward != backward[line.is_tall]]
    back |= turned([i for i in against if i not in back])
    for i, other in back.items():
        read[i] = _likelier(read[i], other, backward[other.is_tall])
    return read


def are_sure(lines: Iterable[RawLine]) -> bool:
    """Whether the letters of ``lines`` are, on the whole, read surely enough to turn a page."""
    counts = [(len(line.characters), line.confidence) for line in lines]
    letters = sum(count for count, _ in counts)
    return sum(count * sure for count, sure in counts) >= SURE * max(letters, 1)


def _run_backward(lines: Iterable[RawLine], *, tall: bool) -> bool:
    """Whether the lines across a page, or those up and down it, read better from right or top.

    Those across, which make a page stand on its head, must be read surely as well.
    """
    alike = [line for line in lines if line.is_tall == tall]
    score = 0.0 if tall else UPRIGHT
    score += sum(-line.evidence if line.is_backward else line.evidence for line in alike)
    return score < 0 and (tall or are_sure(line for line in alike if line.is_backward))


def _likelier(one: RawLine, other: RawLine, backward: bool) -> RawLine:
    """Return that of a line's two readings that runs as its page does, or is much surer."""
    along, against = (one, other) if one.is_backward == backward else (other, one)
    if not against.characters:
        return along
    if not along.characters:
        unsure = against.confidence < SURELY and len(against.characters) >= WORD
        return _mirrored(against, along.quad) if unsure else against
    if against.confidence < SURELY or len(against.characters) < WORD:
        return along
    return against if along.confidence < BADLY else along


def _mirrored(line: RawLine, quad: Quad) -> RawLine:
    """Return a line with its letters where they are, but running the other way, as ``quad`` does.

    What they say is a guess; that there are letters is not.
    """
    characters = tuple((letter, 1 - place) for letter, place in reversed(line.characters))
    breaks = (False, *reversed(line.breaks[1:]))
    return RawLine(quad, characters, breaks, line.confidence)


def _recognise(
    reader: Any,  # noqa: ANN401
    crops: Sequence[NDArray[np.uint8]],
    corners: Sequence[Points],
) -> list[RawLine]:
    if not crops:
        return []
    said = reader.recognize_txt(list(crops))
    return [
        _line(Quad.from_points(quad), text, float(score), info)
        for quad, text, score, info in zip(
            corners, said.txts, said.scores, said.word_results, strict=True
        )
    ]


def _line(quad: Quad, text: str, score: float, info: Any) -> RawLine:  # noqa: ANN401
    columns = [column for word in info.word_cols for column in word]
    letters = [letter for letter in text if not letter.isspace()]
    length = max(float(info.line_txt_len), 1.0)
    places = [min((column + 0.5) / length, 1.0) for column in columns]
    if len(places) != len(letters):
        places = [(i + 0.5) / len(letters) for i in range(len(letters))]
    after_blank = [
        i > 0 and text[i - 1].isspace() for i, letter in enumerate(text) if not letter.isspace()
    ]
    if after_blank:
        after_blank[0] = False
    characters = tuple(zip(letters, places, strict=True))
    return RawLine(quad, characters, tuple(after_blank), score if letters else 0.0)
