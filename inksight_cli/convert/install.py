"""The whole chain for a user: find or download, convert, verify, put where models are found."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from inksight_cli.bundles import Manifest, open_bundle, user_folder
from inksight_cli.convert.build import Precision, Progress, convert_model, source_hash
from inksight_cli.convert.download import SMALL_P, download_model, is_model_id
from inksight_cli.convert.report import Inspection, inspect_model
from inksight_cli.convert.samples import sample_jobs
from inksight_cli.convert.source import open_source
from inksight_cli.convert.verdict import Verdict
from inksight_cli.convert.verify import verify_bundle
from inksight_cli.errors import InksightError, UsageError

NAME = "small-p"
SAMPLES = 3  # the original needs minutes for a word


@dataclass(frozen=True, slots=True)
class Installed:
    """What an installation did: where the bundle is, and the verdict, None if not verified."""

    folder: Path
    manifest: Manifest
    verdict: Verdict | None


@contextmanager
def open_model(name: str) -> Iterator[Inspection]:
    """Yield the inspected SavedModel at a path, in a zip, or behind a Hugging Face id.

    Raises:
        UnreadableInputError: there is nothing, or the zip is broken.
        ModelError: it is no SavedModel of this kind, or cannot be downloaded.
        MissingBackendError: downloading needs a package that is not installed.
    """
    path = download_model(name) if is_model_id(name) else Path(name)
    with open_source(path) as folder:
        yield inspect_model(folder)


def install_model(
    name: str,
    source: str = SMALL_P,
    *,
    verify: bool | None = None,
    precision: Precision = "fp32",
    samples: int = SAMPLES,
    progress: Progress | None = None,
) -> Installed:
    """Install a model into the user's model folder; every step may be repeated.

    Args:
        name: what is installed; only ``small-p`` can be.
        source: a path, a zip, or a Hugging Face id.
        verify: None: if the oracle's packages are there and it was not done before.
        precision: how matrices are stored.
        samples: how many words the original is asked about.
        progress: as of `convert_model`.

    Raises:
        UsageError: no such model can be installed.
        InksightError: as `open_model`, `convert_model` and `verify_bundle` do.
    """
    if name != NAME:
        raise UsageError(f"There is no way to install {name!r}; only {NAME} can be.")
    folder = user_folder() / name
    with open_model(source) as inspection:
        if not _same_source(folder, inspection, precision):
            convert_model(inspection, folder, precision=precision, progress=progress)
        verdict = None
        known = bool(open_bundle(folder).manifest.measured.get("verified"))
        if verify or (verify is None and not known and can_verify()):
            verdict = verify_bundle(folder, inspection, sample_jobs(samples), progress=progress)
    return Installed(folder, open_bundle(folder).manifest, verdict)


def can_verify() -> bool:
    """Whether the oracle's packages are installed."""
    return all(importlib.util.find_spec(name) for name in ("jax", "jaxlib"))


def _same_source(folder: Path, inspection: Inspection, precision: Precision) -> bool:
    """Whether the bundle there is whole and was made from the same files."""
    try:
        bundle = open_bundle(folder)
        bundle.check(hashes=True)
    except InksightError:
        return False
    same = bundle.manifest.measured.get("source_sha256") == source_hash(inspection)
    return same and bundle.manifest.precision == precision
