"""What is ink, and where its centre lines run: masks against the truth, kinds of scenes apart.

    python benchmarks/ink_mask.py --tree ../old --tree . --onnx eyes.onnx --scenes 12

Every tree is a checkout whose `find_ink` answers for it, in a process of its own (its centre lines
are the thinned mask); every ONNX file answers by itself, ink and middle above one half. F1 of ink
within 1 pixel and of centre lines within 1.5, all scenes of a kind together; empty pages have no
F1: what is found there is told in thousandths of their pixels. Results go to
`benchmarks/results/ink_mask.json`. See `benchmarks/ink_scenes.py` for the scenes.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / "../shared/data/strokes"
RESULTS = ROOT / "benchmarks/results/ink_mask.json"
INK, LINE = 1.0, 1.5  # pixels: so near is right
HALF = 127
Mask = NDArray[np.bool_]
Pixels = NDArray[np.uint8]
Answer = tuple[Mask, Mask]
"""Where there is ink, and centre lines one pixel wide."""


class Tally:
    """Counts of found and true pixels, and of those near one another."""

    def __init__(self, within: float) -> None:
        self._within, self._counts = within, np.zeros(4)

    def add(self, found: Mask, true: Mask) -> None:
        """Count one scene."""
        near = [_near(found, true, self._within), _near(true, found, self._within)]
        self._counts += [near[0], found.sum(), near[1], true.sum()]

    def row(self) -> dict[str, float]:
        """Return F1, precision and recall."""
        right, found, seen, true = self._counts
        precision, recall = right / max(found, 1), seen / max(true, 1)
        f1 = 2 * precision * recall / max(precision + recall, 1e-9)
        return {"f1": round(f1, 4), "precision": round(precision, 4), "recall": round(recall, 4)}


def _near(some: Mask, other: Mask, within: float) -> int:
    if not some.any() or not other.any():
        return 0
    far = cv2.distanceTransform((~other).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    return int((far[some] <= within + 1e-3).sum())


def thinned(plane: Mask) -> Mask:
    """Return centre lines one pixel wide; the same thinning for everybody."""
    from inksight_cli.trace.skeleton import thin

    return np.asarray(thin(plane), np.bool_)


def by_tree(tree: Path) -> Callable[[list[Pixels]], list[Answer]]:
    """Let the product of a checkout answer, in a process that knows no other."""

    def answer(pictures: list[Pixels]) -> list[Answer]:
        with tempfile.TemporaryDirectory() as folder:
            asked, told = Path(folder) / "asked.npz", Path(folder) / "told.npz"
            np.savez(asked, np.stack(pictures))
            command = [sys.executable, __file__, "--answer", str(asked), str(told)]
            paths = os.environ | {"PYTHONPATH": str(tree.resolve())}
            subprocess.run(command, check=True, env=paths, cwd=folder)
            masks = np.load(told)["arr_0"]
        return [(mask, thinned(mask)) for mask in masks]

    return answer


def _tell(asked: Path, told: Path) -> None:
    """Write the masks of pictures, as the `inksight_cli` that is found first sees them."""
    find_ink: Any
    try:
        from inksight_cli.ink.find import find_ink
    except ModuleNotFoundError:  # 0.1.0
        from inksight_cli.images.ink import find_ink
    pictures = np.load(asked)["arr_0"]
    np.savez_compressed(told, np.stack([find_ink(picture).mask for picture in pictures]))


def by_onnx(graph: Path) -> Callable[[list[Pixels]], list[Answer]]:
    """Let a network answer by itself."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])

    def answer(pictures: list[Pixels]) -> list[Answer]:
        told = []
        for picture in pictures:
            asked = (picture.transpose(2, 0, 1)[None] / 255).astype(np.float32)
            ink, middle = session.run(["ink", "middle"], {"picture": asked})
            told.append((ink[0, 0] > 0.5, thinned(middle[0, 0] > 0.5)))
        return told

    return answer


def measure(
    everybody: dict[str, Callable[[list[Pixels]], list[Answer]]], count: int, data: Path
) -> dict[str, dict[str, Any]]:
    """Return, by kind of scene and by who answers, how well ink and centre lines are found."""
    from benchmarks.ink_scenes import SCENES, scenes

    table: dict[str, dict[str, Any]] = {}
    for kind in SCENES:
        made = scenes(kind, count, data)
        pictures = [scene.pixels[..., ::-1].copy() for scene in made]  # RGB
        truths = [(scene.ink > HALF, thinned(scene.middle > HALF)) for scene in made]
        table[kind] = {name: _compared(ask(pictures), truths) for name, ask in everybody.items()}
        print(_line(kind, table[kind]), flush=True)
    return table


def _compared(answers: list[Answer], truths: list[Answer]) -> dict[str, Any]:
    ink, line, false = Tally(INK), Tally(LINE), []
    for answer, truth in zip(answers, truths, strict=True):
        ink.add(answer[0], truth[0])
        line.add(answer[1], truth[1])
        false.append((answer[0] & ~truth[0]).mean())
    if not any(true.any() for true, _ in truths):
        return {"false_permille": round(1000 * float(np.mean(false)), 2)}
    return {"ink": ink.row(), "middle": line.row()}


def _line(kind: str, row: dict[str, Any]) -> str:
    cells = [
        f"{told['ink']['f1']:.3f}, {told['middle']['f1']:.3f}"
        if "ink" in told
        else f"{told['false_permille']:.1f} ‰"
        for told in row.values()
    ]
    return f"| {kind} | " + " | ".join(cells) + " |"


def main() -> None:
    """Measure, print the table, keep the numbers."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tree", type=Path, action="append", default=[])
    parser.add_argument("--onnx", type=Path, action="append", default=[])
    parser.add_argument("--scenes", type=int, default=12)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--results", type=Path, default=RESULTS)
    parser.add_argument("--answer", type=Path, nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.answer:
        _tell(*options.answer)
        return
    sys.path.insert(0, str(ROOT))
    everybody = {str(tree): by_tree(tree) for tree in options.tree}
    everybody |= {str(graph): by_onnx(graph) for graph in options.onnx}
    print("| scenes: F1 of ink, of centre lines | " + " | ".join(everybody) + " |")
    print("|---|" + "---|" * len(everybody), flush=True)
    table = measure(everybody, options.scenes, options.data)
    options.results.write_text(json.dumps({"scenes": options.scenes, "kinds": table}, indent=1))


if __name__ == "__main__":
    main()
