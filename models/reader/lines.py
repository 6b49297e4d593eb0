"""Real lines as pen paths: `python -m models.reader.lines ../shared/data/lines OUT --split train`.

Every picture of a line goes through the product's own eyes and tracer, at about the size that its
page would be looked at. Where a word ends is found twice: the reader is aligned with the known
text, and between two words there has to be white. OUT gets archives of some hundred lines each,
one after another (sources taken in turn), in the layout of the stroke archives, with the places
where a line may be cut. The command goes on where it was stopped.
"""

from __future__ import annotations

import argparse
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from inksight_cli.document import Word
from inksight_cli.geometry import Box, Points, Quad
from inksight_cli.ownership.assign import assign_ink
from inksight_cli.pages.page import PageImage
from inksight_cli.pages.zoom import scaled
from inksight_cli.polylines import simplify_all
from inksight_cli.reading.drawing import PEN, SPREAD, Drawing, draw, frame
from inksight_cli.reading.network import SHIPPED, STRIDE, ReaderModel, Scores, read_model
from inksight_cli.refine import refine_word
from models.reader.alphabet import Alphabet, spell

ROOM = 16  # pixels of paper around a line
LARGER = (0.95, 1.3)  # times: a sheet's line of 64 px is looked at about so large
UNIT = 8  # parts of a pixel in the archives
SHARD = 200  # lines
SKIPPED = ("Tables_decennales",)  # columns of registers: more rule than writing
AT_MOST = {"timeuscorpus": 1500, "lectaurep-repertoires": 1500}  # few hands, many lines
_WHITE = 4  # columns of white part two words,
_CROSSED = 8  # or so many that one flat line crosses: a rule under the writing
_ASIDE = 6  # columns that an alignment may be wrong by


@dataclass(frozen=True)
class RealLine:
    """One line's picture (bytes of WebP), what it says and where it is from."""

    content: bytes
    text: str
    repo: str
    writer: str

    @property
    def picture(self) -> NDArray[np.uint8]:
        """Its pixels (H, W, 3)."""
        return np.asarray(Image.open(io.BytesIO(self.content)).convert("RGB"))


@dataclass(frozen=True)
class Traced:
    """A line's strokes in pixels, and its cuts: (x, number of the blank in the text)."""

    line: RealLine
    strokes: list[Points]
    cuts: list[tuple[float, int]]


def chosen(folder: Path, split: str, count: int, seed: int = 5) -> list[RealLine]:
    """Return lines of a split, sources in turn, at most ``count`` of each and of `AT_MOST`."""
    rng = np.random.default_rng(seed)
    found: list[tuple[float, RealLine]] = []
    for path in sorted(folder.glob("*_lines.npz")):
        with np.load(path) as data:
            kept = {name: data[name] for name in ("image", "ends", "text", "repo", "writer")}
            own = np.flatnonzero(data["split"] == split)
        for repo in np.unique(kept["repo"][own]).tolist():
            if any(name in repo for name in SKIPPED):
                continue
            most = min(count, next((n for k, n in AT_MOST.items() if k in repo), count))
            here = rng.permutation(own[kept["repo"][own] == repo])[:most].tolist()
            for k, i in enumerate(here):
                content = kept["image"][kept["ends"][i - 1] if i else 0 : kept["ends"][i]]
                text, writer = str(kept["text"][i]), str(kept["writer"][i])
                found.append((k / len(here), RealLine(content.tobytes(), text, repo, writer)))
    return [line for _, line in sorted(found, key=lambda each: each[0])]


def framed(picture: NDArray[np.uint8], room: int = ROOM) -> NDArray[np.uint8]:
    """Return a line (H, W, 3) with paper around it."""
    paper = np.percentile(picture, 80, axis=(0, 1)).astype(np.uint8)
    height, width = picture.shape[:2]
    wide = np.empty((height + 2 * room, width + 2 * room, 3), np.uint8)
    wide[:] = paper
    wide[room:-room, room:-room] = picture
    return wide


def ink_of(picture: NDArray[np.uint8], scale: float) -> list[Points]:
    """Return what the product traces of a line, in pixels of the line as it was looked at."""
    page = scaled(PageImage(framed(picture)), scale)
    word = Word(Quad.from_box(Box(0, 0, page.width, page.height)))
    region = assign_ink(page.ink, [word]).region(0)
    strokes, _ = refine_word(page, region, [], tolerance=2.5)
    return simplify_all([stroke.points for stroke in strokes], 0.25)


def aligned(scores: Scores, symbols: Sequence[int]) -> NDArray[np.intp]:
    """Return first and last column (n, 2) of every symbol on CTC's likeliest way through.

    Args:
        scores: (columns, symbols + 1) log-probabilities, blank first.
        symbols: their numbers; there are columns enough for them.
    """
    states = np.zeros(2 * len(symbols) + 1, np.intp)
    states[1::2] = symbols
    skips = np.zeros(len(states), np.bool_)
    skips[2:] = (states[2:] != 0) & (states[2:] != states[:-2])
    worth = np.full(len(states), -np.inf)
    worth[:2] = scores[0, states[:2]]
    back = np.zeros((len(scores), len(states)), np.intp)
    for t in range(1, len(scores)):
        one = np.concatenate([[-np.inf], worth[:-1]])
        two = np.where(skips, np.concatenate([[-np.inf] * 2, worth[:-2]])[: len(states)], -np.inf)
        ways = np.stack([worth, one, two])
        back[t] = ways.argmax(axis=0)
        worth = ways.max(axis=0) + scores[t, states]
    at = len(states) - 1 - int(worth[-2] > worth[-1])
    found = np.zeros((len(symbols), 2), np.intp)
    found[:, 0] = -1
    for t in range(len(scores) - 1, -1, -1):
        if at % 2:
            k = at // 2
            found[k] = t, found[k, 1] if found[k, 0] >= 0 else t
        at -= int(back[t, at])
    return found


def white(drawing: Drawing, first: float, last: float) -> float | None:
    """Return the middle of the widest white between two columns, None where words touch."""
    low, high = max(int(first), 0), min(int(last) + 1, drawing.shape[1])
    rows = (drawing[:, low:high] > 96).sum(axis=0)
    for most, wide in ((0, _WHITE), (round(2 * PEN), _CROSSED)):
        edges = np.flatnonzero(np.diff(np.concatenate([[0], rows <= most, [0]]).astype(np.int8)))
        runs = edges.reshape(-1, 2)
        if len(runs):
            start, end = runs[np.ptp(runs, axis=1).argmax()].tolist()
            if end - start >= wide:
                return low + 0.5 * (start + end)
    return None


def cuts(
    strokes: Sequence[Points], text: str, model: ReaderModel, alphabet: Alphabet
) -> list[tuple[float, int]]:
    """Return where a line may be cut: x, and the blank's place in the text."""
    at = frame(strokes)
    drawing = draw(strokes, at)
    (scores,) = model.read([drawing])
    symbols = alphabet.encode(text)
    if len(scores) < 2 * len(symbols):
        return []
    spans = aligned(scores, symbols) * STRIDE
    # Marks are symbols of their own: the k-th blank of the text is the k-th of the symbols.
    spelled = [k for k, symbol in enumerate(spell(text)) if symbol == " "]
    blanks = [k for k, symbol in enumerate(text) if symbol == " "]
    found = []
    for k, place in zip(spelled, blanks, strict=True):
        before, after = float(spans[k - 1, 1]) - _ASIDE, float(spans[k + 1, 0]) + STRIDE + _ASIDE
        x = white(drawing, before, after)
        if x is not None:
            found.append(((x - at.column(at.left)) / at.scale + at.left, place))
    return found


def traced(lines: Iterable[RealLine], model: ReaderModel, seed: int) -> Iterator[Traced]:
    """Yield lines with their strokes; what the alphabet cannot spell is left out."""
    alphabet, rng = Alphabet(), np.random.default_rng(seed)
    for line in lines:
        text = " ".join(line.text.split())
        scale = float(rng.uniform(*LARGER))
        if not text or not alphabet.knows(text):
            continue
        strokes = ink_of(line.picture, scale)
        if strokes and frame(strokes).scale < SPREAD:
            own = RealLine(line.content, text, line.repo, line.writer)
            yield Traced(own, strokes, cuts(strokes, text, model, alphabet))


def save(path: Path, lines: Sequence[Traced]) -> None:
    """Write an archive, whole or not at all."""
    strokes = [stroke for line in lines for stroke in line.strokes]
    points = np.round(np.concatenate(strokes) * UNIT).astype(np.int32)
    cut = [each for line in lines for each in line.cuts]
    part = path.with_suffix(".part")
    with part.open("wb") as file:
        np.savez_compressed(
            file,
            deltas=np.diff(points, axis=0, prepend=np.zeros((1, 2), np.int32)).astype(np.int16),
            stroke_ends=np.cumsum([len(stroke) for stroke in strokes]),
            sample_ends=np.cumsum([len(line.strokes) for line in lines]),
            text=np.array([line.line.text for line in lines]),
            writer=np.array([f"{line.line.repo}/{line.line.writer}" for line in lines]),
            cut_ends=np.cumsum([len(line.cuts) for line in lines]),
            cut_x=np.array([x * UNIT for x, _ in cut], np.float32),
            cut_at=np.array([place for _, place in cut], np.int32),
        )
    part.replace(path)


def main() -> None:
    """Trace lines, archive by archive."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("lines", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--split", default="train")
    parser.add_argument("--count", type=int, default=100_000, help="lines of a source")
    parser.add_argument("--reader", type=Path, default=SHIPPED, help="weights that align")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    model = read_model(options.reader)
    every = chosen(options.lines, options.split, options.count)
    for first in range(0, len(every), SHARD):
        path = options.out / f"{options.split}-{first // SHARD:03}.npz"
        if not path.exists():
            found = list(traced(every[first : first + SHARD], model, first))
            save(path, found)
            cut = sum(len(line.cuts) for line in found)
            blanks = sum(line.line.text.count(" ") for line in found)
            print(f"{path.name}: {len(found)} lines, {cut} of {blanks} blanks cut", flush=True)


if __name__ == "__main__":
    main()
