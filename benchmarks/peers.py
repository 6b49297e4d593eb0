"""Other programs that make lines of a picture, on the same words as ours and by the same measures.

    pip install pyautotrace; npm install --prefix /tmp/peers skeleton-tracing-js
    python benchmarks/peers.py --words 60 --npm /tmp/peers

AutoTrace's centre line (`pyautotrace`, GPL) and skeleton-tracing (`skeleton-tracing-js`, MIT, run
by Node) are asked where they are installed, and left out with a word where they are not; so is
every engine named in `--ours`, any converted model (`./small-p+tiles`) among them. Peers get
Otsu's black and white. They draw lines and know no pen, so each is also shown `sorted`: strokes
from left to right by where they begin, each begun at its left end.
"""

from __future__ import annotations

import argparse
import importlib
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import ink_engines
from benchmarks.eval_words import EvalWord, Picture, load_words
from benchmarks.ink_quality import ARCHIVE, Ink, picture, sheet
from inksight_cli.evaluate import compare, summarise

COLUMNS = (
    *("f1", "aiou", "dtw_mean", "dtw_median", "ldtw", "stroke_ratio", "direction", "order"),
    *("crossings_kept", "retraces_kept", "lifts_extra", "lifts_missing", "empty", "seconds"),
)
Peer = Callable[[Sequence[Picture]], list[Ink]]
_ON_A_CURVE = np.linspace(0, 1, 9)[:, None]
_NODE = """
const { fromBoolArray } = require('skeleton-tracing-js');
const words = JSON.parse(require('fs').readFileSync(0));
const lines = words.map((word) => fromBoolArray(word.bits, word.width, word.height).polylines);
process.stdout.write(JSON.stringify(lines));
"""


def black(image: Picture) -> Picture:
    """True where Otsu's threshold finds ink."""
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    return cv2.threshold(grey, 0, 1, cv2.THRESH_BINARY_INV | cv2.THRESH_OTSU)[1].astype(bool)


def autotrace() -> Peer | None:
    """AutoTrace's centre lines; None where it is not installed."""
    try:
        module: Any = importlib.import_module("autotrace")
    except ImportError:
        return None

    def trace(image: Picture) -> Ink:
        ink = black(image)
        page = np.repeat(np.where(ink, 0, 255).astype(np.uint8)[:, :, None], 3, axis=2)
        drawn = module.Bitmap(page).trace(centerline=True, background_color=(255, 255, 255))
        found = [np.concatenate([_curve(s) for s in path.splines]) for path in drawn.paths]
        # Whole pixels from the lower left corner; ours are counted at their edges.
        return [np.stack([x + 0.5, len(ink) - y - 0.5], axis=1) for x, y in (f.T for f in found)]

    return lambda images: [trace(image) for image in images]


def _curve(spline: Any) -> Ink:  # noqa: ANN401
    """Points on one of AutoTrace's lines or cubic curves, y up."""
    a, b, c, d = (np.array([p.x, p.y], float) for p in spline.points)
    t, s = _ON_A_CURVE, 1 - _ON_A_CURVE
    if spline.degree == 1:
        return s * a + t * d
    return s**3 * a + 3 * s * s * t * b + 3 * s * t * t * c + t**3 * d


def skeleton_tracing(folder: Path | None) -> Peer | None:
    """Skeletons by skeleton-tracing-js; None without Node or the package.

    Args:
        folder: where npm installed it.
    """
    node = shutil.which("node")
    if not (node and folder and (folder / "node_modules" / "skeleton-tracing-js").is_dir()):
        return None

    def trace(images: Sequence[Picture]) -> list[Ink]:
        inks = [black(image) for image in images]
        words = [
            {"bits": ink.ravel().astype(int).tolist(), "width": ink.shape[1], "height": len(ink)}
            for ink in inks
        ]
        text = json.dumps(words).encode()
        done = subprocess.run(
            [node, "-e", _NODE], input=text, capture_output=True, cwd=folder, check=True
        )
        found = json.loads(done.stdout)
        return [[np.array(line, float) + 0.5 for line in lines] for lines in found]

    return trace


def naive(ink: Ink) -> Ink:
    """Every stroke begun at its left end, strokes from left to right."""
    turned = [line if line[0, 0] <= line[-1, 0] else line[::-1] for line in ink]
    return sorted(turned, key=lambda line: float(line[0, 0]))


def figures(words: Sequence[EvalWord], inks: Sequence[Ink], seconds: float) -> dict[str, Any]:
    """The summary of one engine on one kind of picture."""
    row = summarise([compare(w.strokes, ink) for w, ink in zip(words, inks, strict=True)])
    row["seconds"] = seconds
    return {key: None if value is None else round(value, 4) for key, value in row.items()}


def table(rows: dict[str, dict[str, Any]]) -> str:
    """A Markdown table of the figures."""
    lines = ["| | " + " | ".join(COLUMNS) + " |", "|---" * (len(COLUMNS) + 1) + "|"]
    for name, row in rows.items():
        cells = ["" if row.get(c) is None else f"{row[c]:.3g}" for c in COLUMNS]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--archive", type=Path, default=ARCHIVE)
    parser.add_argument("--words", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kinds", default="clean,photo")
    parser.add_argument("--ours", default="nano+order,trace", help="as ink_engines names them")
    parser.add_argument(
        "--npm", type=Path, help="folder in which npm installed skeleton-tracing-js"
    )
    parser.add_argument("--sheet", type=Path, help="contact sheet of the first 12 words")
    parser.add_argument("--out", type=Path, default=Path("benchmarks/results/peers.json"))
    return parser.parse_args()


def main() -> int:
    """Measure and report."""
    options = arguments()
    if not options.archive.exists():
        sys.stdout.write(f"{options.archive} is not here; nothing measured.\n")
        return 0
    words = load_words(options.archive, options.words, options.seed)
    peers = {"autotrace": autotrace(), "skeleton-tracing": skeleton_tracing(options.npm)}
    rows: dict[str, dict[str, Any]] = {}
    for kind in options.kinds.split(","):
        pictures = [picture(word, kind, number) for number, word in enumerate(words)]
        shown = []
        for name in options.ours.split(","):
            began = time.process_time()
            inks = [ink for ink, _ in ink_engines.run(name, words, pictures)]
            rows[f"{kind}: {name}"] = figures(words, inks, time.process_time() - began)
            shown.append(inks)
        for name, peer in peers.items():
            if peer is None:
                sys.stderr.write(f"{name} is not installed: left out.\n")
                continue
            began = time.perf_counter()
            inks = peer(pictures)
            seconds = time.perf_counter() - began
            rows[f"{kind}: {name}"] = figures(words, inks, seconds)
            ordered = [naive(ink) for ink in inks]
            rows[f"{kind}: {name}, sorted"] = figures(words, ordered, seconds)
            shown.append(ordered)
        if options.sheet:
            path = options.sheet.with_stem(f"{options.sheet.stem}_{kind}")
            cv2.imwrite(str(path), sheet(words[:12], pictures[:12], shown)[:, :, ::-1])
    options.out.parent.mkdir(parents=True, exist_ok=True)
    report = {"words": len(words), "seed": options.seed, "rows": rows}
    options.out.write_text(json.dumps(report, indent=1) + "\n")
    sys.stdout.write(table(rows) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
