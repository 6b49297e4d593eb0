"""What a model is asked about a word, and what its answers come to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from inksight_cli.document import Mode, Quality, Status, Stroke, Word
from inksight_cli.engine.protocol import Answer, Job
from inksight_cli.geometry import Points
from inksight_cli.ownership.assign import Ownership
from inksight_cli.ownership.crops import Crop, cut_crop
from inksight_cli.ownership.region import Region
from inksight_cli.ownership.tiles import Tiles, cut_tiles
from inksight_cli.pages.page import PageImage
from inksight_cli.refine.audit import on_ink
from inksight_cli.refine.join import join_tiles

OnBad = Literal["keep", "trace", "retry"]
"""What becomes of a bad answer (its `Status` is not ``ok``): it is laid on the ink as far as it
goes, the ink is traced in its place, or the model is asked once more before that."""

_CANVAS_DOUBT = 2.5  # canvas pixels a model's point may be off the ink's centre
_ASTRAY = 0.5  # of a path on ink: less of it, and it is no path of this word
_JOINS = 3.0  # doubts: how far apart two tiles may draw the same ink
_POINT = 8  # canvas pixels between an answer's points: what Ramer-Douglas-Peucker leaves
_WHOLE = -1


@dataclass(slots=True, eq=False)
class Asked:
    """The questions about one word, and the answers so far.

    Attributes:
        region: the word's ink; tiles: its crops.
        whole: the whole word's crop, where it is wide and a reading of it is wanted.
        answers: by the number of the tile; the whole word's under -1.
    """

    region: Region
    tiles: Tiles
    whole: Crop | None = None
    answers: dict[int, Answer] = field(default_factory=dict)

    @property
    def done(self) -> bool:
        """Whether every question has its answer."""
        return len(self.answers) == len(self.tiles.crops) + (self.whole is not None)

    @property
    def reading(self) -> Answer:
        """The answer whose text is the word's."""
        return self.answers[_WHOLE if self.whole else 0]

    @property
    def score(self) -> float:
        """Mean log-probability per token of all answers that drew."""
        drew = [self.answers[k] for k in range(len(self.tiles.crops))]
        count = sum(answer.tokens for answer in drew)
        return sum(answer.score * answer.tokens for answer in drew) / max(count, 1)

    @property
    def tolerance(self) -> float:
        """Pixels of the page that the answers may be off the ink's centre."""
        return _CANVAS_DOUBT * max(crop.to_page.scale for crop in self.tiles.crops)

    def questions(self, mode: Mode, text: str, pen_width: float) -> Iterator[tuple[int, Job]]:
        """Yield the jobs, and the number under which each one's answer is kept."""
        parts = list(enumerate(self.tiles.crops))
        if self.whole:
            yield _WHOLE, self._job(self.whole, mode, text, pen_width)
            mode, text = "derender", ""  # what is written on a tile nobody knows
        for number, crop in parts:
            yield number, self._job(crop, mode, text, pen_width)

    def _job(self, crop: Crop, mode: Mode, text: str, pen_width: float) -> Job:
        """Return a question; its answer's length is guessed from the ink's: area over width."""
        share = 1 if crop is self.whole else len(self.tiles.crops)
        length = self.region.area / share / max(pen_width, 1.0) / crop.to_page.scale
        expected = int(min(max(2 * length / _POINT, 4), 1000))
        return Job(None, crop.pixels, crop.content, mode, text, expected)

    def statuses(self) -> list[Status]:
        """Return what every tile's answer was worth, now that its place on the page is known."""
        found: list[Status] = []
        for number, crop in enumerate(self.tiles.crops):
            answer = self.answers[number]
            path = [Stroke(crop.to_page(stroke)) for stroke in answer.strokes]
            doubt = max(round(2 * self.tolerance), 1)
            astray = answer.status == "ok" and on_ink(self.region, path, doubt) < _ASTRAY
            found.append("off-ink" if astray else answer.status)
        return found

    def guide(self, statuses: Sequence[Status], on_bad: OnBad) -> list[Points]:
        """Return the strokes to follow in page pixels, without what is bad if that is wanted."""
        upright, back = self.tiles.upright, self.tiles.upright.inverse()
        drawn = [
            [crop.to_page(s) for s in self.answers[number].strokes]
            if on_bad == "keep" or statuses[number] == "ok"
            else []
            for number, crop in enumerate(self.tiles.crops)
        ]
        if len(drawn) == 1:
            return drawn[0]
        turned = [[upright(stroke) for stroke in strokes] for strokes in drawn]
        joined = join_tiles(turned, self.tiles.cuts, _JOINS * self.tolerance)
        return [back(stroke) for stroke in joined]


def ask(
    page: PageImage, ownership: Ownership, index: int, word: Word, widest: float, reads: bool
) -> Asked | None:
    """Return the questions about word ``index``; None where it has no ink.

    Args:
        page: the picture.
        ownership: of the page's ink.
        index: the word's number in reading order, from 0.
        word: the word.
        widest: how many times as wide as high a crop may be for the model; 0 for any.
        reads: whether the answer's text matters: a wide word is then also asked about whole.
    """
    region = ownership.region(index)
    if not region.area:
        return None
    tiles = cut_tiles(page, ownership, index, word, widest)
    whole = reads and len(tiles.crops) > 1
    return Asked(region, tiles, cut_crop(page, ownership, index, word) if whole else None)


def judged(quality: Quality, asked: Asked, statuses: Sequence[Status], on_bad: OnBad) -> Quality:
    """Return a word's quality with what its answers were worth: the first bad one's status."""
    answers = list(asked.answers.values())
    bad = [status for status in statuses if status != "ok"]
    status: Status = bad[0] if bad else "ok"
    facts = {
        "empty": status == "empty",
        "retried": any(answer.retried for answer in answers),
        "truncated": any(answer.truncated for answer in answers),
        "not-followed": on_bad != "keep" and status not in ("ok", "empty"),
    }
    flags = quality.flags + tuple(name for name, true in facts.items() if true)
    shares = quality.ink_explained, quality.on_ink, quality.traced
    return Quality(*shares, asked.score, flags, status)
