"""Words made of parts: single-line fonts set as words, and one writer's digits and capitals."""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from models.training.corpus import Archive, Points, Sample

HANDWRITTEN_FONTS = (
    "EMSAllure",
    "EMSDecorousScript",
    "EMSCasualHand",
    "EMSDelight",
    "EMSFelix",
    "EMSElfin",
    "EMSNixish",
)
ACCENTED = {
    "a": "àáâãäå",
    "c": "ç",
    "e": "èéêë",
    "i": "ìíîï",
    "n": "ñ",
    "o": "òóôõöø",
    "u": "ùúûü",
    "y": "ýÿ",
    "s": "ß",
}
MARKS = ".,;:!?'\"-()"


def spell(word: str, rng: np.random.Generator) -> str:
    """`word` with capitals, accents and punctuation in about the proportions of prose."""
    if rng.random() < 0.15:
        word = word.capitalize()
    elif rng.random() < 0.03:
        word = word.upper()
    if rng.random() < 0.2:
        word = "".join(
            str(rng.choice(list(ACCENTED[c]))) if c in ACCENTED and rng.random() < 0.3 else c
            for c in word
        )
    if rng.random() < 0.2:
        word += str(rng.choice(list(MARKS), p=_MARK_SHARE))
    return word


_MARK_SHARE = np.array([30, 30, 3, 4, 5, 5, 6, 5, 6, 3, 3]) / 100


class FontWriter:
    """Sets words in the fonts that look handwritten, each glyph a little off its place."""

    def __init__(self, archive: Archive) -> None:
        """Index the glyphs of `archive` by font and character."""
        self.archive = archive
        self.glyphs: dict[str, dict[str, int]] = {font: {} for font in HANDWRITTEN_FONTS}
        for index, (font, text) in enumerate(zip(archive.writer, archive.text, strict=True)):
            if font in self.glyphs and len(text) == 1:
                self.glyphs[font][text] = index

    def write(self, word: str, rng: np.random.Generator) -> Sample | None:
        """`word` in a random font, or None when the font lacks one of its characters."""
        font = str(rng.choice(HANDWRITTEN_FONTS))
        glyphs = self.glyphs[font]
        if any(character not in glyphs for character in word):
            return None
        strokes: list[Points] = []
        pen = 0.0
        spacing = rng.normal(0, 25)
        for character in word:
            glyph = self.archive[glyphs[character]]
            shift = np.array([pen, 0.0]) + rng.normal(0, 12, 2)
            scale = np.exp(rng.normal(0, 0.05))
            strokes += [stroke * scale + shift for stroke in glyph.strokes]
            pen += glyph.advance * scale + spacing
        return Sample(strokes, word, font) if strokes else None


class CharacterWriter:
    """Puts one writer's digits and capitals side by side: numbers, initials, single letters.

    Every stored character fills its own box, so only characters of one height go together.
    """

    def __init__(self, archive: Archive, indices: np.ndarray) -> None:
        """Index the digits and capitals among `indices` by writer."""
        self.archive = archive
        self.singles = [int(i) for i in indices if archive.text[i] not in ".,'`-_:;\"~"]
        by_writer: dict[str, list[int]] = defaultdict(list)
        for i in indices:
            if archive.text[i].isdigit():
                by_writer[archive.writer[i]].append(int(i))
        self.digits = [group for group in by_writer.values() if len(group) > 10]

    def write(self, rng: np.random.Generator) -> Sample:
        """A number of one to five digits (two in three) or a single character."""
        if rng.random() < 0.33:
            return self.archive[self.singles[rng.integers(len(self.singles))]]
        group = self.digits[rng.integers(len(self.digits))]
        chosen = rng.choice(group, rng.integers(1, 6))
        strokes: list[Points] = []
        text, pen = "", 0.0
        for index in chosen:
            digit = self.archive[int(index)]
            points = np.concatenate(digit.strokes)
            low, size = points.min(0), np.ptp(points, axis=0)
            scale = np.exp(rng.normal(0, 0.06)) * 1000 / max(float(size[1]), 1.0)
            scale = min(scale, 1600 / max(float(size[0]), 1.0))
            offset = np.array([pen, rng.normal(0, 40)])
            strokes += [(stroke - low) * scale + offset for stroke in digit.strokes]
            pen += float(size[0]) * scale + rng.uniform(40, 350)
            text += digit.text
        return Sample(strokes, text, digit.writer)
