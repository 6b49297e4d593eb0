"""Bundles: manifests that round-trip, damage that is noticed, places in order."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from inksight_cli.bundles import Bundle, Manifest, find_bundle, installed_bundles, open_bundle
from inksight_cli.bundles.manifest import MANIFEST
from inksight_cli.bundles.places import VARIABLE, user_folder
from inksight_cli.errors import ModelError
from tests.engine.tiny import tiny_bundle, tiny_manifest

VOCABULARY = tiny_manifest().vocabulary


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    tiny_bundle(folder / "tiny")
    return folder


def test_manifest_round_trip() -> None:
    manifest = tiny_manifest(measured={"F1": 0.5}, licence="Apache-2.0")
    again = Manifest.from_json(manifest.to_json())
    assert again == manifest
    assert again.revision_hash == manifest.revision_hash
    assert replace(manifest, revision="2").revision_hash != manifest.revision_hash


def test_the_smallest_sizes_and_the_last_id_are_fine() -> None:
    small = replace(tiny_manifest(), max_length=1, prompt_length=1, ink_first=VOCABULARY - 1)
    assert Manifest.from_json(small.to_json()) == small


def test_what_a_manifest_leaves_out() -> None:
    """Fields came one by one: bundles from before them mean what was done then."""
    data = json.loads(tiny_manifest().to_json())
    for name in ("crop_rows", "prompt_end", "constrain", "reads", "decoding", "pen_order"):
        data.pop(name, None)
    manifest = Manifest.from_json(json.dumps(data))
    assert (manifest.crop_rows, manifest.prompt_end, manifest.constrain) == (False, False, False)
    assert (manifest.reads, manifest.pen_order) == (True, "")
    decoding = manifest.decoding
    assert (decoding.search, decoding.beams, decoding.alpha) == ("greedy", 1, 0.6)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "is not JSON"),
        ("[" * 100_000, "nested too deeply"),
        ("[]", "not a model manifest"),
        ('{"schema": 99}', "not a model manifest of schema 1"),
        ('{"schema": 1}', "not a valid model manifest"),
    ],
)
def test_text_that_is_no_manifest(text: str, said: str) -> None:
    with pytest.raises(ModelError, match=said):
        Manifest.from_json(text)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"family": "large"}, "family 'large'"),
        ({"tokenizer": "bytes"}, "tokenizer 'bytes'"),
        ({"vocabulary": 0}, "sizes below 1"),
        ({"vocabulary": "9"}, "vocabulary must be int"),
        ({"crop_rows": 1}, "crop_rows must be bool"),
        ({"precision": "w8"}, "no graphs for 'w8'"),
        ({"prompts": {"derender": "x"}}, "lacks prompts"),
        ({"decoding": {"search": "sampling"}}, "decoding"),
        ({"decoding": {"beam": 3}}, "not a valid model manifest"),
        ({"ink_first": VOCABULARY}, "ids beyond its vocabulary"),
        ({"max_length": 0}, "sizes below 1"),
        ({"prompt_length": 0}, "sizes below 1"),
        ({"decoding": {"beams": 0}}, "decoding"),
        ({"surprise": 1}, "not a valid model manifest"),
        ({"ink_first": 10**5}, "ids beyond its vocabulary"),
        ({"vocabulary": 10**9}, "not a valid model manifest"),
        ({"vocabulary": 10**400}, "not a valid model manifest"),
        ({"decoding": {"alpha": "x"}}, "alpha must be a number"),
        ({"decoding": {"beams": 10**6}}, "not a valid model manifest"),
        ({"decoding": []}, "decoding must be an object"),
        ({"prompts": 3}, "prompts must be texts"),
        ({"prompts": {"derender": 3}}, "prompts must be texts"),
        ({"variants": {"fp32": {"encoder": 5, "decoder": "x"}}}, "variants must be texts"),
        ({"variants": {"fp32": {"encoder": "../x", "decoder": "x"}}}, "names a file outside"),
        ({"variants": {"fp32": {"encoder": "x", "decoder": "/x"}}}, "names a file outside"),
        ({"tokenizer_file": "/etc/passwd"}, "names a file outside"),
        ({"pen_order": "../pen.npz"}, "names a file outside"),
        ({"files": {"x": {"sha256": 3, "bytes": 1}}}, "sha256 must be str"),
        ({"files": {"x": {"sha256": "", "bytes": "9"}}}, "bytes must be int"),
        ({"files": {"../x": {"sha256": "", "bytes": 1}}}, "names a file outside"),
    ],
)
def test_fields_that_make_no_sense(change: dict[str, object], said: str) -> None:
    data = json.loads(tiny_manifest().to_json()) | change
    with pytest.raises(ModelError, match=said):
        Manifest.from_json(json.dumps(data))


def test_a_sound_bundle_passes(folder: Path) -> None:
    bundle = open_bundle(folder / "tiny")
    bundle.check(hashes=True)
    assert set(bundle.manifest.files) == {"encoder.onnx", "decoder.onnx", "vocabulary.json"}
    assert bundle.bytes == sum(p.stat().st_size for p in bundle.folder.iterdir()) - len(
        bundle.manifest.to_json().encode()
    )


@pytest.mark.parametrize("name", ["encoder.onnx", "decoder.onnx", "vocabulary.json"])
def test_all_that_is_opened_is_listed(tmp_path: Path, name: str) -> None:
    bundle = tiny_bundle(tmp_path / "tiny")
    path = bundle.folder / MANIFEST
    data = json.loads(path.read_text())
    del data["files"][name]
    path.write_text(json.dumps(data))
    with pytest.raises(ModelError, match=rf"does not list the file '{name}'"):
        open_bundle(bundle.folder)


@pytest.mark.parametrize("name", ["vocabulary.json", "pen_order.npz"])
def test_what_is_opened_alone_is_compared_with_its_hash(tmp_path: Path, name: str) -> None:
    (tmp_path / "tiny").mkdir()
    (tmp_path / "tiny" / "pen_order.npz").write_bytes(b"weights")
    bundle = tiny_bundle(tmp_path / "tiny", pen_order="pen_order.npz")
    path = bundle.folder / name
    path.write_bytes(b"#" + path.read_bytes()[1:])
    with pytest.raises(ModelError, match=rf"{name} is damaged"):
        _ = bundle.vocabulary if name == "vocabulary.json" else bundle.pen_order


def test_a_network_that_does_not_fit_is_told(tmp_path: Path) -> None:
    import numpy as np

    (tmp_path / "tiny").mkdir()
    shipped = Path(__file__).resolve().parents[2] / "models/nano/pen_order.npz"
    with np.load(shipped) as data:
        arrays = dict(data)
    arrays["query"] = arrays["query"][:, 1:]
    np.savez(tmp_path / "tiny" / "pen_order.npz", **arrays)
    bundle = tiny_bundle(tmp_path / "tiny", pen_order="pen_order.npz")
    with pytest.raises(ModelError, match="does not fit"):
        _ = bundle.pen_order


def test_a_name_is_not_looked_for_in_the_folder_at_hand(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiny_bundle(tmp_path / "nano", revision="not ours")
    monkeypatch.chdir(tmp_path)
    assert find_bundle("nano").origin == "shipped"
    assert find_bundle("./nano").manifest.revision == "not ours"
    (tmp_path / "nano").rename("other")
    with pytest.raises(ModelError) as caught:
        find_bundle("other")
    assert caught.value.remedy == "For the folder of this name: ./other"


def test_a_home_that_cannot_be_looked_into_has_no_models(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def closed(self: Path) -> None:
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setenv(VARIABLE, str(tmp_path))
    monkeypatch.setattr(Path, "iterdir", closed)
    assert installed_bundles() == ([], [])
    monkeypatch.delenv(VARIABLE)
    monkeypatch.delenv("HOME", raising=False)
    monkeypatch.setattr("os.path.expanduser", lambda path: path)
    assert user_folder().name == "models"


@pytest.mark.parametrize("damage", ["missing", "shorter", "changed"])
def test_damage_is_noticed(tmp_path: Path, damage: str) -> None:
    bundle = tiny_bundle(tmp_path / "tiny")
    path = bundle.folder / "decoder.onnx"
    data = path.read_bytes()
    if damage == "missing":
        path.unlink()
    else:
        path.write_bytes(data[:-1] if damage == "shorter" else data[:-1] + b"?")
    with pytest.raises(ModelError, match=r"decoder\.onnx"):
        bundle.check()


def test_unknown_precision_names_what_there_is(folder: Path) -> None:
    with pytest.raises(ModelError, match="it has fp32") as caught:
        open_bundle(folder / "tiny").variant("w8")
    assert caught.value.remedy == "inksight models quantize tiny --precision w8"


def test_found_by_name_and_by_path(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, str(folder))
    assert user_folder() == folder
    assert find_bundle("tiny").origin == "installed"
    assert find_bundle(folder / "tiny").origin == "path"
    with pytest.raises(ModelError, match=r"no model 'nowhere'; available: .*tiny"):
        find_bundle("nowhere")
    with pytest.raises(ModelError, match="no model"):
        find_bundle("../tiny")


def test_ours_come_before_the_shipped_ones(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def shipped() -> list[Path]:
        return [folder]

    monkeypatch.setattr("inksight_cli.bundles.places.shipped_folders", shipped)
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    assert [(b.folder.name, b.origin) for b in installed_bundles()[0]] == [("tiny", "shipped")]
    tiny_bundle(tmp_path / "tiny", revision="mine")
    found: Bundle = installed_bundles()[0][0]
    assert (found.origin, found.manifest.revision) == ("installed", "mine")


def test_a_broken_bundle_is_listed_with_its_reason(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / MANIFEST).write_text("{")
    _, broken = installed_bundles()
    assert [(path.name, "not JSON" in error.message) for path, error in broken] == [("bad", True)]
