"""Train the hand: `python -m models.hand.train RUN --data SHARDS`; stopped, it goes on.

The rate stays until `RUN/decay` is there, which holds the number of words over which it falls to
nothing; then the run ends. What is kept and judged is the mean of the weights over the last
steps. Shards that are written meanwhile are taken in as they come.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from models.hand.batches import batches, collate
from models.hand.corpora import ALL, DEFAULT
from models.hand.network import Hand, Size
from models.hand.shards import Row, load

RATE = 1.5e-3
WARM = 6000  # words
ROUND = 6000  # words that are put into batches together
EVERY = 200  # steps between checkpoints
MEAN = 0.998  # of the weights that are kept, a step
PEN = 0.5  # weight of the pen's loss


class Shards:
    """The rows of a folder's shards, by name, and more of them as they are written."""

    def __init__(self, folder: Path, names: Sequence[str], sources: Sequence[str]) -> None:
        self.folder, self.names, self.sources = folder, names, set(sources)
        self.rows: list[Row] = []
        self._seen: set[Path] = set()

    def refresh(self) -> None:
        """Read what is new."""
        for name in self.names:
            for path in sorted(self.folder.glob(f"{name}-*.npz")):
                if path not in self._seen and not path.name.endswith(".part.npz"):
                    self._seen.add(path)
                    self.rows += [
                        r for r in load(path) if r.source in self.sources and len(r.states)
                    ]


class Run:
    """A training run with everything that a checkpoint holds."""

    def __init__(
        self, folder: Path, size: Size, seed: int, rate: float, start: Path | None
    ) -> None:
        self.folder, self.rate = folder, rate
        torch.manual_seed(seed)
        self.rng = np.random.default_rng(seed)
        self.network = Hand(size)
        if start is not None:
            self.network.load_state_dict(torch.load(start, weights_only=True)["mean"])
        self.optimiser = torch.optim.AdamW(
            self.network.parameters(), lr=rate, weight_decay=0.02, betas=(0.9, 0.98)
        )
        self.mean = {k: v.clone() for k, v in self.network.state_dict().items()}
        self.step, self.words, self.seconds = 0, 0, 0.0
        self.decay: tuple[int, int] | None = None  # words at its start, words over which
        if (folder / "last.pt").exists():
            self._resume()

    def _resume(self) -> None:
        kept = torch.load(self.folder / "last.pt", weights_only=True)
        self.network.load_state_dict(kept["network"])
        self.optimiser.load_state_dict(kept["optimiser"])
        self.mean = kept["mean"]
        self.step, self.words, self.seconds = kept["step"], kept["words"], kept["seconds"]
        self.decay = kept["decay"]
        self.rng = np.random.default_rng([self.step, 3])

    def save(self) -> None:
        """Write a checkpoint, whole or not at all."""
        kept: dict[str, Any] = {
            "size": self.network.config(),
            "network": self.network.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "mean": self.mean,
            "step": self.step,
            "words": self.words,
            "seconds": self.seconds,
            "decay": self.decay,
        }
        torch.save(kept, self.folder / "last.part")
        (self.folder / "last.part").rename(self.folder / "last.pt")

    def _rate(self) -> float:
        told = self.folder / "decay"
        if self.decay is None and told.exists():
            self.decay = (self.words, int(told.read_text()))
        rate = self.rate * min(1.0, (self.words + 64) / WARM)
        if self.decay is None:
            return rate
        begun, over = self.decay
        return rate * max(0.0, 1.0 - (self.words - begun) / over)

    @property
    def ended(self) -> bool:
        """Whether the rate has fallen to nothing."""
        return self.decay is not None and self.words >= sum(self.decay)

    def learn(self, rows: Sequence[Row]) -> tuple[float, float]:
        """Take one step; return the losses of the choice and of the pen."""
        for group in self.optimiser.param_groups:
            group["lr"] = self._rate()
        # Half the memory to move: 1.3 to 1.8 times the words a second, and the same losses.
        with torch.autocast("cpu", torch.bfloat16):
            losses = self.network(*collate(rows, self.rng))
        self.optimiser.zero_grad()
        (losses["next"] + PEN * losses["pen"]).backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        self.optimiser.step()
        self.step += 1
        self.words += len(rows)
        keep = min(MEAN, self.step / (self.step + 10))
        with torch.no_grad():
            for name, value in self.network.state_dict().items():
                self.mean[name].lerp_(value, 1 - keep)
        return losses["next"].item(), losses["pen"].item()

    def check(self, rows: Sequence[Row]) -> dict[str, dict[str, float]]:
        """Return losses and shares right by set, with the mean of the weights."""
        judge = Hand(self.network.size)
        judge.load_state_dict(self.mean)
        judge.eval()
        return {
            source: _measured(judge, [row for row in rows if row.source == source])
            for source in sorted({row.source for row in rows})
        }


@torch.no_grad()
def _measured(network: Hand, rows: Sequence[Row]) -> dict[str, float]:
    sums: dict[str, float] = {}
    total = 0
    for chosen in batches(rows):
        part = [rows[i] for i in chosen]
        steps = sum(len(row.states) + 1 for row in part)
        total += steps
        for name, value in network(*collate(part)).items():
            sums[name] = sums.get(name, 0.0) + float(value) * steps
    return {name: round(value / total, 4) for name, value in sums.items()}


def train(run: Run, shards: Shards, held: Sequence[Row]) -> None:
    """Learn until the rate has fallen to nothing."""
    began, before = time.time(), run.seconds
    recent: list[tuple[float, float]] = []
    while not run.ended:
        shards.refresh()
        count = min(ROUND, len(shards.rows))
        rows = [shards.rows[i] for i in run.rng.choice(len(shards.rows), count, replace=False)]
        for chosen in batches(rows, run.rng):
            recent.append(run.learn([rows[i] for i in chosen]))
            run.seconds = before + time.time() - began
            if run.step % EVERY == 0 or run.ended:
                _note(run, shards, held, recent)
                recent = []
            if run.ended:
                return


def _note(
    run: Run, shards: Shards, held: Sequence[Row], recent: Sequence[tuple[float, float]]
) -> None:
    run.save()
    losses = np.mean(recent, axis=0) if recent else (0.0, 0.0)
    line = {
        "step": run.step,
        "words": run.words,
        "of": len(shards.rows),
        "seconds": round(run.seconds),
        "rate": run.optimiser.param_groups[0]["lr"],
        "next": round(float(losses[0]), 4),
        "pen": round(float(losses[1]), 4),
        "held": run.check(held),
    }
    with (run.folder / "log.jsonl").open("a") as log:
        log.write(json.dumps(line) + "\n")


def main() -> None:
    """Start or go on."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", type=Path)
    parser.add_argument("--data", type=Path, required=True, help="folder of shards")
    parser.add_argument("--names", default="default", help="of the shards: default,scripts")
    parser.add_argument("--held", default="held", help="of the shards that are only measured")
    parser.add_argument("--scripts", action="store_true", help="learn from the sets of scripts too")
    parser.add_argument("--width", type=int, default=Size.width)
    parser.add_argument("--layers", type=int, default=Size.layers)
    parser.add_argument("--rate", type=float, default=RATE)
    parser.add_argument("--from", dest="start", type=Path, help="checkpoint to begin from")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    torch.set_num_threads(1)
    options.run.mkdir(parents=True, exist_ok=True)
    size = Size(width=options.width, layers=options.layers)
    run = Run(options.run, size, options.seed, options.rate, options.start)
    shards = Shards(options.data, options.names.split(","), ALL if options.scripts else DEFAULT)
    held = Shards(options.data, options.held.split(","), ALL)
    held.refresh()
    train(run, shards, held.rows)


if __name__ == "__main__":
    main()
