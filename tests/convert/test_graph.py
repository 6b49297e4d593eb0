"""The ONNX builder against Hugging Face transformers' ViT and MT5 with the same weights."""

from __future__ import annotations

import importlib.util
import warnings
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from inksight_cli.convert.graph import ModelSpec, build_graphs
from inksight_cli.convert.graph.layers import buckets
from inksight_cli.errors import ModelError
from tests.convert.hf_reference import COLUMNS, FIXTURE, scores_of
from tests.convert.small_model import (
    PROMPTS,
    SPEC,
    small_answer,
    small_pixels,
    small_weights,
)


class Loop:
    """The plainest greedy loop over two built graphs, one row, caches copied at every step."""

    def __init__(self, folder: Path, spec: ModelSpec) -> None:
        import onnxruntime as ort

        self.spec = spec
        self.encoder = ort.InferenceSession(folder / "encoder.onnx")
        self.decoder = ort.InferenceSession(folder / "decoder.onnx")
        self.names = [item.name for item in self.decoder.get_outputs()]

    def encode(self, pixels: np.ndarray, prompt: tuple[int, ...]) -> dict[str, np.ndarray]:
        names = [item.name for item in self.encoder.get_outputs()]
        feeds = {"pixels": pixels[None], "prompt": np.array([prompt])}
        return dict(zip(names, self.encoder.run(None, feeds), strict=True))

    def scores(self, cross: dict[str, np.ndarray], ids: np.ndarray) -> np.ndarray:
        """Scores (T, V) of the next token after every one of `ids`, step by step."""
        caches = {
            f"past_{kind}_{i}": np.zeros((1, self.spec.heads, len(ids), 64), np.float32)
            for kind in ("key", "value")
            for i in range(self.spec.decoder_layers)
        }
        encoded = cross["cross_key_0"].shape[2]
        scores = []
        for step, token in enumerate(ids):
            feeds = {
                "ids": np.array([[token]]),
                "position": np.array([step], np.int32),
                "longest": np.array([step + 1], np.int32),
                "cross_last": np.array([encoded - 1], np.int32),
                "cross_longest": np.array([encoded], np.int32),
                "allowed": np.zeros((1, 1), np.float32),
                "top": np.array([2]),
            }
            results = self.decoder.run(None, feeds | caches | cross)
            found = dict(zip(self.names, results, strict=True))
            caches = {name: found[name.replace("past", "present")] for name in caches}
            scores.append(found["scores"][0])
            check_candidates(found)
        return np.array(scores)


def check_candidates(found: dict[str, np.ndarray]) -> None:
    """The returned tokens and log-probabilities are those of the scores."""
    scores = found["scores"][0].astype(np.float64)
    logs = scores - np.log(np.exp(scores).sum())
    best = np.argsort(-logs, kind="stable")[:2]
    assert found["tokens"][0].tolist() == best.tolist()
    np.testing.assert_allclose(found["log_probabilities"][0], logs[best], atol=1e-4)


@pytest.fixture(scope="module")
def loop(tmp_path_factory: pytest.TempPathFactory) -> Loop:
    folder = tmp_path_factory.mktemp("small")
    build_graphs(SPEC, small_weights(), folder)
    return Loop(folder, SPEC)


@pytest.mark.parametrize("case", range(len(PROMPTS)))
def test_scores_as_transformers_did(loop: Loop, case: int) -> None:
    stored = np.load(FIXTURE)
    scores = loop.scores(loop.encode(small_pixels(case), PROMPTS[case]), small_answer(case))
    assert scores.argmax(-1).tolist() == stored[f"best_{case}"].tolist()
    assert np.abs(scores[:, ::COLUMNS] - stored[f"scores_{case}"]).max() < 1e-4


@pytest.mark.skipif(
    importlib.util.find_spec("transformers") is None, reason="transformers is not installed"
)
def test_scores_as_transformers_does(loop: Loop) -> None:
    answer = small_answer(9)[:40]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = scores_of(small_pixels(9), (4, 1), answer)
    scores = loop.scores(loop.encode(small_pixels(9), (4, 1)), answer)
    assert scores.argmax(-1).tolist() == expected.argmax(-1).tolist()
    assert np.abs(scores - expected).max() < 1e-4


def test_prompt_before_the_picture_with_padding_between(tmp_path: Path) -> None:
    """A trainer that pads the prompt moves the patches; ours counts positions instead."""
    padded = replace(SPEC, image_first=False, patch_offset=SPEC.prompt_length)
    build_graphs(padded, small_weights(), tmp_path)
    apart = Loop(tmp_path, padded).encode(small_pixels(0), PROMPTS[0])
    build_graphs(replace(SPEC, image_first=False), small_weights(), tmp_path)
    together = Loop(tmp_path, SPEC).encode(small_pixels(0), PROMPTS[0])
    assert np.abs(apart["cross_key_0"] - together["cross_key_0"]).max() > 1e-2
    full = tuple(range(2, 2 + SPEC.prompt_length))
    build_graphs(padded, small_weights(), tmp_path)
    apart = Loop(tmp_path, padded).encode(small_pixels(0), full)
    build_graphs(replace(SPEC, image_first=False), small_weights(), tmp_path)
    together = Loop(tmp_path, SPEC).encode(small_pixels(0), full)
    assert np.array_equal(apart["cross_key_0"], together["cross_key_0"])


def test_bias_tables_per_layer_are_the_shared_one_when_equal(loop: Loop, tmp_path: Path) -> None:
    weights = small_weights()
    for half, layers in (("encoder", SPEC.encoder_layers), ("decoder", SPEC.decoder_layers)):
        table = weights.pop(f"{half}.bias")
        weights |= {f"{half}.{i}.bias": table for i in range(layers)}
    build_graphs(SPEC, weights, tmp_path)
    own = Loop(tmp_path, SPEC)
    scores = [
        each.scores(each.encode(small_pixels(0), PROMPTS[0]), small_answer(0)[:20])
        for each in (loop, own)
    ]
    assert np.array_equal(*scores)


def test_tied_scores_are_the_embedding_scaled(tmp_path: Path) -> None:
    weights = small_weights()
    weights["logits"] = weights["embedding"].T / np.float32(SPEC.width**0.5)
    build_graphs(SPEC, weights, tmp_path)
    expected = Loop(tmp_path, SPEC)
    answer = small_answer(0)[:10]
    untied = expected.scores(expected.encode(small_pixels(0), PROMPTS[0]), answer)
    del weights["logits"]
    spec = replace(SPEC, tied_logits=True)
    build_graphs(spec, weights, tmp_path)
    tied = Loop(tmp_path, spec)
    scores = tied.scores(tied.encode(small_pixels(0), PROMPTS[0]), answer)
    assert np.array_equal(scores, untied)


def test_external_and_half_precision_constants(
    loop: Loop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = small_answer(0)[:10]
    expected = loop.scores(loop.encode(small_pixels(0), PROMPTS[0]), answer)
    monkeypatch.setattr("inksight_cli.convert.graph._LARGE", 0)
    written = build_graphs(SPEC, small_weights(), tmp_path)
    assert [path.name for path in written if path.suffix == ".data"]
    outside = Loop(tmp_path, SPEC)
    scores = outside.scores(outside.encode(small_pixels(0), PROMPTS[0]), answer)
    assert np.array_equal(scores, expected)
    build_graphs(SPEC, small_weights(), tmp_path, half=True)
    halved = Loop(tmp_path, SPEC)
    scores = halved.scores(halved.encode(small_pixels(0), PROMPTS[0]), answer)
    assert 0 < np.abs(scores - expected).max() < 0.1


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"encoder.0.q": None}, "lack 'encoder.0.q'"),
        ({"logits": np.zeros((3, 4), np.float32)}, r"'logits' has shape \(3, 4\)"),
        ({"encoder.9.q": np.zeros((3, 4), np.float32)}, "not part of the model: encoder.9.q"),
    ],
)
def test_wrong_weights_are_named(tmp_path: Path, change: dict[str, Any], said: str) -> None:
    weights = {k: v for k, v in (small_weights() | change).items() if v is not None}
    with pytest.raises(ModelError, match=said):
        build_graphs(SPEC, weights, tmp_path)


def test_buckets_of_t5() -> None:
    """Values worked out by hand from the paper's rule."""
    far = np.array([0, 1, 15, 16, 31, 63, 127, 128, 1000])
    assert buckets(far, causal=True).tolist() == [0, 1, 15, 16, 21, 26, 31, 31, 31]
    assert buckets(-far, causal=True).tolist() == [0] * 9
    near = np.array([0, 1, 7, 8, 16, 32, 64, 128])
    assert buckets(near, causal=False).tolist() == [0, 1, 7, 8, 10, 12, 14, 15]
    assert buckets(-near, causal=False).tolist() == [0, 17, 23, 24, 26, 28, 30, 31]
