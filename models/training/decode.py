"""Greedy answers of a model in PyTorch, for looking at a training run and as reference."""

from __future__ import annotations

import torch
from torch import Tensor

from models.training import vocabulary as v
from models.training.model import Attention, Nano, causal_buckets, pen_at


def _heads(attention: Attention, x: Tensor) -> Tensor:
    return x.view(x.shape[0], x.shape[1], attention.heads, 64).transpose(1, 2)


def _attend(attention: Attention, x: Tensor, keys: Tensor, values: Tensor, extra: Tensor) -> Tensor:
    scores = (_heads(attention, attention.q(x)) * 0.125) @ keys.transpose(2, 3) + extra
    mixed = torch.softmax(scores, -1) @ values
    return attention.o(mixed.transpose(1, 2).flatten(2))


@torch.no_grad()
def greedy(
    model: Nano,
    pixels: Tensor,
    first_row: Tensor,
    prompt: Tensor,
    limit: int = 384,
) -> tuple[list[list[int]], Tensor]:
    """The likeliest token again and again, with cached attention.

    Args:
        model: in evaluation mode, float32.
        pixels: (B, rows*16, 224) uint8 crops of equal rows.
        first_row: (B,).
        prompt: (B, P), all of one length.
        limit: most tokens of an answer.

    Returns:
        Answers without start and end tokens, and the scores of every step (B, steps, V).
    """
    lengths = torch.full((len(prompt),), prompt.shape[1])
    memory, features, _ = model.encode(pixels, first_row, prompt, lengths)
    cross = [
        (_heads(layer.cross, layer.cross.k(memory)), _heads(layer.cross, layer.cross.v(memory)))
        for layer in model.decoder
    ]
    past: list[tuple[Tensor, Tensor] | None] = [None] * len(model.decoder)
    ids = torch.full((len(prompt), 1), v.START)
    bias = model.bias(causal_buckets(limit)).permute(2, 0, 1)[None]
    running = torch.ones(len(prompt), dtype=torch.bool)
    history = []
    for step in range(limit):
        pen = pen_at(ids)
        last = type(pen)(pen.x[:, -1:], pen.y[:, -1:], pen.known[:, -1:], pen.after_x[:, -1:])
        seen = model.look(features, last, first_row)
        seen = seen + model.glimpse_x(last.x) + model.glimpse_y(last.y)
        x = model.embedding(ids[:, -1:]) + torch.where(
            last.known[:, :, None], seen, model.glimpse_none
        )
        for i, layer in enumerate(model.decoder):
            normed = layer.self_norm(x)
            keys = _heads(layer.attention, layer.attention.k(normed))
            values = _heads(layer.attention, layer.attention.v(normed))
            if (old := past[i]) is not None:
                keys, values = torch.cat([old[0], keys], 2), torch.cat([old[1], values], 2)
            past[i] = (keys, values)
            near = bias[:, :, step : step + 1, : step + 1]
            x = x + _attend(layer.attention, normed, keys, values, near)
            x = x + _attend(layer.cross, layer.cross_norm(x), *cross[i], torch.zeros(()))
            x = x + layer.ff(layer.ff_norm(x))
        scores = model.score(model.decoder_norm(x), last)
        history.append(scores)
        chosen = scores[:, -1].argmax(-1)
        chosen = torch.where(running, chosen, v.START)
        ids = torch.cat([ids, chosen[:, None]], 1)
        running = running & (chosen != v.END)
        if not running.any():
            break
    answers = [[t for t in row if t not in (v.START, v.END)] for row in ids[:, 1:].tolist()]
    return answers, torch.cat(history, 1)


def strokes_of(tokens: list[int]) -> list[list[tuple[int, int]]]:
    """Canvas points of the strokes among `tokens`; broken pairs are dropped."""
    strokes: list[list[tuple[int, int]]] = []
    x: int | None = None
    for token in tokens:
        if token == v.STROKE:
            strokes.append([])
            x = None
        elif v.X0 <= token < v.Y0:
            x = token - v.X0
        elif v.Y0 <= token < v.STROKE and x is not None and strokes:
            strokes[-1].append((x, token - v.Y0))
            x = None
    return [stroke for stroke in strokes if stroke]
