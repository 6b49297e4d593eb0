"""Where results go, asked of the plan itself."""

import pytest

from inksight_cli.commands.inputs import Inputs, expand
from inksight_cli.commands.targets import Target, is_folder_name, made_from, plan_targets
from inksight_cli.errors import OutputError, UsageError
from tests.helpers.pictures import save

SUFFIXES = (".inkml", ".xml")


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    save(tmp_path / "a.png")
    save(tmp_path / "b.png")
    return tmp_path


def places(inputs, out):
    return [str(target.path) for target in plan_targets(inputs, out, SUFFIXES)]


def test_one_input(here):
    one = expand(["a.png"])
    assert places(one, None) == ["a.inkml"]
    assert places(one, "x.inkml") == ["x.inkml"]
    assert places(one, "x.xml") == ["x.xml"]
    assert places(one, "x.odd") == ["x.odd"]  # whatever that is, it is no picture
    assert plan_targets(one, "-", SUFFIXES) == [Target("a.png", None)]
    assert places(one, "x") == ["x/a.inkml"]
    assert (here / "x").is_dir()


def test_stdin(here):
    stdin = Inputs(("-",), False)
    assert plan_targets(stdin, None, SUFFIXES) == [Target("-", None)]
    assert places(stdin, "x/") == ["x/stdin.inkml"]
    (here / "-").write_bytes(b"")
    assert places(stdin, str(here / "-")) == [str(here / "-")]  # a file of that name is no input


def test_several_inputs_need_a_folder(here):
    two = expand(["a.png", "b.png"])
    assert places(two, None) == ["a.inkml", "b.inkml"]
    assert places(two, "deep/er") == ["deep/er/a.inkml", "deep/er/b.inkml"]
    with pytest.raises(UsageError, match="cannot all go to stdout"):
        places(two, "-")
    with pytest.raises(UsageError, match="is one file, but there may be several"):
        places(two, "x.inkml")
    (here / "y.inkml").mkdir()
    assert places(two, "y.inkml") == ["y.inkml/a.inkml", "y.inkml/b.inkml"]


def test_places_that_cannot_be(here):
    one = expand(["a.png"])
    with pytest.raises(UsageError, match="place of the input"):
        plan_targets(one, "a.png", (".png",))
    with pytest.raises(UsageError, match=r"ends in \.png, but what is written there is \.inkml"):
        places(one, "x.PNG")
    with pytest.raises(OutputError, match="There is no folder 'nowhere'"):
        places(one, "nowhere/x.inkml")
    with pytest.raises(OutputError, match="cannot be made: file exists"):
        places(expand(["a.png", "b.png"]), "a.png")
    with pytest.raises(OutputError, match="cannot be made"):
        places(one, "a.png/x/")


def test_what_is_a_folder(here):
    (here / "there.d").mkdir()
    (here / "plain").write_bytes(b"")
    said = {name: is_folder_name(name) for name in ("x/", "x", "x.svg", "there.d", "plain")}
    assert said == {"x/": True, "x": True, "x.svg": False, "there.d": True, "plain": False}


def test_what_is_there_already(here):
    target = Target("a.tif", here / "a.svg")
    pages = lambda: 2  # noqa: E731
    assert target.existing(pages) is None
    assert Target("-", None).existing(pages) is None
    assert target.page(2, 3) == here / "a.page-2.svg"
    assert target.page(1, 1) == here / "a.svg"
    assert Target("-", None).page(2, 3) is None
    (here / "a.page-2.svg").write_bytes(b"ink")  # it was interrupted
    (here / "a.svg").write_bytes(b"")  # and an empty file is no result
    assert target.existing(pages) is None
    (here / "a.page-1.svg").write_bytes(b"ink")
    assert target.existing(lambda: 3) is None
    assert target.existing(pages) == here / "a.page-1.svg"
    (here / "a.svg").write_bytes(b"ink")
    assert target.existing(pages) == here / "a.svg"


def test_what_a_result_was_made_from(here):
    one, other = "1" * 64, "ab" * 32
    (here / "a.svg").write_text(f'<x sha256="{one}"/> "sha256": "{other}" sha256="{"g" * 64}"')
    assert made_from(here / "a.svg") == {one.encode(), other.encode()}
    (here / "far.svg").write_text(" " * (1 << 20) + f'sha256="{one}"')
    assert made_from(here / "far.svg") == made_from(here / "none") == set()
