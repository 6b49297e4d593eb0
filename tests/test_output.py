"""Outputs appear whole or not at all."""

import os
import sys
from pathlib import Path

import pytest

from inksight_cli.errors import OutputError
from inksight_cli.output import replace_file, replace_files


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


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other permissions")
@pytest.mark.parametrize(("umask", "mode"), [(0o022, 0o644), (0o077, 0o600), (0o002, 0o664)])
def test_a_result_has_the_mode_of_any_new_file(tmp_path, umask, mode):
    before = os.umask(umask)
    try:
        replace_file(tmp_path / "ink.svg", b"ink")
        assert os.umask(umask) == umask  # and the umask is left as it was
    finally:
        os.umask(before)
    assert (tmp_path / "ink.svg").stat().st_mode & 0o777 == mode


def test_content_is_on_the_disk_before_it_takes_its_place(tmp_path, monkeypatch):
    done = []
    sync, move = os.fsync, Path.replace
    monkeypatch.setattr(os, "fsync", lambda handle: (done.append("sync"), sync(handle))[1])
    monkeypatch.setattr(Path, "replace", lambda a, b: (done.append("move"), move(a, b))[1])
    replace_files([(tmp_path / name, b"ink") for name in ("a", "b")])
    assert done == ["sync", "sync", "move", "move"]


def test_the_last_file_takes_its_place_last(tmp_path, monkeypatch):
    taken = []
    move = Path.replace
    monkeypatch.setattr(Path, "replace", lambda a, b: (taken.append(b.name), move(a, b))[1])
    replace_files([(tmp_path / name, b"ink") for name in ("page-2", "page-1")])
    assert taken == ["page-2", "page-1"]
