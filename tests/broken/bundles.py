"""Model bundles with one field wrong, hashes made right again; 250 and more."""

from __future__ import annotations

import hashlib
import io
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from tests.broken.evil import DEEP, Case, changed, damaged, some
from tests.broken.pictures import drawing, saved
from tests.engine.tiny import tiny_bundle

ORDER = Path(__file__).parents[2] / "models" / "nano" / "pen_order.npz"
DERENDER = (
    "derender", "page.png", "-o", "out/", "--detector", "whole", "--model", "./bundle",
    "--mode", "recognize-and-derender",
)  # fmt: skip
SHOW = ("models", "show", "./bundle", "--check")


def cases() -> Iterator[Case]:
    """Yield them all."""
    from PIL import Image

    base, page = _base(), saved(Image.fromarray(drawing()), "PNG")
    manifest = json.loads(base["manifest.json"])
    found = [(name, text.encode()) for name, text in changed(manifest)]
    for number, (name, text) in enumerate(some(found, 190, "bundles")):
        files = base | {"manifest.json": text}
        yield _case(f"manifest {name}", files, page, DERENDER if number % 3 else SHOW)
    for name, change in _changes(base):
        yield _case(name, _listed(base | change), page, DERENDER)
    yield _case(
        "nothing listed",
        base | {"manifest.json": json.dumps(manifest | {"files": {}}).encode()},
        page,
        DERENDER,
    )
    yield _case("raw deep", base | {"manifest.json": DEEP.encode()}, page, SHOW)


def _case(name: str, files: dict[str, bytes], page: bytes, words: tuple[str, ...]) -> Case:
    inside = {f"bundle/{file}": data for file, data in files.items()}
    return Case(f"bundle {name}", words, {"page.png": page, **inside})


def _base() -> dict[str, bytes]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "tiny"
        folder.mkdir()
        (folder / "pen_order.npz").write_bytes(ORDER.read_bytes())
        tiny_bundle(folder, pen_order="pen_order.npz")
        return {path.name: path.read_bytes() for path in folder.iterdir()}


def _listed(files: dict[str, bytes]) -> dict[str, bytes]:
    """Make the manifest right about the files: what is wrong lies in them."""
    manifest = json.loads(files["manifest.json"])
    for name in manifest["files"]:
        digest = hashlib.sha256(files[name]).hexdigest()
        manifest["files"][name] = {"sha256": digest, "bytes": len(files[name])}
    return files | {"manifest.json": json.dumps(manifest).encode()}


def _changes(base: dict[str, bytes]) -> Iterator[tuple[str, dict[str, bytes]]]:
    for name, count in (("encoder.onnx", 14), ("decoder.onnx", 14), ("pen_order.npz", 28)):
        for how, broken in damaged(base[name], f"bundle {name}", count):
            yield f"{name} {how}", {name: broken}
        yield f"{name} empty", {name: b""}
    vocabulary = json.loads(base["vocabulary.json"])
    found = [(name, text.encode()) for name, text in changed(vocabulary)]
    for name, text in some(found, 30, "vocabulary"):
        yield f"vocabulary {name}", {"vocabulary.json": text}
    swapped = {"encoder.onnx": base["decoder.onnx"], "decoder.onnx": base["encoder.onnx"]}
    yield "graphs swapped", swapped
    for name, arrays in _arrays().items():
        stream = io.BytesIO()
        np.savez(stream, **arrays)
        yield f"pen order {name}", {"pen_order.npz": stream.getvalue()}


def _arrays() -> dict[str, dict[str, np.ndarray]]:
    with np.load(ORDER) as data:
        good = dict(data)
    matrices = [key for key, value in good.items() if value.ndim == 2 and value.dtype.kind == "f"]
    one, first = matrices[1], matrices[0]
    return {
        "nan": {**good, one: good[one] * np.nan},
        "texts": {**good, one: np.array(["a", "b"])},
        "objects": {**good, one: np.array([1, "a"], dtype=object)},
        "scalar": {**good, one: np.float32(3)},
        "narrow": {**good, one: good[one][:, :-1]},
        "empty": {**good, one: good[one][:0]},
        "complex": {**good, one: good[one].astype(np.complex64)},
        "first narrow": {**good, first: good[first][1:]},
        "left out": {key: value for key, value in good.items() if key != one},
    }
