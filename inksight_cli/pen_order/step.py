"""One step of the decoder for many words and beams at once: how likely is every way to go on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inksight_cli.pen_order.features import Told
from inksight_cli.pen_order.hand import Array, Known

NEVER = np.float32(-1e4)
_CLIP = 4.0
_MANY = 8  # states left: more are as many


@dataclass(slots=True, eq=False)
class Progress:
    """How far K walks over each of B words with S states have come.

    Attributes:
        last: (B, K) states written last, -1 at the start.
        down: (B, K) whether the pen had stayed down then.
        written: (B, K, S) which states were written.
        memory: (B, K, width).
    """

    last: NDArray[np.intp]
    down: NDArray[np.bool_]
    written: NDArray[np.bool_]
    memory: Array


def other_way(states: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return flags (..., S) of the same lines in the other direction."""
    return states.reshape(*states.shape[:-1], -1, 2)[..., ::-1].reshape(states.shape)


def score(
    weights: Mapping[str, Array], told: Told, known: Known, at: Progress
) -> tuple[Array, Array]:
    """Move ``at.memory`` on; return logits of states and of stopping, and of the pen down.

    Returns:
        (B, K, S + 1), the last one stops; and (B, K, S).
    """
    words = np.arange(len(at.last))[:, None]
    at.memory = _remember(weights, known, at, words)
    left = told.there[:, None] & ~(at.written | other_way(at.written))
    begun = (at.last >= 0)[:, :, None, None]
    follow = np.where(begun, known.follow[words, at.last], weights["unfollowed"])
    follow += _dynamics(told, at.written, left) @ weights["dynamic"]
    np.maximum(follow, 0, out=follow)
    both = np.concatenate([at.memory, _glimpse(weights, told, known, at.memory, follow)], axis=2)
    found = follow @ weights["point"]
    found += (both @ weights["ask"] + weights["ask_bias"])[:, :, None]
    found += known.answer[:, None]
    np.maximum(found, 0, out=found)
    scores = found @ weights["out"] + weights["out_bias"]
    choice = np.where(left & told.allowed[:, None], scores[..., 0], NEVER)
    stop = np.concatenate([both, _remaining(told, left)], axis=2)
    stop = np.maximum(stop @ weights["stop"] + weights["stop_bias"], 0)
    stop = stop @ weights["stop_out"] + weights["stop_out_bias"]
    return np.concatenate([choice, stop], axis=2), scores[..., 1]


def _remember(
    weights: Mapping[str, Array], known: Known, at: Progress, words: NDArray[np.intp]
) -> Array:
    """One step of a gated recurrent unit (Cho et al. 2014), as PyTorch has it."""
    told = known.inputs[words, at.last] + weights["pen"][at.down.astype(np.intp)]
    told = np.where((at.last < 0)[:, :, None], weights["begin"], told)
    kept = at.memory @ weights["memory"] + weights["memory_bias"]
    width = at.memory.shape[2]
    gates = _sigmoid(told[..., : 2 * width] + kept[..., : 2 * width])
    reset, update = gates[..., :width], gates[..., width:]
    new = np.tanh(told[..., 2 * width :] + reset * kept[..., 2 * width :])
    return np.asarray(new + update * (at.memory - new))


def _sigmoid(x: Array) -> Array:
    return np.asarray(np.float32(0.5) * (1 + np.tanh(np.float32(0.5) * x)))


def _dynamics(told: Told, written: NDArray[np.bool_], left: NDArray[np.bool_]) -> Array:
    """How each state stands in the walk so far, (B, K, S, 7); as training has it."""
    fresh = left.astype(np.float32)
    columns = np.empty((*written.shape, 7), np.float32)
    columns[..., 0], columns[..., 1] = written, other_way(written)
    ahead = fresh @ told.meets.swapaxes(1, 2) - fresh
    columns[..., 2] = np.clip(ahead, -1, 3)
    some = left.any(axis=2, keepdims=True)
    for side in range(4):
        place = told.box[:, None, :, side]
        edge = np.where(left, place, np.float32(1e3)).min(axis=2, keepdims=True)
        columns[..., 3 + side] = np.clip(place - edge, -_CLIP, _CLIP) * some
    return columns


def _glimpse(
    weights: Mapping[str, Array], told: Told, known: Known, memory: Array, follow: Array
) -> Array:
    many, beams, width = memory.shape
    heads, each = known.key.shape[1:3]
    query = (memory @ weights["query"] + weights["query_bias"]).reshape(many, beams, heads, each)
    weight = query.swapaxes(1, 2) @ known.key / np.float32(np.sqrt(each))  # (B, heads, K, S)
    bias = follow @ weights["glimpse"] + weights["glimpse_bias"]
    weight = weight + np.moveaxis(bias, 3, 1)
    weight = np.where(told.there[:, None, None], weight, NEVER)
    weight = np.exp(weight - weight.max(axis=3, keepdims=True))
    weight /= weight.sum(axis=3, keepdims=True)
    return np.asarray((weight @ known.value).swapaxes(1, 2).reshape(many, beams, width))


def _remaining(told: Told, left: NDArray[np.bool_]) -> Array:
    """Which share of the lines' length is left and how many states, (B, K, 2)."""
    length = (told.length * told.there)[:, None]
    share = (left * length).sum(axis=2) / np.maximum(length.sum(axis=2), np.float32(1e-3))
    count = np.minimum(left.sum(axis=2), _MANY) / 4
    return np.stack([share, count], axis=2).astype(np.float32)
