"""Where model bundles are found: a path, the user's model folder, or shipped with the package."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from platformdirs import user_data_path

from inksight_cli.bundles.bundle import Bundle, Origin, open_bundle
from inksight_cli.bundles.manifest import MANIFEST
from inksight_cli.errors import ModelError
from inksight_cli.files import is_file

if TYPE_CHECKING:
    from inksight_cli.pen_order import Hand

VARIABLE = "INKSIGHT_MODELS"
DEFAULT = "nano"
SQUARES, PEN_ORDER = "scripts", "pen_order.npz"

_PACKAGE = Path(__file__).resolve().parents[1]


def user_folder() -> Path:
    """The folder of installed models; ``INKSIGHT_MODELS`` overrides the platform's place."""
    if chosen := os.environ.get(VARIABLE):
        return _at_home(chosen)
    try:
        return user_data_path("inksight", appauthor=False) / "models"
    except RuntimeError:  # a user without a home
        return Path("~/.local/share/inksight/models")


def _at_home(path: str) -> Path:
    """Return ``path`` with the home folder in it; as it is for a user who has none."""
    try:
        return Path(path).expanduser()
    except RuntimeError:
        return Path(path)


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
    return is_file(folder / MANIFEST)


def _folders(place: Path) -> list[Path]:
    """Return the bundles in a folder; none where it is not there or not to be looked into."""
    try:
        return sorted(filter(_is_bundle, place.iterdir()))
    except OSError:
        return []


def installed_bundles() -> tuple[list[Bundle], list[tuple[Path, ModelError]]]:
    """Every bundle that can be asked for by name, and the broken ones with their reasons.

    A name that is found twice counts once: the user's own comes before the shipped one.
    """
    good: dict[str, Bundle] = {}
    broken: list[tuple[Path, ModelError]] = []
    for place, origin in _places():
        for folder in _folders(place):
            try:
                good.setdefault(folder.name, open_bundle(folder, origin))
            except ModelError as error:
                broken.append((folder, error))
    return list(good.values()), broken


def find_squares() -> Hand | None:
    """Open the hand that writes Chinese, Japanese and Korean, None where it is not installed.

    It lies in a folder of its own (`models/scripts`), for it was learned under other terms.

    Raises:
        ModelError: it is damaged.
    """
    from inksight_cli.pen_order import open_hand

    paths = (place / SQUARES / PEN_ORDER for place, _ in _places())
    path = next(filter(is_file, paths), None)
    return open_hand(path) if path else None


def find_bundle(name: str | Path = DEFAULT) -> Bundle:
    """Open a bundle by folder or by name.

    Args:
        name: a path to a folder with a manifest (``./nano``), or the name of an installed or
            shipped model. A name alone is never looked for where the program happens to be called:
            whoever sends a folder of pictures must not be able to send a model along.

    Raises:
        ModelError: there is none, or its manifest is not valid.
    """
    path = _at_home(str(name))
    if path.name != str(name):
        if _is_bundle(path):
            return open_bundle(path)
    else:
        for place, origin in _places():
            if _is_bundle(place / path):
                return open_bundle(place / path, origin)
    have = ", ".join(bundle.folder.name for bundle in installed_bundles()[0]) or "none"
    here = path.name == str(name) and _is_bundle(path)
    raise ModelError(
        f"There is no model {str(name)!r}; available: {have}.",
        f"For the folder of this name: ./{name}" if here else "See: inksight models list",
    )
