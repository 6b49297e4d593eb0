"""What a variable is, told by the end of its name: T5X, Flaxformer and big_vision names.

Only ends of paths are compared, so that a model wrapped once more (``target/``, ``params/``) or
a vision tower under another name is still recognised. Shapes are checked in `mapping`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Stack = Literal["vit", "encoder", "decoder", ""]


@dataclass(frozen=True, slots=True)
class Role:
    """What a variable does.

    Attributes:
        stack: the layer stack it belongs to, or an empty string outside of all.
        part: the weight's name in our own layout, e.g. ``q`` or ``ff_norm``.
        layer: its layer, or None: it holds all layers, or there is only one of it.
        repeated: whether there is one for every layer.
    """

    stack: Stack
    part: str
    layer: int | None = None
    repeated: bool = True


_ATTENTION = {"query": "q", "key": "k", "value": "v", "out": "o"}
_FUSED = {"qkv_fused": "qkv", "kv_fused": "kv"}
_NORMS = {
    "pre_attention_layer_norm": "attention_norm",
    "pre_self_attention_layer_norm": "self_norm",
    "pre_cross_attention_layer_norm": "cross_norm",
    "pre_mlp_layer_norm": "ff_norm",
}
_SIDES: dict[str, Stack] = {"encoder": "encoder", "decoder": "decoder", "": ""}
_LAYER = re.compile(r"(?:layers|encoderblock|layer)_(\d+)")
_VIT_LAYER = re.compile(r"encoderblock(?:_\d+)?")
_VIT_PARTS = {
    r"LayerNorm_0/(scale|bias)": "norm1.{}",
    r"LayerNorm_1/(scale|bias)": "norm2.{}",
    r"MlpBlock_0/Dense_0/(kernel|bias)": "mlp1.{}",
    r"MlpBlock_0/Dense_1/(kernel|bias)": "mlp2.{}",
}
_SINGLE: tuple[tuple[str, Stack, str], ...] = (
    (r"token_embedder/embedding", "", "embedding"),
    (r"decoder/(?:.*/)?logits_dense/kernel", "", "logits"),
    (r"decoder/(?:.*/)?decoder_norm/scale", "decoder", "norm"),
    (r"Transformer/encoder_norm/scale", "vit", "norm.scale"),
    (r"Transformer/encoder_norm/bias", "vit", "norm.bias"),
    (r"encoder/(?:.*/)?encoder_norm/scale", "encoder", "norm"),
    (r"embedding/kernel", "vit", "patch.weight"),
    (r"embedding/bias", "vit", "patch.bias"),
    (r"pos_embedding|posembed_input/pos_embedding", "vit", "position"),
    (r"[^/]*(?:proj|projection)/kernel", "vit", "projection.weight"),
    (r"[^/]*(?:proj|projection)/bias", "vit", "projection.bias"),
)


def role_of(path: tuple[str, ...]) -> Role | None:
    """Return what the variable with this path does, or None: not known."""
    name = "/".join(path)
    if "MAPHead_0" in path:
        return None  # a pooling head; an encoder of sequences has no use for it
    layer = next((int(m[1]) for part in path if (m := _LAYER.fullmatch(part))), None)
    if any(_VIT_LAYER.fullmatch(part) for part in path):
        part = _vit_part(name)
        return Role("vit", part, layer) if part else None
    stack: Stack = _SIDES[next((part for part in path if part in _SIDES), "")]
    if stack and (part := _t5_part(stack, path)):
        # one table shared by all layers hangs on the stack, not on a layer
        return Role(stack, part, layer)
    for pattern, stack, part in _SINGLE:
        if re.fullmatch(rf"(?:.*/)?(?:{pattern})", name):
            return Role(stack, part, repeated=False)
    return None


def _vit_part(name: str) -> str:
    for pattern, part in _VIT_PARTS.items():
        if found := re.search(rf"/{pattern}$", name):
            return part.format(_leaf(found[1]))
    found = re.search(r"/MultiHeadDotProductAttention_0/(query|key|value|out)/(kernel|bias)$", name)
    return f"{_ATTENTION[found[1]]}.{_leaf(found[2])}" if found else ""


def _t5_part(stack: str, path: tuple[str, ...]) -> str:
    if len(path) < 3:
        return ""
    block, item, leaf = path[-3], path[-2], path[-1]
    if item in _NORMS and leaf == "scale":
        return _NORMS[item]
    if item == "relpos_bias" and leaf == "rel_embedding":
        return "bias"
    if leaf != "kernel":
        return ""
    if block == "mlp" and item in ("wi_0", "wi_1", "wo", "wi_fused"):
        return item
    names = _ATTENTION | _FUSED
    if item in names and block == ("attention" if stack == "encoder" else "self_attention"):
        return names[item]
    if item in names and stack == "decoder" and block == "encoder_decoder_attention":
        return f"cross_{names[item]}"
    return ""


def _leaf(name: str) -> str:
    return "weight" if name == "kernel" else name
