"""Fit the pen order network: `python -m models.training.pen_fit OUT.npz WORDS...`.

Teacher forcing over every word: with what was truly written so far, which piece came next, which
way, and had the pen stayed down? Words with a model's answer are shown twice, once without it,
so that one network serves with and without a guide. A quarter of an hour on one core, most of
it to measure the pieces.
"""

from __future__ import annotations

import argparse
import pickle
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from inksight_cli.evaluate.resample import nearest, resample_all
from inksight_cli.geometry import Points
from inksight_cli.pen_order.steps import Choices
from inksight_cli.pen_order.strokes import measure
from models.training.pen_words import TracedWord

HIDDEN = 256
BATCH = 512
EPOCHS = 8
RATE = 4e-3
MOST = 30  # pieces of a word worth learning from
INSIDE = 4  # pixels from its end at which a piece is asked for its time: junctions confuse
STAYED = (-12, 30)  # true pixels between two pieces that the pen drew without a lift


@dataclass(frozen=True)
class Piece:
    """When, which way and in which true stroke a piece was drawn; times are true pixels."""

    when: float
    forward: bool
    begins: float
    ends: float
    first: int
    last: int


@dataclass(frozen=True)
class Steps:
    """Choices of all words, one below the other: `counts` rows each, `wanted` the right one."""

    rows: Tensor
    counts: NDArray[np.int64]
    wanted: NDArray[np.int64]
    down: NDArray[np.float32]


def _directions(points: Points) -> Points:
    if len(points) < 2:
        return np.zeros_like(points)
    steps = np.gradient(points, axis=0)
    return steps / np.maximum(np.hypot(*steps.T), 1e-9)[:, None]


def true_pieces(word: TracedWord) -> list[Piece]:
    """Place every piece of a word in the true pen's time."""
    strokes = resample_all(word.truth, 1.0)
    track = np.concatenate(strokes)
    number = np.repeat(np.arange(len(strokes)), [len(stroke) for stroke in strokes])
    along = np.concatenate([_directions(stroke) for stroke in strokes])
    pieces = []
    for piece in word.pieces:
        path = resample_all([piece], 1.0)[0]
        index, _ = nearest(path, track)
        forward = float((_directions(path) * along[index]).sum()) >= 0
        index = index if forward else index[::-1]
        inside = INSIDE if len(index) > 2 * INSIDE else 0
        near = max(inside, 1)
        begins = int(np.median(index[inside : inside + near]))
        ends = int(np.median(index[::-1][inside : inside + near]))
        pieces.append(
            Piece(
                float(np.median(index)),
                forward,
                begins - inside,
                ends + inside,
                int(number[begins]),
                int(number[ends]),
            )
        )
    return pieces


def _stayed_down(before: Piece | None, after: Piece) -> bool:
    if before is None or before.last != after.first:
        return False
    return STAYED[0] <= after.begins - before.ends <= STAYED[1]


def steps_of(
    word: TracedWord, guide: Sequence[Points]
) -> Iterator[tuple[NDArray[np.float32], int, bool]]:
    """Yield rows, the right row and whether the pen stayed down, step by step."""
    pieces = true_pieces(word)
    choices = Choices(measure(word.pieces, guide))
    left = list(range(len(pieces)))
    last = -1
    before: Piece | None = None
    for k in sorted(left, key=lambda k: pieces[k].when):
        (rows,) = choices(np.array([last]), np.array([left]))
        state = 2 * k + int(not pieces[k].forward)
        wanted = 2 * left.index(k) + state % 2
        yield rows, wanted, _stayed_down(before, pieces[k])
        left.remove(k)
        last, before = state, pieces[k]


def all_steps(words: Sequence[TracedWord]) -> Steps:
    """The steps of all words, those with an answer with and without it."""
    found = [
        step
        for word in words
        if len(word.pieces) <= MOST
        for guide in ([], word.answer)[: 2 if word.answer else 1]
        for step in steps_of(word, guide)
    ]
    rows, wanted, down = zip(*found, strict=True)
    counts = np.array([len(r) for r in rows])
    return Steps(
        torch.from_numpy(np.concatenate(rows)),
        counts,
        np.array(wanted),
        np.array(down, np.float32),
    )


def losses(network: nn.Module, steps: Steps, chosen: NDArray[np.int64]) -> tuple[Tensor, Tensor]:
    """Cross-entropy of the choice and of the pen staying down, over the `chosen` steps."""
    first = np.concatenate([[0], steps.counts.cumsum()])
    counts = steps.counts[chosen]
    ragged = np.concatenate([np.arange(first[k], first[k + 1]) for k in chosen])
    scores = network(steps.rows[ragged])
    row = np.repeat(np.arange(len(chosen)), counts)
    start = counts.cumsum() - counts
    column = np.arange(len(ragged)) - start[row]
    table = torch.full((len(chosen), int(counts.max())), -1e9)
    table = table.index_put((torch.from_numpy(row), torch.from_numpy(column)), scores[:, 0])
    wanted = steps.wanted[chosen]
    choice = functional.cross_entropy(table, torch.from_numpy(wanted))
    down = functional.binary_cross_entropy_with_logits(
        scores[start + wanted, 1], torch.from_numpy(steps.down[chosen])
    )
    return choice, down


def fit(steps: Steps, seed: int = 0) -> tuple[nn.Sequential, dict[str, float]]:
    """Fit the network; the first fifteenth of the steps is kept for the losses returned."""
    torch.manual_seed(seed)
    width = steps.rows.shape[1]
    network = nn.Sequential(
        nn.Linear(width, HIDDEN),
        nn.ReLU(),
        nn.Linear(HIDDEN, HIDDEN),
        nn.ReLU(),
        nn.Linear(HIDDEN, 2),
    )
    held = len(steps.counts) // 15
    count = EPOCHS * (len(steps.counts) - held) // BATCH
    optimiser = torch.optim.AdamW(network.parameters(), weight_decay=0.02)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, RATE, total_steps=count + 1)
    rng = np.random.default_rng(seed)
    for _ in range(count):
        choice, down = losses(network, steps, rng.integers(held, len(steps.counts), BATCH))
        optimiser.zero_grad()
        (choice + 0.5 * down).backward()
        optimiser.step()
        schedule.step()
    with torch.no_grad():
        choice, down = losses(network, steps, np.arange(held))
    return network, {"next": round(float(choice), 4), "down": round(float(down), 4)}


def write(network: nn.Sequential, out: Path) -> None:
    """Write the weights as `inksight_cli.pen_order.network` reads them, matrices as [in, out]."""
    layers = [layer for layer in network if isinstance(layer, nn.Linear)]
    arrays = {}
    for i, layer in enumerate(layers):
        arrays[f"weight_{i}"] = layer.weight.detach().numpy().T.astype(np.float32)
        arrays[f"bias_{i}"] = layer.bias.detach().numpy().astype(np.float32)
    np.savez(out, **arrays)


def main() -> None:
    """Read, fit, write, say how well."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("words", type=Path, nargs="+", help="files of models.training.pen_words")
    options = parser.parse_args()
    torch.set_num_threads(1)
    words = [
        TracedWord(**plain) for path in options.words for plain in pickle.loads(path.read_bytes())
    ]
    # Words with answers come last in the files and must be among those held back, too.
    order = np.random.default_rng(0).permutation(len(words))
    steps = all_steps([words[i] for i in order])
    network, measured = fit(steps)
    write(network, options.out)
    print(f"{len(words)} words, {len(steps.counts)} steps, held-out losses {measured}")


if __name__ == "__main__":
    main()
