"""Train the network that finds words; on one thread, in minutes.

    python -m models.segmentation.train --data ../shared/data/strokes --out RUN --steps 1500

Every step draws its pages anew; step *n* is a pure function of the seed and *n*.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

import cv2
import numpy as np
import torch
from safetensors.torch import load_file
from torch import Tensor
from torch.nn import functional as nnf

from models.segmentation.diagrams import diagram
from models.segmentation.model import Segmenter
from models.segmentation.pages import text_page
from models.segmentation.render import Example, render
from models.segmentation.words import Archive

SIZE = 448
DIAGRAMS = 0.5  # share of pages that are diagrams
RATE = 3e-3


def examples(archive: Archive, seed: int, step: int, count: int, size: int = SIZE) -> list[Example]:
    """Return the pages of one step."""
    made = []
    for k in range(count):
        rng = np.random.default_rng((seed, step, k))
        page = diagram if rng.random() < DIAGRAMS else text_page
        made.append(render(page(rng, archive, size), rng))
    return made


def loss_of(logits: Tensor, batch: list[Example]) -> tuple[Tensor, Tensor]:
    """Return the losses of (writing, core), each a mean over what it is asked about."""
    writing = torch.from_numpy(np.stack([e.writing for e in batch]))
    core = torch.from_numpy(np.stack([e.core for e in batch])).float()
    weight = torch.from_numpy(np.stack([e.weight for e in batch]))
    inked = writing < 255
    asked = nnf.binary_cross_entropy_with_logits(logits[:, 0][inked], writing[inked].float())
    each = nnf.binary_cross_entropy_with_logits(logits[:, 1], core, reduction="none")
    probability = logits[:, 1].sigmoid()
    dice = 1 - (2 * (probability * core).sum() + 1) / (probability.sum() + core.sum() + 1)
    return asked, (each * weight).sum() / weight.sum() + 0.3 * dice


def pictures(batch: list[Example]) -> Tensor:
    """Return the batch as the network takes it."""
    ink = torch.from_numpy(np.stack([e.ink for e in batch])[:, None]).float() / 255
    return ink.contiguous(memory_format=torch.channels_last)


def weights_of(path: Path) -> dict[str, Tensor]:
    """Read a run's weights, or the published ones (`words.safetensors`, in half precision)."""
    if path.suffix == ".safetensors":
        return {name: value.float() for name, value in load_file(path).items()}
    return dict(torch.load(path))


def main() -> int:
    """Train, log, keep the last weights."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=1500)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--start", type=Path, help="weights to go on from")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    torch.manual_seed(arguments.seed)
    arguments.out.mkdir(parents=True, exist_ok=True)
    archive = Archive.read(arguments.data / "unipen_words.npz", held_out=False)
    model = Segmenter().to(memory_format=torch.channels_last)
    if arguments.start:
        model.load_state_dict(weights_of(arguments.start))
    optimiser = torch.optim.AdamW(model.parameters(), lr=RATE, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, RATE, total_steps=arguments.steps, pct_start=0.05
    )
    log = (arguments.out / "log.jsonl").open("a")
    for step in range(arguments.steps):
        begun = time.perf_counter()
        batch = examples(archive, arguments.seed, step, arguments.batch)
        drawn = time.perf_counter()
        with torch.autocast("cpu", torch.bfloat16):
            logits = model(pictures(batch))
        writing, core = loss_of(logits.float(), batch)
        optimiser.zero_grad()
        (writing + core).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        if step % 20 == 19:
            told = {
                "step": step + 1,
                "writing": round(writing.item(), 4),
                "core": round(core.item(), 4),
            }
            log.write(json.dumps(told) + "\n")
            log.flush()
            spent = f"{drawn - begun:.2f} + {time.perf_counter() - drawn:.2f} s"
            print(told, spent, file=sys.stderr, flush=True)
        if step % 100 == 99 or step + 1 == arguments.steps:
            torch.save(model.state_dict(), arguments.out / "part.pt")
            (arguments.out / "part.pt").replace(arguments.out / "last.pt")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
