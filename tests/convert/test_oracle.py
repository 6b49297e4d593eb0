"""The committed replica's own network, run by the pinned jax (in the test group for this)."""

from __future__ import annotations

import dataclasses
import sys

import pytest

from inksight_cli.bundles import open_bundle
from inksight_cli.convert.build import convert_model
from inksight_cli.convert.fallback import StableHloModel
from inksight_cli.convert.mlir import Module
from inksight_cli.convert.oracle import StableHloOracle
from inksight_cli.convert.retype import retype
from inksight_cli.convert.verify import verify_bundle
from inksight_cli.engine import load_model
from inksight_cli.errors import ModelError

pytestmark = pytest.mark.skipif(
    sys.version_info >= (3, 13), reason="jaxlib 0.4.30 was not built for Python 3.13"
)


@pytest.fixture(scope="module")
def oracle(inspection):
    return StableHloOracle(inspection)


def test_the_original_answers_as_it_was_recorded(oracle, jobs, answers):
    for job, recorded in zip(jobs, answers, strict=True):
        said = oracle.answer(tuple(recorded["prompt"]), job.pixels)
        assert list(said.tokens) == recorded["tokens"]
        assert said.score == pytest.approx(recorded["score"], abs=1e-4)


def test_a_prompt_that_is_too_long_is_refused(oracle, jobs):
    with pytest.raises(ModelError, match="The prompt has 13 ids; the network takes 12"):
        oracle.answer((5,) * 13, jobs[0].pixels)


def test_a_module_that_cannot_be_run_is_one_sentence(inspection, jobs):
    network = inspection.network
    attributes = {k: v for k, v in network.node.attributes.items() if k != "platforms"}
    for_tpu = dataclasses.replace(
        network, node=dataclasses.replace(network.node, attributes=attributes)
    )
    broken = StableHloOracle(dataclasses.replace(inspection, network=for_tpu))
    with pytest.raises(ModelError, match="The original network cannot be run"):
        broken.answer((5, 1), jobs[0].pixels)


def test_a_retyped_module_computes_in_float32_alone(inspection):
    before, after = Module(inspection.network.module), Module(retype(inspection.network.module))
    assert "bfloat16" in before.elements.values()
    assert "bfloat16" not in after.elements.values()
    assert len(list(before.operations())) == len(list(after.operations()))


def test_conversion_and_verification_for_real(inspection, jobs, tmp_path):
    convert_model(inspection, tmp_path / "small-p")
    verdict = verify_bundle(tmp_path / "small-p", inspection, jobs)
    assert verdict.sentence == "6 of 6 answers are the original's, token for token"
    assert float(verdict.stages["encoder"].split()[5]) < 1e-5
    assert float(verdict.stages["log-probabilities"].split()[4]) < 1e-5
    assert open_bundle(tmp_path / "small-p").manifest.caution == ""


def test_a_program_that_shows_no_encoder_still_answers(inspection, jobs, answers, monkeypatch):
    monkeypatch.setattr("inksight_cli.convert.oracle.expose_encoder", lambda *_: None)
    said = StableHloOracle(inspection).answer(tuple(answers[0]["prompt"]), jobs[0].pixels)
    assert said.encoded is None
    assert list(said.tokens) == answers[0]["tokens"]


def test_the_slow_way_draws_the_same_ink(inspection, converted, jobs):
    slow = {answer.key: answer for answer in StableHloModel(inspection).run(jobs[:3])}
    for answer in load_model(converted).run(jobs[:3]):
        theirs = slow[answer.key]
        assert [s.tolist() for s in answer.strokes] == [s.tolist() for s in theirs.strokes]
        assert (answer.text, answer.tokens) == (theirs.text, theirs.tokens)
