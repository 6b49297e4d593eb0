"""Results beside their inputs, results that are there already, and batches taken up again."""

import shutil

import pytest

from tests.commands.conftest import QUICK, is_result
from tests.helpers.pictures import save, save_pages


def names(folder):
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if is_result(p))


def test_a_result_lies_beside_its_input_and_never_over_another_file(inksight, picture, tmp_path):
    shutil.copy(picture, tmp_path / "note.png")
    assert inksight("derender", "note.png", *QUICK).code == 0
    assert names(tmp_path) == ["note.png", "note.svg"]
    (tmp_path / "note.svg").write_text("mine")
    ran = inksight("derender", "note.png", *QUICK)
    assert (ran.code, "--overwrite replaces it" in ran.err) == (6, True)
    assert (tmp_path / "note.svg").read_text() == "mine"
    assert inksight("derender", "note.png", *QUICK, "--skip-existing").code == 0
    assert (tmp_path / "note.svg").read_text() == "mine"
    assert inksight("derender", "note.png", *QUICK, "--overwrite").code == 0
    assert (tmp_path / "note.svg").read_text() != "mine"
    assert inksight("detect", "note.png", "--detector", "whole").code == 0
    assert names(tmp_path) == ["note.json", "note.png", "note.svg"]


def test_no_overwrite_holds_where_a_place_is_said(inksight, picture, tmp_path):
    (tmp_path / "x.svg").write_text("mine")
    ran = inksight("derender", picture, "-o", "x.svg", *QUICK, "--no-overwrite")
    assert (ran.code, (tmp_path / "x.svg").read_text()) == (6, "mine")
    assert inksight("derender", picture, "-o", "x.svg", *QUICK).code == 0


def test_stdin_without_a_place_goes_to_stdout(inksight, picture):
    ran = inksight("derender", "-", *QUICK, stdin=picture.read_bytes())
    assert (ran.code, b"<svg" in ran.out) == (0, True)


def test_a_folder_of_folders_keeps_its_tree(inksight, tmp_path):
    for name in ("a.png", "sub/a.png", "sub/._a.png"):
        (tmp_path / "in" / name).parent.mkdir(parents=True, exist_ok=True)
        save(tmp_path / "in" / name)
    assert inksight("derender", "in", "-r", "-o", "out", *QUICK, "--preview", "out/seen").code == 0
    assert names(tmp_path / "out") == ["a.svg", "seen/a.png", "seen/sub/a.png", "sub/a.svg"]


@pytest.fixture
def scans(tmp_path):
    """A picture whose name looks like that of another's first page, and one of two pages."""
    (tmp_path / "i").mkdir()
    save(tmp_path / "i" / "scan.png")
    save(tmp_path / "i" / "scan-1.png", "two")
    return tmp_path / "i"


def test_another_inputs_result_is_never_taken_for_this_ones(inksight, scans, tmp_path):
    assert inksight("derender", "i/scan-1.png", "-o", "o/", *QUICK).code == 0
    ran = inksight("derender", "i", "-o", "o/", *QUICK, "--skip-existing")
    assert ran.code == 0
    assert names(tmp_path / "o") == ["scan-1.svg", "scan.svg"]
    assert ran.err.count("skipped") == 1 + 1  # the input, and the sum


@pytest.mark.parametrize("ending", ["svg", "inkml", "json"])
def test_a_result_of_another_picture_is_in_the_way(inksight, tmp_path, ending):
    save(tmp_path / "a.png")
    save(tmp_path / "b.png", "two")
    call = ("derender", "a.png", "b.png", "-o", "o/", "--format", ending, *QUICK)
    assert inksight(*call).code == 0
    save(tmp_path / "a.png", "new")
    ran = inksight(*call, "--skip-existing")
    assert (ran.code, "the result of another picture" in ran.err) == (7, True)
    assert inksight(*call, "--skip-existing", "--overwrite").code == 0
    assert inksight(*call, "--skip-existing").err.count("there already, skipped") == 2


def test_an_empty_file_is_no_result(inksight, picture, tmp_path):
    (tmp_path / "x.svg").touch()
    assert inksight("derender", picture, "-o", "x.svg", *QUICK, "--skip-existing").code == 0
    assert (tmp_path / "x.svg").stat().st_size


def test_a_lost_preview_is_made_again(inksight, scans, tmp_path):
    call = ("derender", "i", "-o", "o", *QUICK, "--preview", "p", "--skip-existing")
    assert inksight(*call).code == 0
    (tmp_path / "p" / "scan.png").unlink()
    assert inksight(*call).code == 0
    assert names(tmp_path / "p") == ["scan-1.png", "scan.png"]


def test_what_one_page_lacks_the_others_have_and_the_input_is_not_called_done(inksight, tmp_path):
    (tmp_path / "i").mkdir()
    save_pages(tmp_path / "i" / "scan.tif", ["one", "two", "three"])
    (tmp_path / "o" / "scan.page-1.svg").mkdir(parents=True)  # where a file should go
    ran = inksight("derender", "i/scan.tif", "-o", "o", *QUICK, "--preview", "o")
    assert (ran.code, "(page 1): Cannot write" in ran.err) == (6, True)
    others = [f"scan.page-{n}.{kind}" for n in (2, 3) for kind in ("png", "svg")]
    assert names(tmp_path / "o") == others
    (tmp_path / "o" / "scan.page-1.svg").rmdir()
    call = ("derender", "i/scan.tif", "-o", "o", *QUICK, "--preview", "o", "--skip-existing")
    ran = inksight(*call)
    assert (ran.code, ran.err.count("scan.page-")) == (0, 3)
    (tmp_path / "o" / "scan.page-2.svg").unlink()
    assert inksight(*call).err.count("scan.page-") == 3
    assert "there already, skipped" in inksight(*call).err


def test_previews_take_no_inputs_place(inksight, tmp_path):
    (tmp_path / "i").mkdir()
    save_pages(tmp_path / "i" / "scan.tif", ["one", "two"])
    before = save(tmp_path / "i" / "scan.page-1.png").read_bytes()
    ran = inksight("derender", "i", "-o", "o", *QUICK, "--preview", "i")
    assert ran.code in (2, 7)
    assert (tmp_path / "i" / "scan.page-1.png").read_bytes() == before
