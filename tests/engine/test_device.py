"""Rows kept by onnxruntime on a device, tried with the device ``cpu``; what is said and counted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inksight_cli.bundles import Bundle, Decoding
from inksight_cli.convert.quantise import quantise_bundle
from inksight_cli.engine import Answer, OnnxInkModel, load_model
from inksight_cli.engine.caches import Caches, Kind
from inksight_cli.engine.device_caches import DeviceMemory
from inksight_cli.engine.opening import open_decoder
from inksight_cli.engine.slots import Slots
from inksight_cli.errors import MissingBackendError
from tests.engine.tiny import SPEC, tiny_bundle, tiny_jobs

JOBS = tiny_jobs(24)
KINDS = {"past_key_0": Kind(2, 3), "past_value_0": Kind(2, 3)}


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    return tiny_bundle(tmp_path_factory.mktemp("models") / "tiny")


def answers(model: OnnxInkModel) -> list[Answer]:
    found: Iterator[Answer] = model.run(JOBS)
    return sorted(found, key=lambda answer: answer.key)


def same(one: list[Answer], other: list[Answer]) -> bool:
    """The same tokens, and scores within what rounding explains."""
    return all(
        a.tokens == b.tokens
        and a.truncated == b.truncated
        and a.text == b.text
        and all(np.array_equal(s, t) for s, t in zip(a.strokes, b.strokes, strict=True))
        and abs(a.score - b.score) < 1e-4
        for a, b in zip(one, other, strict=True)
    )


@pytest.mark.parametrize("batch", [1, 5, 16])
@pytest.mark.parametrize("constrain", [False, True])
def test_the_same_answers_as_with_rows_in_this_process(
    bundle: Bundle, batch: int, constrain: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inksight_cli.engine.slots._FIRST_CAPACITY", 11)  # room grows, too
    known = answers(load_model(bundle, batch_size=5, constrain=constrain))
    model = load_model(bundle, batch_size=batch, constrain=constrain, plain=True)
    assert same(answers(model), known)
    assert model.counts.bytes_moved > 0


@pytest.mark.parametrize("beams", [1, 3])
def test_the_same_beams(tmp_path: Path, beams: int) -> None:
    bundle = tiny_bundle(tmp_path, decoding=Decoding(search="beam", beams=beams))
    known = answers(load_model(bundle, batch_size=5))
    assert same(answers(load_model(bundle, batch_size=5, plain=True)), known)


def test_8_bit_weights_too(bundle: Bundle, tmp_path: Path) -> None:
    quantised = quantise_bundle(bundle, "w8", tmp_path, default=True)
    known = answers(load_model(quantised, batch_size=4))
    found = answers(load_model(quantised, batch_size=4, plain=True))
    # Activations are rounded to bytes on the CPU: a last bit may tip one over.
    assert sum(same([a], [b]) for a, b in zip(found, known, strict=True)) >= 20


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["put", "copy", "grow"]),
        st.integers(0, 3),
        st.permutations(range(4)),
        st.integers(1, 9),
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=25)
@given(steps=STEPS, seed=st.integers(0, 9))
def test_rows_on_a_device_are_those_in_this_process(steps: list[Any], seed: int) -> None:
    """Whatever is put, copied (over one another, too) and grown."""
    memory, room = DeviceMemory("cpu"), {"room": 0, "limit": 12, "grain": 4}
    here, there = Caches(KINDS, 4, **room), memory.rows(KINDS, 4, **room)
    rng = np.random.default_rng(seed)
    for what, row, order, length in steps:
        if what == "put":
            values = {n: rng.random((2, length, 3), np.float32) for n in KINDS}
            here.put(row, values)
            there.put(row, values)
        elif what == "grow":
            assert here.make_room(length) == there.make_room(length)
        elif here.room:
            for rows in (here, there):
                rows.copy(range(4), order, min(length, here.room))
        assert here.room == there.room
        for name, array in here.arrays.items() if here.room else ():
            assert np.array_equal(array, there._values[name].numpy())  # type: ignore[attr-defined]


def opened(bundle: Bundle, size: int, room: int) -> tuple[Slots, DeviceMemory]:
    memory = DeviceMemory("cpu")
    model = load_model(bundle, plain=True)
    slots = Slots(model._decoder.session, size, capacity=room, encoded=room, memory=memory)
    slots._past.make_room(room)
    slots._cross.make_room(room)
    return slots, memory


@pytest.mark.parametrize("room", [48, 4096])
@pytest.mark.parametrize("size", [1, 7])
def test_a_step_moves_tokens_and_no_keys(bundle: Bundle, size: int, room: int) -> None:
    """Per row: last tokens, position, length; back: token, log-probability."""
    slots, memory = opened(bundle, size, room)
    slots.step(size)
    for _ in range(3):
        before, places = memory.moved, slots._past.places(size)
        slots.feed(slice(0, size), np.full(size, 5))
        slots.step(size)
        assert memory.moved - before <= size * (8 * SPEC.context + 4 + 4 + 8 + 4) + 16
        assert slots._past.places(size) == places  # nothing was replaced


def test_a_step_writes_its_key_where_the_past_is(bundle: Bundle) -> None:
    slots, _ = opened(bundle, 2, 48)
    value = slots._past._values["past_key_0"]  # type: ignore[attr-defined]
    for step in range(3):
        slots.step(2)
        written = np.abs(value.numpy()).sum(axis=(1, 3)) > 0
        assert written.sum(axis=1).tolist() == [step + 1] * 2
        slots.feed(slice(0, 2), np.array([5, 9]))


def test_a_row_costs_its_numbers_to_copy(bundle: Bundle) -> None:
    slots, memory = opened(bundle, 4, 4096)
    slots.step(4)
    before = memory.moved
    slots.inherit([0, 1], [1, 0])
    assert memory.moved - before == (2 + 2 + 1) * 8


def test_a_word_stays_where_it_was_encoded(bundle: Bundle) -> None:
    """Sent for a word: its picture, its features there and back, numbers of rows."""
    model = load_model(bundle, plain=True, batch_size=1)
    list(model.run(JOBS[:1]))
    once = model.counts.bytes_moved
    model.reset_counts()
    (answer,) = model.run(JOBS[:1])
    assert model.counts.bytes_moved == once
    canvas, picture = 3 * 62 * 62 * 4 * 4, 224 * 224 * 4
    assert once < canvas + picture + 6000 + 100 * answer.tokens


@pytest.mark.parametrize("precision", ["int8", "int8-kv8", "w8-kv8"])
def test_what_cuda_cannot_decode_stays_on_the_cpu(
    bundle: Bundle, tmp_path: Path, precision: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if the encoder ran on CUDA: onnxruntime is asked, and the graph is really read."""
    quantised = quantise_bundle(bundle, precision, tmp_path, default=True)
    known = answers(load_model(quantised))
    monkeypatch.setattr("inksight_cli.engine.model.runs_on", lambda session: "cuda")
    model = load_model(quantised, device="auto")
    assert model.device == "cuda, cpu"
    (note,) = model.notes
    assert note.startswith("The decoder runs on the CPU: CUDA has no ")
    assert note.endswith("Precisions fp32 and w8 run on CUDA.")
    assert same(answers(model), known)


def test_products_of_bytes_stay_on_the_cpu(
    bundle: Bundle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if onnxruntime offered CUDA: it would run half of the int8 encoder on the CPU."""
    quantised = quantise_bundle(bundle, "int8", tmp_path, default=True)
    monkeypatch.setattr("inksight_cli.engine.opening.runs_on", lambda session: "cuda")
    model = load_model(quantised)
    assert model.device == "cpu"
    assert model.notes == [
        "CUDA fails to run the model: running on the CPU."
        " It has no kernels for int8. Precisions fp32 and w8 run on CUDA."
    ]


def test_without_onnx_the_decoder_stays_on_the_cpu(
    bundle: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing() -> None:
        raise MissingBackendError("Decoding on CUDA needs the package onnx.", "pip install it")

    monkeypatch.setattr("inksight_cli.engine.plain.need_onnx", missing)
    said: list[str] = []
    path = bundle.folder / "decoder.onnx"
    decoder = open_decoder(path, "cuda", 1, plain=False, note=said.append)
    assert decoder.memory.device == "cpu" and not decoder.memory.apart
    assert said == [
        "The decoder runs on the CPU: Decoding on CUDA needs the package onnx. pip install it"
    ]


def test_a_first_step_that_fails_is_said(bundle: Bundle) -> None:
    """On a machine without CUDA its memory cannot be had: found at opening, not in a page."""
    import onnxruntime as ort

    if "CUDAExecutionProvider" in ort.get_available_providers():
        pytest.skip("this onnxruntime has CUDA")
    said: list[str] = []
    path = bundle.folder / "decoder.onnx"
    decoder = open_decoder(path, "cuda", 1, plain=False, note=said.append)
    assert decoder.memory.device == "cpu"
    assert said[0].startswith("The decoder runs on the CPU: a first step fails on CUDA.")


def test_a_gpu_gives_the_same_answers(bundle: Bundle) -> None:
    """Where there is one: the rest of this file tries everything but CUDA's own kernels."""
    model = load_model(bundle, device="cuda", batch_size=5)
    if model.device != "cuda":
        pytest.skip(model.notes[0])
    pairs = zip(answers(model), answers(load_model(bundle, device="cpu")), strict=True)
    assert sum(same([a], [b]) for a, b in pairs) >= len(JOBS) - 2
