"""From a checkpoint to a file of weights: `python -m models.reader.export RUN/last.pt OUT.npz`.

The graph is written node by node, with norms of the convolutions folded into them and matrices
in half precision, widened when they are read.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from inksight_cli.convert.graph.writer import Graph
from inksight_cli.reading.drawing import HEIGHT
from models.reader.network import Block, Reader, Size

Array = NDArray[np.float32]


def load(checkpoint: Path) -> tuple[Reader, str, dict[str, Any]]:
    """The network of a checkpoint with the mean of its weights, its symbols, how far it is."""
    kept = torch.load(checkpoint, weights_only=True)
    network = Reader(Size(**{k: tuple(v) if k == "stem" else v for k, v in kept["size"].items()}))
    network.load_state_dict(kept["mean"])
    return network.eval(), kept["symbols"], {"words": kept["words"], "step": kept["step"]}


def _plain(tensor: torch.Tensor) -> Array:
    return np.asarray(tensor.detach().numpy(), np.float32)


class _Writer:
    """Writes the network node by node."""

    def __init__(self, network: Reader, path: Path, half: bool) -> None:
        self.network, self.graph = network, Graph(path, half=half)

    def linear(self, x: str, layer: nn.Linear) -> str:
        """`x` times the layer's matrix, plus its bias."""
        x = self.graph.op("MatMul", [x, self.graph.constant(_plain(layer.weight).T)])
        return self.graph.op("Add", [x, self.graph.constant(_plain(layer.bias))])

    def norm(self, x: str, layer: nn.LayerNorm) -> str:
        """The layer's norm."""
        scale, bias = (self.graph.constant(_plain(w)) for w in (layer.weight, layer.bias))
        return self.graph.op("LayerNormalization", [x, scale, bias], axis=-1, epsilon=layer.eps)

    def folded(self, x: str, layer: nn.Conv2d, norm: nn.BatchNorm2d) -> str:
        """A convolution and its norm as one, then a ReLU."""
        gain = norm.weight / torch.sqrt(norm.running_var + norm.eps)
        weight = _plain(layer.weight * gain[:, None, None, None])
        bias = _plain(norm.bias - norm.running_mean * gain)
        inputs = [x, self.graph.constant(weight), self.graph.constant(bias)]
        strides = list(layer.stride)
        return self.graph.op(
            "Relu", [self.graph.op("Conv", inputs, strides=strides, pads=[1, 1, 1, 1])]
        )

    def block(self, x: str, own: str, block: Block) -> str:
        """One block over columns."""
        graph, width = self.graph, self.network.size.width
        y = graph.op("Transpose", [graph.op("Mul", [x, own])], perm=[0, 2, 1])
        weight, bias = _plain(block.look.weight), _plain(block.look.bias)
        reach = weight.shape[2]
        y = graph.op(
            "Conv",
            [y, graph.constant(weight), graph.constant(bias)],
            group=width,
            pads=[reach // 2, reach // 2],
        )
        y = self.norm(graph.op("Transpose", [y], perm=[0, 2, 1]), block.norm)
        y = self.linear(graph.op("Relu", [self.linear(y, block.up)]), block.down)
        return graph.op("Add", [x, graph.op("Mul", [y, graph.constant(_plain(block.gain))])])

    def memory(self, x: str, lengths: str) -> str:
        """The recurrent layer, both ways."""
        graph, gru = self.graph, self.network.memory
        weights = [
            np.stack([_gates(_plain(getattr(gru, f"weight_{kind}_l0{way}"))) for way in WAYS])
            for kind in ("ih", "hh")
        ]
        bias = np.stack(
            [
                np.concatenate([_gates(_plain(getattr(gru, f"bias_{k}_l0{way}"))) for k in KINDS])
                for way in WAYS
            ]
        )
        turned = graph.op("Transpose", [x], perm=[1, 0, 2])
        constants = [graph.constant(array) for array in (*weights, bias)]
        seen = graph.op(
            "GRU",
            [turned, *constants, lengths],
            direction="bidirectional",
            hidden_size=gru.hidden_size,
            linear_before_reset=1,
        )
        apart = graph.op("Transpose", [seen], perm=[2, 0, 1, 3])
        return graph.op("Reshape", [apart, graph.integers(0, 0, 2 * gru.hidden_size)])

    def write(self) -> None:
        """Write the graph."""
        graph, network = self.graph, self.network
        x = graph.input("pictures", np.float32, ["words", 1, HEIGHT, "width"])
        own = graph.input("own", np.float32, ["words", "columns"])
        finer = graph.input("finer", np.float32, ["words", "twice"])
        lengths = graph.input("lengths", np.int32, ["words"])
        masks = [
            graph.op("Unsqueeze", [m, graph.integers(1, 2)]) for m in (finer, own, own)
        ]  # fmt: skip
        stem = network.stem
        for layer, norm, mask in zip(stem.layers, stem.norms, masks, strict=True):
            x = graph.op("Mul", [self.folded(x, layer, norm), mask])  # type: ignore[arg-type]
        x = graph.op("Transpose", [x], perm=[0, 3, 1, 2])
        x = graph.op("Reshape", [x, graph.integers(0, 0, stem.out.in_features)])
        x = self.linear(x, stem.out)
        column = graph.op("Unsqueeze", [own, graph.integers(2)])
        for block in network.blocks:
            assert isinstance(block, Block)
            x = self.block(x, column, block)
        x = graph.op("Add", [x, self.memory(x, lengths)])
        scores = self.linear(self.norm(x, network.norm), network.out)
        graph.op("LogSoftmax", [scores], name="scores", axis=-1)
        graph.output("scores", np.float32, ["words", "columns", network.size.symbols])
        graph.save("reader")


WAYS = ("", "_reverse")
KINDS = ("ih", "hh")


def _gates(stacked: Array) -> Array:
    """PyTorch stacks reset, update, new; ONNX update, reset, new."""
    reset, update, new = np.split(stacked, 3)
    return np.concatenate([update, reset, new])


def export(
    network: Reader, symbols: str, about: dict[str, Any], out: Path, *, half: bool = True
) -> None:
    """Write the file that `inksight_cli.reading.network` reads."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "reader.onnx"
        _Writer(network, path, half).write()
        graph = np.frombuffer(path.read_bytes(), np.uint8)
    np.savez_compressed(
        out, graph=graph, symbols=np.array(symbols), about=np.array(json.dumps(about))
    )


def main() -> None:
    """Read the command line and export."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--name", default="reader")
    options = parser.parse_args()
    network, symbols, how_far = load(options.checkpoint)
    export(network, symbols, {"name": options.name, **how_far}, options.out)


if __name__ == "__main__":
    main()
