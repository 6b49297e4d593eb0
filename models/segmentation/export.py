r"""Write the network as ONNX, batch normalisation folded in, and its weights to go on from.

python -m models.segmentation.export RUN/last.pt inksight_cli/detectors/embedded/words.onnx \
        --keep models/segmentation/words.safetensors
"""

from __future__ import annotations

import argparse
import io
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from models.segmentation.model import Segmenter
from models.segmentation.train import weights_of


class Shipped(nn.Module):
    """(1, 1, H, W) ink 0..1 -> (2, H/2, W/2) probabilities."""

    def __init__(self, model: Segmenter) -> None:
        """Wrap a trained network."""
        super().__init__()
        self.model = model

    def forward(self, ink: Tensor) -> Tensor:
        """See the class."""
        return self.model(ink).sigmoid()[0]


def folded(module: nn.Module) -> nn.Module:
    """Fold every batch normalisation into the convolution before it."""
    for name, child in module.named_children():
        folded(child)
        if (
            isinstance(child, nn.Sequential)
            and len(child) > 1
            and isinstance(child[1], nn.BatchNorm2d)
        ):
            setattr(module, name, nn.Sequential(fuse_conv_bn_eval(child[0], child[1]), nn.ReLU()))
    return module


def main() -> int:
    """Read the weights, write the graph."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("weights", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--keep", type=Path, help="where the weights go, in halves")
    arguments = parser.parse_args()
    model = Segmenter()
    model.load_state_dict(weights_of(arguments.weights))
    if arguments.keep:
        halves = {name: value.half() for name, value in model.state_dict().items()}
        save_file(halves, arguments.keep)
    shipped = Shipped(folded(model.eval())).eval()
    stream = io.BytesIO()
    torch.onnx.export(
        shipped,
        (torch.zeros(1, 1, 256, 320),),
        stream,
        input_names=["ink"],
        output_names=["maps"],
        dynamic_axes={"ink": {2: "height", 3: "width"}, "maps": {1: "half", 2: "half_width"}},
        opset_version=17,
        dynamo=False,
    )
    part = arguments.out.with_suffix(".part")
    part.write_bytes(stream.getvalue())
    part.replace(arguments.out)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
