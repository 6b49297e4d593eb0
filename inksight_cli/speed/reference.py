"""The same model in PyTorch: Hugging Face transformers' MT5, and the layers of its ViT.

An independent opinion for tests, and what ``inksight bench --compare`` races against. Needs
torch and transformers (extra ``bench``). The ViT's class token is left out, as in Small-p.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inksight_cli.convert.graph import ModelSpec, Weights
from inksight_cli.errors import MissingBackendError

_VIT_NAMES = {
    "attention.q_proj": "q",
    "attention.k_proj": "k",
    "attention.v_proj": "v",
    "attention.o_proj": "o",
    "attention.attention.query": "q",
    "attention.attention.key": "k",
    "attention.attention.value": "v",
    "attention.output.dense": "o",
    "mlp.fc1": "mlp1",
    "mlp.fc2": "mlp2",
    "intermediate.dense": "mlp1",
    "output.dense": "mlp2",
    "layernorm_before": "norm1",
    "layernorm_after": "norm2",
}


def need_torch() -> Any:  # noqa: ANN401 (a module)
    """Return ``torch``, with transformers known to be there.

    Raises:
        MissingBackendError: one of them is not installed.
    """
    try:
        import torch
        import transformers  # noqa: F401
    except ImportError as error:
        raise MissingBackendError(
            "Comparing with PyTorch needs torch and transformers.",
            "pip install 'inksight-cli[bench]'",
        ) from error
    return torch


class Reference:
    """A ViT model of `spec` in PyTorch, in evaluation mode, float32 on the CPU.

    Args:
        spec: vision ``vit``, shared bias tables, untied scores.
        weights: by the bundle's plain names.
    """

    def __init__(self, spec: ModelSpec, weights: Weights) -> None:
        self.torch = need_torch()
        self._layers = self._vision(spec, weights)
        self.t5 = self._t5(spec, weights)
        self._patch = [self._tensor(weights["vit.patch.weight"]), self._position(weights)]
        self._norm = [self._tensor(weights[f"vit.norm.{part}"]) for part in ("scale", "bias")]

    def to(self, kind: str) -> Reference:
        """Convert to another floating type, e.g. ``bfloat16``."""
        dtype = getattr(self.torch, kind)
        self._layers, self.t5 = self._layers.to(dtype), self.t5.to(dtype)
        self._patch = [tensor.to(dtype) for tensor in self._patch]
        self._norm = [tensor.to(dtype) for tensor in self._norm]
        return self

    def encode(self, pixels: NDArray[np.uint8], prompts: NDArray[np.int64]) -> Any:  # noqa: ANN401
        """Encoder states (B, 196 + P, D) of pictures (B, 224, 224, 3) and prompts (B, P)."""
        torch = self.torch
        count = len(pixels)
        tiles = pixels.reshape(count, 14, 16, 14, 16, 3).transpose(0, 1, 3, 2, 4, 5)
        tiles = tiles.reshape(count, 196, 768)
        with torch.inference_mode():
            x = self._tensor((tiles / 127.5 - 1).astype(np.float32)).to(self._patch[0].dtype)
            x = x @ self._patch[0] + self._patch[1]
            for layer in self._layers:
                x = layer(x)
                x = x[0] if isinstance(x, tuple) else x
            x = torch.nn.functional.layer_norm(x, x.shape[-1:], *self._norm, 1e-6)
            words = self.t5.shared(torch.from_numpy(prompts))
            return self.t5.encoder(inputs_embeds=torch.cat([x, words], 1)).last_hidden_state

    def scores(self, states: Any, ids: NDArray[np.int64]) -> NDArray[np.float32]:  # noqa: ANN401
        """Scores (B, T, V) of the next token after every one of `ids` (B, T), without a cache."""
        with self.torch.inference_mode():
            forced = self.torch.from_numpy(ids)
            out = self.t5(encoder_outputs=(states,), decoder_input_ids=forced, use_cache=False)
        scores: NDArray[np.float32] = out.logits.float().numpy()
        return scores

    def generate(self, states: Any, tokens: int) -> NDArray[np.int64]:  # noqa: ANN401
        """Greedy answers of exactly `tokens` tokens by transformers' own ``generate``."""
        from transformers.modeling_outputs import BaseModelOutput

        with self.torch.inference_mode():
            made = self.t5.generate(
                encoder_outputs=BaseModelOutput(last_hidden_state=states),
                max_new_tokens=tokens,
                min_new_tokens=tokens,
                do_sample=False,
                use_cache=True,
            )
        answers: NDArray[np.int64] = made[:, 1:].numpy()
        return answers

    def _tensor(self, array: NDArray[Any]) -> Any:  # noqa: ANN401
        return self.torch.from_numpy(np.ascontiguousarray(array))

    def _position(self, weights: Weights) -> Any:  # noqa: ANN401
        bias = weights.get("vit.patch.bias", np.float32(0))
        return self._tensor(weights["vit.position"] + bias)

    def _fill(self, module: Any, values: Mapping[str, NDArray[np.float32]]) -> None:  # noqa: ANN401
        """Load arrays into a module; every parameter must be named."""
        state = {name: self._tensor(value) for name, value in values.items()}
        missing, unexpected = module.load_state_dict(state, strict=False, assign=True)
        missing = [name for name in missing if "embed_tokens" not in name]
        assert not missing and not unexpected, (missing, unexpected)

    def _vision(self, spec: ModelSpec, weights: Weights) -> Any:  # noqa: ANN401
        from transformers import ViTConfig
        from transformers.models.vit.modeling_vit import ViTLayer

        config = ViTConfig(
            hidden_size=spec.vit_width,
            num_attention_heads=spec.vit_heads,
            intermediate_size=len(weights["vit.0.mlp1.bias"]),
            hidden_act="gelu_pytorch_tanh",
            layer_norm_eps=1e-6,
            attn_implementation="sdpa",
        )
        with self.torch.device("meta"):  # every weight is given: drawing others takes minutes
            layers = [ViTLayer(config) for _ in range(spec.vit_layers)]
        for i, layer in enumerate(layers):
            values = {}
            for name in layer.state_dict():
                module, _, part = name.rpartition(".")
                ours = f"vit.{i}.{_VIT_NAMES[module]}"
                if "norm" in ours:
                    values[name] = weights[f"{ours}.{'scale' if part == 'weight' else part}"]
                else:
                    values[name] = weights[f"{ours}.{part}"].T
            self._fill(layer, values)
        return self.torch.nn.ModuleList(layers).eval()

    def _t5(self, spec: ModelSpec, weights: Weights) -> Any:  # noqa: ANN401
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
        with self.torch.device("meta"):
            model = MT5ForConditionalGeneration(config).eval()
            # Some versions tie the output matrix to the embedding whatever the configuration says.
            model.lm_head = self.torch.nn.Linear(spec.width, spec.vocabulary, bias=False)
        values = {
            "shared.weight": weights["embedding"],
            "encoder.embed_tokens.weight": weights["embedding"],
            "decoder.embed_tokens.weight": weights["embedding"],
            "lm_head.weight": weights["logits"].T,
        }
        for half, count in (("encoder", spec.encoder_layers), ("decoder", spec.decoder_layers)):
            first = f"{half}.block.0.layer.0.SelfAttention.relative_attention_bias.weight"
            values[first] = weights[f"{half}.bias"]
            values[f"{half}.final_layer_norm.weight"] = weights[f"{half}.norm"]
            for i in range(count):
                values |= _t5_layer(weights, half, i)
        self._fill(model, values)
        model.generation_config.eos_token_id = None
        return model


def _t5_layer(weights: Weights, half: str, i: int) -> dict[str, NDArray[np.float32]]:
    """One block of transformers' T5 under its own names."""
    theirs, ours = f"{half}.block.{i}.layer", f"{half}.{i}"
    decoder = half == "decoder"
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
