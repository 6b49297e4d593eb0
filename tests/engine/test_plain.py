"""Decoders rewritten for CUDA: the same numbers on the CPU, and kernels for every operator."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime.capi.onnxruntime_pybind11_state as state
import pytest

from inksight_cli.bundles import Bundle, find_bundle
from inksight_cli.convert.graph import build_graphs
from inksight_cli.convert.quantise import quantise_graph
from inksight_cli.engine.device_caches import DeviceMemory, Memory
from inksight_cli.engine.encode import Encoded, Encoder
from inksight_cli.engine.mover import _graph, _zeros_graph
from inksight_cli.engine.plain import KERNELS, UnsuitableError, plain_graph
from inksight_cli.engine.request import make_request
from inksight_cli.engine.session import open_session
from inksight_cli.engine.slots import Slots
from tests.convert.small_model import SPEC as VIT
from tests.convert.small_model import small_weights
from tests.engine.tiny import tiny_bundle, tiny_jobs

LISTED: list[Any] = json.loads((Path(__file__).parent / "cuda_kernels.json").read_text())["kernels"]
OPSET = 20
OWN = {"SimplifiedLayerNormalization"}  # onnxruntime's, though in onnx's domain


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    return tiny_bundle(tmp_path_factory.mktemp("models") / "tiny")


@pytest.fixture(scope="module")
def graphs(tiny: Bundle, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Rewritten decoders of every family, and what copies rows."""
    folder = tmp_path_factory.mktemp("small")
    build_graphs(VIT, small_weights(), folder)  # Small-p's switches, smaller
    paths = {
        "nano": find_bundle("nano").folder / "decoder.onnx",
        "tiny": tiny.folder / "decoder.onnx",
        "small-p": folder / "decoder.onnx",
    }
    for name in ("nano", "small-p"):
        paths[f"{name} w8"] = folder / f"{name}.w8.onnx"
        quantise_graph(paths[name], paths[f"{name} w8"], "w8")
    helpers = {"mover": _graph(["past_key_0"], 4), "zeros": _zeros_graph()}
    return {name: plain_graph(path) for name, path in paths.items()} | helpers


def types_of(tensor: int) -> str:
    return str(onnx.helper.tensor_dtype_to_np_dtype(tensor))


def outputs_of(node: onnx.NodeProto, known: dict[str, str]) -> list[str]:
    """The types of a node's outputs; for the operators of `KERNELS`."""
    kind = node.op_type
    if kind in ("LessOrEqual", "GreaterOrEqual", "And", "Not"):
        return ["bool"]
    if kind == "Shape":
        return ["int64"]
    if kind == "Cast":
        return [types_of(onnx.helper.get_node_attr_value(node, "to"))]
    first = known[node.input[1 if kind == "Where" else 0]]
    return [first, "int64"] if kind == "TopK" else [first] * len(node.output)


def typed(model: onnx.ModelProto) -> Iterator[tuple[onnx.NodeProto, list[str]]]:
    """Every node with its inputs' types."""
    known = {"": ""}
    known |= {i.name: types_of(i.type.tensor_type.elem_type) for i in model.graph.input}
    known |= {i.name: types_of(i.data_type) for i in model.graph.initializer}
    for node in model.graph.node:
        yield node, [known[name] for name in node.input]
        known |= dict(zip(node.output, outputs_of(node, known), strict=True))


def formal(node: onnx.NodeProto) -> list[str]:
    """The type parameters of a node's inputs, by onnxruntime's own schemas."""
    own = node.domain or node.op_type in OWN
    since = 1 if own else onnx.defs.get_schema(node.op_type, OPSET).since_version
    (schema,) = (
        s
        for s in state.get_all_operator_schema()
        if (s.name, s.domain, s.since_version) == (node.op_type, node.domain, since)
    )
    named = [item.typeStr for item in schema.inputs]
    return named + named[-1:] * (len(node.input) - len(named))


def has_kernel(node: onnx.NodeProto, types: list[str]) -> bool:
    wanted = {p: t for p, t in zip(formal(node), types, strict=False) if t}
    return any(
        all(kind in constraints.get(name, [kind]) for name, kind in wanted.items())
        for domain, operator, constraints in LISTED
        if (domain, operator) == (node.domain, node.op_type)
    )


def test_the_engine_trusts_only_operators_on_the_list() -> None:
    assert {operator for _, operator, _ in LISTED} == KERNELS


@pytest.mark.parametrize(
    "name", ["nano", "tiny", "small-p", "nano w8", "small-p w8", "mover", "zeros"]
)
def test_every_operator_left_has_a_kernel_on_cuda(graphs: dict[str, bytes], name: str) -> None:
    """One without would run on the CPU, and its tensors travel there and back every step."""
    model = onnx.load_from_string(graphs[name])
    assert [item.version for item in model.opset_import if not item.domain] == [OPSET]
    lacking = [(n.op_type, types) for n, types in typed(model) if not has_kernel(n, types)]
    assert lacking == []
    assert {n.op_type for n in model.graph.node} <= KERNELS


def test_a_kernel_that_is_not_there_is_missed() -> None:
    """The check above can fail: no float32 GroupQueryAttention, no int8 ScatterND is listed."""
    node = onnx.helper.make_node("ScatterND", ["a", "b", "c"], ["d"])
    assert has_kernel(node, ["float32", "int64", "float32"])
    assert not has_kernel(node, ["int8", "int64", "int8"])
    node = onnx.helper.make_node("Erf", ["a"], ["b"])
    assert not has_kernel(node, ["float32"])


def test_inputs_that_would_make_a_step_wait_are_gone(graphs: dict[str, bytes]) -> None:
    for name in ("nano", "small-p"):
        graph = onnx.load_from_string(graphs[name]).graph
        inputs = {item.name for item in graph.input}
        assert {"ids", "position", "cross_last", "past_key_0", "cross_key_0"} <= inputs
        assert not inputs & {"longest", "cross_longest"}
        assert not any(item.name.startswith("crossed") for item in graph.output)


@pytest.mark.parametrize("precision", ["int8", "w8-kv8"])
def test_precisions_without_kernels_are_refused(
    tiny: Bundle, tmp_path: Path, precision: str
) -> None:
    quantise_graph(tiny.folder / "decoder.onnx", tmp_path / "decoder.onnx", precision)
    with pytest.raises(UnsuitableError, match=r"CUDA has no .*fp32 and w8"):
        plain_graph(tmp_path / "decoder.onnx")


def both(bundle: Bundle, size: int, decoder: str = "decoder.onnx") -> list[Slots]:
    """Slots of the decoder as it is, and rewritten."""
    path, longest = bundle.folder / decoder, 196 + bundle.manifest.prompt_length
    opened: list[tuple[Any, Memory]] = [
        (path, Memory()),
        (plain_graph(path), DeviceMemory("cpu")),
    ]
    return [
        Slots(
            open_session(graph, "cpu", 1, folder=path.parent if memory.apart else None),
            size,
            capacity=bundle.manifest.max_length,
            encoded=longest,
            top=4,
            memory=memory,
        )
        for graph, memory in opened
    ]


def in_step(bundle: Bundle, words: list[Encoded], steps: int) -> float:
    """Largest difference of log-probabilities over rows refilled at different steps."""
    pair = both(bundle, 3)
    start, apart, waiting = bundle.manifest.start, 0.0, list(words)
    for row in range(3):
        word = waiting.pop(0)
        for slots in pair:
            slots.admit(row, word, start)
    for step in range(steps):
        for slots in pair:
            slots.step(3)
        known, plain = pair
        assert np.array_equal(known.tokens[:, 0], plain.tokens[:, 0])
        apart = max(apart, float(np.abs(known.logs - plain.logs).max()))
        for slots in pair:
            slots.feed(slice(0, 3), known.tokens[:, 0])
        if step % 7 == 6 and waiting:
            word = waiting.pop(0)
            for slots in pair:
                slots.admit(step % 3, word, start)
        if step == steps // 2:
            for slots in pair:
                slots.move(0, 2)
    return apart


def encoded(bundle: Bundle, count: int) -> list[Encoded]:
    encoder = Encoder(open_session(bundle.folder / "encoder.onnx", "cpu", 1), 1)
    modes = ["derender", "derender-with-text"]
    jobs = [
        job
        for i, mode in enumerate(modes)
        for job in tiny_jobs(count // 2, seed=i, mode=mode, text="ab" * i)
    ]
    return [encoder.encode([make_request(bundle, job)])[0] for job in jobs]


def test_the_same_numbers_row_by_row(tiny: Bundle, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows of several lengths, refilled, moved, with room that grows."""
    monkeypatch.setattr("inksight_cli.engine.slots._FIRST_CAPACITY", 16)
    words = encoded(tiny, 8)
    assert len({word.cross["cross_key_0"].shape for word in words}) > 2
    assert in_step(tiny, words, 45) < 1e-4


def test_nano_gives_the_same_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("inksight_cli.engine.slots._FIRST_CAPACITY", 32)
    nano = find_bundle("nano")
    assert in_step(nano, encoded(nano, 8), 70) < 1e-4


def test_data_files_stay_where_they_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("inksight_cli.convert.graph._LARGE", 0)
    bundle = tiny_bundle(tmp_path)
    assert (tmp_path / "decoder.onnx.data").stat().st_size > 10 * len(
        plain_graph(tmp_path / "decoder.onnx")
    )
    assert in_step(bundle, encoded(bundle, 6), 20) < 1e-4
