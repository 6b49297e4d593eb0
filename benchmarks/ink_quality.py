"""How good the ink is, against the true pen paths of writers and a data set never trained on.

    python benchmarks/ink_quality.py --words 200 --sheet sheet.png

IAM-OnDB words (`../shared/data/strokes/eval_iam_ondb_words.npz`; research use only, not in the
repository) are drawn clean with a pen of 3 px and as photos, derendered by every engine, and
compared with the true strokes (`inksight_cli.evaluate`); RapidOCR's recogniser reads the picture
and the re-drawn ink: drawn clean (`cer_redrawn`), and drawn alike (`cer_alike`: with the pen,
paper, blur and noise of the picture, so that only the ink's shape makes the difference). Table to
stdout, JSON to `benchmarks/results/`.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import ink_engines
from benchmarks.eval_words import EvalWord, Picture, clean, load_words, low, photo
from inksight_cli.evaluate import InkScores, character_error_rate, compare, summarise

ARCHIVE = Path("../shared/data/strokes/eval_iam_ondb_words.npz")
ENGINES = "trace,nano+order,nano,nano+read,nano+match"
COLUMNS = ("f1", "dtw_mean", "dtw_median", "stroke_ratio", "direction", "order", "empty")
Ink = list[NDArray[np.float64]]


@dataclass
class Result:
    """What one engine did to one kind of picture."""

    scores: list[InkScores]
    ink: list[Ink]
    read: list[str]
    read_alike: list[str]
    own: list[str]
    seconds: float


def reader() -> Callable[[Picture], str]:
    """RapidOCR's recogniser alone, on an RGB picture of one word."""
    from rapidocr import RapidOCR

    engine = RapidOCR(params={"Global.log_level": "critical"})

    def read(picture: Picture) -> str:
        found = engine(picture[:, :, ::-1], use_det=False, use_cls=False, use_rec=True)
        return "".join(found.txts or ()).strip()

    return read


def picture(word: EvalWord, kind: str, number: int) -> Picture:
    """The word's strokes clean, or as the photo that bears a number, or at low resolution."""
    if kind == "clean":
        return clean(word)
    return photo(word, number) if kind == "photo" else low(word, number)


def judge(
    engine: str,
    words: Sequence[EvalWord],
    pictures: Sequence[Picture],
    read: Callable[[Picture], str] | None,
    kind: str,
) -> Result:
    """Run one engine over all words and measure what it drew."""
    start = time.perf_counter()
    answers = ink_engines.run(engine, words, pictures)
    seconds = time.perf_counter() - start
    result = Result([], [], [], [], [], seconds)
    for number, (word, (ink, text)) in enumerate(zip(words, answers, strict=True)):
        result.scores.append(compare(word.strokes, ink))
        result.ink.append(ink)
        result.own.append(text)
        if read:
            drawn = replace(word, strokes=ink)
            result.read.append(read(clean(drawn)) if ink else "")
            result.read_alike.append(read(picture(drawn, kind, number)) if ink else "")
    return result


def figures(words: Sequence[EvalWord], result: Result) -> dict[str, float | None]:
    """The summary of one engine on one kind of picture."""
    texts = [word.text for word in words]
    row = summarise(result.scores)
    if result.read:
        row["cer_redrawn"] = character_error_rate(zip(texts, result.read, strict=True))
        row["cer_alike"] = character_error_rate(zip(texts, result.read_alike, strict=True))
    if any(result.own):
        row["cer_own"] = character_error_rate(zip(texts, result.own, strict=True))
    row["seconds"] = round(result.seconds, 2)
    return {key: None if value is None else round(value, 4) for key, value in row.items()}


def table(rows: dict[str, dict[str, float | None]]) -> str:
    """A Markdown table of the figures."""
    columns = [*COLUMNS, "cer_redrawn", "cer_alike", "cer_own", "seconds"]
    lines = ["| | " + " | ".join(columns) + " |", "|---" * (len(columns) + 1) + "|"]
    for name, row in rows.items():
        cells = ["" if row.get(c) is None else f"{row[c]:.3g}" for c in columns]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _panel(word: EvalWord, picture: Picture, ink: Ink) -> Picture:
    """The word's ink in colours that run with the stroke order, circles at the starts."""
    panel = np.full_like(picture, 255)
    ramp = cv2.applyColorMap(np.linspace(0, 230, 256).astype(np.uint8)[:, None], 20)[:, 0, ::-1]
    for i, stroke in enumerate(ink):
        colour = ramp[int(255 * i / max(1, len(ink) - 1))].tolist()
        path = np.round((stroke - 0.5) * 16).astype(np.int32)
        cv2.polylines(panel, [path[:, None]], False, colour, 1, cv2.LINE_AA, 4)
        cv2.circle(panel, path[0].tolist(), 40, colour, 1, cv2.LINE_AA, 4)
    return panel


def sheet(
    words: Sequence[EvalWord], pictures: Sequence[Picture], inks: Sequence[Sequence[Ink]]
) -> Picture:
    """Pictures, true ink and every engine's ink, one word a row, two rows side by side."""
    rows = []
    for i, (word, picture) in enumerate(zip(words, pictures, strict=True)):
        panels = [picture, _panel(word, picture, word.strokes)]
        panels += [_panel(word, picture, ink[i]) for ink in inks]
        cell = np.full((112, 360 * len(panels), 3), 255, np.uint8)
        for k, panel in enumerate(panels):
            height, width = min(112, panel.shape[0]), min(355, panel.shape[1])
            cell[:height, 360 * k : 360 * k + width] = panel[:height, :width]
        rows.append(cell)
    return np.vstack(rows)


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--archive", type=Path, default=ARCHIVE)
    parser.add_argument("--words", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--engines", default=ENGINES)
    parser.add_argument("--kinds", default="clean,photo,low")
    parser.add_argument("--no-reading", action="store_true", help="leave RapidOCR out")
    parser.add_argument("--sheet", type=Path, help="contact sheet of the first 40 words")
    parser.add_argument("--out", type=Path, default=Path("benchmarks/results/ink_quality.json"))
    return parser.parse_args()


def main() -> int:
    """Measure and report."""
    options = arguments()
    if not options.archive.exists():
        sys.stdout.write(f"{options.archive} is not here; nothing measured.\n")
        return 0
    words = load_words(options.archive, options.words, options.seed)
    read = None if options.no_reading else reader()
    rows: dict[str, dict[str, float | None]] = {}
    for kind in options.kinds.split(","):
        pictures = [picture(word, kind, number) for number, word in enumerate(words)]
        if read:
            original = [(w.text, read(p)) for w, p in zip(words, pictures, strict=True)]
            rows[f"{kind}: the picture itself"] = {"cer_alike": character_error_rate(original)}
        inks = []
        for engine in options.engines.split(","):
            result = judge(engine, words, pictures, read, kind)
            rows[f"{kind}: {engine}"] = figures(words, result)
            inks.append(result.ink)
        if options.sheet:
            path = options.sheet.with_stem(f"{options.sheet.stem}_{kind}")
            cv2.imwrite(str(path), sheet(words[:40], pictures[:40], inks)[:, :, ::-1])
    report = {"words": len(words), "seed": options.seed, "rows": rows}
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(report, indent=1) + "\n")
    sys.stdout.write(table(rows) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
