"""Write the trained network as ONNX, its weights in half precision.

    python -m models.eyes.export RUN/last.pt inksight_cli/ink/eyes.onnx

Weights are stored as float16 and widened when the file is loaded: everything is computed in
float32, on every processor alike.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import helper, numpy_helper

from models.eyes.model import Answers, Eyes

OUTPUTS = ("ink", "middle", "kind", "core")


def answers(checkpoint: Path) -> Answers:
    """Return the averaged weights of a checkpoint, rounded to half precision, ready to answer."""
    eyes = Eyes()
    saved = torch.load(checkpoint, map_location="cpu")
    eyes.load_state_dict(saved["mean"])
    with torch.no_grad():
        for weight in eyes.parameters():
            weight.copy_(weight.half().float())
    return Answers(eyes).eval()


def export(net: Answers, path: Path) -> None:
    """Write ``net`` to ``path``, whole or not at all; check it against PyTorch."""
    aside = path.with_suffix(".new")
    axes = {name: {0: "n", 2: f"{name}_h", 3: f"{name}_w"} for name in ("picture", *OUTPUTS)}
    torch.onnx.export(
        net,
        (torch.rand(1, 3, 64, 96),),
        str(aside),
        input_names=["picture"],
        output_names=list(OUTPUTS),
        dynamic_axes=axes,
        opset_version=17,
        dynamo=False,
    )
    model = onnx.load(str(aside))
    _halve(model.graph)
    onnx.checker.check_model(model)
    onnx.save(model, str(aside))
    _check(net, aside)
    aside.replace(path)


def _halve(graph: onnx.GraphProto) -> None:
    """Store large weights as float16, each widened by a Cast."""
    casts = []
    for tensor in graph.initializer:
        values = numpy_helper.to_array(tensor)
        if values.dtype != np.float32 or values.size < 64:
            continue
        name = tensor.name
        tensor.CopyFrom(numpy_helper.from_array(values.astype(np.float16), name + ".half"))
        casts.append(helper.make_node("Cast", [name + ".half"], [name], to=onnx.TensorProto.FLOAT))
    nodes = [*casts, *graph.node]
    del graph.node[:]
    graph.node.extend(nodes)


def _check(net: Answers, path: Path) -> None:
    import onnxruntime

    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    for size in ((64, 96), (192, 160)):
        picture = torch.rand(2, 3, *size)
        with torch.no_grad():
            wanted = net(picture)
        got = session.run(list(OUTPUTS), {"picture": picture.numpy()})
        for a, b in zip(wanted, got, strict=True):
            assert np.abs(a.numpy() - b).max() < 5e-3, np.abs(a.numpy() - b).max()


def main() -> None:
    """Export a checkpoint."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("onnx", type=Path)
    options = parser.parse_args()
    export(answers(options.checkpoint), options.onnx)


if __name__ == "__main__":
    main()
