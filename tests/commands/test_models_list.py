"""``inksight models list``, ``show``, ``quantize`` and ``tune`` on a toy bundle."""

import json
import os

import pytest

from inksight_cli.bundles import open_bundle
from tests.engine.tiny import tiny_bundle
from tests.helpers.pictures import save


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models")
    tiny_bundle(folder / "tiny")
    (folder / "bad").mkdir()
    (folder / "bad" / "manifest.json").write_text("{")
    return folder


@pytest.fixture
def ours(inksight, models):
    environment = os.environ | {"INKSIGHT_MODELS": str(models)}
    return lambda *arguments: inksight(*arguments, env=environment)


def test_list_names_sound_and_broken_models(ours, models):
    ran = ours("models", "list")
    assert ran.code == 0
    lines = ran.out.decode().splitlines()
    assert any(line.startswith("tiny") and "installed" in line for line in lines)
    assert any(line.startswith("broken:") and "not JSON" in line for line in lines)
    found = json.loads(ours("models", "list", "--json").out)
    assert {"tiny"} <= {row["name"] for row in found["models"]}
    assert [row["folder"] for row in found["broken"]] == [str(models / "bad")]


def test_show_is_the_manifest(ours, models):
    ran = ours("models", "show", "tiny", "--check")
    assert json.loads(ran.out) == json.loads((models / "tiny" / "manifest.json").read_text())
    ran = ours("models", "show", "nowhere")
    assert ran.code == 5 and "no model 'nowhere'" in ran.err


def test_show_check_notices_damage(ours, tmp_path):
    bundle = tiny_bundle(tmp_path / "damaged")
    (bundle.folder / "vocabulary.json").write_text("{}")
    ran = ours("models", "show", bundle.folder, "--check")
    assert ran.code == 5 and "damaged" in ran.err


def test_quantize_and_what_it_costs(ours, tmp_path):
    save(tmp_path / "page.png", "one two")
    call = ("models", "quantize", "tiny", "-o", "cheap", "--default", "--page", "page.png")
    ran = ours(*call)
    assert ran.code == 0, ran.err
    assert "words:" in ran.out.decode() and "pixels per point" in ran.out.decode()
    made = open_bundle(tmp_path / "cheap")
    assert made.manifest.precision == "w8"
    ran = ours("models", "quantize", "tiny", "--precision", "w3", "-o", "no")
    assert ran.code == 2 and "there are w8, int8" in ran.err


def test_tune_finds_the_fastest_graphs_which_are_used_from_then_on(inksight, tmp_path):
    tiny_bundle(tmp_path / "models" / "tiny")
    places = {"INKSIGHT_MODELS": str(tmp_path / "models"), "XDG_CACHE_HOME": str(tmp_path / "own")}
    environment = os.environ | places
    call = ("models", "tune", "tiny", "--precision", "w8", "--batch", 2, "--allowed", 0)
    ran = inksight(*call, env=environment)
    assert ran.code == 0, ran.err
    assert "making w8" in ran.err and "w8: encoder" in ran.err
    (kept,) = (tmp_path / "own").rglob("tuned/*.json")
    found = json.loads(kept.read_text())["precision"]
    assert f"runs in {found} on this processor" in ran.out.decode()
    ran = inksight("doctor", env=environment)
    assert f"tuned to this processor: {found}" in ran.out.decode()
    ran = inksight("models", "tune", "tiny", "--forget", env=environment)
    assert ran.code == 0 and "forgotten" in ran.err and not kept.exists()
    ran = inksight("models", "tune", "tiny", "--precision", "w3", env=environment)
    assert ran.code == 2 and "there are w8, int8" in ran.err
