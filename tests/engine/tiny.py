"""A bundle of a few hundred kilobytes with seeded weights: the whole engine on toy numbers."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from inksight_cli.bundles import (
    Bundle,
    CharacterVocabulary,
    Manifest,
    Variant,
    open_bundle,
    write_manifest,
)
from inksight_cli.convert.graph import ModelSpec, build_graphs
from inksight_cli.engine import Job

INK = 3
CHARACTERS = "abcdefghijklmnopqrstuvwxyz "
SPECIAL = {"<derender>": 454, "<recognize_and_derender>": 455}
VOCABULARY = 456 + len(CHARACTERS)
CHANNELS = (2, 4, 4, 64)

SPEC = ModelSpec(
    vision="stem",
    width=64,
    heads=1,
    feed_forward=32,
    encoder_layers=1,
    decoder_layers=2,
    vocabulary=VOCABULARY,
    max_length=48,
    prompt_length=8,
    glimpse=True,
    relative_head=True,
    ink_first=INK,
)


def tiny_weights(seed: int = 7, end: float = 1.7) -> dict[str, np.ndarray]:
    """Seeded weights; `end` scales the end token's scores (answers of many lengths)."""
    rng = np.random.Generator(np.random.PCG64(seed))

    def normal(*shape: int) -> np.ndarray:
        return rng.normal(0, shape[0] ** -0.5, shape).astype(np.float32)

    d, f = SPEC.width, SPEC.feed_forward
    weights = {
        "patch_position": normal(196, d) * 8,
        "prompt_position": normal(SPEC.prompt_length, d) * 8,
        "embedding": normal(VOCABULARY, d) * 20,
        "decoder.bias": normal(32, SPEC.heads),
        "logits": normal(d, VOCABULARY),
        "relative": normal(d, 449),
        "glimpse.weight": normal(49 * CHANNELS[1], d),
        "glimpse.none": normal(d),
        "glimpse.x": normal(225, d) * 8,
        "glimpse.y": normal(225, d) * 8,
    }
    weights["logits"][:, 1] *= end
    before = 1
    for i, after in enumerate(CHANNELS):
        spread = (9 * before) ** -0.5
        weights[f"stem.{i}.weight"] = rng.normal(0, spread, (after, before, 3, 3))
        weights[f"stem.{i}.bias"] = normal(after)
        before = after
    for half, layers, norms, attentions in (
        ("encoder", SPEC.encoder_layers, ("attention_norm", "ff_norm"), ("",)),
        ("decoder", SPEC.decoder_layers, ("self_norm", "cross_norm", "ff_norm"), ("", "cross_")),
    ):
        weights[f"{half}.norm"] = np.ones(d)
        for i in range(layers):
            weights |= {f"{half}.{i}.{norm}": np.ones(d) for norm in norms}
            for prefix in attentions:
                weights |= {f"{half}.{i}.{prefix}{part}": normal(d, 64) for part in "kvo"}
                weights[f"{half}.{i}.{prefix}q"] = normal(d, 64) / 4
            for name, shape in {"wi_0": (d, f), "wi_1": (d, f), "wo": (f, d)}.items():
                weights[f"{half}.{i}.{name}"] = normal(*shape)
    return {name: array.astype(np.float32) for name, array in weights.items()}


def tiny_manifest(**changes: object) -> Manifest:
    """The manifest that goes with `SPEC`."""
    fields = {
        "name": "tiny",
        "revision": "1",
        "family": "nano",
        "vocabulary": VOCABULARY,
        "ink_first": INK,
        "max_length": SPEC.max_length,
        "prompt_length": SPEC.prompt_length,
        "tokenizer": "characters",
        "tokenizer_file": "vocabulary.json",
        "crop_rows": True,
        "prompts": {
            "derender": "<derender>",
            "recognize-and-derender": "<recognize_and_derender>",
            "derender-with-text": "<derender>{text}",
        },
        "variants": {"fp32": Variant(encoder="encoder.onnx", decoder="decoder.onnx")},
    }
    return Manifest(**{**fields, **changes})


def tiny_bundle(folder: Path, *, seed: int = 7, end: float = 1.7, **changes: object) -> Bundle:
    """Build and write the bundle."""
    folder.mkdir(parents=True, exist_ok=True)
    build_graphs(SPEC, tiny_weights(seed, end), folder)
    vocabulary = CharacterVocabulary(CHARACTERS, 456, SPECIAL, 2)
    (folder / "vocabulary.json").write_text(vocabulary.to_json(), encoding="utf-8")
    write_manifest(folder, tiny_manifest(**changes))
    return open_bundle(folder)


def tiny_jobs(count: int, seed: int = 0, **fields: object) -> list[Job]:
    """Crops of seeded bars on paper, of several heights."""
    rng = np.random.Generator(np.random.PCG64(seed))
    jobs = []
    for key in range(count):
        pixels = np.zeros((224, 224, 3), np.uint8)
        top = int(rng.integers(0, 100))
        bottom = top + int(rng.choice([30, 60, 110]))
        pixels[top:bottom] = 230
        for _ in range(5):
            y, x = rng.integers(top, bottom - 4), rng.integers(0, 200)
            pixels[y : y + 4, x : x + 24] = 20
        length = int(rng.integers(1, 100))
        jobs.append(Job(key, pixels, (0, top, 224, bottom), expected_length=length, **fields))
    return jobs
