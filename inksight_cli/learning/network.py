"""A reader's graph as a network of PyTorch, and back: the same numbers, in the same order.

The graph is that of `models/reader/export.py`: convolutions (norms folded into them), blocks over
columns, a GRU both ways, a map to symbols.
"""

from __future__ import annotations

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import numpy_helper
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from inksight_cli.errors import ModelError
from inksight_cli.reading.network import STRIDE

STRIDES = ((2, 2), (2, 2), (2, 1))
_BLOCK, _AROUND = 9, 15  # arrays of a block; of all the rest
Array = NDArray[np.float32]


def constants(graph: bytes) -> list[Array]:
    """Return the weights of a reader's graph in their order."""
    model = onnx.load_from_string(graph)
    return [numpy_helper.to_array(each).astype(np.float32) for each in _weights(model)]


def _weights(model: onnx.ModelProto) -> list[onnx.TensorProto]:
    real = (onnx.TensorProto.FLOAT, onnx.TensorProto.FLOAT16)
    return [each for each in model.graph.initializer if each.data_type in real]


def rewritten(graph: bytes, arrays: list[Array]) -> bytes:
    """Return a reader's graph with other weights, perhaps for more symbols."""
    model = onnx.load_from_string(graph)
    for each, array in zip(_weights(model), arrays, strict=True):
        kind = onnx.helper.tensor_dtype_to_np_dtype(each.data_type)
        each.CopyFrom(numpy_helper.from_array(np.ascontiguousarray(array, kind), each.name))
    symbols = model.graph.output[0].type.tensor_type.shape.dim[2]
    symbols.dim_value = len(arrays[-1])
    return bytes(model.SerializeToString())


class Network(nn.Module):
    """Pictures of ink to log-probabilities of symbols, as `ReaderModel` gives them.

    Args:
        arrays: of `constants`.

    Raises:
        ModelError: they are none of a reader that can be tuned.
    """

    def __init__(self, arrays: list[Array], dropout: float = 0.1) -> None:
        super().__init__()
        if len(arrays) < _AROUND or (len(arrays) - _AROUND) % _BLOCK:
            raise ModelError("This reader cannot be tuned: its graph is another one.")
        weights = [torch.from_numpy(np.array(each)) for each in arrays]
        self.stem = nn.ParameterList(weights[:8])
        self.blocks = nn.ParameterList(weights[8:-7])
        self.head = nn.ParameterList(weights[-4:])
        self.memory = _memory(weights[-7:-4])
        self.dropout = dropout

    def forward(self, x: Tensor, widths: Tensor) -> tuple[Tensor, Tensor]:
        """Return (B, T, symbols) log-probabilities of (B, 1, H, W), and the columns of each."""
        lengths = torch.div(widths + STRIDE - 1, STRIDE, rounding_mode="floor")
        stem, blocks, head = list(self.stem), list(self.blocks), list(self.head)
        for step, stride in enumerate(STRIDES):
            x = F.relu(F.conv2d(x, stem[2 * step], stem[2 * step + 1], stride, 1))
            x = x * _within(2 * lengths if step == 0 else lengths, x.shape[3])[:, None, None]
        x = x.permute(0, 3, 1, 2).flatten(2) @ stem[6] + stem[7]
        own = _within(lengths, x.shape[1])[..., None]
        for first in range(0, len(blocks), _BLOCK):
            x = self._block(x, own, blocks[first : first + _BLOCK])
        packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
        seen, _ = pad_packed_sequence(self.memory(packed)[0], True, 0.0, x.shape[1])
        x = F.layer_norm(x + seen, x.shape[-1:], head[0], head[1])
        return F.log_softmax(x @ head[2] + head[3], -1), lengths

    def _block(self, x: Tensor, own: Tensor, weights: list[Tensor]) -> Tensor:
        look, bias, scale, shift, up, up_bias, down, down_bias, gain = weights
        y = (x * own).transpose(1, 2)
        y = F.conv1d(y, look, bias, padding=look.shape[2] // 2, groups=len(look)).transpose(1, 2)
        y = F.layer_norm(y, y.shape[-1:], scale, shift)
        y = gain * (F.relu(y @ up + up_bias) @ down + down_bias)
        return x + F.dropout(y, self.dropout, self.training)

    def arrays(self) -> list[Array]:
        """Return the weights in the graph's order."""
        own = [*self.stem, *self.blocks]
        kinds = [
            np.stack([_swapped(_plain(getattr(self.memory, f"weight_{k}_l0{w}"))) for w in WAYS])
            for k in KINDS
        ]
        bias = [
            np.concatenate(
                [_swapped(_plain(getattr(self.memory, f"bias_{k}_l0{w}"))) for k in KINDS]
            )
            for w in WAYS
        ]
        return [*map(_plain, own), *kinds, np.stack(bias), *map(_plain, self.head)]


WAYS, KINDS = ("", "_reverse"), ("ih", "hh")


def _within(lengths: Tensor, longest: int) -> Tensor:
    return (torch.arange(longest)[None] < lengths[:, None]).float()


def _plain(tensor: Tensor) -> Array:
    return np.asarray(tensor.detach().numpy(), np.float32)


def _swapped(gates: Array) -> Array:
    """ONNX stacks update, reset, new; PyTorch reset, update, new: the same step both ways."""
    first, second, new = np.split(gates, 3)
    return np.concatenate([second, first, new])


def _memory(weights: list[Tensor]) -> nn.GRU:
    shape = weights[0].shape
    gru = nn.GRU(shape[2], shape[1] // 3, batch_first=True, bidirectional=True)
    state = {}
    for way, name in enumerate(WAYS):
        biases = np.split(weights[2][way].numpy(), 2)
        for k, kind in enumerate(KINDS):
            state[f"weight_{kind}_l0{name}"] = torch.from_numpy(_swapped(weights[k][way].numpy()))
            state[f"bias_{kind}_l0{name}"] = torch.from_numpy(_swapped(biases[k]))
    gru.load_state_dict(state)
    return gru


def with_more(arrays: list[Array], count: int) -> list[Array]:
    """Return weights for ``count`` symbols more, none of them likely yet."""
    *rest, weight, bias = arrays
    more = np.zeros((len(weight), count), np.float32)
    low = np.full(count, bias.min(), np.float32)
    return [*rest, np.concatenate([weight, more], axis=1), np.concatenate([bias, low])]
