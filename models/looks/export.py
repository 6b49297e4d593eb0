"""From weights to the file of the product: `python -m models.looks.export RUN.pt OUT.npz`.

The graph is written node by node, norms folded into the convolutions, matrices in half precision.
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
from inksight_cli.looks.drawing import HEIGHT
from inksight_cli.looks.network import KINDS
from models.looks.network import Block, Looks

Norm = nn.BatchNorm1d | nn.BatchNorm2d


def _plain(tensor: torch.Tensor) -> NDArray[np.float32]:
    return np.asarray(tensor.detach().numpy(), np.float32)


class _Writer:
    def __init__(self, network: Looks, path: Path) -> None:
        self.network, self.graph = network, Graph(path, half=True)

    def conv(self, x: str, layer: nn.Conv1d | nn.Conv2d, norm: Norm | None = None) -> str:
        """A convolution, with its norm where it has one."""
        weight, bias = layer.weight, layer.bias
        if norm is not None:
            assert norm.running_var is not None and norm.running_mean is not None
            gain = norm.weight / torch.sqrt(norm.running_var + norm.eps)
            weight = weight * gain.reshape(-1, *[1] * (weight.ndim - 1))
            bias = norm.bias - norm.running_mean * gain
        assert bias is not None
        inputs = [x, self.graph.constant(_plain(weight)), self.graph.constant(_plain(bias))]
        return self.graph.op(
            "Conv",
            inputs,
            strides=list(layer.stride),
            pads=[*layer.padding, *layer.padding],
            group=layer.groups,
        )

    def relu(self, x: str) -> str:
        """The larger of ``x`` and nought."""
        return self.graph.op("Relu", [x])

    def block(self, x: str, mask: str, block: Block) -> str:
        """One look along the columns."""
        y = self.relu(self.conv(x, block.look, block.norm))
        y = self.relu(self.conv(y, block.mix))
        return self.graph.op("Add", [x, self.graph.op("Mul", [y, mask])])

    def write(self) -> None:
        """Write the graph."""
        graph, network = self.graph, self.network
        x = graph.input("pictures", np.float32, ["lines", 1, HEIGHT, "width"])
        own = graph.input("own", np.float32, ["lines", "columns"])
        each = graph.op("Unsqueeze", [own, graph.integers(2)])
        twice = graph.op("Concat", [each, each], axis=2)
        finer = graph.op("Reshape", [twice, graph.integers(0, -1)])
        flat = [graph.op("Unsqueeze", [m, graph.integers(1, 2)]) for m in (finer, own)]
        stem = zip(network.stem, network.norms, (flat[0], flat[1], flat[1]), strict=True)
        for layer, norm, mask in stem:
            assert isinstance(layer, nn.Conv2d) and isinstance(norm, nn.BatchNorm2d)
            x = graph.op("Mul", [self.relu(self.conv(x, layer, norm)), mask])
        x = graph.op("Reshape", [x, graph.integers(0, network.out.in_channels, -1)])
        mask = graph.op("Unsqueeze", [own, graph.integers(1)])
        x = graph.op("Mul", [self.relu(self.conv(x, network.out)), mask])
        for block in network.blocks:
            assert isinstance(block, Block)
            x = self.block(x, mask, block)
        graph.op("LogSoftmax", [self.answer(x, mask)], name="logs", axis=-1)
        graph.output("logs", np.float32, ["lines", KINDS])
        graph.save("looks")

    def answer(self, x: str, mask: str) -> str:
        """The columns weighed, and all alike, then every kind's score."""
        graph, network = self.graph, self.network
        beyond = graph.op("Sub", [mask, graph.constant(np.float32(1))])
        away = graph.op("Mul", [beyond, graph.constant(np.float32(1e4))])
        weight = graph.op("Add", [self.conv(x, network.weigh), away])
        weight = graph.op("Softmax", [weight], axis=2)
        count = graph.op("ReduceSum", [mask, graph.integers(2)], keepdims=1)
        even = graph.op("Div", [mask, count])
        parts = [
            graph.op("ReduceSum", [graph.op("Mul", [x, w]), graph.integers(2)], keepdims=0)
            for w in (weight, even)
        ]
        seen = graph.op("Concat", parts, axis=1)
        scores = graph.op("MatMul", [seen, graph.constant(_plain(network.answer.weight).T)])
        return graph.op("Add", [scores, graph.constant(_plain(network.answer.bias))])


def export(network: Looks, out: Path) -> None:
    """Write the file that `inksight_cli.looks.network` reads."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "looks.onnx"
        _Writer(network.eval(), path).write()
        np.savez_compressed(out, graph=np.frombuffer(path.read_bytes(), np.uint8))


def main() -> None:
    """Read the command line and export."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("weights", type=Path)
    parser.add_argument("out", type=Path)
    options = parser.parse_args()
    network = Looks()
    network.load_state_dict(torch.load(options.weights, weights_only=True))
    export(network, options.out)


if __name__ == "__main__":
    main()
