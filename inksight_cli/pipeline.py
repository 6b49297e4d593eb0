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

from inksight_cli.asking import Asked, OnBad, ask, judged
from inksight_cli.cores import made_of_small_products
from inksight_cli.crew import WORTH_IT, share_out
from inksight_cli.detectors import who_found
from inksight_cli.detectors.protocol import Detector
from inksight_cli.detectors.scripts import in_script
from inksight_cli.document import Line, Mode, Page, Quality, Stroke, Word
from inksight_cli.engine.protocol import Answer, InkModel, Job
from inksight_cli.ownership.assign import Ownership, assign_ink
from inksight_cli.pages.closer import seen_closer
from inksight_cli.pages.page import PageImage
from inksight_cli.pages.zoom import as_loaded, at_pen_scale
from inksight_cli.pen_order import Hand
from inksight_cli.refine import Manner, refine_word, trace_drawings, write_words
from inksight_cli.refine.lost import flag_lost
from inksight_cli.refine.lost import sentence as lost_sentence
from inksight_cli.scripts import RIGHT_TO_LEFT, SQUARED, is_worded


@dataclass(slots=True, eq=False)
class _Desk:
    """A page being worked on: its picture, its words, and what is asked about them."""

    image: PageImage
    lines: list[Line]
    words: list[Word]
    ownership: Ownership
    detector: str
    asked: dict[int, Asked] = field(default_factory=dict)

    @property
    def done(self) -> bool:
        """Whether every question has its answer."""
        return all(asked.done for asked in self.asked.values())


@dataclass(frozen=True, slots=True, eq=False)
class _Place:
    """Where an answer belongs: the key of its job."""

    asked: Asked
    number: int


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
        script: in which all lines are written; "": as each looks or reads.
        on_bad: what becomes of a model's bad answers.
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
        on_bad: OnBad = "keep",
    ) -> None:
        self.detector = detector
        self.model = model
        self.mode: Mode = mode
        self.order = model.order if model else order
        self._find_squares = squares
        self.script = script
        self.workers = workers
        self.on_bad: OnBad = on_bad

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
            place.asked.answers[place.number] = answer
            while desks and desks[0].done:
                yield self._finish(desks.popleft())
        while desks:
            yield self._finish(desks.popleft())

    def _open(self, image: PageImage) -> _Desk:
        looked = at_pen_scale(image)
        found = in_script(self.detector.detect(looked), self.script, looked)
        image, lines = seen_closer(image, looked, found)
        words = [word for line in lines for word in line.words]
        # Of a chain, the one that worked; asked now, for the next page may get another.
        return _Desk(image, lines, words, assign_ink(image.ink, words), who_found(self.detector))

    def _jobs(self, images: Iterable[PageImage], desks: deque[_Desk]) -> Iterator[Job]:
        for image in images:
            desk = self._open(image)
            desks.append(desk)
            yield from self._questions(desk)

    def _questions(self, desk: _Desk) -> Iterator[Job]:
        assert self.model is not None
        reads = self.mode == "recognize-and-derender"
        for index, word in enumerate(desk.words):
            widest = self.model.widest
            asked = ask(desk.image, desk.ownership, index, word, widest, reads)
            if asked is not None:
                desk.asked[index] = asked
        for index, asked in desk.asked.items():
            mode, text = self.mode, desk.words[index].text
            if mode != "derender-with-text" or not text:
                mode, text = "derender" if mode == "derender-with-text" else mode, ""
            for number, job in asked.questions(mode, text, desk.image.ink.pen_width):
                yield replace(job, key=_Place(asked, number))

    def _finish(self, desk: _Desk) -> Page:
        for index, (strokes, quality) in enumerate(self._inked(desk)):
            word = desk.words[index]
            word.strokes, word.quality = strokes, quality
            asked = desk.asked.get(index)
            if asked is not None:
                word.quality = judged(quality, asked, asked.statuses(), self.on_bad)
                word.mode = self.mode
                if self.mode == "recognize-and-derender" and self._believed(asked.reading, word):
                    word.text = asked.reading.text
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
        asked = desk.asked.get(index)
        refine = partial(refine_word, desk.image, region, angle=word.quad.angle)
        if asked is None:
            return refine()
        guide = asked.guide(asked.statuses(), self.on_bad)
        return refine(guide, tolerance=asked.tolerance)

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

    ``script`` is that of all lines; "": as each looks or reads.
    """
    looked = at_pen_scale(image)
    lines = in_script(detector.detect(looked), script, looked)
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
