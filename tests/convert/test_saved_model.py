import dataclasses
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inksight_cli.convert import dataflow
from inksight_cli.convert.dataflow import find_network
from inksight_cli.convert.liveness import Input, read_interface
from inksight_cli.convert.mlir import Module
from inksight_cli.convert.preprocessing import find_preprocessing
from inksight_cli.convert.saved_model import Function, SavedModel, read_saved_model
from inksight_cli.convert.vocabulary import find_vocabularies, read_vocabulary
from inksight_cli.errors import ModelError

FUZZ = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def model(replica):
    return read_saved_model(replica / "saved_model.pb")


def test_signature(model):
    signature = model.signatures["serving_default"]
    inputs = {info.name: (info.dtype, info.shape) for info in signature.inputs}
    assert inputs == {"input_text": ("string", (-1,)), "image/encoded": ("string", (-1, 1))}
    assert [(info.name, info.shape) for info in signature.outputs] == [("output_0", (-1, 1))]


def test_operands_of_the_network_are_variables_by_name(model):
    network = find_network(model)
    names = [name for name in network.operands if name]
    assert len(names) == len(set(names)) == 67
    assert network.operands[-2:] == (None, None)
    assert network.output_shapes == [(-1, 1, 32), (-1, 1)]
    assert network.platforms == ("cpu", "tpu")


def test_what_the_network_reads(model):
    interface = read_interface(find_network(model))
    assert interface.inputs == (
        Input((-1, 12), "int32", True),
        Input((-1, 224, 224, 3), "float32", True),
    )
    assert (interface.prompt(), interface.picture()) == (0, 1)
    assert len(interface.live) == 50
    assert not any("MAPHead_0" in name or "head" in name.split("__") for name in interface.live)


def test_preprocessing(model):
    found = find_preprocessing(model)
    picture = next(item for item in found if "DecodeJpeg" in item.ops)
    assert picture.scaling == ["RealDiv 127.5", "Sub 1"]
    assert picture.resize == "bilinear, half_pixel_centers"
    assert [224, 224] in picture.constants.values()


def test_vocabulary(model):
    (vocabulary,) = find_vocabularies(model)
    assert (vocabulary.pad, vocabulary.end, vocabulary.unknown) == (0, 1, 2)
    assert vocabulary.first_ink() == vocabulary.ids["<ink_token_0>"]
    assert vocabulary.ids["<ink_token_450>"] == vocabulary.first_ink() + 450
    assert vocabulary.algorithm == "unigram"


def test_our_pieces_are_those_of_the_library(model):
    sentencepiece = pytest.importorskip("sentencepiece")
    (vocabulary,) = find_vocabularies(model)
    library = sentencepiece.SentencePieceProcessor(model_proto=vocabulary.model)
    pieces = [library.id_to_piece(i) for i in range(library.get_piece_size())]
    assert list(vocabulary.ids) == pieces


def test_a_vocabulary_without_all_ink_tokens_is_refused(model):
    (vocabulary,) = find_vocabularies(model)
    ids = {k: v for k, v in vocabulary.ids.items() if k != "<ink_token_7>"}
    with pytest.raises(ModelError, match="450 of the 451"):
        dataclasses.replace(vocabulary, ids=ids).first_ink()
    ids = {**vocabulary.ids, "<ink_token_7>": 0}
    with pytest.raises(ModelError, match="consecutive"):
        dataclasses.replace(vocabulary, ids=ids).first_ink()


@FUZZ
@given(data=st.data())
def test_a_changed_module_is_read_or_refused(model, data):
    module = bytearray(find_network(model).module)
    for _ in range(data.draw(st.integers(1, 4))):
        module[data.draw(st.integers(0, len(module) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.sampled_from([0, 0, 1, 1000]))
    try:
        Module(bytes(module[: len(module) - cut])).functions()
    except ModelError as error:
        assert str(error)


@FUZZ
@given(st.binary(max_size=200))
def test_any_bytes_are_no_module(data):
    with pytest.raises(ModelError):
        Module(b"ML\xefR" + data)


@FUZZ
@given(st.binary(max_size=200))
def test_any_bytes_are_a_vocabulary_or_refused(data):
    try:
        assert read_vocabulary(data).ids
    except ModelError as error:
        assert str(error)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.integers(0, 2**24), value=st.integers(0, 255))
def test_a_changed_saved_model_is_read_or_refused(replica, tmp_path_factory, at, value):
    data = bytearray((replica / "saved_model.pb").read_bytes())
    data[at % len(data)] = value
    path = tmp_path_factory.getbasetemp() / "changed.pb"
    path.write_bytes(data)
    try:
        changed = read_saved_model(path)
        read_interface(find_network(changed))
        find_vocabularies(changed)
        find_preprocessing(changed)
    except ModelError as error:
        assert str(error)


@pytest.mark.parametrize("data", [b"", b"hello", bytes(100)])
def test_what_is_no_saved_model_is_refused(tmp_path, data):
    path = tmp_path / "saved_model.pb"
    path.write_bytes(data)
    with pytest.raises(ModelError):
        read_saved_model(path)


def call(name, callee):
    node = SimpleNamespace(name=name, op="PartitionedCall", inputs=(), attributes={}, calls=callee)
    return name, node


def test_functions_that_call_each_other_twice_do_not_hang(monkeypatch):
    functions = {
        f"f{i}": Function(f"f{i}", (), dict([call("a", f"f{i + 1}"), call("b", f"f{i + 1}")]))
        for i in range(60)
    }
    functions[""] = Function("", (), dict([call("a", "f0")]))
    monkeypatch.setattr(dataflow, "_MAX_NODES", 10_000)
    with pytest.raises(ModelError, match="too large to follow"):
        find_network(SavedModel(functions=functions))


def test_a_long_chain_of_calls_is_refused():
    functions = {
        f"f{i}": Function(f"f{i}", (), dict([call("a", f"f{i + 1}")])) for i in range(2000)
    }
    functions[""] = Function("", (), dict([call("a", "f0")]))
    with pytest.raises(ModelError, match="too deeply"):
        find_network(SavedModel(functions=functions))
