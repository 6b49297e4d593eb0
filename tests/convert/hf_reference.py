"""An independent opinion: the toy model in Hugging Face transformers' own ViT and MT5.

``python tests/convert/hf_reference.py`` (needs torch and transformers) writes the fixture that
lets the comparison run where they are not installed.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

FIXTURE = Path(__file__).parent.parent / "fixtures" / "small_reference.npz"
COLUMNS = 17


def _fill(module: Any, values: Mapping[str, np.ndarray]) -> None:
    """Load arrays into a module; every parameter must be named."""
    import torch

    state = {name: torch.from_numpy(np.ascontiguousarray(v)) for name, v in values.items()}
    missing, unexpected = module.load_state_dict(state, strict=False)
    missing = [name for name in missing if "embed_tokens" not in name]
    assert not missing and not unexpected, (missing, unexpected)


def _vision(spec: Any, weights: Mapping[str, np.ndarray], mlp: int) -> Any:
    """The layers and the last norm of transformers' ViT (its class token is left out)."""
    import torch
    from transformers import ViTConfig
    from transformers.models.vit.modeling_vit import ViTLayer

    config = ViTConfig(
        hidden_size=spec.vit_width,
        num_attention_heads=spec.vit_heads,
        intermediate_size=mlp,
        hidden_act="gelu_pytorch_tanh",
        layer_norm_eps=1e-6,
        attn_implementation="eager",
    )
    layers = torch.nn.ModuleList(ViTLayer(config) for _ in range(spec.vit_layers)).eval()
    ours = {"q": "q_proj", "k": "k_proj", "v": "v_proj", "o": "o_proj"}
    old = {"q": "attention.query", "k": "attention.key", "v": "attention.value"}
    for i, layer in enumerate(layers):
        names = set(dict(layer.named_parameters()))
        new = any("q_proj" in name for name in names)
        values = {}
        for part in "qkvo":
            fragment = ours[part] if new else old.get(part, "attention.output.dense")
            target = next(n[:-7] for n in names if fragment in n and n.endswith(".weight"))
            values[f"{target}.weight"] = weights[f"vit.{i}.{part}.weight"].T
            values[f"{target}.bias"] = weights[f"vit.{i}.{part}.bias"]
        for norm, theirs in (("norm1", "layernorm_before"), ("norm2", "layernorm_after")):
            values[f"{theirs}.weight"] = weights[f"vit.{i}.{norm}.scale"]
            values[f"{theirs}.bias"] = weights[f"vit.{i}.{norm}.bias"]
        for part, fragments in (
            ("mlp1", ("fc1", "intermediate.dense")),
            ("mlp2", ("fc2", "output.dense")),
        ):
            target = next(
                n[:-7]
                for n in names
                if n.endswith(".weight")
                and any(f in n for f in fragments)
                and n.split(".")[0] != "attention"
            )
            values[f"{target}.weight"] = weights[f"vit.{i}.{part}.weight"].T
            values[f"{target}.bias"] = weights[f"vit.{i}.{part}.bias"]
        _fill(layer, values)
    return layers


def _t5(spec: Any, weights: Mapping[str, np.ndarray]) -> Any:
    import torch
    from transformers import MT5Config, MT5ForConditionalGeneration

    config = MT5Config(
        vocab_size=spec.vocabulary,
        d_model=spec.width,
        d_kv=64,
        d_ff=spec.feed_forward,
        num_layers=spec.encoder_layers,
        num_decoder_layers=spec.decoder_layers,
        num_heads=spec.heads,
        feed_forward_proj="gated-gelu",
        tie_word_embeddings=False,
        decoder_start_token_id=0,
        eos_token_id=None,
        pad_token_id=0,
    )
    model = MT5ForConditionalGeneration(config).eval()
    # Some versions tie the output matrix to the embedding whatever the configuration says.
    model.lm_head = torch.nn.Linear(spec.width, spec.vocabulary, bias=False)
    values = {
        "shared.weight": weights["embedding"],
        "encoder.embed_tokens.weight": weights["embedding"],
        "decoder.embed_tokens.weight": weights["embedding"],
        "lm_head.weight": weights["logits"].T,
    }
    for half, layers in (("encoder", spec.encoder_layers), ("decoder", spec.decoder_layers)):
        first = f"{half}.block.0.layer.0.SelfAttention.relative_attention_bias.weight"
        values[first] = weights[f"{half}.bias"]
        values[f"{half}.final_layer_norm.weight"] = weights[f"{half}.norm"]
        for i in range(layers):
            values |= _block(f"{half}.block.{i}.layer", f"{half}.{i}", weights, half == "decoder")
    _fill(model, values)
    return model


def _block(
    theirs: str, ours: str, weights: Mapping[str, np.ndarray], decoder: bool
) -> dict[str, np.ndarray]:
    norm = "self_norm" if decoder else "attention_norm"
    values = {f"{theirs}.0.layer_norm.weight": weights[f"{ours}.{norm}"]}
    for part in "qkvo":
        values[f"{theirs}.0.SelfAttention.{part}.weight"] = weights[f"{ours}.{part}"].T
        if decoder:
            cross = weights[f"{ours}.cross_{part}"].T
            values[f"{theirs}.1.EncDecAttention.{part}.weight"] = cross
    last = 2 if decoder else 1
    if decoder:
        values[f"{theirs}.1.layer_norm.weight"] = weights[f"{ours}.cross_norm"]
    values[f"{theirs}.{last}.layer_norm.weight"] = weights[f"{ours}.ff_norm"]
    for part in ("wi_0", "wi_1", "wo"):
        values[f"{theirs}.{last}.DenseReluDense.{part}.weight"] = weights[f"{ours}.{part}"].T
    return values


def scores_of(
    spec: Any,
    weights: Mapping[str, np.ndarray],
    mlp: int,
    pixels: np.ndarray,
    prompt: tuple[int, ...],
    ids: np.ndarray,
) -> np.ndarray:
    """Scores of the next token after every one of `ids` (T,): (T, V), without any cache.

    Args:
        spec, weights, mlp: the model; pixels: (224, 224, 3) uint8; prompt: ids.
    """
    import torch

    with torch.no_grad():
        tiles = pixels.reshape(14, 16, 14, 16, 3).transpose(0, 2, 1, 3, 4).reshape(1, 196, 768)
        x = torch.from_numpy((tiles / 127.5 - 1).astype(np.float32))
        x = x @ torch.from_numpy(weights["vit.patch.weight"])
        x = x + torch.from_numpy(weights["vit.patch.bias"] + weights["vit.position"])
        for layer in _vision(spec, weights, mlp):
            x = layer(x)
            x = x[0] if isinstance(x, tuple) else x
        gain, bias = (torch.from_numpy(weights[f"vit.norm.{p}"]) for p in ("scale", "bias"))
        x = torch.nn.functional.layer_norm(x, x.shape[-1:], gain, bias, 1e-6)
        model = _t5(spec, weights)
        words = model.shared(torch.tensor([prompt]))
        encoded = model.encoder(inputs_embeds=torch.cat([x, words], 1)).last_hidden_state
        forced = torch.from_numpy(ids)[None]
        out = model(encoder_outputs=(encoded,), decoder_input_ids=forced, use_cache=False)
    return out.logits[0].numpy()


def main() -> None:
    """Write the fixture."""
    from small_model import MLP, PROMPTS, SPEC, small_answer, small_pixels, small_weights

    stored = {}
    for i, prompt in enumerate(PROMPTS):
        scores = scores_of(SPEC, small_weights(), MLP, small_pixels(i), prompt, small_answer(i))
        stored |= {
            f"best_{i}": scores.argmax(-1).astype(np.int32),
            f"scores_{i}": scores[:, ::COLUMNS],
        }
        sys.stdout.write(f"{prompt}: {len(set(scores.argmax(-1)))} different best tokens\n")
    np.savez_compressed(FIXTURE, **stored)


if __name__ == "__main__":
    main()
