"""The whole way, page by page: picture -> words -> crops -> model -> ink on the page.

This module alone knows detectors, the engine and the refiner. It opens no file and prints
nothing. Pages stream through: the model's queue spans pages, a page's picture is let go as soon
as its words are done, and pages come out in the order they went in.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial

import numpy as np

from inksight_cli.cores import made_of_small_products
from inksight_cli.crew import WORTH_IT, share_out
from inksight_cli.detectors import who_found
from inksight_cli.detectors.protocol import Detector
from inksight_cli.detectors.scripts import in_script
from inksight_cli.document import Line, Mode, Page, Quality, Stroke, Word
from inksight_cli.engine.protocol import Answer, InkModel, Job
from inksight_cli.ownership.assign import Ownership, assign_ink
from inksight_cli.ownership.crops import Crop, cut_crop
from inksight_cli.pages.closer import seen_closer
from inksight_cli.pages.page import PageImage
from inksight_cli.pages.zoom import as_loaded, at_pen_scale
from inksight_cli.pen_order import Hand
from inksight_cli.refine import Manner, refine_word, trace_drawings, write_words
from inksight_cli.refine.lost import flag_lost
from inksight_cli.refine.lost import sentence as lost_sentence
from inksight_cli.scripts import RIGHT_TO_LEFT, SQUARED, is_worded

_CANVAS_DOUBT = 2.5  # canvas pixels a model's point may be off the ink's centre


@dataclass(slots=True, eq=False)
class _Desk:
    """A page being worked on: its picture, its words, and the answers still awaited."""

    image: PageImage
    lines: list[Line]
    words: list[Word]
    ownership: Ownership
    detector: str
    crops: dict[int, Crop] = field(default_factory=dict)
    answers: dict[int, Answer] = field(default_factory=dict)

    @property
    def done(self) -> bool:
        """Whether every crop has its answer."""
        return len(self.answers) == len(self.crops)


@dataclass(frozen=True, slots=True, eq=False)
class _Place:
    """Where an answer belongs: the key of its job."""

    desk: _Desk
    index: int


class Derenderer:
    """Turns pages into ink; one instance, and one loaded model, for any number of pages.

    Args:
        detector: finds the words.
        model: draws them; None: the classical tracer draws everything.
        mode: how the model is asked. ``derender-with-text`` uses the text the detector read;
            a word without text is asked for plain ``derender``.
        order: without a model, what writes the traced ink in pen order.
        workers: how many processes lay a page's ink side by side (`inksight_cli.crew`).
        squares: opens what writes characters of Chinese, Japanese and Korean, once there are some;
            None: ``order`` writes them too.
        script: in which all lines are written; "": as each one reads.
    """

    def __init__(
        self,
        detector: Detector,
        model: InkModel | None = None,
        mode: Mode = "derender",
        order: Hand | None = None,
        workers: int = 1,
        squares: Callable[[], Hand | None] | None = None,
        script: str = "",
    ) -> None:
        self.detector = detector
        self.model = model
        self.mode: Mode = mode
        self.order = model.order if model else order
        self._find_squares = squares
        self.script = script
        self.workers = workers

    @cached_property
    def squares(self) -> Hand | None:
        """What writes characters of Chinese, Japanese and Korean, None where nothing else does."""
        return self._find_squares() if self.order and self._find_squares else None

    def pages(self, images: Iterable[PageImage]) -> Iterator[Page]:
        """Yield a page of ink for every image, in order; images are taken as they are needed."""
        return made_of_small_products(self._pages(images))

    def _pages(self, images: Iterable[PageImage]) -> Generator[Page, None, None]:
        if self.model is None:
            for image in images:
                yield self._finish(self._open(image))
            return
        desks: deque[_Desk] = deque()
        for answer in self.model.run(self._jobs(images, desks)):
            place = answer.key
            assert isinstance(place, _Place)
            place.desk.answers[place.index] = answer
            while desks and desks[0].done:
                yield self._finish(desks.popleft())
        while desks:
            yield self._finish(desks.popleft())

    def _open(self, image: PageImage) -> _Desk:
        looked = at_pen_scale(image)
        found = in_script(self.detector.detect(looked), self.script)
        image, lines = seen_closer(image, looked, found)
        words = [word for line in lines for word in line.words]
        # Of a chain, the one that worked; asked now, for the next page may get another.
        return _Desk(image, lines, words, assign_ink(image.ink, words), who_found(self.detector))

    def _jobs(self, images: Iterable[PageImage], desks: deque[_Desk]) -> Iterator[Job]:
        for image in images:
            desk = self._open(image)
            desks.append(desk)
            for index, word in enumerate(desk.words):
                if desk.ownership.region(index).area:
                    desk.crops[index] = cut_crop(desk.image, desk.ownership, index, word)
            for index, crop in desk.crops.items():
                yield self._job(desk, index, crop)

    def _job(self, desk: _Desk, index: int, crop: Crop) -> Job:
        word = desk.words[index]
        asked: Mode = self.mode
        if asked == "derender-with-text" and not word.text:
            asked = "derender"
        return Job(
            key=_Place(desk, index),
            pixels=crop.pixels,
            content=crop.content,
            mode=asked,
            text=word.text if asked == "derender-with-text" else "",
            expected_length=_expected_length(desk, index, crop),
        )

    def _finish(self, desk: _Desk) -> Page:
        for index, (strokes, quality) in enumerate(self._inked(desk)):
            word = desk.words[index]
            word.strokes, word.quality = strokes, quality
            answer = desk.answers.get(index)
            if answer is not None:
                flags = quality.flags + _flags(answer)
                word.quality = replace(quality, score=answer.score, flags=flags)
                word.mode = self.mode
                if self.mode == "recognize-and-derender" and self._believed(answer, word):
                    word.text = answer.text
        image = desk.image
        lost = flag_lost(desk.lines, image.ink)
        page = Page(
            width=image.width,
            height=image.height,
            lines=desk.lines,
            drawings=trace_drawings(image, desk.ownership.left_over()),
            dpi=image.dpi,
            source=image.source,
            number=image.number,
            sha256=image.sha256,
            warnings=image.notes + _doubts(desk.words, lost),
            detector=desk.detector,
            photo=image.photo,
            paper=_paper(image),
        )
        return as_loaded(page, image)

    def _inked(self, desk: _Desk) -> list[tuple[list[Stroke], Quality]]:
        """Return every word's ink: written by the hand all together, or word by word."""
        count = len(desk.words)
        if self.order is None:
            return share_out(partial(self._ink, desk), count, self.workers)
        parts = max(1, min(self.workers, count // WORTH_IT))
        hand = self.order
        manners = [self._manner(hand, word, line) for line in desk.lines for word in line.words]
        shares = share_out(partial(_written, desk, manners, parts), parts, parts, worth_it=1)
        return [shares[index % parts][index // parts] for index in range(count)]

    def _manner(self, hand: Hand, word: Word, line: Line) -> Manner:
        """Return how a word of a line is written."""
        if line.script in SQUARED and not is_worded(word.text):
            hand = self.squares or hand
        return Manner(hand, word.quad.angle, line.script in RIGHT_TO_LEFT)

    def _ink(self, desk: _Desk, index: int) -> tuple[list[Stroke], Quality]:
        """Lay a word's answer on its ink, or trace the ink where there is none."""
        word, region = desk.words[index], desk.ownership.region(index)
        answer = desk.answers.get(index)
        refine = partial(refine_word, desk.image, region, angle=word.quad.angle)
        if answer is None:
            return refine()
        to_page = desk.crops[index].to_page
        guide = [to_page(stroke) for stroke in answer.strokes]
        return refine(guide, tolerance=_CANVAS_DOUBT * to_page.scale)

    def _believed(self, answer: Answer, word: Word) -> bool:
        """Whether the model's reading becomes the word's text; an unsure one fills a blank."""
        reads = self.model is not None and self.model.reads
        return bool(answer.text) and (reads or not word.text)


def _written(
    desk: _Desk, manners: Sequence[Manner], parts: int, part: int
) -> list[tuple[list[Stroke], Quality]]:
    """Return what hands write of one part of a page's words: every so manieth."""
    own = range(part, len(desk.words), parts)
    regions = [desk.ownership.region(index) for index in own]
    return write_words(desk.image, regions, [manners[index] for index in own])


def _paper(image: PageImage) -> str:
    """Return the usual colour of a page's paper."""
    red, green, blue = np.median(image.ink.paper.reshape(-1, 3), axis=0)
    return f"#{round(red):02x}{round(green):02x}{round(blue):02x}"


def find_words(detector: Detector, image: PageImage, script: str = "") -> Page:
    """Return a page's words where they lie on ``image``, without any strokes.

    ``script`` is that of all lines; "": as each one reads.
    """
    looked = at_pen_scale(image)
    lines = in_script(detector.detect(looked), script)
    page = Page(
        width=looked.width,
        height=looked.height,
        lines=lines,
        dpi=image.dpi,
        source=image.source,
        number=image.number,
        sha256=image.sha256,
        warnings=list(looked.notes),
        detector=who_found(detector),
        photo=image.photo,
    )
    return as_loaded(page, looked)


def _doubts(words: list[Word], lost: list[Word]) -> list[str]:
    """Return what a person should hear about a page's words."""
    if not words:
        return ["no words were found on this page"]
    return [lost_sentence(lost)] if lost else []


def _flags(answer: Answer) -> tuple[str, ...]:
    facts = {
        "empty": not answer.strokes,
        "retried": answer.retried,
        "truncated": answer.truncated,
    }
    return tuple(name for name, true in facts.items() if true)


def _expected_length(desk: _Desk, index: int, crop: Crop) -> int:
    """Guess the answer's tokens from the length of the ink: area over width, on the canvas.

    A point every eight canvas pixels or so is what Ramer-Douglas-Peucker leaves of handwriting.
    """
    area = desk.ownership.region(index).area
    length = area / max(desk.image.ink.pen_width, 1.0) / crop.to_page.scale
    return int(np.clip(2 * length / 8, 4, 1000))
