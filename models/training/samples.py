"""One training example at a time: which word, which picture, which mode, which answer."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.training import vocabulary as v
from models.training.compose import CharacterWriter, FontWriter, spell
from models.training.corpus import Archive, Sample, usable
from models.training.render import photograph
from models.training.size import LONGEST, LONGEST_TEXT, PATCH
from models.training.targets import crop_around, distort, ink_tokens, simplify, smooth

MODES = ("derender", "recognize_and_derender", "with_text", "recognize")
MODE_SHARE = (0.42, 0.33, 0.10, 0.15)
FONT_SHARE, CHARACTER_SHARE = 0.08, 0.07
DIRTY_NEIGHBOURS = 0.15


@dataclass(frozen=True)
class Example:
    """A word's canvas reduced to the patch rows of its crop, its ink tokens and its text."""

    pixels: NDArray[np.uint8]
    first_row: int
    ink: NDArray[np.int64]
    text: str

    @property
    def rows(self) -> int:
        """Patch rows of 16 px that the crop touches."""
        return len(self.pixels) // PATCH


class Words:
    """Draws examples; the same generator state always gives the same example."""

    def __init__(self, folder: Path, *, validation: bool = False) -> None:
        """Read the archives of `folder`; `validation` keeps only the held-out writers' words."""
        self.validation = validation
        self.words = Archive(folder / "unipen_words.npz")
        self.indices = usable(self.words, validation=validation)
        if validation:
            return
        characters = Archive(folder / "unipen_chars.npz")
        self.characters = CharacterWriter(characters, usable(characters, validation=False))
        self.fonts = FontWriter(Archive(folder / "stroke_fonts.npz"))

    def _real(self, rng: np.random.Generator) -> Sample:
        return self.words[int(self.indices[rng.integers(len(self.indices))])]

    def _pick(self, rng: np.random.Generator) -> Sample:
        if self.validation:
            return self._real(rng)
        kind = rng.random()
        if kind < CHARACTER_SHARE:
            return self.characters.write(rng)
        if kind < CHARACTER_SHARE + FONT_SHARE:
            word = self.words.text[int(self.indices[rng.integers(len(self.indices))])]
            composed = self.fonts.write(spell(word, rng), rng)
            if composed is not None:
                return composed
        return self._real(rng)

    def draw(self, rng: np.random.Generator, strength: float) -> Example:
        """One example; `strength` 0..1 is how much the picture is spoiled."""
        while True:
            example = self._try(self._pick(rng), rng, strength)
            if example is not None:
                return example

    def _try(self, sample: Sample, rng: np.random.Generator, strength: float) -> Example | None:
        if not sample.strokes or len(sample.text) > LONGEST_TEXT:
            return None
        strokes = distort(sample.strokes, rng)
        crop = crop_around(strokes, rng)
        strokes = [smooth(crop.to_canvas(stroke)) for stroke in strokes]
        ink = ink_tokens([simplify(stroke) for stroke in strokes])
        if len(ink) > LONGEST:
            return None
        neighbours = self._neighbours(rng) if rng.random() < DIRTY_NEIGHBOURS * strength else []
        canvas = photograph(strokes, crop, neighbours, strength, rng)
        first, last = crop.top // PATCH, -(-(crop.top + crop.height) // PATCH)
        pixels = canvas[first * PATCH : last * PATCH]
        return Example(pixels, first, ink, sample.text)

    def _neighbours(self, rng: np.random.Generator) -> list[NDArray[np.float64]]:
        """Another word's strokes on the canvas, pushed over one of its edges, mostly outside."""
        strokes = self._real(rng).strokes
        crop = crop_around(strokes, None)
        side = rng.integers(4)
        overlap = rng.uniform(0.02, 0.15)
        step = np.array([crop.width, crop.height]) * (1 - overlap)
        shift = np.array([[1, 0], [-1, 0], [0, 1], [0, -1]])[side] * step
        return [crop.to_canvas(stroke) + shift for stroke in strokes]


def ask(
    mode: str, text: str, ink: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Prompt and answer (ending in `END`) of one of `MODES`."""
    derender, both, recognize = range(v.PROMPT0, v.CHARACTER0)
    characters = v.encode_text(text)
    table: dict[str, tuple[list[int], list[int]]] = {
        "derender": ([derender], [*ink]),
        "recognize_and_derender": ([both], [*characters, *ink]),
        "with_text": ([derender, *characters], [*ink]),
        "recognize": ([recognize], characters),
    }
    prompt, answer = table[mode]
    return np.array(prompt, np.int64), np.array([*answer, v.END], np.int64)
