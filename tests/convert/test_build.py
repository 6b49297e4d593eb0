import json
import shutil

import pytest

from inksight_cli.bundles import Decoding, open_bundle
from inksight_cli.convert.build import convert_model
from inksight_cli.convert.report import as_data, inspect_model
from inksight_cli.convert.runner import Runner
from inksight_cli.convert.switches import first_switches, model_spec
from inksight_cli.engine import load_model
from inksight_cli.engine.request import make_request
from inksight_cli.errors import ModelError, OutputError


def test_the_graph_answers_the_open_switches(inspection):
    switches = first_switches(inspection)
    assert switches.as_data() == {
        "image_first": True,
        "exact_gelu": False,
        "scaled_logits": True,
        "beams": 1,
        "prompt_end": True,
    }
    spec = model_spec(inspection, switches)
    assert (spec.max_length, spec.prompt_length, spec.vocabulary) == (32, 12, 518)


def test_prompts_become_the_ids_that_tensorflow_made(converted, jobs, answers):
    bundle = open_bundle(converted)
    for job, answer in zip(jobs, answers, strict=True):
        assert list(make_request(bundle, job).prompt) == answer["prompt"]


def test_answers_are_the_originals(converted, jobs, answers):
    runner = Runner(open_bundle(converted))
    for job, answer in zip(jobs, answers, strict=True):
        request = make_request(runner.bundle, job)
        ours = runner.answer(request, Decoding(search="beam", beams=1))
        assert ours.tokens == answer["tokens"]
        penalty = ((5 + len(ours.tokens)) / 6) ** 0.6 if not ours.truncated else 1
        assert ours.total / penalty == pytest.approx(answer["score"], abs=1e-4)
        judgement = runner.judge(request, tuple(answer["tokens"]))
        assert judgement.total == pytest.approx(ours.total, abs=1e-4)


def test_the_engine_draws_with_it_and_says_that_it_is_unverified(converted, jobs):
    model = load_model(converted)
    found = sorted(model.run(jobs), key=lambda answer: answer.key)
    assert [answer.key for answer in found] == list(range(len(jobs)))
    assert any(answer.strokes for answer in found)
    assert "not verified" in model.notes[0]


def test_the_manifest_says_where_it_comes_from(converted):
    manifest = open_bundle(converted).manifest
    assert manifest.measured["verified"] is False
    assert "Apache" in manifest.licence
    assert "non-commercial" in manifest.licence
    assert manifest.prompts["derender-with-text"] == "Derender the ink: {text}"


def test_converting_again_gives_the_same_files(converted, inspection, tmp_path):
    convert_model(inspection, tmp_path / "again")
    convert_model(inspection, tmp_path / "again")
    names = sorted(path.name for path in converted.iterdir())
    assert sorted(path.name for path in (tmp_path / "again").iterdir()) == names
    for name in names:
        assert (tmp_path / "again" / name).read_bytes() == (converted / name).read_bytes()
    assert [path.name for path in tmp_path.iterdir()] == ["again"]


def test_half_precision_is_smaller(converted, inspection, tmp_path):
    manifest = convert_model(inspection, tmp_path / "half", precision="fp16")
    assert manifest.precision == "fp16"
    size = sum(path.stat().st_size for path in converted.glob("*.onnx"))
    assert sum(path.stat().st_size for path in (tmp_path / "half").glob("*.onnx")) < 0.7 * size


def test_a_folder_with_something_else_is_left_alone(inspection, tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(OutputError, match="left alone"):
        convert_model(inspection, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_a_damaged_tensor_leaves_nothing_behind(replica, tmp_path):
    shutil.copytree(replica, tmp_path / "model")
    path = tmp_path / "model" / "variables" / "variables.data-00000-of-00001"
    data = bytearray(path.read_bytes())
    data[100] ^= 1
    path.write_bytes(data)
    with pytest.raises(ModelError, match="fails its checksum"):
        convert_model(inspect_model(tmp_path / "model"), tmp_path / "out" / "small-p")
    assert not list((tmp_path / "out").rglob("*")) if (tmp_path / "out").exists() else True


def test_the_inspection_is_plain_data(inspection):
    data = json.loads(json.dumps(as_data(inspection)))
    statuses = [variable["status"] for variable in data["variables"]]
    assert (statuses.count("mapped"), statuses.count("dead")) == (50, 17)
    assert data["complete"]
    assert data["vocabulary"]["ink_tokens"] == 451
    assert [item["shape"] for item in data["network"]["inputs"]] == [[-1, 12], [-1, 224, 224, 3]]
    assert data["hints"] == {"image_first": True, "exact_gelu": False, "beams": 1}
    assert "non-commercial" in data["licence"]
