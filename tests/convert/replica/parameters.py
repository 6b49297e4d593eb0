"""Random weights under the names that T5X, Flaxformer and big_vision give them."""

from __future__ import annotations

import numpy as np

END = 1


class Draw:
    """Draws arrays; `many` stacks one per layer on the axis that scanning puts them on."""

    def __init__(self, v, layers: int, axis: int):
        self.v, self.layers, self.axis = v, layers, axis
        self.rng = np.random.default_rng((v.seed, layers, axis))

    def kernel(self, *shape, fan=None, std=None):
        scale = std or 1 / np.sqrt(fan or shape[0])
        return self.rng.standard_normal(shape, dtype=np.float32) * np.float32(scale)

    def many(self, *shape, **how):
        return np.stack([self.kernel(*shape, **how) for _ in range(self.layers)], self.axis)

    def scales(self, size):
        return 1 + self.many(size, std=0.1)


def attention(draw, v):
    inner = v.heads * v.head
    query, key, value = (draw.many(v.d, inner, std=1 / v.d**0.5) for _ in range(3))
    query *= np.float32(v.head**-0.5)
    return {
        "query": {"kernel": query}, "key": {"kernel": key}, "value": {"kernel": value},
        "out": {"kernel": draw.many(inner, v.d)},
    }  # fmt: skip


def mlp(draw, v):
    return {
        "wi_0": {"kernel": draw.many(v.d, v.ff)}, "wi_1": {"kernel": draw.many(v.d, v.ff)},
        "wo": {"kernel": draw.many(v.ff, v.d)},
    }  # fmt: skip


def relative(draw, v):
    return {"rel_embedding": draw.many(v.heads, 32, std=1.0)}


def vit(v):
    draw, size, split = Draw(v, v.vit_layers, 0), v.vit_d, (v.vit_heads, v.head)
    heads = {
        name: {"kernel": draw.many(size, *split), "bias": draw.many(*split, std=0.1)}
        for name in ("query", "key", "value")
    }
    heads["out"] = {
        "kernel": draw.many(*split, size, fan=v.vit_heads * v.head),
        "bias": draw.many(size, std=0.1),
    }  # fmt: skip
    norm = lambda: {"scale": draw.scales(size), "bias": draw.many(size, std=0.1)}  # noqa: E731
    block = {
        "LayerNorm_0": norm(),
        "LayerNorm_1": norm(),
        "MultiHeadDotProductAttention_0": heads,
        "MlpBlock_0": {
            "Dense_0": {"kernel": draw.many(size, 4 * size), "bias": draw.many(4 * size, std=0.1)},
            "Dense_1": {"kernel": draw.many(4 * size, size), "bias": draw.many(size, std=0.1)},
        },
    }
    tree = {
        "embedding": {
            "kernel": draw.kernel(v.patch, v.patch, 3, size, std=0.05),
            "bias": draw.kernel(size, std=0.1),
        },
        "pos_embedding": draw.kernel(1, v.patches, size, std=0.2),
        "Transformer": {
            "encoderblock": block,
            "encoder_norm": {
                "scale": 1 + draw.kernel(size, std=0.1), "bias": draw.kernel(size, std=0.1)
            },
        },
    }  # fmt: skip
    if v.map_head:
        tree["MAPHead_0"] = map_head(draw, size, split)
        tree["head"] = {"kernel": draw.kernel(size, 8), "bias": draw.kernel(8)}
    return tree


def map_head(draw, size, split):
    heads = {
        name: {"kernel": draw.kernel(size, *split), "bias": draw.kernel(*split)}
        for name in ("query", "key", "value")
    }
    heads["out"] = {"kernel": draw.kernel(*split, size), "bias": draw.kernel(size)}
    return {
        "probe": draw.kernel(1, 1, size), "MultiHeadDotProductAttention_0": heads,
        "LayerNorm_0": {"scale": draw.kernel(size), "bias": draw.kernel(size)},
        "MlpBlock_0": {
            "Dense_0": {"kernel": draw.kernel(size, 4 * size), "bias": draw.kernel(4 * size)},
            "Dense_1": {"kernel": draw.kernel(4 * size, size), "bias": draw.kernel(size)},
        },
    }  # fmt: skip


def t5_encoder(v):
    draw = Draw(v, v.encoder_layers, 1)
    return {
        "attention": attention(draw, v), "mlp": mlp(draw, v), "relpos_bias": relative(draw, v),
        "pre_attention_layer_norm": {"scale": draw.scales(v.d)},
        "pre_mlp_layer_norm": {"scale": draw.scales(v.d)},
    }  # fmt: skip


def t5_decoder(v):
    draw = Draw(v, v.decoder_layers, 1)
    names = ("pre_self_attention", "pre_cross_attention", "pre_mlp")
    return {
        "self_attention": attention(draw, v), "encoder_decoder_attention": attention(draw, v),
        "mlp": mlp(draw, v), "relpos_bias": relative(draw, v),
        **{f"{name}_layer_norm": {"scale": draw.scales(v.d)} for name in names},
    }  # fmt: skip


def parameters(v, rows: int):
    """Return the tree of float32 arrays, layers stacked as scanning does (T5: 1, ViT: 0)."""
    draw = Draw(v, 1, 2)
    norm = lambda: {"scale": 1 + draw.kernel(v.d, std=0.1)}  # noqa: E731
    encoder = {"vit": vit(v), "encoder": t5_encoder(v), "encoder_norm": norm()}
    if v.projection:
        encoder["vit_projection"] = {
            "kernel": draw.kernel(v.vit_d, v.d), "bias": draw.kernel(v.d, std=0.1)
        }  # fmt: skip
    decoder = {"decoder": t5_decoder(v), "decoder_norm": norm()}
    embedding = draw.kernel(rows, v.d, std=1.0)
    if v.tied:
        embedding *= np.float32(v.spread if v.scaled_logits else v.spread / v.d**0.5)
        embedding[END] *= np.float32(v.ending)
    else:
        kernel = draw.kernel(v.d, rows) * np.float32(v.spread)
        kernel[:, END] *= np.float32(v.ending)
        decoder["logits_dense"] = {"kernel": kernel}
    return {"token_embedder": {"embedding": embedding}, "encoder": encoder, "decoder": decoder}
