"""Writes the fixture that lets the comparison with transformers run where it is not installed.

``python -m tests.convert.hf_reference`` (needs torch and transformers).
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from inksight_cli.speed.reference import Reference
from tests.convert.small_model import PROMPTS, SPEC, small_answer, small_pixels, small_weights

FIXTURE = Path(__file__).parent.parent / "fixtures" / "small_reference.npz"
COLUMNS = 17


def scores_of(pixels: np.ndarray, prompt: tuple[int, ...], ids: np.ndarray) -> np.ndarray:
    """Scores (T, V) of the next token after every one of `ids` (T,), by transformers."""
    model = Reference(SPEC, small_weights())
    return model.scores(model.encode(pixels[None], np.array([prompt])), ids[None])[0]


def main() -> None:
    """Write the fixture."""
    stored = {}
    for i, prompt in enumerate(PROMPTS):
        scores = scores_of(small_pixels(i), prompt, small_answer(i))
        stored |= {
            f"best_{i}": scores.argmax(-1).astype(np.int32),
            f"scores_{i}": scores[:, ::COLUMNS],
        }
        sys.stdout.write(f"{prompt}: {len(set(scores.argmax(-1)))} different best tokens\n")
    np.savez_compressed(FIXTURE, **stored)


if __name__ == "__main__":
    main()
