"""Train nano: `python -m models.training.train --data FOLDER --out FOLDER`.

Warm-up, then a constant rate until a file named `decay` appears in the output folder (or
`--decay-at` words); then a cosine down to 2 % over `--decay-words`, and the end. Everything is
counted in words and steps, so a paused run loses nothing; a started run goes on from its last
checkpoint with the same batches it would have seen.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from torch import nn

from models.training.batches import Batch, collate, stream
from models.training.loss import soft_loss
from models.training.model import Nano
from models.training.preview import load_model
from models.training.samples import MODES, Example, Words
from models.training.size import Size


@dataclass
class Progress:
    """Where a run is: all that a checkpoint needs besides tensors."""

    step: int = 0
    words: int = 0
    tokens: int = 0
    pool: int = 0
    batch: int = 0
    decay_from: int = -1
    seconds: float = 0.0


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data/strokes"))
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--start", type=Path, help="weights to begin with (.pt or .safetensors)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first-pool", type=int, default=0)
    parser.add_argument("--rate", type=float, default=1.2e-3, help="AdamW: tables, stem, heads")
    parser.add_argument("--muon-rate", type=float, default=2.5e-3, help="Muon: block matrices")
    parser.add_argument("--warm-up", type=int, default=400, help="steps")
    parser.add_argument("--decay-at", type=int, default=10**9, help="words")
    parser.add_argument("--decay-words", type=int, default=60_000)
    parser.add_argument("--save-every", type=float, default=180.0, help="seconds")
    parser.add_argument("--validate-every", type=int, default=500, help="steps")
    parser.add_argument("--threads", type=int, default=2)
    return parser.parse_args()


def optimisers(model: Nano, rate: float, muon_rate: float) -> list[torch.optim.Optimizer]:
    """Muon for the matrices inside blocks, AdamW for tables, convolutions, norms and heads."""
    blocks, rest, plain = [], [], []
    for name, parameter in model.named_parameters():
        if name.startswith(("encoder.", "decoder.")) and parameter.ndim == 2:
            blocks.append(parameter)
        elif parameter.ndim > 1 and "position" not in name and "bias" not in name:
            rest.append(parameter)
        else:
            plain.append(parameter)
    adam = torch.optim.AdamW(
        [{"params": rest, "weight_decay": 0.02}, {"params": plain, "weight_decay": 0.0}],
        lr=rate,
        betas=(0.9, 0.98),
        fused=True,
    )
    muon = torch.optim.Muon(blocks, lr=muon_rate, weight_decay=0.02, adjust_lr_fn="match_rms_adamw")
    for optimiser, peak in ((adam, rate), (muon, muon_rate)):
        for group in optimiser.param_groups:
            group["peak"] = peak
    return [adam, muon]


def rate_factor(progress: Progress, options: argparse.Namespace) -> float:
    """Share of the peak rate: linear warm-up, constant, cosine from `decay_from` on."""
    warm = min(1.0, (progress.step + 1) / options.warm_up)
    if progress.decay_from < 0:
        return warm
    done = min(1.0, (progress.words - progress.decay_from) / options.decay_words)
    return warm * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * done)))


def run(model: Nano, batch: Batch) -> tuple[torch.Tensor, torch.Tensor]:
    """Soft and hard loss of one batch in bfloat16."""
    tensors = [
        torch.from_numpy(a)
        for a in (batch.pixels, batch.first_row, batch.prompt, batch.prompt_length, batch.inputs)
    ]
    with torch.autocast("cpu", torch.bfloat16):
        scores = model(*tensors)
    return soft_loss(scores, torch.from_numpy(batch.targets))


def validation_set(data: Path, count: int = 48) -> dict[str, list[Batch]]:
    """Fixed words of held-out writers: each mode clean, derendering also as photos."""
    words = Words(data, validation=True)
    sets: dict[str, list[Batch]] = {}
    for mode, strength in [*((mode, 0.0) for mode in MODES), ("derender", 1.0)]:
        rng = np.random.default_rng(2026)
        by_rows: dict[int, list[Example]] = {}
        for _ in range(count):
            example = words.draw(rng, strength)
            by_rows.setdefault(example.rows, []).append(example)
        name = mode if strength == 0 else f"{mode}_photo"
        sets[name] = [collate((0, 0), mode, group) for group in by_rows.values()]
    return sets


@torch.no_grad()
def validate(model: Nano, sets: dict[str, list[Batch]]) -> dict[str, float]:
    """Hard cross-entropy per token of each validation set."""
    result = {}
    for name, batches in sets.items():
        total, count = 0.0, 0
        for batch in batches:
            tokens = int((batch.targets != 0).sum())
            total += float(run(model, batch)[1]) * tokens
            count += tokens
        result[name] = round(total / count, 4)
    return result


def save(path: Path, model: Nano, optims: list[torch.optim.Optimizer], progress: Progress) -> None:
    """Write a checkpoint whole or not at all."""
    state = {
        "size": model.size.plain(),
        "model": model.state_dict(),
        "optimisers": [optimiser.state_dict() for optimiser in optims],
        "progress": asdict(progress),
    }
    temporary = path.with_suffix(".tmp")
    torch.save(state, temporary)
    temporary.replace(path)


def load(path: Path) -> dict[str, Any]:
    """Read a checkpoint: tensors and plain data only."""
    state: dict[str, Any] = torch.load(path, weights_only=True)
    return state


class Log:
    """One JSON object per line, on disk and nowhere else."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def write(self, **values: object) -> None:
        """Append `values` with the time of day left out: runs are compared by words."""
        with self.path.open("a") as file:
            file.write(json.dumps(values) + "\n")


def _advance(progress: Progress, batch: Batch, seconds: float) -> None:
    progress.step += 1
    progress.words += len(batch.inputs)
    progress.tokens += int((batch.targets != 0).sum())
    progress.pool, progress.batch = batch.number[0], batch.number[1] + 1
    # A pause (SIGSTOP) is not training time.
    progress.seconds += min(seconds, 30.0)


def train(options: argparse.Namespace) -> None:
    """Run until the decay is over."""
    torch.set_num_threads(options.threads)
    cv2.setNumThreads(1)
    torch.manual_seed(options.seed)
    options.out.mkdir(parents=True, exist_ok=True)
    model = Nano(Size())
    optims = optimisers(model, options.rate, options.muon_rate)
    progress = Progress(pool=options.first_pool)
    checkpoint, log = options.out / "last.pt", Log(options.out / "log.jsonl")
    if checkpoint.exists():
        state = load(checkpoint)
        model.load_state_dict(state["model"])
        for optimiser, saved in zip(optims, state["optimisers"], strict=True):
            optimiser.load_state_dict(saved)
        progress = Progress(**state["progress"])
    elif options.start:
        model.load_state_dict(load_model(options.start).state_dict())
    sets = validation_set(options.data)
    hard: list[float] = []
    gradients: list[float] = []
    since = saved_at = clock = time.monotonic()
    words_then = progress.words
    for batch in stream(options.data, options.seed, (progress.pool, progress.batch)):
        if progress.decay_from < 0 and (
            (options.out / "decay").exists() or progress.words >= options.decay_at
        ):
            progress.decay_from = progress.words
        factor = rate_factor(progress, options)
        for optimiser in optims:
            for group in optimiser.param_groups:
                group["lr"] = group["peak"] * factor
            optimiser.zero_grad(set_to_none=True)
        soft, sharp = run(model, batch)
        soft.backward()
        norm = nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        for optimiser in optims:
            optimiser.step()
        hard.append(float(sharp))
        gradients.append(float(norm))
        now = time.monotonic()
        _advance(progress, batch, now - clock)
        clock = now
        if progress.step % 50 == 0:
            log.write(
                step=progress.step,
                words=progress.words,
                loss=round(float(np.mean(hard)), 4),
                gradient=round(float(np.mean(gradients)), 3),
                factor=round(factor, 4),
                rate=round((progress.words - words_then) / (now - since), 1),
                seconds=round(progress.seconds),
            )
            hard, gradients, since, words_then = [], [], now, progress.words
        if progress.step % options.validate_every == 0:
            log.write(step=progress.step, words=progress.words, validation=validate(model, sets))
            since = clock = time.monotonic()
        over = progress.decay_from >= 0 and (
            progress.words - progress.decay_from >= options.decay_words
        )
        if over or now - saved_at > options.save_every:
            save(checkpoint, model, optims, progress)
            saved_at = time.monotonic()
        if over:
            log.write(step=progress.step, words=progress.words, validation=validate(model, sets))
            return


if __name__ == "__main__":
    train(arguments())
