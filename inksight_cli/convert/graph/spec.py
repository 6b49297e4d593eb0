"""What a model looks like: the sizes and switches the graph builder needs beside the weights."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from inksight_cli.errors import ModelError

Weights = Mapping[str, NDArray[np.float32]]

CANVAS = 224
PATCH = 16
GRID = CANVAS // PATCH
HEAD = 64
BUCKETS = 32
FURTHEST = 128
CELL = 4
CELLS = CANVAS // CELL
WINDOW = 7
BORDERED = CELLS + 2 * (WINDOW // 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSpec:
    """Sizes and switches of one model of the family image encoder + T5 encoder and decoder.

    Attributes:
        vision: ``vit`` (InkSight's) or ``stem`` (nano's four convolutions of stride 2).
        width: of the T5 part (D); heads of 64 each; feed_forward: the gated layer's width (F).
        encoder_layers, decoder_layers: of the T5 part.
        vocabulary: number of token ids (V).
        max_length: longest answer in tokens; prompt_length: longest prompt.
        vit_width, vit_heads, vit_layers: of the vision transformer.
        image_first: patches before the prompt in the encoder.
        patch_offset: position of the first patch when the prompt comes first and its trainer
            padded it to a fixed length; None when it followed the prompt directly.
        tied_logits: the output matrix is the embedding, scaled by 1/sqrt(D).
        exact_gelu: the error function instead of the tanh approximation.
        glimpse: features around the pen join the decoder's input.
        relative_head: scores of movements are added to those of coordinates.
        ink_first: id of ink token 0 (x = 0).
    """

    vision: Literal["vit", "stem"]
    width: int
    heads: int
    feed_forward: int
    encoder_layers: int
    decoder_layers: int
    vocabulary: int
    max_length: int
    prompt_length: int
    vit_width: int = 768
    vit_heads: int = 12
    vit_layers: int = 12
    image_first: bool = True
    patch_offset: int | None = None
    tied_logits: bool = False
    exact_gelu: bool = False
    glimpse: bool = False
    relative_head: bool = False
    ink_first: int = 0

    @property
    def context(self) -> int:
        """How many of the last tokens a decoder step looks at directly."""
        return 3 if self.glimpse or self.relative_head else 1

    @property
    def inner(self) -> int:
        """Width of all heads together."""
        return self.heads * HEAD


SMALL_P = ModelSpec(
    vision="vit",
    width=768,
    heads=12,
    feed_forward=2048,
    encoder_layers=12,
    decoder_layers=12,
    vocabulary=32_768,
    max_length=1024,
    prompt_length=128,
)
"""The shape of InkSight Small-p as far as public sources tell it."""


class Named(Mapping[str, NDArray[np.float32]]):
    """Weights by name that remember what was read, so that nothing is dropped silently."""

    def __init__(self, weights: Weights) -> None:
        self._weights = weights
        self._read: set[str] = set()

    def __getitem__(self, name: str) -> NDArray[np.float32]:
        if name not in self._weights:
            raise ModelError(f"The weights lack {name!r}.")
        self._read.add(name)
        return np.asarray(self._weights[name], dtype=np.float32)

    def __iter__(self) -> Iterator[str]:
        return iter(self._weights)

    def __len__(self) -> int:
        return len(self._weights)

    def __contains__(self, name: object) -> bool:
        return name in self._weights

    def shaped(self, name: str, *shape: int) -> NDArray[np.float32]:
        """The weight `name`, which must have `shape`.

        Raises:
            ModelError: it is missing or shaped otherwise.
        """
        array = self[name]
        if array.shape != shape:
            raise ModelError(f"The weight {name!r} has shape {array.shape}, not {shape}.")
        return array

    def packed(self, names: list[str], rows: int, columns: int) -> NDArray[np.float32]:
        """Matrices of [rows, columns] side by side: one product instead of several."""
        return np.concatenate([self.shaped(name, rows, columns) for name in names], axis=1)

    def unread(self) -> list[str]:
        """Names nobody asked for."""
        return sorted(set(self._weights) - self._read)
