"""Train the reader: `python -m models.reader.train RUN --data ../shared/data/strokes`.

Stopped, it goes on with the same command. The rate stays until `RUN/decay` is there, which holds
the number of words over which it falls to nothing; then the run ends, and the weights from before
the fall stay in `RUN/stable.pt` for a longer run. What is kept and judged is the mean of the
weights over the last steps.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from rapidfuzz.distance import Levenshtein
from torch import Tensor
from torch.nn import functional as F  # noqa: N812

from inksight_cli.reading.drawing import HEIGHT, Drawing, draw, frame
from inksight_cli.reading.network import padded
from models.reader.alphabet import Alphabet, spell
from models.reader.hands import Words, Written
from models.reader.network import Reader, Size
from models.reader.pieces import Lines
from models.reader.samples import Samples

RATE = 2.5e-3
WARM = 8_000  # words
SHORT = 60_000  # words before those of more than `FEW` characters come
FEW = 7
POOL = 1500  # words that are put into batches together
AREA = 64 * 128  # columns of pixels of a batch
KEPT = 100  # steps between checkpoints,
EVERY = 500  # and between judgements
MEAN = 0.998  # of the weights that are kept, a step
EARLY = 0.3  # weight of the early head's loss

Sample = tuple[Drawing, list[int]]


def batches(pool: Sequence[Sample], rng: np.random.Generator | None = None) -> list[list[Sample]]:
    """Return samples of like width, batch by batch; with a generator in its own order."""
    found, batch = [], []
    for sample in sorted(pool, key=lambda s: s[0].shape[1]):
        room = AREA // padded(sample[0].shape[1])
        if batch and len(batch) >= max(2, room):
            found.append(batch)
            batch = []
        batch.append(sample)
    found.append(batch)
    return [found[i] for i in rng.permutation(len(found))] if rng is not None else found


def collate(batch: Sequence[Sample]) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Return pictures (B, 1, HEIGHT, W), their widths, all symbols end to end, their counts."""
    width = padded(max(drawing.shape[1] for drawing, _ in batch))
    pictures = np.zeros((len(batch), 1, HEIGHT, width), np.uint8)
    for row, (drawing, _) in zip(pictures, batch, strict=True):
        row[0, :, : drawing.shape[1]] = drawing
    widths = torch.tensor([drawing.shape[1] for drawing, _ in batch])
    symbols = torch.tensor([k for _, own in batch for k in own])
    counts = torch.tensor([len(own) for _, own in batch])
    return torch.from_numpy(pictures).float() / 255, widths, symbols, counts


def loss_of(scores: Tensor, lengths: Tensor, symbols: Tensor, counts: Tensor) -> Tensor:
    """Return CTC's loss a symbol (Graves et al. 2006)."""
    chances = F.log_softmax(scores.float(), -1).transpose(0, 1)
    return F.ctc_loss(chances, symbols, lengths, counts, 0, "mean", zero_infinity=True)


def stream(samples: Samples, rng: np.random.Generator, words: int) -> Iterator[list[Sample]]:
    """Yield batches without end; ``words`` were seen before."""
    while True:
        if samples.lines is not None:
            samples.lines.refresh()
        longest = FEW if words < SHORT else 32
        pool = [samples.draw(rng, longest) for _ in range(POOL)]
        for batch in batches(pool, rng):
            words += len(batch)
            yield batch


def optimisers(network: Reader, rate: float) -> list[torch.optim.Optimizer]:
    """Return Muon (Jordan et al. 2024) for matrices inside, AdamW for all the rest."""
    heads = ("out.", "early.")
    inside, rest = [], []
    for name, weight in network.named_parameters():
        (inside if weight.ndim == 2 and not name.startswith(heads) else rest).append(weight)
    return [
        torch.optim.Muon(inside, lr=rate, weight_decay=0.02, adjust_lr_fn="match_rms_adamw"),
        torch.optim.AdamW(rest, lr=rate, weight_decay=0.02, betas=(0.9, 0.98)),
    ]


class Run:
    """A training run with everything that a checkpoint holds."""

    def __init__(self, folder: Path, size: Size, rate: float, half: bool) -> None:
        self.folder, self.rate, self.half = folder, rate, half
        torch.manual_seed(0)
        self.network = Reader(size)
        self.optimisers = optimisers(self.network, rate)
        self.mean = {k: v.clone() for k, v in self.network.state_dict().items()}
        self.step, self.words, self.seconds = 0, 0, 0.0
        self.decay: tuple[int, int] | None = None  # words at its start, words over which
        if (folder / "last.pt").exists():
            self._resume()

    def _resume(self) -> None:
        kept = torch.load(self.folder / "last.pt", weights_only=True)
        self.network.load_state_dict(kept["network"])
        for optimiser, state in zip(self.optimisers, kept["optimisers"], strict=True):
            optimiser.load_state_dict(state)
        self.mean = kept["mean"]
        self.step, self.words, self.seconds = kept["step"], kept["words"], kept["seconds"]
        self.decay = kept["decay"]

    def save(self, name: str = "last") -> None:
        """Write a checkpoint, whole or not at all."""
        kept: dict[str, Any] = {
            "size": self.network.config(),
            "symbols": Alphabet().symbols,
            "network": self.network.state_dict(),
            "optimisers": [optimiser.state_dict() for optimiser in self.optimisers],
            "mean": self.mean,
            "step": self.step,
            "words": self.words,
            "seconds": self.seconds,
            "decay": self.decay,
        }
        torch.save(kept, self.folder / f"{name}.part")
        (self.folder / f"{name}.part").replace(self.folder / f"{name}.pt")

    def _rate(self) -> float:
        told = self.folder / "decay"
        if self.decay is None and told.exists():
            self.save("stable")
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

    def learn(self, batch: Sequence[Sample]) -> float:
        """Take one step; return the loss a symbol."""
        rate = self._rate()
        for group in [g for optimiser in self.optimisers for g in optimiser.param_groups]:
            group["lr"] = rate
        pictures, widths, symbols, counts = collate(batch)
        with torch.autocast("cpu", torch.bfloat16, enabled=self.half):
            scores, early, lengths = self.network(pictures, widths)
        loss = loss_of(scores, lengths, symbols, counts)
        whole = loss + EARLY * loss_of(early, lengths, symbols, counts)
        self.network.zero_grad()
        whole.backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 2.0)
        for optimiser in self.optimisers:
            optimiser.step()
        self.step += 1
        self.words += len(batch)
        keep = min(MEAN, self.step / (self.step + 10))
        with torch.no_grad():
            for name, value in self.network.state_dict().items():
                mean = self.mean[name]
                mean.lerp_(value, 1 - keep) if mean.is_floating_point() else mean.copy_(value)
        return float(loss.item())

    def judge(self) -> Reader:
        """Return the network with the mean of the weights."""
        judge = Reader(self.network.size)
        judge.load_state_dict(self.mean)
        return judge.eval()


@torch.no_grad()
def errors(network: Reader, alphabet: Alphabet, words: Sequence[Written]) -> dict[str, float]:
    """Return the share of characters wrong (as spelled) and of words right, read greedily."""
    wrong = total = right = 0
    pool: list[Sample] = [(draw(w.strokes, frame(w.strokes)), [k]) for k, w in enumerate(words)]
    for batch in batches(pool):
        pictures, widths, which, _ = collate(batch)
        scores, _, lengths = network(pictures, widths)
        for row, length, k in zip(scores.argmax(-1), lengths, which, strict=True):
            best = torch.unique_consecutive(row[: int(length)]).tolist()
            said = "".join(alphabet.symbols[n - 1] for n in best if n)
            truth = spell(words[int(k)].text)
            wrong += Levenshtein.distance(said, truth)
            total += len(truth)
            right += said == truth
    return {"cer": round(wrong / total, 4), "right": round(right / len(words), 4)}


def held(
    folder: Path, alphabet: Alphabet, count: int = 800, lines: Path | None = None
) -> dict[str, list[Written]]:
    """Return words to judge by: of UNIPEN's held-out writers, and of IAM-OnDB (only judged).

    With ``lines``: whole lines of the `val` split as well.
    """
    words = Words(folder, alphabet, validation=True)
    order = np.random.default_rng(1).permutation(words.kept)[:count].tolist()
    found = {"unipen": [w for w in map(words.get, order) if w.strokes]}
    if (folder / "eval_iam_ondb_words.npz").exists():
        every = Words(folder, alphabet, name="eval_iam_ondb_words")
        found["iam"] = [w for w in map(every.get, every.kept.tolist()) if w.strokes]
    if lines is not None:
        found["lines"] = list(Lines(lines, "val", alphabet).whole())[:150]
    return found


def train(run: Run, samples: Samples, judges: dict[str, list[Written]]) -> None:
    """Learn until the rate has fallen to nothing."""
    began, before, recent = time.time(), run.seconds, []
    for batch in stream(samples, np.random.default_rng([run.step, 7]), run.words):
        recent.append(run.learn(batch))
        run.seconds = before + time.time() - began
        if run.step % KEPT == 0 or run.ended:
            run.save()
        if run.step % EVERY == 0 or run.ended:
            line = {
                "step": run.step,
                "words": run.words,
                "seconds": round(run.seconds),
                "rate": round(run.optimisers[0].param_groups[0]["lr"], 6),
                "loss": round(float(np.mean(recent)), 4),
                **{k: errors(run.judge(), samples.alphabet, w) for k, w in judges.items()},
            }
            recent = []
            with (run.folder / "log.jsonl").open("a") as log:
                log.write(json.dumps(line) + "\n")
        if run.ended:
            return


def main() -> None:
    """Start or go on."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", type=Path)
    parser.add_argument("--data", type=Path, default=Path("../shared/data/strokes"))
    parser.add_argument("--glyphs", type=Path, help="traced fonts, of `models.reader.glyphs`")
    parser.add_argument("--lines", type=Path, help="traced lines, of `models.reader.lines`")
    parser.add_argument("--rate", type=float, default=RATE)
    parser.add_argument("--half", action="store_true", help="bfloat16 where the CPU has it")
    options = parser.parse_args()
    torch.set_num_threads(1)
    options.run.mkdir(parents=True, exist_ok=True)
    alphabet = Alphabet()
    run = Run(options.run, Size(len(alphabet)), options.rate, options.half)
    samples = Samples(options.data, options.glyphs, alphabet, options.lines)
    train(run, samples, held(options.data, alphabet, lines=options.lines))


if __name__ == "__main__":
    main()
