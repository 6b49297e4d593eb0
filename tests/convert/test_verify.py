"""The verdict, with what the original answered read from a file instead of run."""

from __future__ import annotations

import dataclasses
import json

import pytest

from inksight_cli.bundles import open_bundle
from inksight_cli.convert import verify
from inksight_cli.convert.build import convert_model
from inksight_cli.convert.oracle import OracleAnswer
from inksight_cli.convert.switches import first_switches
from inksight_cli.convert.verify import verify_bundle
from inksight_cli.engine import load_model
from inksight_cli.errors import ModelError


@pytest.fixture
def original(monkeypatch, answers):
    """Let the recorded answers speak for the original; a test may change them first."""
    recorded = [
        {"prompt": tuple(a["prompt"]), "tokens": tuple(a["tokens"]), "score": a["score"]}
        for a in answers
    ]

    class Recorded:
        def __init__(self, inspection):
            self._left = iter(recorded)

        def answer(self, prompt, pixels):
            said = next(self._left)
            assert prompt == said["prompt"]
            return OracleAnswer(said["tokens"], said["score"], said["tokens"][-1] == 1)

    monkeypatch.setattr(verify, "StableHloOracle", Recorded)
    return recorded


@pytest.fixture
def few(jobs):
    return jobs[:3]


@pytest.fixture
def bundle(inspection, tmp_path):
    convert_model(inspection, tmp_path / "small-p")
    return tmp_path / "small-p"


def test_the_original_is_recognised_and_the_manifest_says_so(original, bundle, inspection, jobs):
    verdict = verify_bundle(bundle, inspection, jobs)
    assert verdict.sentence == "6 of 6 answers are the original's, token for token"
    manifest = open_bundle(bundle).manifest
    assert manifest.measured["verified"] is True
    assert manifest.decoding.search == "beam"
    assert manifest.decoding.beams == 1
    assert all(item["drift"] < 1e-5 for item in manifest.measured["comparisons"])
    assert load_model(bundle).notes == []


@pytest.mark.parametrize(
    "wrong", [{"image_first": False}, {"exact_gelu": True}, {"beams": 0}, {"beams": 4}]
)
def test_a_switch_that_is_wrong_is_set_right(original, bundle, inspection, few, wrong):
    right = first_switches(inspection)
    convert_model(inspection, bundle, switches=right.changed(**wrong))
    verdict = verify_bundle(bundle, inspection, few)
    assert verdict.passed
    assert verdict.switches == right.as_data()
    assert open_bundle(bundle).manifest.measured["switches"] == right.as_data()


def test_scores_that_no_setting_gives_are_refused(original, bundle, inspection, few):
    original[2]["score"] -= 1.0
    with pytest.raises(ModelError, match="No setting of the open switches"):
        verify_bundle(bundle, inspection, few)
    assert open_bundle(bundle).manifest.measured["verified"] is False


def test_without_scores_agreement_decides(original, bundle, inspection, few):
    for said in original:
        said["score"] = None
    assert verify_bundle(bundle, inspection, few).passed
    original[0]["tokens"] = (7, 8, 9, 10, 11, 1)
    with pytest.raises(ModelError, match="No setting"):
        verify_bundle(bundle, inspection, few)


def test_another_model_is_refused_at_once(original, bundle, inspection, few):
    files = [{**file, "sha256": "0" * 64} for file in inspection.files]
    with pytest.raises(ModelError, match="converted from other files"):
        verify_bundle(bundle, dataclasses.replace(inspection, files=files), few)


def test_the_verdict_is_plain_data(original, bundle, inspection, few):
    data = verify_bundle(bundle, inspection, few).as_data()
    assert json.loads(json.dumps(data))["verified"] is True


def test_a_bundle_that_is_built_again_keeps_its_precision(original, bundle, inspection, few):
    wrong = first_switches(inspection).changed(image_first=False)
    convert_model(inspection, bundle, switches=wrong, precision="fp16")
    assert verify_bundle(bundle, inspection, few).passed
    assert open_bundle(bundle).manifest.precision == "fp16"
