"""How a bundle of nano describes itself: graph sizes, character table, manifest; no PyTorch."""

from __future__ import annotations

from typing import Any

from inksight_cli.bundles import CharacterVocabulary, Manifest, Variant
from inksight_cli.convert.graph import ModelSpec
from models.training import vocabulary as v
from models.training.size import LONGEST, LONGEST_TEXT, Size

VOCABULARY = "characters.json"
PEN_ORDER = "pen_order.npz"
MAX_LENGTH = LONGEST + LONGEST_TEXT + 2


def spec_of(size: Size) -> ModelSpec:
    """The graph builder's description of a model of `size`."""
    return ModelSpec(
        vision="stem",
        width=size.width,
        heads=size.heads,
        feed_forward=size.feed_forward,
        encoder_layers=size.encoder_layers,
        decoder_layers=size.decoder_layers,
        vocabulary=size.vocabulary,
        max_length=MAX_LENGTH,
        prompt_length=size.prompt_length,
        glimpse=True,
        relative_head=True,
        ink_first=v.INK,
    )


def character_table() -> CharacterVocabulary:
    """How the bundle writes text."""
    special = {word: v.PROMPT0 + i for i, word in enumerate(v.PROMPTS)}
    return CharacterVocabulary(v.CHARACTERS, v.CHARACTER0, special, v.UNKNOWN)


def manifest_of(
    size: Size, revision: str, measured: dict[str, Any], *, half: bool, pen_order: str = ""
) -> Manifest:
    """The manifest without its files."""
    derender, both, _ = v.PROMPTS
    precision = "fp16" if half else "fp32"
    return Manifest(
        name="nano",
        revision=revision,
        family="nano",
        vocabulary=size.vocabulary,
        ink_first=v.INK,
        start=v.START,
        end=v.END,
        max_length=MAX_LENGTH,
        prompt_length=size.prompt_length,
        crop_rows=True,
        # Measured: fewer wrong turns with the ink rules (benchmarks/results/ink_quality.json).
        constrain=True,
        pen_order=pen_order,
        # Measured for 0.4: of the characters 37 and 28 % are wrong; RapidOCR gets 16 % wrong.
        reads=False,
        prompts={
            "derender": derender,
            "recognize-and-derender": both,
            "derender-with-text": derender + "{text}",
        },
        tokenizer="characters",
        tokenizer_file=VOCABULARY,
        variants={precision: Variant(encoder="encoder.onnx", decoder="decoder.onnx")},
        precision=precision,
        licence="Apache-2.0",
        training_data="UNIPEN train_r01_v07 (CC BY 4.0 per Zenodo 10.5281/zenodo.1195803); EMS "
        "single-line fonts (SIL OFL); see MODEL_CARD.md",
        source="models/training",
        measured=measured,
    )
