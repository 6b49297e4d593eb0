"""Outputs appear whole or not at all."""

import errno
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from inksight_cli.errors import DiskFullError, OutputError
from inksight_cli.output import PARTIAL, _swept, replace_file, replace_files, sweep


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


def test_what_a_killed_process_left_behind_is_known_by_its_name_and_taken_away(tmp_path):
    write = "import os, signal\nfrom inksight_cli import output\n"
    kill = "output.os.fsync = lambda handle: os.kill(os.getpid(), signal.SIGKILL)\n"
    write += kill + "from pathlib import Path\noutput.replace_file(Path('ink.svg'), b'half')\n"
    killed = subprocess.run([sys.executable, "-c", write], cwd=tmp_path, check=False)
    assert killed.returncode == -signal.SIGKILL
    (left,) = tmp_path.iterdir()
    assert left.name.startswith(".ink.svg.")
    assert left.suffix == PARTIAL
    sweep({tmp_path})
    assert left.exists()  # it may be another process's, at work
    kept = [tmp_path / name for name in ("mine" + PARTIAL, ".mine", ".folder" + PARTIAL)]
    for path in kept[:2]:
        path.write_bytes(b"mine")
    kept[2].mkdir()
    for path in tmp_path.iterdir():
        os.utime(path, (0, 0))
    _swept.clear()
    replace_file(tmp_path / "ink.svg", b"whole")
    assert sorted(tmp_path.iterdir()) == sorted([*kept, tmp_path / "ink.svg"])


def test_a_full_disk_has_an_error_of_its_own(tmp_path, monkeypatch):
    def full(handle):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DiskFullError, match="No space left"):
        replace_file(tmp_path / "ink.svg", b"ink")
    assert list(tmp_path.iterdir()) == []


def test_what_is_synced_is_the_whole_content(tmp_path, monkeypatch):
    sizes = []
    sync = os.fsync
    seen = lambda handle: (sizes.append(os.fstat(handle).st_size), sync(handle))  # noqa: E731
    monkeypatch.setattr(os, "fsync", seen)
    replace_file(tmp_path / "ink", b"x" * 70_000)
    replace_file(tmp_path / "ink", b"ink")
    assert sizes == [70_000, 3]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names")
def test_a_pipe_is_written_to_and_stays_a_pipe(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with subprocess.Popen(["cat", pipe], stdout=subprocess.PIPE) as reader:
        replace_file(pipe, b"ink")
        assert reader.stdout.read() == b"ink"
    assert pipe.is_fifo()
    assert list(tmp_path.iterdir()) == [pipe]


def test_files_that_took_their_place_go_again_where_one_of_them_cannot(tmp_path, monkeypatch):
    """But not those that were there before: of these the new content is left."""
    (tmp_path / "old").write_bytes(b"old")
    move = Path.replace

    def fail(here, there):
        if there.name == "last":
            raise OSError(errno.EACCES, "Permission denied")
        return move(here, there)

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OutputError, match="last"):
        replace_files([(tmp_path / name, b"ink") for name in ("new", "old", "last")])
    assert list(tmp_path.iterdir()) == [tmp_path / "old"]


def test_a_folder_is_swept_once(tmp_path, monkeypatch):
    looked = []
    scan = os.scandir
    monkeypatch.setattr(os, "scandir", lambda path: (looked.append(path), scan(path))[1])
    for name in ("a", "b"):
        replace_file(tmp_path / name, b"ink")
    assert looked == [tmp_path]


def test_links_are_not_followed_where_folders_are_swept(tmp_path):
    """A link that looks left behind may be new, whatever it leads to; and the other way round."""
    for name, time in (("old", 0), ("new", None)):
        target = tmp_path / name
        target.write_bytes(b"mine")
        link = tmp_path / f".{name}{PARTIAL}"
        link.symlink_to(target)
        os.utime(target, time and (time, time) if time is None else (time, time))
        os.utime(link, (0, 0), follow_symlinks=False)
    sweep({tmp_path})
    assert len(list(tmp_path.iterdir())) == 4  # a link was never on the way
