"""Train the network that tells scripts: `python -m models.looks.train OUT.pt SHARDS --minutes 18`.

The rate falls to nothing over the minutes given; what is kept is the mean of the last weights.
"""

from __future__ import annotations

import argparse
import itertools
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F  # noqa: N812

from inksight_cli.looks.drawing import HEIGHT, Drawing
from inksight_cli.looks.network import KINDS, SCRIPTS, STEP, STRIDE
from models.looks.generate import unpacked
from models.looks.network import Looks

RATE, WARM = 3e-3, 0.03
AREA = 64 * 192  # columns of a batch
LONGEST = 192  # columns that are shown
POOL = 1024
TURNED = 0.4  # share of the drawings that are shown upside down
CUT = 0.5  # share of which only a part is shown
SMOOTH = 0.03
MEAN = 0.98  # of the weights that are kept, a step
AGAIN = 40  # batches from which the norms of the mean weights are measured anew


def number(kind: str, turned: bool) -> int:
    """Return the number of a kind among the network's answers."""
    return KINDS - 1 if kind == "none" else SCRIPTS.index(kind) + turned * len(SCRIPTS)


def shown(drawing: Drawing, kind: str, rng: np.random.Generator) -> tuple[Drawing, int]:
    """Return a drawing as it is shown this time, and its number."""
    wide = drawing.shape[1]
    if wide > LONGEST or (rng.random() < CUT and wide > 64):
        own = (
            min(int(rng.integers(48, wide)), LONGEST) if rng.random() < CUT else min(wide, LONGEST)
        )
        first = int(rng.integers(wide - own + 1))
        drawing = drawing[:, first : first + own]
    turned = bool(rng.random() < TURNED)
    return drawing[::-1, ::-1] if turned else drawing, number(kind, turned)


def collated(batch: list[tuple[Drawing, int]]) -> tuple[Tensor, Tensor, Tensor]:
    """Return pictures (B, 1, HEIGHT, W), which columns are whose (B, W / 4), and the numbers."""
    width = max(-(-drawing.shape[1] // STEP) * STEP for drawing, _ in batch)
    pictures = np.zeros((len(batch), 1, HEIGHT, width), np.uint8)
    own = np.zeros((len(batch), width // STRIDE), np.float32)
    for k, (drawing, _) in enumerate(batch):
        pictures[k, 0, :, : drawing.shape[1]] = drawing
        own[k, : -(-drawing.shape[1] // STRIDE)] = 1
    numbers = torch.tensor([n for _, n in batch])
    return torch.from_numpy(pictures).float() / 255, torch.from_numpy(own), numbers


def batched(pool: list[tuple[Drawing, int]]) -> Iterator[list[tuple[Drawing, int]]]:
    """Yield samples of like width together."""
    batch: list[tuple[Drawing, int]] = []
    for sample in sorted(pool, key=lambda s: s[0].shape[1]):
        if batch and (len(batch) + 1) * sample[0].shape[1] > AREA:
            yield batch
            batch = []
        batch.append(sample)
    yield batch


def stream(folder: Path, rng: np.random.Generator) -> Iterator[list[tuple[Drawing, int]]]:
    """Yield batches without end; files that come into the folder meanwhile are taken up."""
    known: dict[str, None] = {}
    drawings: list[Drawing] = []
    kinds: list[str] = []
    while True:
        for path in sorted(folder.glob("t*[0-9].npz")):
            if path.name not in known:
                known[path.name] = None
                own, names, _ = unpacked(path)
                drawings, kinds = drawings + own, kinds + names
        order = rng.permutation(len(drawings))
        for first in range(0, min(len(order), 8 * POOL), POOL):
            pool = [shown(drawings[k], kinds[k], rng) for k in order[first : first + POOL]]
            batches = list(batched(pool))
            yield from (batches[k] for k in rng.permutation(len(batches)))


def answers(network: Looks, drawings: list[Drawing]) -> NDArray[np.float32]:
    """Return log-probabilities (N, KINDS) of drawings, one at a time."""
    network.eval()
    with torch.no_grad():
        found = [network(*collated([(d, 0)])[:2])[0].numpy() for d in drawings]
    network.train()
    return np.stack(found)


def judged(network: Looks, path: Path, most: int = 1500) -> str:
    """Return how often held-out lines are told right, upright and upside down."""
    drawings, kinds, sources = unpacked(path)
    drawings, kinds = drawings[:most], kinds[:most]
    said = []
    for turned in (False, True):
        logs = answers(network, [d[::-1, ::-1] if turned else d for d in drawings])
        right = np.array([number(kind, turned) for kind in kinds])
        said.append(logs.argmax(1) == right)
    by_kind = {k: np.mean([r[[n == k for n in kinds]].mean() for r in said]) for k in SCRIPTS}
    real = [s == "real" for s in sources[:most]]
    parts = " ".join(f"{k[:4]} {v:.3f}" for k, v in by_kind.items())
    return f"all {np.mean(said):.4f} real {np.mean([r[real].mean() for r in said]):.4f} {parts}"


def measure_norms(network: Looks, batches: Iterator[list[tuple[Drawing, int]]]) -> None:
    """Give batch norms the statistics of these very weights: those of their mean are no mean."""
    network.train()
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm1d | torch.nn.BatchNorm2d):
            module.reset_running_stats()
            module.momentum = None
    with torch.no_grad():
        for batch in itertools.islice(batches, AGAIN):
            network(*collated(batch)[:2])


def main() -> None:
    """Read the command line and train."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("shards", type=Path)
    parser.add_argument("--minutes", type=float, default=18.0)
    parser.add_argument("--start", type=Path, help="go on from these weights")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    torch.set_num_threads(1)
    network, rng = Looks(), np.random.default_rng(options.seed)
    if options.start:
        network.load_state_dict(torch.load(options.start, weights_only=True))
    print(sum(p.numel() for p in network.parameters()), "weights", flush=True)
    optimiser = torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=0.02)
    mean = {k: v.clone() for k, v in network.state_dict().items()}
    begun, told, lines, loss_mean = time.monotonic(), 0.0, 0, 0.0
    for step, batch in enumerate(stream(options.shards, rng)):
        share = (time.monotonic() - begun) / (60 * options.minutes)
        if share >= 1:
            break
        rate = RATE * min(share / WARM, 1.0) * (0.5 + 0.5 * np.cos(np.pi * share))
        for group in optimiser.param_groups:
            group["lr"] = max(rate, 1e-5)
        pictures, own, numbers = collated(batch)
        with torch.autocast("cpu", torch.bfloat16):
            logs = network(pictures, own)
        loss = (1 - SMOOTH) * F.nll_loss(logs, numbers) - SMOOTH * logs.mean()
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        lines += len(batch)
        loss_mean += (loss.item() - loss_mean) * max(0.02, 1 / (step + 1))
        for key, value in network.state_dict().items():
            mean[key] = (
                MEAN * mean[key] + (1 - MEAN) * value if value.is_floating_point() else value
            )
        if share - told > 0.05:
            told = share
            torch.save(mean, options.out)
            print(f"{share:.2f} step {step} lines {lines} loss {loss_mean:.3f}", flush=True)

    network.load_state_dict(mean)
    measure_norms(network, stream(options.shards, rng))
    torch.save(network.state_dict(), options.out)
    print(lines, judged(network, options.shards / "held.npz"), flush=True)


if __name__ == "__main__":
    main()
