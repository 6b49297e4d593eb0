"""Train the network on scenes as they are composed.

    python -m models.eyes.train RUN --data ../shared/data/strokes --minutes 60

A process beside it composes tiles. RUN/last.pt holds all that is needed to go on (the same
command), RUN/log.jsonl the curve. The rate is even, then falls to nothing over the last part of
``--minutes``; ``--more`` begins a new such stretch from the last weights.
"""

from __future__ import annotations

import argparse
import copy
import json
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812
from torch.utils.data import DataLoader, IterableDataset

from models.eyes.model import Eyes
from models.eyes.scene import NONE, Scenes, Tile

BATCH, RATE, WARM, FALL = 10, 2.5e-3, 300, 0.65
Batch = tuple[Tensor, ...]


class Stream(IterableDataset[Batch]):
    """Batches of tiles without end, never twice the same."""

    def __init__(self, data: Path, seed: int) -> None:
        self.data, self.seed = data, seed

    def __iter__(self) -> Iterator[Batch]:
        scenes = Scenes(self.data)
        rng = np.random.default_rng(self.seed)
        pool: list[Tile] = []
        while True:
            while len(pool) < 4 * BATCH:
                pool += scenes.tiles(rng)
            rng.shuffle(pool)  # type: ignore[arg-type]
            yield batched([pool.pop() for _ in range(BATCH)])


def batched(tiles: list[Tile]) -> Batch:
    """Return pixels, ink and middle, kinds and cores of tiles as tensors of bytes."""
    pixels = torch.from_numpy(np.stack([t.pixels for t in tiles]).transpose(0, 3, 1, 2).copy())
    fine = torch.from_numpy(np.stack([np.stack([t.ink, t.middle]) for t in tiles]))
    kind = torch.from_numpy(np.stack([t.kind for t in tiles]))
    core = torch.from_numpy(np.stack([t.core for t in tiles])[:, None])
    return pixels, fine, kind, core


def loss_of(net: Eyes, batch: Batch) -> tuple[Tensor, Tensor]:
    """Return the loss of a batch, and the probabilities of ink and middle."""
    pixels, fine, kind, core = batch
    truth = fine.float() / 255
    z, k, c = net(_lit(pixels.float() / 255))
    z, k, c = z.float(), k.float(), c.float()
    p = z.sigmoid()
    weights = torch.tensor([1.0, 2.0]).view(1, 2, 1, 1)
    cross = (F.binary_cross_entropy_with_logits(z, truth, reduction="none") * weights).mean()
    both, sums = (p * truth).sum((2, 3)), p.sum((2, 3)) + truth.sum((2, 3))
    dice = (1 - (2 * both + 20) / (sums + 20)).mean()
    small = kind[:, ::2, ::2].long()
    heavy = torch.tensor([1.0, 1.0, 1.0, 0.7, 0.25])
    kinds = F.cross_entropy(k, small, weight=heavy)
    cores = F.binary_cross_entropy_with_logits(c, core.float() / 255)
    return 2 * cross + dice + 0.3 * kinds + 0.6 * cores, p.detach()


def _lit(pixels: Tensor) -> Tensor:
    """Change gain and colours a little; RGB from OpenCV's BGR. No scene looks twice the same."""
    gain = 1 + 0.1 * torch.randn(len(pixels), 3, 1, 1)
    return (pixels.flip(1) * gain).clamp(0, 1)


def f1(net: Eyes, batches: list[Batch]) -> dict[str, float]:
    """Return F1 of ink and middle, pixel by pixel, and how often the kind of ink is right."""
    net.eval()
    hit, sums, right, inked = torch.zeros(2), torch.zeros(2), 0, 0
    with torch.no_grad():
        for batch in batches:
            z, k, _ = net(batch[0].flip(1).float() / 255)
            truth, found = batch[1] > 127, z > 0
            hit += (truth & found).sum((0, 2, 3))
            sums += truth.sum((0, 2, 3)) + found.sum((0, 2, 3))
            small = batch[2][:, ::2, ::2]
            some = small != NONE
            right += int((k[:, :NONE].argmax(1) == small)[some].sum())
            inked += int(some.sum())
    net.train()
    ink, middle = (2 * hit / sums.clamp(min=1)).tolist()
    return {"ink": round(ink, 4), "middle": round(middle, 4), "kind": round(right / inked, 4)}


def rate_at(share: float, step: int) -> float:
    """Return the learning rate: warming up, even, then falling to nothing."""
    falling = min(1.0, max(0.0, (1 - share) / FALL))
    return RATE * min(1.0, (step + 1) / WARM) * falling


def main() -> None:
    """Train until the minutes are over."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run", type=Path)
    parser.add_argument("--data", type=Path, default=Path("../shared/data/strokes"))
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--more", action="store_true", help="a new stretch from the last weights")
    parser.add_argument("--half", action="store_true", help="bfloat16 where the CPU has it")
    options = parser.parse_args()
    torch.set_num_threads(1)
    options.run.mkdir(parents=True, exist_ok=True)
    train(options.run, options.data, options.minutes, options.more, options.half)


def train(run: Path, data: Path, minutes: float, more: bool, half: bool) -> None:
    """Train, logging and saving every few hundred steps."""
    net = Eyes().to(memory_format=torch.channels_last)
    optimiser = torch.optim.AdamW(net.parameters(), RATE, weight_decay=0.01)
    state = {"step": 0, "spent": 0.0, "seconds": 0.0}
    last = run / "last.pt"
    if last.exists():
        saved = torch.load(last)
        net.load_state_dict(saved["net"])
        optimiser.load_state_dict(saved["optimiser"])
        state = saved["state"] | ({"spent": 0.0} if more else {})
    mean = copy.deepcopy(net)
    check = _validation(data)
    begun, losses = time.monotonic(), []
    start = state["spent"]
    stream = Stream(data, seed=int(state["step"]) + 1)
    for batch in DataLoader(stream, batch_size=None, num_workers=1, prefetch_factor=12):
        state["spent"] = start + time.monotonic() - begun
        share = state["spent"] / 60 / minutes
        for group in optimiser.param_groups:
            group["lr"] = rate_at(share, int(state["step"]))
        pixels = batch[0].to(memory_format=torch.channels_last)
        with torch.autocast("cpu", torch.bfloat16, enabled=half):
            loss, _ = loss_of(net, (pixels, *batch[1:]))
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(net.parameters(), 5.0)
        optimiser.step()
        state["step"] += 1
        losses.append(float(loss))
        decay = min(0.998, state["step"] / (state["step"] + 50))
        for a, b in zip(mean.state_dict().values(), net.state_dict().values(), strict=True):
            a.copy_(b) if not a.is_floating_point() else a.lerp_(b, 1 - decay)
        if state["step"] % 250 == 0 or share >= 1:
            row = {
                "step": state["step"],
                "minutes": round(state["spent"] / 60, 1),
                "loss": round(float(np.mean(losses[-250:])), 4),
                **f1(mean, check),
            }
            print(json.dumps(row), flush=True)
            with (run / "log.jsonl").open("a") as log:
                log.write(json.dumps(row) + "\n")
            _save(last, net, mean, optimiser, state)
        if share >= 1:
            break


def _validation(data: Path) -> list[Batch]:
    scenes, rng = Scenes(data, validation=True), np.random.default_rng(5)
    return [batched(scenes.tiles(rng, 4) + scenes.tiles(rng, 4)) for _ in range(8)]


def _save(
    path: Path, net: Eyes, mean: Eyes, optimiser: torch.optim.Optimizer, state: dict[str, float]
) -> None:
    aside = path.with_suffix(".new")
    whole = {"net": net.state_dict(), "mean": mean.state_dict(), "state": state}
    torch.save(whole | {"optimiser": optimiser.state_dict()}, aside)
    aside.replace(path)


if __name__ == "__main__":
    main()
