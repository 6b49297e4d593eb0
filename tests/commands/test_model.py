"""The command with a model: a toy bundle, by path and by name, in the three modes."""

import json

import pytest

from inksight_cli import read
from tests.engine.tiny import tiny_bundle
from tests.helpers.pictures import save, save_pages


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models")
    tiny_bundle(folder / "tiny")
    return folder


def test_a_batch_with_one_model_load_keeps_order_and_goes_on(inksight, models, tmp_path):
    """The model looks ahead over pages; a broken input between them costs only itself."""
    save(tmp_path / "a.png", "one")
    (tmp_path / "b.png").write_text("not a picture")
    save_pages(tmp_path / "c.tif", ["two", "three"])
    call = ("derender", "a.png", "b.png", "c.tif", "-o", "out", "--detector", "whole")
    ran = inksight(*call, "--model", models / "tiny", "--format", "json", "--log-format", "json")
    assert ran.code == 7
    events = [json.loads(line) for line in ran.err.splitlines()]
    told = [(e["event"], e.get("input"), e.get("page")) for e in events if e["event"] != "note"]
    assert told == [
        ("page", "a.png", 1),
        ("error", "b.png", 1),
        ("page", "c.tif", 1),
        ("page", "c.tif", 2),
        ("file", "c.tif", None),
        ("summary", None, None),
    ]
    document = read(tmp_path / "out" / "c.json")
    assert [page.number for page in document.pages] == [1, 2]
    assert (document.provenance.model, document.provenance.mode) == ("tiny", "derender")
    assert len(document.provenance.model_hash) >= 12
    (word,) = document.pages[0].words
    assert word.mode == "derender"
    assert word.quality.score is not None


@pytest.mark.parametrize("mode", ["recognize-and-derender", "derender-with-text"])
def test_modes_by_a_models_name(inksight, picture, models, tmp_path, monkeypatch, mode):
    monkeypatch.setenv("INKSIGHT_MODELS", str(models))
    call = ("derender", picture, "-o", "note.json", "--detector", "whole", "--model", "tiny")
    ran = inksight(*call, "--mode", mode, "--threads", 1, "--batch-size", 2, "--no-constrain")
    assert ran.code == 0, ran.err
    assert read(tmp_path / "note.json").provenance.mode == mode


def test_a_damaged_model_is_told(inksight, picture, tmp_path):
    bundle = tiny_bundle(tmp_path / "broken")
    graph = next(bundle.folder.glob("decoder*.onnx"))
    graph.write_bytes(graph.read_bytes()[:-100])
    ran = inksight("derender", picture, "-o", "note.svg", "--model", "./broken")
    assert ran.code == 5
    assert "Traceback" not in ran.err
    assert not (tmp_path / "note.svg").exists()
