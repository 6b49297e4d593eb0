"""A toy model of Small-p's architecture: seeded weights that NumPy makes the same anywhere."""

from __future__ import annotations

import numpy as np

from inksight_cli.convert.graph import ModelSpec

SPEC = ModelSpec(
    vision="vit",
    width=64,
    heads=2,
    feed_forward=96,
    encoder_layers=2,
    decoder_layers=3,
    vocabulary=500,
    max_length=200,
    prompt_length=16,
    vit_width=64,
    vit_heads=1,
    vit_layers=2,
    ink_first=40,
)
MLP = 128
PROMPTS = ((7, 3, 11, 1), (5, 9, 300, 2, 8, 1))
STEPS = 160  # beyond 128, where T5's distances stop to grow


def small_weights(seed: int = 3) -> dict[str, np.ndarray]:
    """All weights, spread so that scores depend on picture, prompt and history."""
    rng = np.random.Generator(np.random.PCG64(seed))
    spec = SPEC

    def normal(*shape: int, spread: float = 1.0) -> np.ndarray:
        return (rng.normal(0, 1, shape) * spread * shape[0] ** -0.5).astype(np.float32)

    def scale(size: int) -> np.ndarray:
        return rng.uniform(0.5, 1.5, size).astype(np.float32)

    d, inner, f, vit = spec.width, spec.inner, spec.feed_forward, spec.vit_width
    weights = {
        "vit.patch.weight": normal(768, vit),
        "vit.patch.bias": normal(vit),
        "vit.position": normal(196, vit, spread=8),
        "vit.norm.scale": scale(vit),
        "vit.norm.bias": normal(vit),
        "embedding": normal(spec.vocabulary, d, spread=20),
        "encoder.bias": normal(32, spec.heads, spread=4),
        "decoder.bias": normal(32, spec.heads, spread=4),
        "encoder.norm": scale(d),
        "decoder.norm": scale(d),
        "logits": normal(d, spec.vocabulary),
    }
    for i in range(spec.vit_layers):
        for norm in ("norm1", "norm2"):
            weights |= {f"vit.{i}.{norm}.scale": scale(vit), f"vit.{i}.{norm}.bias": normal(vit)}
        for part in "qkvo":
            weights[f"vit.{i}.{part}.weight"] = normal(vit, vit)
            weights[f"vit.{i}.{part}.bias"] = normal(vit)
        weights[f"vit.{i}.mlp1.weight"], weights[f"vit.{i}.mlp1.bias"] = (
            normal(vit, MLP),
            scale(MLP),
        )
        weights[f"vit.{i}.mlp2.weight"], weights[f"vit.{i}.mlp2.bias"] = (
            normal(MLP, vit),
            scale(vit),
        )
    for half, layers in (("encoder", spec.encoder_layers), ("decoder", spec.decoder_layers)):
        prefixes = ("",) if half == "encoder" else ("", "cross_")
        norms = {"": "attention_norm" if half == "encoder" else "self_norm", "cross_": "cross_norm"}
        for i in range(layers):
            for prefix in prefixes:
                weights[f"{half}.{i}.{norms[prefix]}"] = scale(d)
                weights[f"{half}.{i}.{prefix}q"] = normal(d, inner, spread=0.3)
                weights |= {f"{half}.{i}.{prefix}{part}": normal(d, inner) for part in "kv"}
                weights[f"{half}.{i}.{prefix}o"] = normal(inner, d)
            weights[f"{half}.{i}.ff_norm"] = scale(d)
            weights |= {f"{half}.{i}.wi_{n}": normal(d, f) for n in range(2)}
            weights[f"{half}.{i}.wo"] = normal(f, d)
    return weights


def small_pixels(index: int) -> np.ndarray:
    """A seeded picture, (224, 224, 3) uint8."""
    rng = np.random.Generator(np.random.PCG64(100 + index))
    coarse = rng.integers(0, 256, (14, 14, 3))
    noise = rng.integers(-20, 20, (224, 224, 3))
    return np.clip(np.kron(coarse, np.ones((16, 16, 1))) + noise, 0, 255).astype(np.uint8)


def small_answer(index: int) -> np.ndarray:
    """A seeded answer to feed back, beginning with the start token, (STEPS,) int64."""
    rng = np.random.Generator(np.random.PCG64(200 + index))
    return np.concatenate([[0], rng.integers(2, SPEC.vocabulary, STEPS - 1)])
