"""How well lines of Chinese and Japanese are cut to characters: box and text, one by one.

    python benchmarks/characters.py --pages 2

Pages are composed here of strokes of `../shared/data/strokes` (makemeahanzi and kanjivg, shaken;
words of UNIPEN writers between them), so that every character's box is known; a page has lines
across, or columns from right to left. A character counts as found where a word's box overlaps its
own by half (IoU), and as read where that word says what it is. With `--ink` the characters that
were found are written, too: how many have as many strokes as were drawn, or one more or less, and
how many strokes there are for each drawn. Table to stdout.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

import cv2
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.composed_pages import ComposedPage, corpus
from benchmarks.eval_words import Points, draw
from inksight_cli.api import open_derenderer
from inksight_cli.document import Word
from inksight_cli.geometry import Box
from inksight_cli.pages.page import PageImage
from inksight_cli.pipeline import find_words
from inksight_cli.scripts import script_of
from models.hand.pens import run_on, shake, spline
from models.training.corpus import Archive

DATA = Path(__file__).resolve().parents[1] / "../shared/data/strokes"
SIDE = 46.0  # pixels of a square
TEXTS = {
    "chinese": (
        "今天天气很好我们去公园玩",
        "他说明年要去北京学习汉语",
        "这个问题我还没有想清楚",
        "请把书放在桌子上谢谢你",
        "一二三四五六七八九十百千",
        "中国人民银行成立于北京",
    ),
    "japanese": (
        "今日はとても天気がいいですね",
        "昨日は友達と映画を見ました",
        "日本語の勉強は楽しいです",
        "コーヒーを一杯ください",
        "明日の朝六時に起きます",
        "私の名前は田中と申します",
    ),
    "mixed": (
        "我在~工作了三年",
        "这是~的书不是他的",
        "会議は~から始まります",
        "~という会社で働く",
        "価格は~円です",
        "他们叫我~先生",
    ),
}
FROM = {"chinese": "hanzi_makemeahanzi", "japanese": "kanjivg", "mixed": "kanjivg"}
SMALL = "っゃゅょッャュョァィゥェォ"


@cache
def _characters(source: str) -> tuple[Archive, dict[str, int]]:
    archive = Archive(DATA / f"{source}.npz")
    return archive, {str(text): i for i, text in reversed(list(enumerate(archive.text)))}


def _squared(character: str, source: str, rng: np.random.Generator) -> list[Points]:
    """A character's strokes in a square of side 1, about as large as it is written in it."""
    named = [source, *sorted(set(FROM.values()))]
    archive, where = next(_characters(n) for n in named if character in _characters(n)[1])
    strokes = [spline(s) for s in archive[where[character]].strokes]
    strokes = run_on(shake(strokes, rng), rng)
    points = np.concatenate(strokes)
    middle = (points.min(axis=0) + points.max(axis=0)) / 2
    size = max(float(np.ptp(points, axis=0).max()), 1.0)
    side = (0.55 if character in SMALL else 0.85) * float(np.exp(rng.normal(0, 0.07)))
    return [(s - middle) / size * side + 0.5 + rng.normal(0, 0.03, 2) for s in strokes]


def _word(rng: np.random.Generator) -> tuple[str, list[Points]]:
    """A word of a UNIPEN writer, one unit high."""
    words = corpus(DATA / "unipen_words.npz")
    short = [i for i, text in enumerate(words.texts) if 3 <= len(text) <= 7]
    k = short[int(rng.integers(len(short)))]
    points = np.concatenate(words.words[k])
    low, high = points.min(axis=0), float(np.ptp(points[:, 1])) or 1.0
    return words.texts[k], [(s - low) / high * 0.8 + (0.1, 0.1) for s in words.words[k]]


def _line(
    text: str, kind: str, rng: np.random.Generator
) -> Iterator[tuple[str, float, list[Points]]]:
    """Characters and words of a line, each with its place and its strokes in a square."""
    at = 0.0
    pitch = float(rng.uniform(0.98, 1.2))
    for character in text:
        if character == "~":
            name, strokes = _word(rng)
            at += 0.15
            yield name, at, strokes
            at = float(np.concatenate(strokes)[:, 0].max()) + at + 0.3
        else:
            yield character, at, _squared(character, FROM[kind], rng)
            at += pitch * float(np.exp(rng.normal(0, 0.03)))


def compose(kind: str, seed: int, *, vertical: bool = False) -> ComposedPage:
    """A page of six lines, or columns."""
    rng = np.random.default_rng([seed, len(kind)])
    pen = int(rng.integers(3, 6))
    side = SIDE * float(rng.uniform(0.9, 1.5))
    texts, strokes = [], []
    for row, text in enumerate(TEXTS[kind]):
        for name, at, own in _line(text, kind, rng):
            square = (
                (len(TEXTS[kind]) - row) * 1.7 if vertical else at,
                at if vertical else row * 1.8,
            )
            texts.append(name)
            strokes.append([(s + square) * side + 60 for s in own])
    flat = np.concatenate([s for own in strokes for s in own])
    width, height = (int(v) + 60 for v in flat.max(axis=0))
    ink = draw([s for own in strokes for s in own], width, height, float(pen))
    grey = cv2.GaussianBlur(235 - 190 * ink, (0, 0), 0.7) + rng.normal(0, 4, ink.shape)
    pixels = np.repeat(np.clip(grey, 0, 255).astype(np.uint8)[:, :, None], 3, axis=2)
    boxes = [Box.around(np.concatenate(own)).grown(pen / 2) for own in strokes]
    return ComposedPage(pixels, boxes, texts, strokes, pen)


def score(page: ComposedPage, words: Sequence[Word]) -> list[int]:
    """Count the characters that have a box of their own, and their text; then their strokes.

    Of characters in squares that were found: how many there are, have the true number of strokes,
    have it within one; strokes drawn, true strokes.
    """
    boxes = [word.box for word in words]
    sums = np.zeros(7, np.int64)
    for box, text, true in zip(page.boxes, page.texts, page.strokes, strict=True):
        overlaps = [box.iou(other) for other in boxes]
        best = int(np.argmax(overlaps)) if overlaps else 0
        if overlaps and overlaps[best] >= 0.5:
            sums[:2] += 1, words[best].text == text
            drawn, wanted = len(words[best].strokes), len(true)
            if len(text) == 1 and script_of(text):
                sums[2:] += 1, drawn == wanted, abs(drawn - wanted) < 2, drawn, wanted
    return sums.tolist()


def main() -> None:
    """Compose, find, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--ink", action="store_true", help="write them, too")
    options = parser.parse_args()
    derenderer = open_derenderer()
    columns = ["page", "characters", "words", "boxes", "read"]
    columns += ["strokes right", "within one", "by sums"] if options.ink else []
    sys.stdout.write(f"| {' | '.join(columns)} |\n{'|---' * len(columns)}|\n")
    for kind, vertical in [*((k, False) for k in TEXTS), ("japanese", True), ("chinese", True)]:
        totals = np.zeros(9, np.int64)
        for k in range(options.pages):
            page = compose(kind, options.seed + k, vertical=vertical)
            image = PageImage(page.pixels)
            if options.ink:
                (found,) = derenderer.pages([image])
            else:
                found = find_words(derenderer.detector, image)
            words = list(found.words)
            totals += (len(page.texts), len(words), *score(page, words))
        count, proposed, boxes, read, squares, right, near, drawn, wanted = totals.tolist()
        name = f"{kind}, columns" if vertical else kind
        cells = [name, f"{count}", f"{proposed}", f"{boxes / count:.2f}", f"{read / count:.2f}"]
        if options.ink:
            shares = right / squares, near / squares, drawn / max(wanted, 1)
            cells += [f"{share:.2f}" for share in shares]
        sys.stdout.write(f"| {' | '.join(cells)} |\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
