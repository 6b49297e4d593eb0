"""A contact sheet of what a checkpoint draws for held-out writers.

`python -m models.training.preview CHECKPOINT PICTURE`: input, true ink, model's ink; colour runs
with stroke order, a circle marks a stroke's start. Below the model's ink: what it reads, and what
the reading head does.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from models.training import vocabulary as v
from models.training.checkpoints import load_model
from models.training.decode import greedy, strokes_of
from models.training.model import Nano
from models.training.reading import read
from models.training.samples import Example, Words
from models.training.size import GRID, PATCH

Picture = NDArray[np.uint8]


def canvas_of(example: Example) -> Picture:
    """The full 224x224 canvas."""
    canvas = np.zeros((v.CANVAS, v.CANVAS), np.uint8)
    top = example.first_row * PATCH
    canvas[top : top + len(example.pixels)] = example.pixels
    return canvas


def paint(strokes: Sequence[Sequence[tuple[int, int]]], caption: str) -> Picture:
    """Strokes on white, blue first and red last."""
    picture = np.full((v.CANVAS, v.CANVAS, 3), 255, np.uint8)
    ramp = cv2.applyColorMap(np.linspace(0, 230, 256).astype(np.uint8)[:, None], cv2.COLORMAP_TURBO)
    for i, stroke in enumerate(strokes):
        colour = ramp[int(255 * i / max(1, len(strokes) - 1)), 0].tolist()
        path = np.array(stroke, np.int32)[:, None]
        cv2.polylines(picture, [path], False, colour, 1, cv2.LINE_AA)
        cv2.circle(picture, stroke[0], 3, colour, 1, cv2.LINE_AA)
    cv2.putText(picture, caption[:22], (2, 220), cv2.FONT_HERSHEY_SIMPLEX, 0.45, (0, 0, 0))
    return picture


def answer(model: Nano, example: Example, mode: int = v.PROMPT0) -> list[int]:
    """Greedy answer of the model to one example."""
    return greedy(
        model,
        torch.from_numpy(example.pixels)[None],
        torch.tensor([example.first_row]),
        torch.tensor([[mode]]),
    )[0][0]


@torch.no_grad()
def head_reads(model: Nano, example: Example) -> str:
    """What the reading head on the encoder makes of one example."""
    memory, _, _ = model.encode(
        torch.from_numpy(example.pixels)[None],
        torch.tensor([example.first_row]),
        torch.tensor([[v.PROMPT0]]),
        torch.tensor([1]),
    )
    return read(model.reader(memory[:, : example.rows * GRID]))[0]


def sheet(tiles: Sequence[Picture]) -> Picture:
    """Tiles of one size side by side, ten to a row, the last row filled up with white."""
    columns = min(10, len(tiles))
    blank = np.full_like(tiles[0], 255)
    filled = [*tiles, *[blank] * (-len(tiles) % columns)]
    rows = [np.hstack(filled[i : i + columns]) for i in range(0, len(filled), columns)]
    return np.vstack(rows)


def main() -> None:
    """Write the sheet."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("picture", type=Path)
    parser.add_argument("--data", type=Path, default=Path("../shared/data/strokes"))
    parser.add_argument("--words", type=int, default=20)
    parser.add_argument("--seed", type=int, default=5)
    options = parser.parse_args()
    torch.set_num_threads(1)
    model, words = load_model(options.checkpoint), Words(options.data, validation=True)
    rng = np.random.default_rng(options.seed)
    tiles = []
    for i in range(options.words):
        example = words.draw(rng, float(i % 2))
        plain = answer(model, example)
        spelled = v.decode_text(answer(model, example, v.PROMPT0 + 2))
        parts = [
            cv2.cvtColor(canvas_of(example), cv2.COLOR_GRAY2BGR),
            paint(strokes_of(example.ink.tolist()), example.text),
            paint(strokes_of(plain), f"{spelled} | {head_reads(model, example)}"),
        ]
        tiles.append(np.vstack(parts))
    cv2.imwrite(str(options.picture), sheet(tiles))


if __name__ == "__main__":
    main()
