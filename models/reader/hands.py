"""Where pen paths come from: real words, one writer's letters set to new words, fonts.

A test checks that no writer held out by `models.training.corpus` is ever drawn for training.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from inksight_cli.geometry import Points
from models.reader.alphabet import Alphabet
from models.training.corpus import Archive, usable

UNIPEN = "unipen_words"
LONGEST = 32  # characters of a word
BODY = 1000.0  # units of a letter without ascender, where letters are set
_TALL = set("bdfhkltßþđłħ0123456789!?&%#$€£/\\()[]{}|@")
_DEEP = set("gpqy")
_BOTH = set("jf()[]{}|/\\$")
_SMALL = {".": (0.12, 0.0), ",": (0.45, -0.3), "'": (0.5, 1.3), "`": (0.4, 1.4), '"': (0.5, 1.3),
          "-": (0.05, 0.5), "_": (0.05, -0.2), "=": (0.4, 0.35), "~": (0.3, 0.45),
          "+": (0.9, 0.1), "*": (0.7, 0.8), ":": (0.8, 0.05), ";": (1.1, -0.3), "^": (0.5, 1.2),
          "<": (0.9, 0.1), ">": (0.9, 0.1)}  # fmt: skip


@dataclass(frozen=True)
class Written:
    """Strokes in writing order with what they say."""

    strokes: list[Points]
    text: str


class Words:
    """Words as people wrote them; ``longest`` characters."""

    def __init__(
        self, folder: Path, alphabet: Alphabet, *, validation: bool = False, name: str = UNIPEN
    ) -> None:
        self.archive = Archive(folder / f"{name}.npz")
        self._index: dict[str, list[int]] = defaultdict(list)
        keep = []
        every = np.arange(len(self.archive))
        kept = usable(self.archive, validation=validation) if name == UNIPEN else every
        for i in kept.tolist():
            text = self.archive.text[i]
            if len(text) <= LONGEST and alphabet.knows(text):
                keep.append(i)
                self._index[self.archive.writer[i]].append(i)
        self.kept = np.array(keep)
        self.lengths = np.array([len(self.archive.text[i]) for i in keep])

    def get(self, index: int) -> Written:
        """Return a word by its place in the archive."""
        sample = self.archive[index]
        return Written(sample.strokes, sample.text)

    def draw(self, rng: np.random.Generator, longest: int = LONGEST) -> Written:
        """Return a word of at most ``longest`` characters."""
        while True:
            k = int(rng.integers(len(self.kept)))
            if self.lengths[k] <= longest:
                return self.get(int(self.kept[k]))

    def phrase(self, rng: np.random.Generator, count: int) -> Written:
        """Return words of one writer side by side, blanks between."""
        first = int(self.kept[rng.integers(len(self.kept))])
        same = self._index[self.archive.writer[first]]
        chosen = [first, *(same[rng.integers(len(same))] for _ in range(count - 1))]
        return side_by_side([self.get(i) for i in chosen], rng)


def side_by_side(words: Sequence[Written], rng: np.random.Generator) -> Written:
    """Return words on one line: their bodies of one size, their middles at one height."""
    gap = float(np.exp(rng.normal(np.log(4.0), 0.35)))  # standard deviations of the ink's heights
    strokes: list[Points] = []
    x = 0.0
    for word in words:
        points = np.concatenate(word.strokes)
        spread = max(float(points[:, 1].std()), 0.15 * float(np.ptp(points[:, 1])), 1.0)
        scale = float(np.exp(rng.normal(0, 0.07))) / spread
        if np.ptp(points[:, 1]) * scale < 1.5 or len(word.text) == 1:
            wide = max(float(np.ptp(points, axis=0).max()), 1.0)
            scale = 2.6 * float(np.exp(rng.normal(0, 0.15))) / wide
        low = np.array([points[:, 0].min(), points[:, 1].mean()])
        shift = np.array([x, rng.normal(0, 0.15)])
        strokes += [(stroke - low) * scale + shift for stroke in word.strokes]
        x += float(np.ptp(points[:, 0])) * scale + gap * float(np.exp(rng.normal(0, 0.2)))
    return Written(strokes, " ".join(word.text for word in words))


def height_of(character: str) -> tuple[float, float]:
    """Return how far a letter rises above and falls below its line, in bodies."""
    above, below = 1.0, 0.0
    if character in _TALL or character.isupper():
        above = 1.9
    elif character in "tij":
        above = 1.35
    if character in _DEEP or character in "jQ":
        below = 0.75
    elif character in _BOTH:
        below = 0.4
    return above, below


class Letters:
    """Sets texts in one writer's letters, each kept in a box of its own in the archive."""

    def __init__(self, folder: Path, *, validation: bool = False) -> None:
        self.archive = Archive(folder / "unipen_chars.npz")
        hands: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
        for i in usable(self.archive, validation=validation).tolist():
            hands[self.archive.writer[i]][self.archive.text[i]].append(i)
        self.hands = [hand for hand in hands.values() if sum(c.islower() for c in hand) >= 18]
        self.digits = [hand for hand in hands.values() if sum(c.isdigit() for c in hand) >= 9]
        self.all = [i for hand in hands.values() for own in hand.values() for i in own]

    def single(self, rng: np.random.Generator) -> Written:
        """Return a character alone."""
        sample = self.archive[self.all[rng.integers(len(self.all))]]
        return Written(sample.strokes, sample.text)

    def write(self, text: str, rng: np.random.Generator) -> Written | None:
        """Return ``text`` in a hand that has all its letters, None where three had not."""
        hands = self.digits if any(c.isdigit() for c in text) else self.hands
        wanted = set(text.replace(" ", ""))
        for _ in range(3):
            hand = hands[rng.integers(len(hands))]
            if wanted <= hand.keys():
                return self._set(text, hand, rng)
        return None

    def _set(self, text: str, hand: dict[str, list[int]], rng: np.random.Generator) -> Written:
        strokes: list[Points] = []
        x, room = 0.0, float(rng.uniform(-80, 420))
        chosen = {c: int(rng.choice(hand[c])) for c in set(text) - {" "}}
        for character in text:
            if character == " ":
                x += float(rng.uniform(600, 1500))
                continue
            if rng.random() < 0.5:
                chosen[character] = int(rng.choice(hand[character]))
            own, width = self._letter(character, chosen[character], rng)
            strokes += [stroke + np.array([x, 0.0]) for stroke in own]
            x += width + room + float(rng.normal(0, 60))
        return Written(strokes, text)

    def _letter(
        self, character: str, index: int, rng: np.random.Generator
    ) -> tuple[list[Points], float]:
        strokes = self.archive[index].strokes
        points = np.concatenate(strokes)
        low, size = points.min(axis=0), np.maximum(np.ptp(points, axis=0), 1.0)
        grow = BODY * float(np.exp(rng.normal(0, 0.07)))
        if character in _SMALL:
            tall, below = _SMALL[character]
            wide = 0.2 if character in ".,'`:;" else 0.8
            scale = min(tall * grow / size[1], wide * grow / size[0])
            bottom = -below * grow
        else:
            above, under = height_of(character)
            scale = min((above + under) * grow / size[1], 2.2 * grow / size[0])
            bottom = under * grow
        up = bottom - size[1] * scale + float(rng.normal(0, 40))
        return [(s - low) * scale + np.array([0.0, up]) for s in strokes], float(size[0] * scale)


class Fonts:
    """Sets texts in handwriting fonts and in fonts of single lines, each glyph a little off."""

    def __init__(self, paths: Sequence[Path], skip: Callable[[str], bool]) -> None:
        self.glyphs: dict[str, dict[str, tuple[Archive, int]]] = defaultdict(dict)
        for path in paths:
            archive = Archive(path)
            for i, (font, text) in enumerate(zip(archive.writer, archive.text, strict=True)):
                if len(text) == 1 and not skip(font):
                    self.glyphs[font][text] = archive, i
        self.names = list(self.glyphs)

    def write(self, text: str, rng: np.random.Generator) -> Written | None:
        """Return ``text`` in a font that has its letters, None where six have not."""
        wanted = set(text) - {" "}
        for _ in range(6):
            font = self.glyphs[self.names[rng.integers(len(self.names))]]
            if wanted <= font.keys():
                return self._set(text, font, rng)
        return None

    def _set(
        self, text: str, font: dict[str, tuple[Archive, int]], rng: np.random.Generator
    ) -> Written:
        strokes: list[Points] = []
        x, wider = 0.0, float(rng.normal(0, 20))
        for character in text:
            if character == " ":
                x += float(rng.uniform(250, 550))
                continue
            archive, index = font[character]
            glyph = archive[index]
            scale = float(np.exp(rng.normal(0, 0.04)))
            shift = np.array([x, 0.0]) + rng.normal(0, 10, 2)
            strokes += [stroke * scale + shift for stroke in glyph.strokes]
            x += glyph.advance * scale + wider
        return Written(strokes, text)
