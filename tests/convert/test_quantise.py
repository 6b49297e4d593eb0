"""8-bit weights: rounding within its bound, answers close, rows independent."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inksight_cli.bundles import Bundle
from inksight_cli.convert.cost import Recorder, measure_cost
from inksight_cli.convert.graph import build_graphs
from inksight_cli.convert.matrices import BLOCK, pack_blocks, pack_columns
from inksight_cli.convert.quantise import quantise_bundle
from inksight_cli.engine import load_model
from inksight_cli.engine.caches import row_bytes
from inksight_cli.engine.request import make_request
from inksight_cli.errors import UsageError
from tests.engine.tiny import SPEC, tiny_bundle, tiny_jobs, tiny_weights

JOBS = tiny_jobs(16)
PRECISIONS = ("w8", "int8", "w8-kv8", "int8-kv8")


@pytest.fixture(scope="module")
def quantised(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    folder = tmp_path_factory.mktemp("quantised")
    bundle = tiny_bundle(folder / "tiny")
    for precision in PRECISIONS:
        bundle = quantise_bundle(bundle, precision, folder / "cheap", default=False)
    return bundle


@given(st.integers(1, 3 * BLOCK), st.integers(1, 5), st.integers(0, 2**32 - 1))
def test_every_weight_is_within_half_a_step(rows: int, columns: int, seed: int) -> None:
    weight = np.random.default_rng(seed).normal(0, 1, (rows, columns)).astype(np.float32)
    weight[:, 0] = 0
    packed, scales = pack_blocks(weight)
    back = (packed.astype(np.float32) - 128) * scales[:, :, None]
    back = back.reshape(columns, -1)[:, :rows].T
    step = np.repeat(scales, BLOCK, axis=1)[:, :rows].T
    assert (np.abs(back - weight) <= step * 0.5001 + 1e-9).all()
    data, steps = pack_columns(weight)
    assert (np.abs(data * steps - weight) <= steps * 0.5001 + 1e-9).all()


def test_bundle_keeps_its_exact_graphs(quantised: Bundle) -> None:
    quantised.check(hashes=True)
    assert set(quantised.manifest.variants) == {"fp32", *PRECISIONS}
    assert quantised.manifest.precision == "fp32"
    sizes = {name: file.bytes for name, file in quantised.manifest.files.items()}
    assert sizes["decoder.w8.onnx"] < sizes["decoder.onnx"]
    assert sizes["decoder.int8.onnx"] < sizes["decoder.onnx"]


@pytest.mark.parametrize("precision", PRECISIONS)
def test_cost_is_told(quantised: Bundle, precision: str) -> None:
    """The toy is chaotic: only first tokens must survive, the report must add up."""
    cost = measure_cost(quantised, precision, JOBS)
    assert cost.words == len(JOBS)
    assert 0 < cost.same <= cost.close <= cost.words
    assert cost.tokens[0] == sum(a.tokens for a in load_model(quantised).run(JOBS))
    assert abs(cost.score) < 0.5


def test_exact_costs_nothing(quantised: Bundle) -> None:
    cost = measure_cost(quantised, "fp32", JOBS)
    assert (cost.same, cost.close, cost.emptied, cost.score) == (16, 16, 0, 0.0)
    assert cost.distance == 0


@pytest.mark.parametrize(
    ("precision", "batches"),
    [("w8", (2, 5, 16)), ("w8-kv8", (2, 5, 16)), ("int8", (1, 5, 16)), ("int8-kv8", (1, 5, 16))],
)
def test_rows_do_not_touch(quantised: Bundle, precision: str, batches: tuple[int, ...]) -> None:
    """Products of integers are the same in a batch of one, too."""

    def answers(batch: int) -> dict[object, tuple[float, int]]:
        model = load_model(quantised, precision=precision, batch_size=batch)
        return {a.key: (a.score, a.tokens) for a in model.run(JOBS)}

    first, *others = map(answers, batches)
    assert all(other == first for other in others)


def test_rounded_caches_are_a_quarter(quantised: Bundle) -> None:
    """Half of a row at this toy's shape: the words' own past stays float32."""

    def cross_bytes(precision: str) -> int:
        session = load_model(quantised, precision=precision)._decoder.session
        return row_bytes(session.get_inputs(), "cross_", 204)

    assert cross_bytes("w8") == cross_bytes("fp32") == 4 * cross_bytes("int8-kv8")


@pytest.mark.parametrize("kind", ["key", "value"])
def test_rounded_caches_are_within_half_a_step(quantised: Bundle, kind: str) -> None:
    exact, rounded = (
        load_model(quantised, precision=p)._encoder.encode([make_request(quantised, JOBS[0])])[0]
        for p in ("w8", "w8-kv8")
    )
    value, steps = exact.cross[f"cross_{kind}_1"], rounded.cross[f"scale_{kind}_1"]
    steps = steps.reshape(SPEC.heads, 1, -1)
    back = rounded.cross[f"cross_{kind}_1"] * steps
    assert (np.abs(back - value) <= steps * 0.5001).all()


def test_half_stored_weights_are_widened_first(tmp_path: Path) -> None:
    bundle = tiny_bundle(tmp_path / "tiny")
    build_graphs(SPEC, tiny_weights(), bundle.folder, half=True)
    from inksight_cli.bundles import open_bundle, write_manifest

    write_manifest(bundle.folder, bundle.manifest)
    half = open_bundle(bundle.folder)
    cheap = quantise_bundle(half, "w8", tmp_path / "cheap", default=True)
    assert cheap.manifest.precision == "w8"
    assert len(list(load_model(cheap).run(JOBS[:3]))) == 3


def test_unknown_precision(quantised: Bundle, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there are w8, int8, w8-kv8, int8-kv8"):
        quantise_bundle(quantised, "w4", tmp_path, default=False)


def test_recorder_keeps_questions() -> None:
    recorder = Recorder()
    assert [answer.strokes for answer in recorder.run(JOBS[:2])] == [[], []]
    assert recorder.jobs == JOBS[:2]
