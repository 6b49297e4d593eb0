"""From a checkpoint to the bundle: `python -m models.training.export CHECKPOINT models/nano`.

Writes both graphs, the character table, the manifest, and the weights in half precision
(`nano.safetensors`) from which the next training can go on. The graphs hold half-precision
matrices too; they are widened when loaded and all arithmetic is float32.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

from inksight_cli.bundles import CharacterVocabulary, Manifest, Variant, write_manifest
from inksight_cli.convert.graph import ModelSpec, build_graphs
from models.training import vocabulary as v
from models.training.checkpoints import load_model
from models.training.samples import LONGEST, LONGEST_TEXT
from models.training.size import Size
from models.training.weights import save_half, to_plain

VOCABULARY = "characters.json"
WEIGHTS = "nano.safetensors"
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


def manifest_of(size: Size, revision: str, measured: dict[str, Any], *, half: bool) -> Manifest:
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
        prompts={
            "derender": derender,
            "recognize-and-derender": both,
            "derender-with-text": derender + "{text}",
        },
        tokenizer="characters",
        tokenizer_file=VOCABULARY,
        variants={
            "fp16" if half else "fp32": Variant(encoder="encoder.onnx", decoder="decoder.onnx")
        },
        precision="fp16" if half else "fp32",
        licence="Apache-2.0",
        training_data="UNIPEN train_r01_v07 (CC BY 4.0 per Zenodo 10.5281/zenodo.1195803); EMS "
        "single-line fonts (SIL OFL); see MODEL_CARD.md",
        source="models/training",
        measured=measured,
    )


def export(
    checkpoint: Path, folder: Path, revision: str, measured: dict[str, Any], *, half: bool
) -> None:
    """Build everything aside and put it into `folder`; other files there stay."""
    model = load_model(checkpoint)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        aside = Path(name)
        build_graphs(spec_of(model.size), to_plain(model), aside, half=half)
        (aside / VOCABULARY).write_text(character_table().to_json(), encoding="utf-8")
        write_manifest(aside, manifest_of(model.size, revision, measured, half=half))
        for file in aside.iterdir():
            shutil.copyfile(file, folder / file.name)
    save_half(model, folder / WEIGHTS)


def main() -> None:
    """Read the command line and export."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--revision", default="0.1")
    parser.add_argument("--measured", type=Path, help="JSON of quality figures for the manifest")
    parser.add_argument("--full", action="store_true", help="float32 matrices in the graphs")
    options = parser.parse_args()
    measured = json.loads(options.measured.read_text()) if options.measured else {}
    export(options.checkpoint, options.folder, options.revision, measured, half=not options.full)


if __name__ == "__main__":
    main()
