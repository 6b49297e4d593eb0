"""From a SavedModel to a model bundle: strict, one tensor at a time, whole or not at all."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from inksight_cli.bundles import Manifest, Variant, write_manifest
from inksight_cli.bundles.manifest import MANIFEST
from inksight_cli.convert.graph import build_graphs
from inksight_cli.convert.mapping import CheckpointWeights
from inksight_cli.convert.report import Inspection
from inksight_cli.convert.switches import (
    Switches,
    decoding_of,
    first_switches,
    model_spec,
)
from inksight_cli.document import Mode
from inksight_cli.errors import OutputError

Progress = Callable[[str, float], None]
Precision = Literal["fp32", "fp16"]

PROMPTS: dict[Mode, str] = {
    "derender": "Derender the ink.",
    "recognize-and-derender": "Recognize and derender.",
    "derender-with-text": "Derender the ink: {text}",
}
PIECES = "sentencepiece.model"
_LICENCE = "model card: Apache-2.0; authors' notebook: research, non-commercial use only"
WIDEST = 2.0
"""Crops of Small-p's training were half to four times as wide as high, few wider than this."""
_SOURCE = "https://huggingface.co/Derendering/InkSight-Small-p"


class ModelWeights(Mapping[str, NDArray[np.float32]]):
    """The checkpoint's weights, and an output matrix of its own where tied logits are unscaled."""

    def __init__(self, inspection: Inspection, switches: Switches) -> None:
        placement, _ = inspection.require()
        self._stored = CheckpointWeights(inspection.checkpoint, placement)
        self._untied = placement.sizes.tied and not switches.scaled_logits

    def __getitem__(self, name: str) -> NDArray[np.float32]:
        if name == "logits" and self._untied:
            return np.ascontiguousarray(self._stored["embedding"].T)
        return self._stored[name]

    def __iter__(self) -> Iterator[str]:
        yield from self._stored
        if self._untied:
            yield "logits"

    def __len__(self) -> int:
        return len(self._stored) + self._untied

    def __contains__(self, name: object) -> bool:
        return name in self._stored or (name == "logits" and self._untied)


def convert_model(
    inspection: Inspection,
    folder: Path,
    *,
    switches: Switches | None = None,
    precision: Precision = "fp32",
    progress: Progress | None = None,
) -> Manifest:
    """Write the bundle of an inspected SavedModel to ``folder``, replacing a bundle there.

    Args:
        inspection: as `inspect_model` returns it.
        folder: appears complete or not at all.
        switches: None: as the graph says, the likeliest where it says nothing.
        precision: how matrices are stored; fp32 is what the oracle is compared with.
        progress: is told what is going on and how much of it is done, 0..1.

    Raises:
        ModelError: a variable has no place, a weight is missing, a checksum is wrong.
        OutputError: the folder holds something else, or cannot be written.
    """
    tell = progress or (lambda _what, _done: None)
    _, vocabulary = inspection.require()
    switches = switches or first_switches(inspection)
    spec = model_spec(inspection, switches)
    _check_sums(inspection, tell)
    with _whole_folder(folder) as partial:
        tell("building the graphs", 0.0)
        weights = ModelWeights(inspection, switches)
        build_graphs(spec, weights, partial, half=precision == "fp16")
        (partial / PIECES).write_bytes(vocabulary.model)
        tell("hashing", 0.9)
        manifest = write_manifest(partial, _manifest(inspection, switches, precision))
        tell("done", 1.0)
    return manifest


def _manifest(inspection: Inspection, switches: Switches, precision: Precision) -> Manifest:
    _, vocabulary = inspection.require()
    spec = model_spec(inspection, switches)
    return Manifest(
        name="small-p",
        revision=source_hash(inspection)[:12],
        family="small-p",
        vocabulary=spec.vocabulary,
        ink_first=spec.ink_first,
        max_length=spec.max_length,
        prompt_length=spec.prompt_length,
        tokenizer="sentencepiece",
        tokenizer_file=PIECES,
        end=vocabulary.end,
        prompts=PROMPTS,
        prompt_end=switches.prompt_end,
        widest=WIDEST,
        decoding=decoding_of(switches.beams),
        variants={precision: Variant(encoder="encoder.onnx", decoder="decoder.onnx")},
        precision=precision,
        licence=_LICENCE,
        training_data="see the model card",
        source=_SOURCE,
        measured=unverified(inspection, switches),
    )


def unverified(inspection: Inspection, switches: Switches) -> dict[str, Any]:
    """Return what a manifest says of a model that nobody compared with its original yet."""
    return {
        "verified": False,
        "verdict": "not compared with the original model yet",
        "switches": switches.as_data(),
        "source_sha256": source_hash(inspection),
    }


def source_hash(inspection: Inspection) -> str:
    """Return one SHA-256 over the hashes of the SavedModel's files."""
    lines = [f"{file['sha256']}  {file['name']}\n" for file in inspection.files]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _check_sums(inspection: Inspection, tell: Progress) -> None:
    placement, _ = inspection.require()
    used = {slot.variable.key: slot.variable for slot in placement.slots.values()}
    total, done = sum(v.size for v in used.values()), 0
    for variable in used.values():
        tell("checking the variables", 0.3 * done / max(total, 1))
        inspection.checkpoint.check(variable)
        done += variable.size


@contextmanager
def _whole_folder(folder: Path) -> Iterator[Path]:
    """Yield a folder beside ``folder`` that takes its place when everything went well."""
    if folder.exists() and not _replaceable(folder):
        raise OutputError(f"{folder} exists and is no model bundle: it is left alone.")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        partial = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    except OSError as error:
        raise OutputError(f"{folder} cannot be written: {error.strerror}.") from error
    try:
        yield partial
        old = partial.with_name(partial.name + "-old")
        if folder.exists():
            folder.rename(old)
        partial.chmod(0o777 & ~_umask())
        partial.rename(folder)
        shutil.rmtree(old, ignore_errors=True)
    except OSError as error:
        raise OutputError(f"{folder} cannot be written: {error.strerror or error}.") from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _replaceable(folder: Path) -> bool:
    return folder.is_dir() and ((folder / MANIFEST).is_file() or not any(folder.iterdir()))


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current
