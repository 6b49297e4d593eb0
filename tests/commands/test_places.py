"""Which inputs a call means, and where their results go."""

import pytest

from inksight_cli.commands.inputs import Inputs, expand
from inksight_cli.commands.targets import plan_targets
from inksight_cli.errors import UsageError


def planned(sources, out, suffix=".svg", many=None):
    inputs = Inputs(tuple(sources), len(sources) > 1 if many is None else many)
    return [str(target.path) for target in plan_targets(inputs, str(out), suffix)]


def test_files_folders_and_patterns_are_taken_once_and_in_order(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "scans").mkdir()
    for name in ("b.PNG", "a.jpg", "a.txt", "c.tiff"):
        (tmp_path / "scans" / name).touch()
    found = expand(["scans/c.tiff", "scans", "none.png", "scans/*.jpg"])
    assert found.sources == ("scans/c.tiff", "scans/a.jpg", "scans/b.PNG", "none.png")
    assert found.many
    assert not expand(["none.png"]).many
    assert expand(["scans"]).many
    assert expand(["scans/a.txt"]).sources == ("scans/a.txt",)


def test_a_file_whose_name_looks_like_a_pattern_is_a_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "page[1].jpg").touch()
    assert expand(["page[1].jpg"]) == Inputs(("page[1].jpg",), False)


def test_results_lie_in_the_folder_under_their_inputs_names(tmp_path):
    out = tmp_path / "new" / "folder"
    assert planned(["x/a.jpg", "y/b.c.png"], out) == [f"{out}/a.svg", f"{out}/b.c.svg"]
    assert planned(["-"], f"{out}/") == [f"{out}/stdin.svg"]
    assert planned(["x/a.jpg"], out, many=False) == [f"{out}/a.svg"]


def test_equal_stems_keep_their_endings(tmp_path):
    names = planned(["a.jpg", "a.png", "b.png"], tmp_path)
    assert names == [f"{tmp_path}/{name}" for name in ("a.jpg.svg", "a.png.svg", "b.svg")]


def test_equal_names_are_refused(tmp_path):
    with pytest.raises(UsageError, match=r"'x/a\.jpg' and 'y/a\.jpg' would have the same name"):
        planned(["x/a.jpg", "y/a.jpg"], tmp_path)


def test_many_results_do_not_fit_in_one_file(tmp_path):
    with pytest.raises(UsageError, match="is one file"):
        planned(["a.jpg", "b.jpg"], tmp_path / "all.svg")


def test_results_never_take_an_inputs_place(tmp_path):
    (tmp_path / "boxes.json").touch()
    with pytest.raises(UsageError, match="take the place"):
        planned([f"{tmp_path}/boxes.json", "b.jpg"], tmp_path, ".json")
