"""From a checkpoint to the file of a bundle: `python -m models.hand.export LAST.pt OUT.npz`.

The encoder becomes an ONNX graph, the decoder's matrices lie beside it; all in half precision,
widened when they are read. What every step asks again is computed by the encoder once.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from inksight_cli.convert.graph.writer import Graph
from inksight_cli.pen_order.features import OWN, PAIR
from inksight_cli.pen_order.hand import ENCODER, KNOWN, MATRICES
from models.hand.network import NEVER, Hand, Layer, Size

Array = NDArray[np.float32]


def load(checkpoint: Path) -> Hand:
    """The network of a checkpoint with the mean of its weights."""
    kept = torch.load(checkpoint, weights_only=True)
    network = Hand(Size(**kept["size"]))
    network.load_state_dict(kept["mean"])
    return network.eval()


def _plain(tensor: torch.Tensor) -> Array:
    return np.asarray(tensor.detach().numpy(), np.float32)


class _Encoder:
    """Writes the encoder node by node."""

    def __init__(self, network: Hand, path: Path) -> None:
        self.network, self.graph = network, Graph(path, half=True)

    def linear(self, x: str, layer: nn.Linear) -> str:
        """`x` times the layer's matrix, plus its bias if it has one."""
        x = self.graph.op("MatMul", [x, self.graph.constant(_plain(layer.weight).T)])
        if layer.bias is None:
            return x
        return self.graph.op("Add", [x, self.graph.constant(_plain(layer.bias))])

    def two(self, x: str, layers: nn.Sequential) -> str:
        """Two linear maps, a ReLU between them."""
        first, last = layers[0], layers[2]
        assert isinstance(first, nn.Linear) and isinstance(last, nn.Linear)
        return self.linear(self.graph.op("Relu", [self.linear(x, first)]), last)

    def norm(self, x: str, layer: nn.LayerNorm) -> str:
        """The layer's norm."""
        scale, bias = (self.graph.constant(_plain(w)) for w in (layer.weight, layer.bias))
        return self.graph.op("LayerNormalization", [x, scale, bias], axis=-1, epsilon=layer.eps)

    def heads(self, x: str, each: int, *, turned: bool = False) -> str:
        """[B, S, heads * each] to [B, heads, S, each], or its last axes turned."""
        shape = self.graph.integers(0, 0, self.network.size.heads, each)
        apart = self.graph.op("Reshape", [x, shape])
        return self.graph.op("Transpose", [apart], perm=[0, 2, 3, 1] if turned else [0, 2, 1, 3])

    def layer(self, x: str, bias: str, layer: Layer) -> str:
        """One layer of the encoder."""
        graph, width = self.graph, self.network.size.width
        each = width // layer.heads
        parts = graph.split(self.linear(self.norm(x, layer.before), layer.look), 3)
        query, key, value = (self.heads(p, each, turned=k == 1) for k, p in enumerate(parts))
        scale = graph.constant(np.float32(1 / np.sqrt(each)))
        weight = graph.op("Mul", [graph.op("MatMul", [query, key]), scale])
        weight = graph.op("Softmax", [graph.op("Add", [weight, bias])], axis=-1)
        seen = graph.op("Transpose", [graph.op("MatMul", [weight, value])], perm=[0, 2, 1, 3])
        seen = graph.op("Reshape", [seen, graph.integers(0, 0, width)])
        x = graph.op("Add", [x, self.linear(seen, layer.mix)])
        more = graph.op("Relu", [self.linear(self.norm(x, layer.between), layer.up)])
        return graph.op("Add", [x, self.linear(more, layer.down)])

    def write(self) -> None:
        """Write the graph."""
        graph, network = self.graph, self.network
        own = graph.input("own", np.float32, ["words", "states", OWN])
        pair = graph.input("pair", np.float32, ["words", "states", "states", PAIR])
        there = graph.input("there", np.bool_, ["words", "states"])
        mask = graph.op("Unsqueeze", [there, graph.integers(1, 2)])
        bias = graph.op("Transpose", [self.two(pair, network.bias)], perm=[0, 3, 1, 2])
        bias = graph.op("Where", [mask, bias, graph.constant(np.float32(NEVER))])
        each_layer = graph.split(self._by_layer(bias), len(network.layers))
        x = self.two(own, network.own)
        for part, layer in zip(each_layer, network.layers, strict=True):
            assert isinstance(layer, Layer)
            x = self.layer(x, graph.op("Squeeze", [part, graph.integers(4)]), layer)
        self._outputs(self.norm(x, network.norm), pair)
        graph.save("hand")

    def _by_layer(self, bias: str) -> str:
        """[B, layers * heads, S, S] to [B, heads, S, S, layers], to be split."""
        graph, size = self.graph, self.network.size
        shape = graph.op("Shape", [bias])
        one, states = (
            graph.op("Gather", [shape, graph.integers(0)]),
            graph.op("Gather", [shape, graph.integers(2)]),
        )
        parts = [one, graph.integers(size.layers, size.heads), states, states]
        apart = graph.op("Reshape", [bias, graph.op("Concat", parts, axis=0)])
        return graph.op("Transpose", [apart], perm=[0, 2, 3, 4, 1])

    def _outputs(self, known: str, pair: str) -> None:
        """What `inksight_cli.pen_order.hand.Known` holds."""
        graph, network = self.graph, self.network
        each = network.size.width // network.size.heads
        memory = graph.op("MatMul", [known, graph.constant(_plain(network.memory.weight_ih_l0).T)])
        memory = graph.op("Add", [memory, graph.constant(_plain(network.memory.bias_ih_l0))])
        values = {
            "inputs": memory,
            "key": self.heads(self.linear(known, network.key), each, turned=True),
            "value": self.heads(self.linear(known, network.value), each),
            "answer": self.linear(known, network.answer),
            "follow": self.linear(pair, network.pair),
        }
        shapes = {"key": 4, "value": 4, "follow": 4}
        for name in KNOWN:
            graph.op("Identity", [values[name]], name=name)
            axes = shapes.get(name, 3)
            graph.output(name, np.float32, [f"{name}_{k}" for k in range(axes)])


def decoder(network: Hand) -> dict[str, Array]:
    """The decoder's matrices by the names of `MATRICES`, as [in, out]."""
    told = network.memory.weight_ih_l0
    begin = told @ network.begin + network.memory.bias_ih_l0
    stop, stop_out = network.stop[0], network.stop[2]
    tensors = {
        "begin": begin,
        "pen": network.pen.weight @ told.T,
        "memory": network.memory.weight_hh_l0.T,
        "memory_bias": network.memory.bias_hh_l0,
        "unfollowed": network.pair.bias,
        "dynamic": network.dynamic.weight.T,
        "glimpse": network.glimpse_bias.weight.T,
        "glimpse_bias": network.glimpse_bias.bias,
        "query": network.query.weight.T,
        "query_bias": network.query.bias,
        "ask": network.ask.weight.T,
        "ask_bias": network.ask.bias,
        "point": network.follow.weight.T,
        "out": network.out.weight.T,
        "out_bias": network.out.bias,
        "stop": stop.weight.T,
        "stop_bias": stop.bias,
        "stop_out": stop_out.weight.T,
        "stop_out_bias": stop_out.bias,
    }
    return {name: _plain(tensors[name]) for name in MATRICES}


def export(network: Hand, out: Path) -> None:
    """Write the file."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "encoder.onnx"
        _Encoder(network, path).write()
        graph = np.frombuffer(path.read_bytes(), np.uint8)
    halves = {name: array.astype(np.float16) for name, array in decoder(network).items()}
    np.savez_compressed(out, **{ENCODER: graph}, **halves)  # type: ignore[arg-type]


def main() -> None:
    """Read the command line and export."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("out", type=Path)
    options = parser.parse_args()
    export(load(options.checkpoint), options.out)


if __name__ == "__main__":
    main()
