"""Words to compare two models on: drawn here, so that everybody compares on the same ones."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from inksight_cli.document import Mode
from inksight_cli.engine.protocol import Job

_CANVAS = 224
_MODES: tuple[Mode, ...] = ("derender", "recognize-and-derender", "derender-with-text")
_TEXT = "ink"


def sample_jobs(count: int, seed: int = 0) -> list[Job]:
    """Return ``count`` jobs with drawn scribbles on paper, the modes in turn."""
    rng = np.random.default_rng(seed)
    return [
        Job(index, _scribble(rng), (0, 0, _CANVAS, _CANVAS), _MODES[index % 3], _TEXT)
        for index in range(count)
    ]


def _scribble(rng: np.random.Generator) -> NDArray[np.uint8]:
    """Return a crop as the pipeline makes them: a strip of paper on a black canvas."""
    from PIL import Image, ImageDraw

    height = int(rng.integers(60, 200))
    paper = Image.new("RGB", (_CANVAS, height), tuple(rng.integers(200, 256, 3).tolist()))
    draw = ImageDraw.Draw(paper)
    ink = tuple(rng.integers(0, 90, 3).tolist())
    for _ in range(int(rng.integers(2, 6))):
        along = np.linspace(0.0, 1.0, 40)
        start, waves = rng.uniform(0.05, 0.6), rng.uniform(2.0, 6.0)
        x = (start + along * rng.uniform(0.1, 0.35)) * _CANVAS
        y = (0.5 + 0.35 * np.sin(2 * np.pi * waves * along + rng.uniform(0, 6))) * height
        draw.line(list(zip(x.tolist(), y.tolist(), strict=True)), fill=ink, width=3)
    canvas = Image.new("RGB", (_CANVAS, _CANVAS))
    canvas.paste(paper, (0, (_CANVAS - height) // 2))
    return np.asarray(canvas).copy()
