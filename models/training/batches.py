"""Batches of like with like, made by a second process, a pure function of seed and number."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, Full

import numpy as np
from numpy.typing import NDArray

from models.training import vocabulary as v
from models.training.samples import MODE_SHARE, MODES, Example, Words, ask
from models.training.size import PATCH

POOL = 3000
TOKENS = 8192
SMALLEST, LARGEST = 8, 64
CLEAN_UNTIL, DIRTY_FROM = 15_000, 60_000
Shares = Sequence[float]


@dataclass(frozen=True)
class Batch:
    """Equal patch rows throughout; prompts, answers and texts padded with `START` on the right.

    `text` (B, 0) where the prompt tells the text: there is nothing to read.
    """

    number: tuple[int, int]
    pixels: NDArray[np.uint8]
    first_row: NDArray[np.int64]
    prompt: NDArray[np.int64]
    prompt_length: NDArray[np.int64]
    inputs: NDArray[np.int64]
    targets: NDArray[np.int64]
    text: NDArray[np.int64]


def strength_at(words: int) -> float:
    """How spoiled the pictures are after `words` words: clean first, photos later."""
    share = (words - CLEAN_UNTIL) / (DIRTY_FROM - CLEAN_UNTIL)
    return float(np.clip(0.3 + 0.7 * share, 0.3, 1.0))


def _up(value: int, step: int) -> int:
    return -(-value // step) * step


def collate(number: tuple[int, int], mode: str, examples: list[Example]) -> Batch:
    """Pad and stack examples of equal rows, all asked in the same mode.

    Lengths are rounded up, because every new shape costs a compilation of the matrix kernels.
    """
    asked = [ask(mode, example.text, example.ink) for example in examples]
    texts = [[] if mode == "with_text" else v.encode_text(e.text) for e in examples]
    length = _up(max(len(answer) for _, answer in asked), 16)
    prompts = max(len(prompt) for prompt, _ in asked)
    prompts = prompts if prompts == 1 else _up(prompts, 4)
    inputs, targets = np.zeros((2, len(asked), length), np.int64)
    prompt = np.zeros((len(asked), prompts), np.int64)
    text = np.zeros((len(asked), max(map(len, texts))), np.int64)
    for i, (question, answer) in enumerate(asked):
        inputs[i, 1 : len(answer)] = answer[:-1]
        targets[i, : len(answer)] = answer
        prompt[i, : len(question)] = question
        text[i, : len(texts[i])] = texts[i]
    return Batch(
        number,
        np.stack([example.pixels for example in examples]),
        np.array([example.first_row for example in examples]),
        prompt,
        np.array([len(question) for question, _ in asked]),
        inputs,
        targets,
        text,
    )


def jitter(batch: Batch, rng: np.random.Generator, share: float = 0.15) -> None:
    """Move a share of the fed-back points by a pixel or two, in place; the targets stay.

    The model must learn to come back to the ink after its own small mistakes.
    """
    ids = batch.inputs
    hit = (ids >= v.X0) & (ids < v.STROKE) & (rng.random(ids.shape) < share)
    moved = ids + np.round(rng.normal(0, 1.3, ids.shape)).astype(np.int64)
    is_x = ids < v.Y0
    low = np.where(is_x, v.X0, v.Y0)
    np.copyto(ids, np.clip(moved, low, low + v.CANVAS), where=hit)


def group(examples: list[Example]) -> list[list[Example]]:
    """Examples of equal rows and similar length, each group about `TOKENS` tokens.

    Group sizes are multiples of four (fewer shapes); up to three words of a remainder are lost.
    """
    groups: list[list[Example]] = []
    room = 0
    # Longest first, so that a group's first example decides how many fit.
    for example in sorted(examples, key=lambda e: (e.rows, -len(e.ink))):
        if not groups or groups[-1][0].rows != example.rows or len(groups[-1]) >= room:
            groups.append([])
            room = int(np.clip(TOKENS // _up(len(example.ink) + 1, 16), SMALLEST, LARGEST)) & ~3
        groups[-1].append(example)
    return [whole for part in groups if (whole := part[: len(part) & ~3])]


def pool(words: Words, seed: int, index: int, shares: Shares = MODE_SHARE) -> list[Batch]:
    """Pool `index` of the endless stream: thousands of words, sorted into batches.

    `shares` of the batches are asked in each of `MODES`; they must add up to 1.
    """
    rng = np.random.default_rng([seed, index])
    strength = strength_at(index * POOL)
    groups = group([words.draw(rng, strength) for _ in range(POOL)])
    made = []
    for n, chosen in enumerate(rng.permutation(len(groups))):
        mode = str(rng.choice(MODES, p=shares))
        made.append(collate((index, n), mode, groups[chosen]))
        jitter(made[-1], rng)
    return made


def _produce(
    folder: Path, seed: int, first: int, shares: Shares, queue: multiprocessing.Queue[list[Batch]]
) -> None:
    words = Words(folder)
    parent = os.getppid()
    index = first
    while True:
        made = pool(words, seed, index, shares)
        # A trainer that was killed leaves a full queue behind: look up now and then.
        while os.getppid() == parent:
            try:
                queue.put(made, timeout=20)
                break
            except Full:
                continue
        else:
            queue.cancel_join_thread()
            return
        index += 1


def stream(
    folder: Path, seed: int, at: tuple[int, int], shares: Shares = MODE_SHARE
) -> Iterator[Batch]:
    """Batches from position `at` (pool, batch within it) on, rendered by a second process."""
    context = multiprocessing.get_context("spawn")
    queue: multiprocessing.Queue[list[Batch]] = context.Queue(1)
    process = context.Process(
        target=_produce, args=(folder, seed, at[0], shares, queue), daemon=True
    )
    process.start()
    skip = at[1]
    while True:
        try:
            made = queue.get(timeout=60)
        except Empty:
            if not process.is_alive():
                raise RuntimeError("the process that renders training words has died") from None
            continue
        yield from made[skip:]
        skip = 0


def rows_of(batch: Batch) -> int:
    """Patch rows of the batch's pictures."""
    return batch.pixels.shape[1] // PATCH
