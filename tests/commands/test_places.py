"""Which inputs a call means, and where their results go."""

import os
from pathlib import Path

import pytest

from inksight_cli.commands.inputs import Inputs, expand
from inksight_cli.commands.names import numbered
from inksight_cli.commands.targets import plan_targets
from inksight_cli.errors import UnreadableInputError, UsageError


def planned(sources, out, suffix=".svg", many=None):
    inputs = Inputs(tuple(sources), len(sources) > 1 if many is None else many)
    return [str(t.path) for t in plan_targets(inputs, out and str(out), (suffix,))]


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


def tree(folder, *names):
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()


def test_hidden_files_are_left_out_of_folders(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    tree(tmp_path, "d/a.jpg", "d/._a.jpg", "d/.b.jpg", "d/.c/e.jpg", "d/f/g.jpg", "d/f/._g.jpg")
    assert expand(["d"]).sources == ("d/a.jpg",)
    assert expand(["d"], recursive=True).sources == ("d/a.jpg", "d/f/g.jpg")
    assert expand(["d/*"]).sources == ("d/a.jpg",)
    assert expand(["d/.b.jpg", "d/../d/.b.jpg"]).sources == ("d/.b.jpg",)


def test_a_folder_of_folders_is_told_of_recursive(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    tree(tmp_path, "d/e/a.jpg")
    with pytest.raises(UnreadableInputError) as caught:
        expand(["d"])
    assert "--recursive" in caught.value.remedy


def test_the_tree_of_a_folder_is_kept_and_results_are_no_inputs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    tree(tmp_path, "d/a.png", "d/e/a.png", "d/e/a.jpg", "d/out/a.png")
    inputs = expand(["d"], recursive=True, leave_out=["d/out"])
    paths = [str(t.path) for t in plan_targets(inputs, "d/out", (".svg",))]
    assert paths == ["d/out/a.svg", "d/out/e/a.jpg.svg", "d/out/e/a.png.svg"]


def test_a_folder_that_may_not_be_looked_into_stops_nobody(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    tree(tmp_path, "d/a.png", "d/shut/b.png")
    monkeypatch.setattr("os.access", lambda path, mode: "shut" not in str(path))
    real = os.scandir

    def scandir(path):
        if str(path).endswith("shut"):
            raise PermissionError(13, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr("os.scandir", scandir)
    assert expand(["d"], recursive=True).sources == ("d/a.png", "d/shut")


@pytest.mark.parametrize("name", ["a" * 300 + ".png", "no\0thing.png", "\udcff.png"])
def test_names_that_cannot_be_stay_for_the_opening_to_tell(name):
    assert expand([name]).sources == (name,)


def test_results_lie_in_the_folder_under_their_inputs_names(tmp_path):
    out = tmp_path / "new" / "folder"
    assert planned(["x/a.jpg", "y/b.c.png"], out) == [f"{out}/a.svg", f"{out}/b.c.svg"]
    assert planned(["-"], f"{out}/") == [f"{out}/stdin.svg"]
    assert planned(["x/a.jpg"], out, many=False) == [f"{out}/a.svg"]


def test_equal_stems_keep_their_endings(tmp_path):
    names = planned(["a.jpg", "a.png", "b.png"], tmp_path)
    assert names == [f"{tmp_path}/{name}" for name in ("a.jpg.svg", "a.png.svg", "b.svg")]


def test_equal_names_keep_as_much_of_their_paths_as_tells_them_apart(tmp_path):
    names = planned(["x/a.jpg", "y/a.jpg", "y/b.jpg", "z/x/a.jpg"], tmp_path)
    places = [name.removeprefix(f"{tmp_path}/") for name in names]
    assert places[1:] == ["y/a.svg", "b.svg", "z/x/a.svg"]
    assert places[0].endswith("x/a.svg") and len(set(places)) == 4


@pytest.mark.parametrize(
    ("sources", "names"),
    [
        (["scan.png", "scan-1.png"], ["scan", "scan-1"]),
        (["scan.tif", "scan.page-1.png"], ["scan", "scan.page-1.png"]),
        (["a.jpg", "a.png", "a.jpg.png"], ["a.jpg", "a.png", "a.jpg.png"]),
        (["A.jpg", "a.png"], ["A.jpg", "a.png"]),
    ],
)
def test_a_name_says_whose_result_it_is(tmp_path, sources, names):
    assert planned(sources, tmp_path) == [f"{tmp_path}/{name}.svg" for name in names]
    beside = planned([f"d/{s}" for s in sources], None)
    assert beside == [f"d/{name}.svg" for name in names]
    single = [planned([s], f"{tmp_path}/")[0] for s in sources]
    pages = [str(numbered(Path(p), 1)) for p in single]
    assert not set(single) & set(pages)


@pytest.mark.parametrize("many", [True, False])
def test_a_name_without_an_ending_is_a_folder(tmp_path, monkeypatch, many):
    monkeypatch.chdir(tmp_path)
    assert planned(["a.jpg"], "ink", many=many) == ["ink/a.svg"]
    (tmp_path / "file").touch()
    assert planned(["a.jpg"], "file", many=False) == ["file"]


def test_many_results_do_not_fit_in_one_file(tmp_path):
    with pytest.raises(UsageError, match="is one file"):
        planned(["a.jpg", "b.jpg"], tmp_path / "all.svg")


def test_results_never_take_an_inputs_place(tmp_path):
    (tmp_path / "boxes.json").touch()
    with pytest.raises(UsageError, match="take the place"):
        planned([f"{tmp_path}/boxes.json", "b.jpg"], tmp_path, ".json")
