"""A reader tuned to pages that a person has put right."""

from __future__ import annotations

import copy
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch.nn import functional as F  # noqa: N812

from inksight_cli.evaluate.text import Errors, errors, plain
from inksight_cli.geometry import Points
from inksight_cli.learning.network import Network, constants, rewritten, with_more
from inksight_cli.reading.ctc import best_path
from inksight_cli.reading.drawing import HEIGHT, draw, frame
from inksight_cli.reading.network import ReaderModel, padded
from inksight_cli.reading.page import TYPED

RATE = 1e-3
BATCH = 16
ROUNDS, PATIENCE = 40, 8
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Known:
    """A word's level strokes, and what they say."""

    strokes: Sequence[Points]
    text: str


def spelled(text: str) -> str:
    """Return text in symbols as readers have them."""
    return unicodedata.normalize("NFD", text.translate(TYPED))


def read_errors(model: ReaderModel, words: Sequence[Known]) -> Errors:
    """Return what a reader gets wrong, read greedily."""
    total = Errors()
    scores = model.read([draw(word.strokes, frame(word.strokes)) for word in words])
    for word, each in zip(words, scores, strict=True):
        total += errors(
            plain(word.text.translate(TYPED)), plain(best_path(each, model.symbols).text)
        )
    return total


def tuned(
    model: ReaderModel,
    learned: Sequence[Known],
    held: Sequence[Known],
    say: Say = lambda line: None,
    *,
    rounds: int = ROUNDS,
    seed: int = 0,
) -> ReaderModel:
    """Return the reader that reads ``held`` best while it learns the words of ``learned``.

    The rate falls to nothing over ``rounds`` looks at all words; eight rounds without anything
    won end it sooner. Symbols that the reader did not know are added.

    Args:
        model: what is tuned; its file stays as it is.
        learned: words to learn from.
        held: other words, to stop by.
        say: told how it goes.
        rounds: looks at every word at most.
        seed: of the order and the distortions.
    """
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    new = sorted(set("".join(spelled(word.text) for word in learned)) - set(model.symbols))
    symbols = model.symbols + "".join(new)
    network = Network(with_more(constants(model.graph), len(new)))
    mean = copy.deepcopy(network)
    optimiser = torch.optim.AdamW(network.parameters(), RATE, weight_decay=0.01)
    best, fewest, since = model, read_errors(model, held).edits, 0
    for turn in range(rounds):
        for group in optimiser.param_groups:
            group["lr"] = RATE * (1 - turn / rounds)
        _look(network, mean, optimiser, learned, symbols, rng)
        graph = rewritten(model.graph, mean.arrays())
        now = ReaderModel(graph, symbols, model.about)
        found = read_errors(now, held)
        say(f"round {turn + 1}: {100 * found.cer:.1f} % of the characters held back are wrong")
        since += 1
        if found.edits < fewest:
            best, fewest, since = now, found.edits, 0
        if since >= PATIENCE:
            break
    return best


def _look(
    network: Network,
    mean: Network,
    optimiser: torch.optim.Optimizer,
    words: Sequence[Known],
    symbols: str,
    rng: np.random.Generator,
) -> None:
    """Look at all words once, each distorted anew, and let the mean of the weights follow."""
    network.train()
    order = rng.permutation(len(words))
    for first in range(0, len(order), BATCH):
        part = [words[k] for k in order[first : first + BATCH]]
        drawings = [_distorted(word.strokes, rng) for word in part]
        width = padded(max(drawing.shape[1] for drawing in drawings))
        pictures = np.zeros((len(part), 1, HEIGHT, width), np.float32)
        for row, drawing in zip(pictures, drawings, strict=True):
            row[0, :, : drawing.shape[1]] = drawing / np.float32(255)
        widths = torch.tensor([drawing.shape[1] for drawing in drawings])
        chances, lengths = network(torch.from_numpy(pictures), widths)
        texts = [[symbols.index(c) + 1 for c in spelled(word.text)] for word in part]
        target = torch.tensor([number for text in texts for number in text])
        counts = torch.tensor([len(text) for text in texts])
        loss = F.ctc_loss(chances.transpose(0, 1), target, lengths, counts, zero_infinity=True)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 2.0)
        optimiser.step()
        with torch.no_grad():
            for kept, value in zip(mean.parameters(), network.parameters(), strict=True):
                kept.lerp_(value, 0.1)


def _distorted(strokes: Sequence[Points], rng: np.random.Generator) -> np.ndarray:
    """Return a drawing slanted, stretched, with another pen, its size a little off."""
    shear, stretch = rng.normal(0, 0.1), np.exp(rng.normal(0, 0.1))
    matrix = np.array([[stretch, 0], [-shear, 1]])
    moved = [stroke @ matrix for stroke in strokes]
    at = frame(moved)
    scale = at.scale * float(np.exp(rng.normal(0, 0.05)))
    at = replace(at, scale=scale, middle=at.middle + float(rng.normal(0, 0.6)) / scale)
    return draw(moved, at, float(rng.uniform(2.0, 2.7)))
