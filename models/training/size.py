"""The sizes of a model and the shapes of its weights in a bundle; needs no PyTorch."""

from __future__ import annotations

import itertools
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from models.training import vocabulary as v

PATCH = 16
GRID = v.CANVAS // PATCH
CELL = 4
CELLS = v.CANVAS // CELL
WINDOW = 7
BUCKETS, FURTHEST = 32, 128
LONGEST, LONGEST_TEXT = 360, 30
"""Most ink tokens and most characters of a training word."""


@dataclass(frozen=True)
class Size:
    """What can be chosen; the rest of the architecture is fixed."""

    width: int = 256
    heads: int = 4
    feed_forward: int = 640
    encoder_layers: int = 4
    decoder_layers: int = 4
    stem: tuple[int, int, int] = (32, 64, 128)
    prompt_length: int = 48
    vocabulary: int = v.SIZE

    def plain(self) -> dict[str, object]:
        """As plain data for checkpoints and manifests."""
        return asdict(self)


def shapes(size: Size) -> dict[str, tuple[int, ...]]:
    """Every weight of a bundle by name; matrices as [in, out]."""
    d, inner, wide = size.width, size.heads * 64, size.feed_forward
    channels = (1, *size.stem, d)
    named: dict[str, tuple[int, ...]] = {}
    for i, (a, b) in enumerate(itertools.pairwise(channels)):
        named |= {f"stem.{i}.weight": (b, a, 3, 3), f"stem.{i}.bias": (b,)}
    named |= {
        "patch_position": (GRID * GRID, d),
        "prompt_position": (size.prompt_length, d),
        "embedding": (size.vocabulary, d),
        "encoder.norm": (d,),
        "decoder.norm": (d,),
        "decoder.bias": (BUCKETS, size.heads),
        "glimpse.weight": (WINDOW * WINDOW * size.stem[1], d),
        "glimpse.none": (d,),
        "glimpse.x": (v.COORDINATES, d),
        "glimpse.y": (v.COORDINATES, d),
        "logits": (d, size.vocabulary),
        "relative": (d, 2 * v.CANVAS + 1),
    }
    feed = {"ff_norm": (d,), "wi_0": (d, wide), "wi_1": (d, wide), "wo": (wide, d)}
    attend = {"q": (d, inner), "k": (d, inner), "v": (d, inner), "o": (inner, d)}
    crossed = {f"cross_{name}": shape for name, shape in attend.items()}
    encoder = {"attention_norm": (d,)} | attend | feed
    decoder = {"self_norm": (d,), "cross_norm": (d,)} | attend | crossed | feed
    for i in range(size.encoder_layers):
        named |= {f"encoder.{i}.{name}": shape for name, shape in encoder.items()}
    for i in range(size.decoder_layers):
        named |= {f"decoder.{i}.{name}": shape for name, shape in decoder.items()}
    return named


def random_weights(size: Size, seed: int) -> dict[str, NDArray[np.float32]]:
    """Weights for tests: of a scale that keeps answers varied, the same on every machine."""
    rng = np.random.Generator(np.random.PCG64(seed))
    weights = {}
    for name, shape in sorted(shapes(size).items()):
        if len(shape) == 1 and "norm" in name:
            array = rng.uniform(0.5, 1.5, shape)
        elif name in ("embedding", "glimpse.x", "glimpse.y", "patch_position", "prompt_position"):
            array = rng.uniform(-1, 1, shape)
        else:
            fan = int(np.prod(shape[1:])) if name.startswith("stem") else shape[0]
            array = rng.uniform(-1, 1, shape) * (3 / fan) ** 0.5
        weights[name] = array.astype(np.float32)
    return weights
