"""A model's weights under the bundle's plain names, as NumPy arrays, and back.

Matrices are [in, out]; attention queries carry the 1/8 of the usual scaling, because the bundle
follows T5 and does not scale them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from models.training.model import Nano
from models.training.size import Size

Weights = dict[str, NDArray[np.float32]]

READER = "reader."
_SCALE = 0.125
_TABLES = {
    "patch_position": "patch_position",
    "prompt_position": "prompt_position",
    "embedding": "embedding.weight",
    "encoder.norm": "encoder_norm.weight",
    "decoder.norm": "decoder_norm.weight",
    "decoder.bias": "bias.weight",
    "glimpse.none": "glimpse_none",
    "glimpse.x": "glimpse_x.weight",
    "glimpse.y": "glimpse_y.weight",
}
_MATRICES = {
    "logits": "logits.weight",
    "glimpse.weight": "glimpse.weight",
    "relative": "relative.weight",
}


def _names(size: Size) -> Iterator[tuple[str, str, bool]]:
    """Bundle name, PyTorch name, and whether the matrix is to be transposed."""
    for i in range(len(size.stem) + 1):
        for part in ("weight", "bias"):
            yield f"stem.{i}.{part}", f"stem.{i}.{part}", False
    for plain, inside in _TABLES.items():
        yield plain, inside, False
    for plain, inside in _MATRICES.items():
        yield plain, inside, True
    for i in range(size.encoder_layers):
        for norm in ("attention_norm", "ff_norm"):
            yield f"encoder.{i}.{norm}", f"encoder.{i}.{norm}.weight", False
        yield from _block(f"encoder.{i}", {"attention": ""})
    for i in range(size.decoder_layers):
        for norm in ("self_norm", "cross_norm", "ff_norm"):
            yield f"decoder.{i}.{norm}", f"decoder.{i}.{norm}.weight", False
        yield from _block(f"decoder.{i}", {"attention": "", "cross": "cross_"})


def _block(layer: str, attentions: Mapping[str, str]) -> Iterator[tuple[str, str, bool]]:
    for inside, prefix in attentions.items():
        for part in "qkvo":
            yield f"{layer}.{prefix}{part}", f"{layer}.{inside}.{part}.weight", True
    for part in ("wi_0", "wi_1", "wo"):
        yield f"{layer}.{part}", f"{layer}.ff.{part}.weight", True


def _is_query(name: str) -> bool:
    return name.endswith((".q", ".cross_q"))


def to_plain(model: Nano) -> Weights:
    """Every weight of `model`, float32; those of the reading head begin with `reader.`."""
    state = model.state_dict()
    plain: Weights = {}
    for name, inside, transposed in _names(model.size):
        array = state.pop(inside).float().numpy()
        array = array.T if transposed else array
        plain[name] = np.ascontiguousarray(array * (_SCALE if _is_query(name) else 1))
    for name in [name for name in state if name.startswith(READER)]:
        plain[name] = state.pop(name).float().numpy()
    assert not state, f"weights without a name in the bundle: {sorted(state)}"
    return plain


def from_plain(plain: Mapping[str, NDArray[np.floating]], size: Size) -> Nano:
    """The model whose `to_plain` gives `plain`; without a reading head there, a new one."""
    model = Nano(size)
    state: dict[str, Tensor] = {
        name: torch.from_numpy(plain[name].astype(np.float32)) if name in plain else tensor
        for name, tensor in model.state_dict().items()
        if name.startswith(READER)
    }
    for name, inside, transposed in _names(size):
        array = plain[name].astype(np.float32) / (_SCALE if _is_query(name) else 1)
        state[inside] = torch.from_numpy(np.ascontiguousarray(array.T if transposed else array))
    model.load_state_dict(state)
    return model


def save_half(model: Nano, path: Path) -> None:
    """The weights in half precision as safetensors, the sizes in its header."""
    from safetensors.numpy import save_file

    half = {name: array.astype(np.float16) for name, array in to_plain(model).items()}
    size = {key: repr(value) for key, value in model.size.plain().items()}
    save_file(half, path, metadata=size)


def load_half(path: Path) -> Nano:
    """A model written by `save_half`, in float32."""
    import ast

    from safetensors import safe_open

    with safe_open(path, framework="np") as file:
        size = {key: ast.literal_eval(value) for key, value in file.metadata().items()}
        plain = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    return from_plain(plain, Size(**size))
