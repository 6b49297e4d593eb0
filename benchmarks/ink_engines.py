"""The ways from a picture of one word to ink that the quality benchmark compares.

`trace` is the classical tracer; `nano` the model's own strokes, put back on the page and not
touched. `+tiles` shows it wide words in overlapping tiles, as Small-p gets them; `+read` asks it to
read the word before it draws it, `+rules` decodes under the ink rules, `+match` lays the model's
path on the ink. `nano+order` is the ink as the network of pen order in the model's bundle writes
it, which is what the tool does by default (`--model pen-order`). A path to a bundle may stand in
place of `nano`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from benchmarks.eval_words import EvalWord, Picture
from inksight_cli.asking import ask as questions
from inksight_cli.bundles import find_bundle
from inksight_cli.convert.build import WIDEST
from inksight_cli.document import Mode, Word
from inksight_cli.engine.protocol import Answer, Job
from inksight_cli.geometry import Box, Quad
from inksight_cli.ownership.assign import Ownership, assign_ink
from inksight_cli.ownership.crops import Crop, cut_crop
from inksight_cli.pages.page import PageImage
from inksight_cli.pages.zoom import at_pen_scale
from inksight_cli.pen_order import Hand
from inksight_cli.refine import Manner, refine_word, write_words

Ink = list[NDArray[np.float64]]
Drawn = tuple[Ink, str]
DOUBT = 2.5
"""Canvas pixels, as the pipeline has it."""


class Desk:
    """A picture with its one word, as the pipeline sees it once a detector has spoken.

    ``looked_at``: it has the size already at which its pen is seen best.
    """

    def __init__(self, word: EvalWord, picture: Picture, *, looked_at: bool = False) -> None:
        self.page = PageImage(picture) if looked_at else at_pen_scale(PageImage(picture))
        # Pixels of the page for one of the word's truth, across and down.
        self.scale = np.divide(self.page.pixels.shape[1::-1], (word.width, word.height))
        box = Box(*word.box).grown(2.0).clipped(word.width, word.height)
        self.word = Word(Quad.from_points(Quad.from_box(box).points * self.scale))
        self.ownership: Ownership = assign_ink(self.page.ink, [self.word])

    def crop(self) -> Crop:
        """What the model sees."""
        return cut_crop(self.page, self.ownership, 0, self.word)

    def refined(
        self,
        answer: Sequence[NDArray[np.float64]],
        scale: float,
    ) -> Ink:
        """Strokes on the ink in pixels of the truth; without an answer the tracer's."""
        region = self.ownership.region(0)
        strokes, _ = refine_word(self.page, region, answer, tolerance=DOUBT * scale)
        return [stroke.points / self.scale for stroke in strokes]

    def written(self, hand: Hand) -> Ink:
        """Strokes as a hand writes them."""
        ((strokes, _),) = write_words(self.page, [self.ownership.region(0)], [Manner(hand)])
        return [stroke.points / self.scale for stroke in strokes]


def run(engine: str, words: Sequence[EvalWord], pictures: Sequence[Picture]) -> list[Drawn]:
    """Ink in pixels of the picture, and the engine's own reading ('' without one), per word."""
    desks = [Desk(word, picture) for word, picture in zip(words, pictures, strict=True)]
    if engine == "trace":
        return [(desk.refined([], 1.0), "") for desk in desks]
    name, *how = engine.split("+")
    if how == ["order"]:
        hand = find_bundle(name).pen_order
        assert hand is not None, f"{name} has no network of pen order"
        return [(desk.written(hand), "") for desk in desks]
    if "tiles" in how:
        return [(ink, "") for ink in _tiled(name, desks, how)]
    crops = [desk.crop() for desk in desks]
    drawn: list[Drawn] = []
    for desk, crop, answer in zip(desks, crops, ask(name, crops, how), strict=True):
        on_page = [crop.to_page(stroke) for stroke in answer.strokes]
        ink = [stroke / desk.scale for stroke in on_page]
        if "match" in how:
            ink = desk.refined(on_page, crop.to_page.scale)
        drawn.append((ink, answer.text))
    return drawn


def _tiled(name: str, desks: Sequence[Desk], how: Sequence[str]) -> list[Ink]:
    """Ink of words asked about in tiles that are at most `WIDEST` times as wide as high."""
    asked = [
        questions(desk.page, desk.ownership, 0, desk.word, WIDEST, reads=False) for desk in desks
    ]
    crops = [crop for word in asked if word for crop in word.tiles.crops]
    answers = iter(ask(name, crops, how))
    found: list[Ink] = []
    for desk, word in zip(desks, asked, strict=True):
        if word is None:
            found.append([])
            continue
        word.answers.update({k: next(answers) for k in range(len(word.tiles.crops))})
        strokes = word.guide(["ok"] * len(word.tiles.crops), "keep")
        scale = word.tiles.crops[0].to_page.scale
        match = "match" in how
        found.append(desk.refined(strokes, scale) if match else [s / desk.scale for s in strokes])
    return found


def ask(name: str, crops: Sequence[Crop], how: Sequence[str]) -> list[Answer]:
    """The model's answers in the order of the crops."""
    from inksight_cli.engine import load_model

    model = load_model(name, constrain="rules" in how)
    mode: Mode = "recognize-and-derender" if "read" in how else "derender"
    jobs = (Job(i, crop.pixels, crop.content, mode) for i, crop in enumerate(crops))
    answers = {answer.key: answer for answer in model.run(jobs)}
    return [answers[i] for i in range(len(crops))]
