"""How a parameter tree is laid out in a checkpoint, and back: unscanned, fused."""

from __future__ import annotations

from collections.abc import Mapping


def is_leaf(x):
    return not isinstance(x, Mapping)


def mapped(f, tree):
    return f(tree) if is_leaf(tree) else {k: mapped(f, v) for k, v in tree.items()}


def merged(a, b):
    if is_leaf(a):
        return b
    return {k: merged(a[k], b[k]) if k in a and k in b else a.get(k, b.get(k)) for k in a | b}


def stored(tree, v, np):
    """Return the tree as variant `v` stores it; `np` is numpy or jax.numpy."""
    tree = fused(tree, np) if v.fused else tree
    return tree if v.scanned else unscanned(tree, v)


def canonical(tree, v, np):
    """Return the scanned, split tree that the network reads."""
    tree = tree if v.scanned else rescanned(tree, v, np)
    return split(tree, np) if v.fused else tree


def unscanned(tree, v):
    encoder, decoder = dict(tree["encoder"]), dict(tree["decoder"])
    encoder["encoder"] = per_layer(encoder["encoder"], v.encoder_layers, "layers_{}", 1)
    decoder["decoder"] = per_layer(decoder["decoder"], v.decoder_layers, "layers_{}", 1)
    vit = dict(encoder["vit"])
    blocks = vit["Transformer"]["encoderblock"]
    flat = per_layer({"encoderblock": blocks}, v.vit_layers, "{}", 0)
    vit["Transformer"] = {
        **{f"encoderblock_{i}": flat[str(i)]["encoderblock"] for i in range(v.vit_layers)},
        "encoder_norm": vit["Transformer"]["encoder_norm"],
    }
    encoder["vit"] = vit
    return {**tree, "encoder": encoder, "decoder": decoder}


def per_layer(stack, count, name, axis):
    stack = dict(stack)
    shared = stack.pop("relpos_bias", None)  # one table for all layers when they are not scanned
    out = {
        name.format(i): mapped(lambda x, i=i: x[(slice(None),) * axis + (i,)], stack)
        for i in range(count)
    }
    if shared is not None:
        out["relpos_bias"] = mapped(lambda x: x[:, 0], shared)
    return out


def rescanned(tree, v, np):
    encoder, decoder = dict(tree["encoder"]), dict(tree["decoder"])
    encoder["encoder"] = stacked(encoder["encoder"], v.encoder_layers, np)
    decoder["decoder"] = stacked(decoder["decoder"], v.decoder_layers, np)
    vit = dict(encoder["vit"])
    blocks = vit["Transformer"]
    layers = [blocks[f"encoderblock_{i}"] for i in range(v.vit_layers)]
    vit["Transformer"] = {
        "encoderblock": joined(layers, 0, np), "encoder_norm": blocks["encoder_norm"]
    }  # fmt: skip
    encoder["vit"] = vit
    return {**tree, "encoder": encoder, "decoder": decoder}


def stacked(stack, count, np):
    out = joined([stack[f"layers_{i}"] for i in range(count)], 1, np)
    out["relpos_bias"] = mapped(lambda x: np.stack([x] * count, 1), stack["relpos_bias"])
    return out


def joined(layers, axis, np):
    if is_leaf(layers[0]):
        return np.stack(layers, axis)
    return {k: joined([layer[k] for layer in layers], axis, np) for k in layers[0]}


def fused(tree, np):
    def join(node, names):
        return {"kernel": np.concatenate([node[name]["kernel"] for name in names], -1)}

    def walk(node):
        if is_leaf(node):
            return node
        if "wi_0" in node:
            return {"wi_fused": join(node, ["wi_0", "wi_1"]), "wo": node["wo"]}
        return {k: attention(k, x) for k, x in node.items()}

    def attention(name, node):
        if name in ("attention", "self_attention"):
            return {"qkv_fused": join(node, ["query", "key", "value"]), "out": node["out"]}
        if name == "encoder_decoder_attention":
            kv = join(node, ["key", "value"])
            return {"query": node["query"], "kv_fused": kv, "out": node["out"]}
        return walk(node)

    return walk(tree)


def split(tree, np):
    def part(node, names):
        pieces = np.split(node["kernel"], len(names), -1)
        return {name: {"kernel": piece} for name, piece in zip(names, pieces, strict=True)}

    def walk(node):
        if is_leaf(node):
            return node
        out = {}
        for k, x in node.items():
            if k == "qkv_fused":
                out |= part(x, ["query", "key", "value"])
            elif k == "kv_fused":
                out |= part(x, ["key", "value"])
            elif k == "wi_fused":
                out |= part(x, ["wi_0", "wi_1"])
            else:
                out[k] = walk(x)
        return out

    return walk(tree)
