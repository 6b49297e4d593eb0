"""The exported graphs, and the engine over them, answer as the PyTorch model nano trains with.

The fixture holds that model's answers (`models/training/reference.py` makes it); the weights are
made here by the same seeded function, so PyTorch is not needed.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from inksight_cli import tokens as ink
from inksight_cli.bundles import write_manifest
from inksight_cli.convert.graph import build_graphs
from inksight_cli.document import Mode
from inksight_cli.engine import Job, load_model
from models.training import vocabulary as v
from models.training.bundle import VOCABULARY, character_table, manifest_of, spec_of
from models.training.size import PATCH, Size, random_weights

FIXTURE = Path(__file__).parent.parent / "fixtures" / "nano_reference.npz"
SIZE = Size(width=64, heads=2, feed_forward=96, encoder_layers=2, decoder_layers=2, prompt_length=8)
SEED, COLUMNS, CAPACITY = 20, 13, 64
SPEC = replace(spec_of(SIZE), max_length=CAPACITY)
ASKED: list[tuple[Mode, str]] = [
    ("derender", ""),
    ("recognize-and-derender", ""),
    ("derender-with-text", "Ink"),
]


class Sessions:
    """Both graphs, and the plainest possible greedy loop over them."""

    def __init__(self, folder: Path) -> None:
        import onnxruntime as ort

        build_graphs(SPEC, random_weights(SIZE, SEED), folder)
        self.encoder = ort.InferenceSession(folder / "encoder.onnx")
        self.decoder = ort.InferenceSession(folder / "decoder.onnx")

    def encode(self, pixels: NDArray[np.uint8], row: int, prompt: NDArray[Any]) -> dict[str, Any]:
        rgb = np.repeat(pixels[None, :, :, None], 3, axis=3)
        names = [output.name for output in self.encoder.get_outputs()]
        feeds = {"pixels": rgb, "first_row": np.array([row]), "prompt": prompt[None]}
        found = dict(zip(names, self.encoder.run(None, feeds), strict=True))
        features = found["features"]
        if features.ndim == 4:
            canvas = np.zeros((1, 62, 62, features.shape[3]), np.float32)
            top = 3 + row * 4
            canvas[:, top : top + features.shape[1], 3:59] = features
            found["features"] = canvas.reshape(1, 62 * 62, -1)
        return found

    def greedy(self, encoded: dict[str, Any], steps: int) -> tuple[list[int], NDArray[Any]]:
        length = encoded["cross_key_0"].shape[2]
        cache = {
            f"past_{kind}_{i}": np.zeros((1, SIZE.heads, CAPACITY, 64), np.float32)
            for i in range(SIZE.decoder_layers)
            for kind in ("key", "value")
        }
        ids, scores = [0, 0, 0], []
        for step in range(steps):
            feeds = (
                encoded
                | cache
                | {
                    "ids": np.array([ids[-3:]]),
                    "position": np.array([step], np.int32),
                    "longest": np.array([step + 1], np.int32),
                    "cross_last": np.array([length - 1], np.int32),
                    "cross_longest": np.array([length], np.int32),
                    "allowed": np.zeros((1, 1), np.float32),
                    "top": np.array([1]),
                }
            )
            names = [output.name for output in self.decoder.get_outputs()]
            found = dict(zip(names, self.decoder.run(None, feeds), strict=True))
            for name in cache:
                cache[name] = found[name.replace("past", "present")]
            ids.append(int(found["tokens"][0, 0]))
            scores.append(found["scores"][0])
        return ids[3:], np.array(scores)


@pytest.fixture(scope="module")
def sessions(tmp_path_factory: pytest.TempPathFactory) -> Sessions:
    return Sessions(tmp_path_factory.mktemp("nano"))


@pytest.mark.parametrize("case", range(4))
def test_graphs_answer_as_pytorch_did(sessions: Sessions, case: int) -> None:
    with np.load(FIXTURE) as stored:
        pixels, row = stored[f"pixels_{case}"], int(stored[f"first_row_{case}"])
        tokens, expected = stored[f"tokens_{case}"], stored[f"scores_{case}"]
        encoded = sessions.encode(pixels, row, stored[f"prompt_{case}"])
    ids, scores = sessions.greedy(encoded, len(tokens))
    assert ids == tokens.tolist()
    np.testing.assert_allclose(scores[:, ::COLUMNS], expected, atol=2e-4)


def test_the_engine_answers_as_pytorch_did(tmp_path: Path) -> None:
    build_graphs(SPEC, random_weights(SIZE, SEED), tmp_path)
    (tmp_path / VOCABULARY).write_text(character_table().to_json(), encoding="utf-8")
    with np.load(FIXTURE) as stored:
        steps = len(stored["tokens_0"])
        manifest = manifest_of(SIZE, "test", {}, half=False)
        write_manifest(tmp_path, replace(manifest, max_length=steps))
        jobs, expected = [], {}
        for case, (mode, text) in enumerate(ASKED):
            jobs.append(_job(case, stored[f"pixels_{case}"], int(stored[f"first_row_{case}"])))
            jobs[-1] = replace(jobs[-1], mode=mode, text=text)
            expected[case] = stored[f"tokens_{case}"].tolist(), stored[f"log_probability_{case}"]
    for answer in load_model(tmp_path, threads=1, constrain=False).run(jobs):
        tokens, logs = expected[answer.key]
        assert answer.truncated
        assert answer.score == pytest.approx(logs.mean(), abs=1e-4)
        strokes = ink.decode([t - v.INK for t in tokens if v.INK <= t <= v.STROKE])
        assert len(answer.strokes) == len(strokes)
        for drawn, wanted in zip(answer.strokes, strokes, strict=True):
            np.testing.assert_array_equal(drawn, wanted)


def _job(case: int, pixels: NDArray[np.uint8], row: int) -> Job:
    canvas = np.zeros((v.CANVAS, v.CANVAS, 3), np.uint8)
    top = row * PATCH
    canvas[top : top + len(pixels)] = pixels[:, :, None]
    return Job(case, canvas, (0, top, v.CANVAS, top + len(pixels)))
