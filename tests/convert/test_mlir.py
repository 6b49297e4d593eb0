"""One small program in every version of MLIR's bytecode that StableHLO has been written in."""

from pathlib import Path

import pytest

from inksight_cli.convert.liveness import _Liveness
from inksight_cli.convert.mlir import Module

PROGRAMS = sorted((Path(__file__).parent / "fixtures").glob("program_*.mlirbc"))


@pytest.fixture(params=PROGRAMS, ids=lambda path: path.stem)
def module(request):
    return Module(request.param.read_bytes())


def test_all_versions_are_there():
    assert [Module(path.read_bytes()).version for path in PROGRAMS] == [1, 3, 4, 6, 0, 6]


def test_arguments_with_their_shapes_and_types(module):
    arguments = module.functions()["main"].regions[0][0].arguments
    found = [(module.shapes[value], module.elements[value]) for value in arguments]
    assert found == [
        ((4, 8), "bfloat16"), ((4, 8), "bfloat16"), ((1,), "int32"), ((4, 4), "float32"),
    ]  # fmt: skip


def test_what_only_feeds_an_unused_argument_is_dead(module):
    assert _Liveness(module.functions()).arguments("main") == {0, 1, 2}


def test_operations_and_what_they_call(module):
    found = list(module.operations())
    names = [operation.name for operation in found]
    assert "while_v1" in names
    assert "tanh_v1" in names
    called = {operation.strings.get("callee") for operation in found}
    assert called & set(module.functions())
    targets = {operation.strings.get("call_target_name") for operation in found}
    assert "mhlo.topk" in targets
