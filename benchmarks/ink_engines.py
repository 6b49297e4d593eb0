"""The ways from a picture of one word to ink that the quality benchmark compares.

`trace` is the classical tracer; `nano` the model's own strokes, put back on the page and not
touched. `+read` asks it to read the word before it draws it, `+rules` decodes under the ink rules,
`+match` lays the model's path on the ink, `+refine` puts the tracer's pieces into the order that
the model's pen order network finds, guided by the answer: `nano+rules+refine` is `--model nano`.
`nano+order` is that network without any answer, which is what the tool does by default
(`--model pen-order`). A path to a bundle may stand in place of `nano`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from benchmarks.eval_words import EvalWord, Picture
from inksight_cli.bundles import find_bundle
from inksight_cli.document import Mode, Word
from inksight_cli.engine.protocol import Answer, Job
from inksight_cli.geometry import Box, Quad
from inksight_cli.ownership.assign import Ownership, assign_ink
from inksight_cli.ownership.crops import Crop, cut_crop
from inksight_cli.pages.page import PageImage
from inksight_cli.pen_order import PenOrder
from inksight_cli.refine import refine_word

Ink = list[NDArray[np.float64]]
Drawn = tuple[Ink, str]
DOUBT = 2.5
"""Canvas pixels, as the pipeline has it."""


class Desk:
    """A picture with its one word, as the pipeline sees it once a detector has spoken."""

    def __init__(self, word: EvalWord, picture: Picture) -> None:
        self.page = PageImage(picture)
        box = Box(*word.box).grown(2.0).clipped(word.width, word.height)
        self.word = Word(Quad.from_box(box))
        self.ownership: Ownership = assign_ink(self.page.ink, [self.word])

    def crop(self) -> Crop:
        """What the model sees."""
        return cut_crop(self.page, self.ownership, 0, self.word)

    def refined(
        self,
        answer: Sequence[NDArray[np.float64]],
        scale: float,
        order: PenOrder | None = None,
    ) -> Ink:
        """Strokes on the ink; without an answer the tracer's."""
        region = self.ownership.region(0)
        strokes, _ = refine_word(self.page, region, answer, tolerance=DOUBT * scale, order=order)
        return [stroke.points for stroke in strokes]


def run(engine: str, words: Sequence[EvalWord], pictures: Sequence[Picture]) -> list[Drawn]:
    """Ink in pixels of the picture, and the engine's own reading ('' without one), per word."""
    desks = [Desk(word, picture) for word, picture in zip(words, pictures, strict=True)]
    if engine == "trace":
        return [(desk.refined([], 1.0), "") for desk in desks]
    name, *how = engine.split("+")
    if how == ["order"]:
        order = find_bundle(name).pen_order
        return [(desk.refined([], 1.0, order), "") for desk in desks]
    crops = [desk.crop() for desk in desks]
    order = find_bundle(name).pen_order if "refine" in how else None
    drawn: list[Drawn] = []
    for desk, crop, answer in zip(desks, crops, ask(name, crops, how), strict=True):
        ink = [crop.to_page(stroke) for stroke in answer.strokes]
        if "refine" in how or "match" in how:
            ink = desk.refined(ink, crop.to_page.scale, order)
        drawn.append((ink, answer.text))
    return drawn


def ask(name: str, crops: Sequence[Crop], how: Sequence[str]) -> list[Answer]:
    """The model's answers in the order of the crops."""
    from inksight_cli.engine import load_model

    model = load_model(name, constrain="rules" in how)
    mode: Mode = "recognize-and-derender" if "read" in how else "derender"
    jobs = (Job(i, crop.pixels, crop.content, mode) for i, crop in enumerate(crops))
    answers = {answer.key: answer for answer in model.run(jobs)}
    return [answers[i] for i in range(len(crops))]
