"""What a replica looks like: its sizes, and the choices that exports of this family make."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Variant:
    d: int = 16
    heads: int = 1
    head: int = 64
    ff: int = 24
    encoder_layers: int = 2
    decoder_layers: int = 2
    vit_layers: int = 2
    vit_d: int = 16
    vit_heads: int = 1
    patch: int = 16
    canvas: int = 224
    prompt_length: int = 12
    length: int = 24
    scanned: bool = True
    tied: bool = False
    scaled_logits: bool = True
    exact_gelu: bool = False
    fused: bool = False
    nested: bool = False
    image_first: bool = True
    map_head: bool = False
    targets: bool = False  # a row of zeros for the decoder, as T5X passes it
    projection: bool = False
    padding: bool = True  # prompts are padded to `prompt_length` and the padding is masked
    beams: int = 0  # 0: greedy; otherwise T5X's beam search with that many beams
    bf16: bool = False  # activations; the weights always are
    seed: int = 0
    pieces: int = 520
    inks: int = 451
    vocabulary: int = 0  # rows of the embedding; 0: as many as the tokenizer has pieces
    spread: float = 3.0  # scale of the logits: larger makes clearer decisions
    ending: float = 2.5  # factor on the end token's column, so that some answers end

    @property
    def patches(self) -> int:
        return (self.canvas // self.patch) ** 2


SMALL_P = Variant(
    d=768,
    heads=12,
    ff=2048,
    encoder_layers=12,
    decoder_layers=12,
    vit_layers=12,
    vit_d=768,
    vit_heads=12,
    prompt_length=64,
    length=1024,
    vocabulary=33_000,
    map_head=True,
    targets=True,
    beams=1,
)

VARIANTS: dict[str, dict[str, object]] = {
    "plain": {},
    "unscanned": {"scanned": False, "seed": 1},
    "tied": {"tied": True, "seed": 20, "ending": 0.5},
    "fused": {"fused": True, "seed": 3},
    "unscanned, fused, nested names": {
        "scanned": False, "fused": True, "nested": True, "seed": 4,
    },
    "text first": {"image_first": False, "seed": 5},
    "text first, no padding": {"image_first": False, "padding": False, "seed": 6},
    "no padding": {"padding": False, "seed": 7},
    "dead pooling head": {"map_head": True, "seed": 21},
    "a row for the decoder": {"targets": True, "prompt_length": 24, "seed": 24},
    "projection": {"projection": True, "vit_d": 24, "seed": 9},
    "beam of 1": {"beams": 1, "seed": 10},
    "beam of 2": {"beams": 2, "seed": 11},
    "beam of 4": {"beams": 4, "seed": 23},
    "bfloat16 activations": {"bf16": True, "seed": 13},
    "unscaled tied logits": {"tied": True, "scaled_logits": False, "seed": 14},
    "exact gelu": {"exact_gelu": True, "seed": 15},
}  # fmt: skip
