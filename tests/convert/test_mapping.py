import dataclasses

import numpy as np
import pytest

from inksight_cli.convert.checkpoint import Checkpoint
from inksight_cli.convert.mapping import CheckpointWeights, place
from inksight_cli.convert.naming import role_of
from inksight_cli.convert.sizes import expected_shapes
from inksight_cli.errors import ModelError


@pytest.fixture(scope="module")
def checkpoint(replica):
    return Checkpoint(replica / "variables")


@pytest.fixture(scope="module")
def live(inspection):
    return inspection.interface.live


def test_every_weight_is_found_with_its_shape(checkpoint, live):
    placement = place(checkpoint.variables, live)
    assert placement.complete
    assert len(placement.dead) == 17
    weights = CheckpointWeights(checkpoint, placement)
    shapes = {name: weights[name].shape for name in weights}
    assert shapes == expected_shapes(placement.sizes)


def test_each_layer_is_its_own_slice(checkpoint, live):
    weights = CheckpointWeights(checkpoint, place(checkpoint.variables, live))
    by_name = {v.name: checkpoint.tensor(v) for v in checkpoint.variables}
    query = by_name["encoder__encoder__attention__query__kernel"]
    assert np.array_equal(weights["encoder.1.q"], query[:, 1])
    out = by_name[
        "encoder__vit__Transformer__encoderblock__MultiHeadDotProductAttention_0__out__kernel"
    ]
    assert np.array_equal(weights["vit.1.o.weight"], out[1].reshape(64, 16))
    table = by_name["decoder__decoder__relpos_bias__rel_embedding"]
    assert np.array_equal(weights["decoder.0.bias"], table[:, 0].T)
    patch = by_name["encoder__vit__embedding__kernel"]
    assert np.array_equal(weights["vit.patch.weight"], patch.reshape(768, 16))


def test_a_missing_variable_is_listed(checkpoint, live):
    gone = "decoder__decoder__mlp__wi_1__kernel"
    placement = place([v for v in checkpoint.variables if v.name != gone], live)
    assert placement.missing == ["decoder.0.wi_1", "decoder.1.wi_1"]
    with pytest.raises(ModelError, match=r"missing: decoder\.0\.wi_1; missing: decoder\.1\.wi_1"):
        placement.require()


def test_a_wrong_shape_is_listed(checkpoint, live):
    name = "encoder__encoder__attention__value__kernel"
    variables = [
        dataclasses.replace(v, shape=(16, 2, 63)) if v.name == name else v
        for v in checkpoint.variables
    ]
    with pytest.raises(ModelError, match=rf"{name} has shape \[16, 2, 63\]"):
        place(variables, live).require()


def test_an_unknown_variable_that_is_read_stops_everything(checkpoint, live):
    path = ("encoder", "novel", "gate")
    extra = dataclasses.replace(checkpoint.variables[0], key="x", name="__".join(path), path=path)
    with pytest.raises(ModelError, match="not understood: encoder__novel__gate"):
        place([*checkpoint.variables, extra], live | {"encoder__novel__gate"}).require()
    assert extra in place([*checkpoint.variables, extra], live).dead


def test_without_knowing_what_is_read_nothing_is_dead(checkpoint):
    placement = place(checkpoint.variables, None)
    assert not placement.liveness
    assert not placement.dead
    assert sum("MAPHead_0" in v.name for v in placement.unknown) == 15


def test_a_variable_that_comes_twice_is_not_understood(checkpoint, live):
    twin = next(v for v in checkpoint.variables if v.name == "token_embedder__embedding")
    twin = dataclasses.replace(twin, key="twin")
    with pytest.raises(ModelError, match="not understood: token_embedder__embedding"):
        place([*checkpoint.variables, twin], live).require()


def test_what_is_no_such_network_is_said_to_be_none(checkpoint, live):
    gone = "token_embedder__embedding"
    with pytest.raises(ModelError, match="no Small-p"):
        place([v for v in checkpoint.variables if v.name != gone], live)


@pytest.mark.parametrize(
    ("name", "stack", "part", "layer"),
    [
        ("target/decoder/layers_3/self_attention/qkv_fused/kernel", "decoder", "qkv", 3),
        ("decoder/decoder/encoder_decoder_attention/kv_fused/kernel", "decoder", "cross_kv", None),
        ("encoder/layers_11/mlp/wi_fused/kernel", "encoder", "wi_fused", 11),
        ("encoder/relpos_bias/rel_embedding", "encoder", "bias", None),
        ("img/Transformer/encoderblock_2/MlpBlock_0/Dense_1/bias", "vit", "mlp2.bias", 2),
        ("params/encoder/vit/Transformer/encoder_norm/bias", "vit", "norm.bias", None),
        ("encoder/encoder_norm/scale", "encoder", "norm", None),
        ("decoder/logits_dense/kernel", "", "logits", None),
    ],
)
def test_names(name, stack, part, layer):
    role = role_of(tuple(name.split("/")))
    assert (role.stack, role.part, role.layer) == (stack, part, layer)


@pytest.mark.parametrize(
    "name", ["decoder/self_attention/query/bias", "encoder/attention/query/kernel_scale", "head"]
)
def test_other_names_have_no_role(name):
    assert role_of(tuple(name.split("/"))) is None
