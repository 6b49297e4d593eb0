"""Writes the fixture against which the exported bundle is tested without PyTorch.

`python -m models.training.reference tests/fixtures/nano_reference.npz`: a tiny model with
weights that `size.random_weights` makes anywhere, crops, prompts, and what the PyTorch model
answers: greedy tokens, their log-probabilities and a sample of the scores.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Final

import numpy as np
import torch

from models.training import vocabulary as v
from models.training.decode import greedy
from models.training.size import GRID, PATCH, Size, random_weights
from models.training.weights import from_plain

TINY: Final = Size(
    width=64,
    heads=2,
    feed_forward=96,
    encoder_layers=2,
    decoder_layers=2,
    stem=(32, 64, 128),
    prompt_length=8,
)
SEED: Final = 20
STEPS: Final = 40
COLUMNS: Final = 13
CASES: Final = (
    (0, GRID, (v.PROMPT0,)),
    (4, 6, (v.PROMPT0 + 1,)),
    (5, 3, (v.PROMPT0, *v.encode_text("Ink"))),
    (11, 3, (v.PROMPT0 + 2,)),
)


def crop(index: int, rows: int) -> np.ndarray:
    """A crop of seeded noise and bars, (rows*16, 224) uint8."""
    rng = np.random.Generator(np.random.PCG64(index))
    picture = rng.integers(150, 255, (rows * PATCH, v.CANVAS)).astype(np.uint8)
    for _ in range(6):
        x, y = rng.integers(v.CANVAS - 40), rng.integers(rows * PATCH - 5)
        picture[y : y + 5, x : x + 40] = 20
    return picture


def main() -> None:
    """Answer every case and write the archive."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("fixture", type=Path)
    options = parser.parse_args()
    model = from_plain(random_weights(TINY, SEED), TINY).eval()
    stored: dict[str, np.ndarray] = {}
    for i, (first_row, rows, prompt) in enumerate(CASES):
        pixels = crop(i, rows)
        answers, scores = greedy(
            model,
            torch.from_numpy(pixels)[None],
            torch.tensor([first_row]),
            torch.tensor([prompt]),
            STEPS,
        )
        chosen = scores[0].argmax(-1)
        log = torch.log_softmax(scores[0], -1).gather(1, chosen[:, None])[:, 0]
        stored |= {
            f"pixels_{i}": pixels,
            f"first_row_{i}": np.array(first_row),
            f"prompt_{i}": np.array(prompt),
            f"tokens_{i}": chosen.numpy(),
            f"log_probability_{i}": log.numpy(),
            f"scores_{i}": scores[0, :, ::COLUMNS].numpy(),
        }
        assert answers
    options.fixture.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(options.fixture, **stored)


if __name__ == "__main__":
    main()
