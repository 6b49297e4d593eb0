"""Outputs appear whole or not at all."""

import pytest

from inksight_cli.errors import OutputError
from inksight_cli.output import replace_file


def test_a_file_is_replaced_whole(tmp_path):
    path = tmp_path / "ink.svg"
    path.write_bytes(b"old")
    replace_file(path, b"new")
    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]


def test_a_missing_folder_is_one_clear_sentence(tmp_path):
    with pytest.raises(OutputError, match="No such file or directory"):
        replace_file(tmp_path / "nowhere" / "ink.svg", b"new")


def test_a_failing_rename_leaves_the_old_thing_and_no_litter(tmp_path):
    folder = tmp_path / "ink.svg"
    folder.mkdir()
    (folder / "inside").write_text("kept")
    with pytest.raises(OutputError):
        replace_file(folder, b"new")
    assert (folder / "inside").read_text() == "kept"
    assert list(tmp_path.iterdir()) == [folder]
