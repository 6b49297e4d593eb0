"""Train nano: `python -m models.training.train --data FOLDER --out FOLDER`.

Warm-up, then a constant rate until a file named `decay` appears in the output folder (or
`--decay-at` words); then a straight line down to zero over as many words as the file says
(`--decay-words` when it is empty), and the end. Everything is counted in words and steps, so a
paused run loses nothing; a started run goes on from its last checkpoint with the same batches it
would have seen.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import nn

from models.training.batches import Batch, collate, stream
from models.training.checkpoints import Log, Progress, load, load_model, save
from models.training.loss import soft_loss
from models.training.model import Nano
from models.training.reading import reading_loss
from models.training.samples import MODE_SHARE, MODES, Example, Words
from models.training.size import GRID, PATCH, Size


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
    parser.add_argument("--reading", type=float, default=0.3, help="weight of the reading head")
    parser.add_argument(
        "--shares",
        type=float,
        nargs=len(MODES),
        default=MODE_SHARE,
        metavar="SHARE",
        help=f"of the batches in each mode: {', '.join(MODES)}",
    )
    parser.add_argument("--warm-up", type=int, default=400, help="steps")
    parser.add_argument("--decay-at", type=int, default=10**9, help="words")
    parser.add_argument("--decay-words", type=int, default=60_000)
    parser.add_argument("--save-every", type=float, default=180.0, help="seconds")
    parser.add_argument("--validate-every", type=int, default=500, help="steps")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument(
        "--compile",
        action="store_true",
        help="fuse the blocks: 1.3 times as fast after two minutes",
    )
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


def fuse(model: Nano) -> None:
    """Compile every block for any batch and length; the weights stay where they are."""
    # Evaluation, prompts of one token and masks each make a variant; the default allows eight.
    torch._dynamo.config.recompile_limit = 64
    for block in (*model.encoder, *model.decoder):
        block.compile(dynamic=True)


def rate_factor(progress: Progress, warm_up: int) -> float:
    """Share of the peak rate: linear warm-up, constant, linear to 0 from `decay_from` on."""
    warm = min(1.0, (progress.step + 1) / warm_up)
    if progress.decay_from < 0:
        return warm
    return warm * max(0.0, 1 - (progress.words - progress.decay_from) / progress.decay_words)


def watch_for_decay(progress: Progress, options: argparse.Namespace) -> None:
    """Begin the decay when it is due; its length may be changed under way."""
    order = options.out / "decay"
    if order.exists():
        progress.decay_words = int(order.read_text().strip() or options.decay_words)
    elif progress.words >= options.decay_at:
        progress.decay_words = options.decay_words
    if progress.decay_words and progress.decay_from < 0:
        progress.decay_from = progress.words


@dataclass(frozen=True)
class Losses:
    """Of one batch: per token against soft and hard targets, and per character of reading."""

    soft: torch.Tensor
    hard: torch.Tensor
    reading: torch.Tensor | None


def run(model: Nano, batch: Batch) -> Losses:
    """Both heads' losses of one batch in bfloat16."""
    pixels, first_row, prompt, length, inputs, targets, text = (
        torch.from_numpy(a)
        for a in (
            batch.pixels,
            batch.first_row,
            batch.prompt,
            batch.prompt_length,
            batch.inputs,
            batch.targets,
            batch.text,
        )
    )
    with torch.autocast("cpu", torch.bfloat16):
        memory, features, mask = model.encode(pixels, first_row, prompt, length)
        scores = model.decode(inputs, memory, features, first_row, mask)
        patches = pixels.shape[1] // PATCH * GRID
        read = model.reader(memory[:, :patches]) if text.shape[1] else None
    soft, hard = soft_loss(scores, targets)
    return Losses(soft, hard, None if read is None else reading_loss(read, text))


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
    """Hard cross-entropy per token of each set; `reading`: the head's on the first, per letter."""
    result = {}
    for name, batches in sets.items():
        losses = [run(model, batch) for batch in batches]
        tokens = [int((batch.targets != 0).sum()) for batch in batches]
        result[name] = mean([float(loss.hard) for loss in losses], tokens)
        if "reading" not in result:
            letters = [int((batch.text != 0).sum()) for batch in batches]
            read = [float(loss.reading) for loss in losses if loss.reading is not None]
            result["reading"] = mean(read, letters)
    return result


def mean(values: list[float], weights: list[int]) -> float:
    """The weighted mean, rounded for the log."""
    return round(float(np.average(values, weights=weights)), 4)


class Training:
    """A run: model, optimisers, progress, and the folder it lives in."""

    def __init__(self, options: argparse.Namespace) -> None:
        """Begin, or take up the folder's last checkpoint."""
        self.options = options
        self.model = Nano(Size())
        self.optims = optimisers(self.model, options.rate, options.muon_rate)
        self.progress = Progress(pool=options.first_pool)
        self.checkpoint = options.out / "last.pt"
        self.log = Log(options.out / "log.jsonl")
        if self.checkpoint.exists():
            self._resume()
        elif options.start:
            self.model.load_state_dict(load_model(options.start).state_dict())
        self.model.train()
        if options.compile:
            fuse(self.model)
        self._since_report()

    def _resume(self) -> None:
        state = load(self.checkpoint)
        self.model.load_state_dict(state["model"])
        for optimiser, saved in zip(self.optims, state["optimisers"], strict=True):
            optimiser.load_state_dict(saved)
        self.progress = Progress(**state["progress"])

    def _since_report(self) -> None:
        self.hard: list[float] = []
        self.reading: list[float] = []
        self.gradients: list[float] = []
        self.words_then, self.since = self.progress.words, time.monotonic()

    def batches(self) -> Iterator[Batch]:
        """The stream from where this run is."""
        at = self.progress.pool, self.progress.batch
        return stream(self.options.data, self.options.seed, at, self.options.shares)

    @property
    def over(self) -> bool:
        """Whether the decay is done."""
        progress = self.progress
        since = progress.words - progress.decay_from
        return progress.decay_from >= 0 and since >= progress.decay_words

    def learn(self, batch: Batch) -> None:
        """One step of both optimisers."""
        start = time.monotonic()
        watch_for_decay(self.progress, self.options)
        factor = rate_factor(self.progress, self.options.warm_up)
        for optimiser in self.optims:
            for group in optimiser.param_groups:
                group["lr"] = group["peak"] * factor
            optimiser.zero_grad(set_to_none=True)
        losses = run(self.model, batch)
        loss = losses.soft
        if losses.reading is not None:
            loss = loss + self.options.reading * losses.reading
            self.reading.append(float(losses.reading.detach()))
        loss.backward()
        norm = nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        for optimiser in self.optims:
            optimiser.step()
        self.hard.append(float(losses.hard))
        self.gradients.append(float(norm))
        self._advance(batch, time.monotonic() - start)

    def _advance(self, batch: Batch, seconds: float) -> None:
        progress = self.progress
        progress.step += 1
        progress.words += len(batch.inputs)
        progress.tokens += int((batch.targets != 0).sum())
        progress.pool, progress.batch = batch.number[0], batch.number[1] + 1
        # A pause (SIGSTOP) is not training time.
        progress.seconds += min(seconds, 30.0)

    def report(self) -> None:
        """Write the means since the last report to the log."""
        progress = self.progress
        self.log.write(
            step=progress.step,
            words=progress.words,
            loss=round(float(np.mean(self.hard)), 4),
            reading=round(float(np.mean(self.reading)), 4) if self.reading else None,
            gradient=round(float(np.mean(self.gradients)), 3),
            factor=round(rate_factor(progress, self.options.warm_up), 4),
            rate=round((progress.words - self.words_then) / (time.monotonic() - self.since), 1),
            seconds=round(progress.seconds),
        )
        self._since_report()

    def validate(self, sets: dict[str, list[Batch]]) -> None:
        """Write the validation losses to the log."""
        losses = validate(self.model, sets)
        self.log.write(step=self.progress.step, words=self.progress.words, validation=losses)

    def save(self) -> None:
        """Replace the checkpoint."""
        save(self.checkpoint, self.model, self.optims, self.progress)


def train(options: argparse.Namespace) -> None:
    """Run until the decay is over."""
    torch.set_num_threads(options.threads)
    cv2.setNumThreads(1)
    torch.manual_seed(options.seed)
    options.out.mkdir(parents=True, exist_ok=True)
    training = Training(options)
    sets = validation_set(options.data)
    saved_at = time.monotonic()
    for batch in training.batches():
        training.learn(batch)
        if training.progress.step % 50 == 0:
            training.report()
        if training.over or training.progress.step % options.validate_every == 0:
            training.validate(sets)
        if training.over or time.monotonic() - saved_at > options.save_every:
            training.save()
            saved_at = time.monotonic()
        if training.over:
            return


if __name__ == "__main__":
    train(arguments())
