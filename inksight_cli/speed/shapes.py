"""Bundles with random weights of a real model's exact shape: speed without the weights."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
from platformdirs import user_cache_path

from inksight_cli.bundles import Bundle, CharacterVocabulary, Manifest, Variant, open_bundle
from inksight_cli.bundles.manifest import MANIFEST, write_manifest
from inksight_cli.convert.graph import SMALL_P, ModelSpec, build_graphs
from inksight_cli.convert.quantise import quantise_bundle
from inksight_cli.errors import UsageError

PROMPT = "Derender the ink."  # 8 ids: about what SentencePiece makes of it
_PROMPT_IDS = 8
_MLP = 3072
_CHARACTERS = "".join(map(chr, range(32, 127)))


def cache_folder() -> Path:
    """Where random bundles are kept: the user's cache."""
    return user_cache_path("inksight", appauthor=False) / "benchmark"


def shaped_bundle(shape: str, precisions: list[str], folder: Path | None = None) -> Bundle:
    """A bundle of random weights, built on first use and kept.

    Args:
        shape: ``small-p``.
        precisions: graphs it must have.
        folder: where to keep it; None = the user's cache.

    Raises:
        UsageError: there is no such shape.
        MissingBackendError: the package ``onnx`` is not installed.
    """
    if shape != "small-p":
        raise UsageError(f"The shape {shape!r} is unknown; there is small-p.")
    place = (folder or cache_folder()) / shape
    if not (place / MANIFEST).is_file():
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        build_graphs(SMALL_P, small_p_weights(SMALL_P), place)
        ids = CharacterVocabulary(_CHARACTERS, 600, {PROMPT[: -_PROMPT_IDS + 1]: 599}, 2)
        (place / "vocabulary.json").write_text(ids.to_json(), encoding="utf-8")
        write_manifest(place, _manifest(SMALL_P))
    bundle = open_bundle(place)
    for precision in precisions:
        if precision not in bundle.manifest.variants:
            bundle = quantise_bundle(bundle, precision, place, default=False)
    return bundle


def _manifest(spec: ModelSpec) -> Manifest:
    prompts = {
        "derender": PROMPT,
        "recognize-and-derender": PROMPT,
        "derender-with-text": PROMPT + "{text}",
    }
    return Manifest(
        name="small-p-random",
        revision="1",
        family="small-p",
        vocabulary=spec.vocabulary,
        ink_first=spec.ink_first,
        max_length=spec.max_length,
        prompt_length=spec.prompt_length,
        tokenizer="characters",
        tokenizer_file="vocabulary.json",
        prompts=prompts,  # type: ignore[arg-type]
        variants={"fp32": Variant(encoder="encoder.onnx", decoder="decoder.onnx")},
        source="random weights of InkSight Small-p's shape: for speed only",
    )


def small_p_weights(spec: ModelSpec, seed: int = 0) -> dict[str, np.ndarray]:
    """Random float32 weights for a ViT model, scaled so that activations stay of order one."""
    rng = np.random.default_rng(seed)

    def normal(rows: int, *columns: int) -> np.ndarray:
        values: np.ndarray = rng.standard_normal((rows, *columns), dtype=np.float32)
        values *= rows**-0.5
        return values

    d, inner, f, vit = spec.width, spec.inner, spec.feed_forward, spec.vit_width
    ones, zeros = np.ones(d, np.float32), np.zeros
    weights = {
        "vit.patch.weight": normal(768, vit),
        "vit.position": normal(196, vit),
        "vit.norm.scale": np.ones(vit, np.float32),
        "vit.norm.bias": zeros(vit, np.float32),
        "embedding": normal(spec.vocabulary, d) * 100,
        "logits": normal(d, spec.vocabulary),
        "encoder.norm": ones,
        "decoder.norm": ones,
        "encoder.bias": normal(32, spec.heads),
        "decoder.bias": normal(32, spec.heads),
    }
    for i in range(spec.vit_layers):
        for norm in ("norm1", "norm2"):
            weights[f"vit.{i}.{norm}.scale"] = np.ones(vit, np.float32)
            weights[f"vit.{i}.{norm}.bias"] = zeros(vit, np.float32)
        for name, shape in {
            **dict.fromkeys("qkv", (vit, spec.vit_heads * 64)),
            "o": (spec.vit_heads * 64, vit),
            "mlp1": (vit, _MLP),
            "mlp2": (_MLP, vit),
        }.items():
            weights[f"vit.{i}.{name}.weight"] = normal(*shape)
            weights[f"vit.{i}.{name}.bias"] = zeros(shape[1], np.float32)
    for half, layers, norms, prefixes in (
        ("encoder", spec.encoder_layers, ("attention_norm", "ff_norm"), ("",)),
        ("decoder", spec.decoder_layers, ("self_norm", "cross_norm", "ff_norm"), ("", "cross_")),
    ):
        for i in range(layers):
            layer = f"{half}.{i}"
            weights |= {f"{layer}.{norm}": ones for norm in norms}
            for prefix in prefixes:
                weights[f"{layer}.{prefix}q"] = normal(d, inner) / 8
                weights |= {f"{layer}.{prefix}{part}": normal(d, inner) for part in "kv"}
                weights[f"{layer}.{prefix}o"] = normal(inner, d)
            weights |= {f"{layer}.wi_{n}": normal(d, f) for n in range(2)}
            weights[f"{layer}.wo"] = normal(f, d)
    return weights
