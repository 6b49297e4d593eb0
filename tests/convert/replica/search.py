"""Greedy decoding, and beam search as T5X does it (flax's example, brevity penalty 0.6)."""

from __future__ import annotations

import jax
import jax.numpy as jnp

END, ALPHA, NEVER = 1, 0.6, -1.0e7


def greedy(network, w, encoded, mask):
    """Return (ids [b, 1, length], sum of log-probabilities [b, 1])."""
    rows, length = encoded.shape[0], network.v.length

    def step(state):
        at, token, cache, out, done, score = state
        logits, cache = network.step(w, encoded, mask, token, at, cache)
        best = jnp.where(done, 0, jnp.argmax(logits, -1)).astype(jnp.int32)
        score += jnp.where(done, 0, jnp.max(jax.nn.log_softmax(logits), -1))
        return at + 1, best, cache, out.at[:, at].set(best), done | (best == END), score

    zeros = jnp.zeros(rows, jnp.int32)
    out = jnp.zeros((rows, length), jnp.int32)
    state = (0, zeros, network.cache(rows), out, jnp.zeros(rows, bool), jnp.zeros(rows))
    state = jax.lax.while_loop(lambda s: (s[0] < length) & ~jnp.all(s[4]), step, state)
    return state[3][:, None], state[5][:, None]


def brevity(length):
    return jnp.power((5.0 + length) / 6.0, ALPHA)


def gathered(tree, index):
    """Take beams `index` [b, k] of every [b, beams, ...] array."""

    def take(x):
        shape = (*index.shape, *([1] * (x.ndim - 2)))
        return jnp.take_along_axis(x, index.reshape(shape), 1)

    return jax.tree_util.tree_map(take, tree)


def beam(network, w, encoded, mask):
    """Return (the best sequence [b, 1, length], its score [b, 1])."""
    rows, k, total = encoded.shape[0], network.v.beams, network.v.length + 1
    encoded, mask = jnp.repeat(encoded, k, 0), jnp.repeat(mask, k, 0)

    def to_beams(cache):
        return tuple(
            jnp.moveaxis(c.reshape(c.shape[0], rows, k, *c.shape[2:]), 0, 2) for c in cache
        )

    def to_flat(cache):
        return tuple(
            jnp.moveaxis(c, 2, 0).reshape(c.shape[2], rows * k, *c.shape[3:]) for c in cache
        )

    def going(s):
        at, live_scores, _, scores, _, flags, _ = s
        best = live_scores[:, -1] / brevity(total)
        worst = jnp.where(flags.any(1), scores.min(1), NEVER)
        return (at < total - 1) & ~jnp.all(worst > best)

    def step(s):
        at, live_scores, live, scores, finished, flags, cache = s
        token = jax.lax.dynamic_index_in_dim(live, at, 2, keepdims=False).reshape(-1)
        logits, cache = network.step(w, encoded, mask, token, at, to_flat(cache))
        cache, size = to_beams(cache), logits.shape[-1]
        logs = jax.nn.log_softmax(logits).reshape(rows, k, size) + live_scores[..., None]
        top, index = jax.lax.top_k(logs.reshape(rows, -1), 2 * k)
        tokens = (index % size).astype(jnp.int32)
        parents = index // size
        grown = gathered(live, parents)
        grown = jax.lax.dynamic_update_slice(grown, tokens[..., None], (0, 0, at + 1))
        ended = tokens == END
        _, keep = jax.lax.top_k(top + ended * NEVER, k)
        keep = jnp.flip(keep, 1)
        new = top / brevity(at + 1) + ~ended * NEVER
        pool = (
            jnp.concatenate([finished, grown], 1),
            jnp.concatenate([scores, new], 1),
            jnp.concatenate([flags, ended], 1),
        )
        _, best = jax.lax.top_k(pool[1], k)
        finished, scores, flags = gathered(pool, jnp.flip(best, 1))
        live, live_scores, source = gathered((grown, top + ended * NEVER, parents), keep)
        return at + 1, live_scores, live, scores, finished, flags, gathered(cache, source)

    first = jnp.tile(jnp.array([0.0] + [NEVER] * (k - 1)), (rows, 1))
    empty = jnp.zeros((rows, k, total), jnp.int32)
    state = (
        jnp.int32(0),
        first,
        empty,
        jnp.full((rows, k), NEVER),
        empty,
        jnp.zeros((rows, k), bool),
        to_beams(network.cache(rows * k)),
    )
    _, live_scores, live, scores, finished, flags, _ = jax.lax.while_loop(going, step, state)
    any_ended = flags.any(1)
    out = jnp.where(any_ended[:, None, None], finished, live)
    scores = jnp.where(any_ended[:, None], scores, live_scores)
    return out[:, -1:, 1:], scores[:, -1:]


def predict(network, w, ids, image):
    encoded, mask = network.encode(w, ids, image)
    return (beam if network.v.beams else greedy)(network, w, encoded, mask)
