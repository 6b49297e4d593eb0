import zipfile

import pytest

from inksight_cli.convert.source import model_files, open_source
from inksight_cli.errors import ModelError, UnreadableInputError

NAMES = [
    "fingerprint.pb",
    "saved_model.pb",
    "variables/variables.data-00000-of-00001",
    "variables/variables.index",
]


def names(folder):
    return [path.relative_to(folder).as_posix() for path in model_files(folder)]


def test_a_zip_and_a_folder_hold_the_same_files(archive, replica):
    with open_source(archive) as folder:
        assert names(folder) == NAMES
    assert not folder.exists()
    with open_source(replica) as folder:
        assert names(folder) == NAMES


def test_a_folder_above_is_enough(replica, tmp_path):
    (tmp_path / "snapshot").symlink_to(replica)
    with open_source(tmp_path) as folder:
        assert folder.name == "snapshot"


def test_files_that_do_not_belong_to_a_model_stay_in_the_zip(archive, tmp_path):
    path = tmp_path / "model.zip"
    path.write_bytes(archive.read_bytes())
    with zipfile.ZipFile(path, "a") as file:
        file.writestr("../evil.txt", "x")
        file.writestr("variables/../../evil.txt", "x")
    with open_source(path) as folder:
        assert sorted(p.name for p in folder.rglob("*") if p.is_file()) == sorted(
            name.split("/")[-1] for name in NAMES
        )


def test_what_is_no_model_is_named(tmp_path):
    with pytest.raises(UnreadableInputError, match="no file or folder"), open_source("/no/such"):
        pass
    with pytest.raises(ModelError, match=r"holds no saved_model\.pb"), open_source(tmp_path):
        pass
    path = tmp_path / "a.zip"
    path.write_bytes(b"PK hello")
    with pytest.raises(UnreadableInputError, match="sound zip"), open_source(path):
        pass
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("readme.txt", "x")
    with pytest.raises(ModelError, match="holds 0 files"), open_source(path):
        pass


def test_two_models_are_one_too_many(replica, tmp_path):
    for name in "ab":
        (tmp_path / name).symlink_to(replica)
    with pytest.raises(ModelError, match="several models"), open_source(tmp_path):
        pass
