"""The network in JAX, with T5X's and big_vision's semantics, over a scanned parameter tree."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np


class Network:
    def __init__(self, v):
        self.v = v
        self.dtype = jnp.bfloat16 if v.bf16 else jnp.float32

    def c(self, x):
        return x.astype(self.dtype)

    def rms(self, x, scale):
        x = x.astype(jnp.float32)
        x = x * jax.lax.rsqrt(jnp.mean(x * x, -1, keepdims=True) + 1e-6)
        return self.c(x) * self.c(scale)

    def layer_norm(self, x, w):
        x = x.astype(jnp.float32)
        mean = x.mean(-1, keepdims=True)
        var = ((x - mean) ** 2).mean(-1, keepdims=True)
        x = (x - mean) * jax.lax.rsqrt(var + 1e-6)
        return self.c(x * w["scale"].astype(jnp.float32) + w["bias"].astype(jnp.float32))

    def gelu(self, x):
        return jax.nn.gelu(x, approximate=not self.v.exact_gelu)

    def dense(self, x, w):
        y = x @ self.c(w["kernel"])
        return y + self.c(w["bias"]) if "bias" in w else y

    def attend(self, query, key, value, bias):
        """Return softmax(q k + bias) v; q, k, v are [b, length, heads, head]."""
        weights = jnp.einsum("bqhd,bkhd->bhqk", query, key) + self.c(bias)
        weights = self.c(jax.nn.softmax(weights, -1))
        return jnp.einsum("bhqk,bkhd->bqhd", weights, value)

    def heads(self, x):
        return x.reshape(*x.shape[:2], self.v.heads, self.v.head)

    # --- the vision transformer
    def vit(self, w, image):
        p = self.v.patch
        x = jax.lax.conv_general_dilated(
            self.c(image), self.c(w["embedding"]["kernel"]), (p, p), "VALID",
            dimension_numbers=("NHWC", "HWIO", "NHWC"),
        ) + self.c(w["embedding"]["bias"])  # fmt: skip
        x = x.reshape(x.shape[0], -1, x.shape[-1]) + self.c(w["pos_embedding"])
        x, _ = jax.lax.scan(self.vit_block, x, w["Transformer"]["encoderblock"])
        return self.layer_norm(x, w["Transformer"]["encoder_norm"])

    def vit_block(self, x, w):
        y, a = self.layer_norm(x, w["LayerNorm_0"]), w["MultiHeadDotProductAttention_0"]
        query, key, value = (
            jnp.einsum("bld,dhe->blhe", y, self.c(a[n]["kernel"])) + self.c(a[n]["bias"])
            for n in ("query", "key", "value")
        )
        query = query / jnp.asarray(np.sqrt(query.shape[-1]), self.dtype)
        out = self.attend(query, key, value, jnp.zeros((1, 1, 1, 1)))
        x = x + jnp.einsum("blhe,hed->bld", out, self.c(a["out"]["kernel"]))
        x = x + self.c(a["out"]["bias"])
        y, m = self.layer_norm(x, w["LayerNorm_1"]), w["MlpBlock_0"]
        return x + self.dense(self.gelu(self.dense(y, m["Dense_0"])), m["Dense_1"]), None

    # --- the encoder
    def gated(self, x, w):
        return self.dense(self.gelu(self.dense(x, w["wi_0"])) * self.dense(x, w["wi_1"]), w["wo"])

    def encode(self, w, ids, image):
        """Return (encoder output [b, n, d], mask [b, n])."""
        e = w["encoder"]
        seen = self.vit(e["vit"], image)
        if self.v.projection:
            seen = self.dense(seen, e["vit_projection"])
        read = self.c(w["token_embedder"]["embedding"])[ids]
        masks = [jnp.ones(seen.shape[:2], bool), ids > 0]
        order = 1 if self.v.image_first else -1
        x = jnp.concatenate([seen, read][::order], 1)
        mask = jnp.concatenate(masks[::order], 1)
        pair = mask[:, None, None, :] & mask[:, None, :, None]
        bias, keep = jnp.where(pair, 0.0, -1e10), self.c(mask[..., None])
        positions = jnp.arange(x.shape[1])  # unpadded prompts make this length symbolic
        buckets = bucket(positions[None] - positions[:, None], both=True, np=jnp)

        def block(x, w):
            y, a = self.rms(x, w["pre_attention_layer_norm"]["scale"]) * keep, w["attention"]
            query, key, value = (self.heads(self.dense(y, a[n])) for n in ("query", "key", "value"))
            table = w["relpos_bias"]["rel_embedding"].astype(jnp.float32)[:, buckets][None]
            out = self.attend(query, key, value, bias + table)
            x = x + self.dense(out.reshape(*x.shape[:2], -1), a["out"])
            y = self.rms(x, w["pre_mlp_layer_norm"]["scale"]) * keep
            return x + self.gated(y, w["mlp"]), None

        x, _ = jax.lax.scan(block, x, layers_first(e["encoder"]))
        return self.rms(x, e["encoder_norm"]["scale"]) * keep, mask

    # --- one step of the decoder
    def cache(self, rows):
        v = self.v
        shape = (v.decoder_layers, rows, v.length + 1, v.heads, v.head)
        return jnp.zeros(shape, self.dtype), jnp.zeros(shape, self.dtype)

    def step(self, w, encoded, mask, token, at, cache):
        """Return (logits [b, V] float32, cache) after `token` [b] at position `at`."""
        d, total = w["decoder"], self.v.length + 1
        positions = np.arange(total)
        buckets = jnp.asarray(bucket(positions[None] - positions[:, None], both=False))[at]
        past = jnp.where(positions <= at, 0.0, -1e10)
        cross_bias = jnp.where(mask[:, None, None, :], 0.0, -1e10)

        def block(x, layer):
            w, old_keys, old_values = layer
            y, a = self.rms(x, w["pre_self_attention_layer_norm"]["scale"]), w["self_attention"]
            query, key, value = (self.heads(self.dense(y, a[n])) for n in ("query", "key", "value"))
            keys = jax.lax.dynamic_update_slice(old_keys, key, (0, at, 0, 0))
            values = jax.lax.dynamic_update_slice(old_values, value, (0, at, 0, 0))
            table = w["relpos_bias"]["rel_embedding"].astype(jnp.float32)[:, buckets]
            out = self.attend(query, keys, values, table[None, :, None, :] + past)
            x = x + self.dense(out.reshape(*x.shape[:2], -1), a["out"])
            y = self.rms(x, w["pre_cross_attention_layer_norm"]["scale"])
            a = w["encoder_decoder_attention"]
            query = self.heads(self.dense(y, a["query"]))
            key, value = (self.heads(self.dense(encoded, a[n])) for n in ("key", "value"))
            out = self.attend(query, key, value, cross_bias)
            x = x + self.dense(out.reshape(*x.shape[:2], -1), a["out"])
            x = x + self.gated(self.rms(x, w["pre_mlp_layer_norm"]["scale"]), w["mlp"])
            return x, (keys, values)

        x = self.c(w["token_embedder"]["embedding"])[token][:, None]
        x, cache = jax.lax.scan(block, x, (layers_first(d["decoder"]), *cache))
        x = self.rms(x, d["decoder_norm"]["scale"])[:, 0].astype(jnp.float32)
        if self.v.tied:
            x = x / np.float32(np.sqrt(self.v.d) if self.v.scaled_logits else 1.0)
            return x @ w["token_embedder"]["embedding"].astype(jnp.float32).T, cache
        return x @ d["logits_dense"]["kernel"].astype(jnp.float32), cache


def layers_first(tree):
    return jax.tree_util.tree_map(lambda x: jnp.moveaxis(x, 1, 0), tree)


def bucket(relative, both: bool, count: int = 32, furthest: int = 128, np=np):
    """T5's relative position buckets (mesh-tensorflow's formula)."""
    offset, n = 0, -relative
    if both:
        count //= 2
        offset = (n < 0).astype(np.int32) * count
        n = np.abs(n)
    else:
        n = np.maximum(n, 0)
    exact = count // 2
    eps = np.finfo(np.float32).eps
    far = np.log(n.astype(np.float32) / exact + eps) / np.log(furthest / exact) * (count - exact)
    far = np.minimum(exact + far.astype(np.int32), count - 1)
    return offset + np.where(n < exact, n, far)
