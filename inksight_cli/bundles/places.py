"""Where model bundles are found: a path, the user's model folder, or shipped with the package."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

from inksight_cli.bundles.bundle import Bundle, Origin, open_bundle
from inksight_cli.bundles.manifest import MANIFEST
from inksight_cli.errors import ModelError

VARIABLE = "INKSIGHT_MODELS"
DEFAULT = "nano"

_PACKAGE = Path(__file__).resolve().parents[1]


def user_folder() -> Path:
    """The folder of installed models; ``INKSIGHT_MODELS`` overrides the platform's place."""
    if chosen := os.environ.get(VARIABLE):
        return Path(chosen).expanduser()
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "inksight" / "models"
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA")
        return Path(base or Path.home() / "AppData" / "Local") / "inksight" / "models"
    data = os.environ.get("XDG_DATA_HOME")
    return Path(data or Path.home() / ".local" / "share") / "inksight" / "models"


def shipped_folders() -> list[Path]:
    """Folders with the package's own bundles: inside a wheel, or ``models`` of a checkout."""
    checkout = _PACKAGE.parent
    is_checkout = (checkout / "pyproject.toml").is_file()
    return [_PACKAGE / "_models", *([checkout / "models"] if is_checkout else [])]


def _places() -> Iterator[tuple[Path, Origin]]:
    yield user_folder(), "installed"
    for folder in shipped_folders():
        yield folder, "shipped"


def _is_bundle(folder: Path) -> bool:
    return (folder / MANIFEST).is_file()


def installed_bundles() -> tuple[list[Bundle], list[tuple[Path, ModelError]]]:
    """Every bundle that can be asked for by name, and the broken ones with their reasons.

    A name that is found twice counts once: the user's own comes before the shipped one.
    """
    good: dict[str, Bundle] = {}
    broken: list[tuple[Path, ModelError]] = []
    for place, origin in _places():
        folders = sorted(filter(_is_bundle, place.iterdir())) if place.is_dir() else []
        for folder in folders:
            try:
                good.setdefault(folder.name, open_bundle(folder, origin))
            except ModelError as error:
                broken.append((folder, error))
    return list(good.values()), broken


def find_bundle(name: str | Path = DEFAULT) -> Bundle:
    """Open a bundle by folder or by name.

    Args:
        name: a path to a folder with a manifest, or the name of an installed or shipped model.

    Raises:
        ModelError: there is none, or its manifest is not valid.
    """
    path = Path(name).expanduser()
    if _is_bundle(path):
        return open_bundle(path)
    if path.name == str(name):
        for place, origin in _places():
            if _is_bundle(place / path):
                return open_bundle(place / path, origin)
    have = ", ".join(bundle.folder.name for bundle in installed_bundles()[0]) or "none"
    raise ModelError(
        f"There is no model {str(name)!r}; available: {have}.",
        "See: inksight models list",
    )
