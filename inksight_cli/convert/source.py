"""Where a SavedModel is: a folder, a folder above it, or a zip, which is unpacked for reading."""

from __future__ import annotations

import hashlib
import re
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from inksight_cli.errors import InksightError, ModelError, UnreadableInputError

_PB = "saved_model.pb"
_MEMBER = re.compile(
    r"saved_model\.pb|fingerprint\.pb|variables/variables\.(index|data-\d{5}-of-\d{5})"
)
_MAX_UNPACKED = 1 << 33
_DEPTH = 3  # how far below the given folder the model may lie


@contextmanager
def open_source(path: str | Path) -> Iterator[Path]:
    """Yield the folder that holds ``saved_model.pb``; a zip is unpacked to a temporary one.

    Raises:
        UnreadableInputError: there is no such path, or the zip is broken.
        ModelError: no SavedModel is in it.
    """
    path = Path(path).expanduser()
    if path.is_dir():
        yield _model_folder(path)
    elif path.is_file():
        with tempfile.TemporaryDirectory(prefix="inksight-") as folder:
            _unpack(path, Path(folder))
            yield Path(folder)
    else:
        raise UnreadableInputError(f"There is no file or folder {path}.")


def model_files(folder: Path) -> list[Path]:
    """Return the files of the SavedModel in ``folder``, sorted."""
    found = (p for p in folder.rglob("*") if p.is_file())
    return sorted(p for p in found if _MEMBER.fullmatch(p.relative_to(folder).as_posix()))


def file_hash(path: Path) -> str:
    """Return the SHA-256 of a file in hex, read in pieces."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _model_folder(path: Path) -> Path:
    for depth in range(_DEPTH):
        found = sorted(path.glob("*/" * depth + _PB))
        if len(found) > 1:
            names = ", ".join(str(p.parent) for p in found[:5])
            raise ModelError(f"{path} holds several models: {names}.", "Name one of them.")
        if found:
            return found[0].parent
    raise ModelError(f"{path} holds no {_PB}: it is not a TensorFlow SavedModel.")


def _unpack(path: Path, folder: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            members = {info.filename: info for info in archive.infolist()}
            roots = [name[: -len(_PB)] for name in members if name.endswith(_PB)]
            if len(roots) != 1:
                raise ModelError(f"{path} holds {len(roots)} files {_PB}; one is needed.")
            wanted = {
                name[len(roots[0]) :]: info
                for name, info in members.items()
                if name.startswith(roots[0]) and _MEMBER.fullmatch(name[len(roots[0]) :])
            }
            if sum(info.file_size for info in wanted.values()) > _MAX_UNPACKED:
                raise ModelError(f"{path} unpacks to more than 8 GB: this is no Small-p.")
            for name, info in wanted.items():
                target = folder / name
                target.parent.mkdir(exist_ok=True)
                with archive.open(info) as stream, target.open("wb") as out:
                    shutil.copyfileobj(stream, out, 1 << 20)
    except InksightError:
        raise
    except zipfile.BadZipFile as error:
        raise UnreadableInputError(f"{path} is neither a folder nor a sound zip.") from error
    except Exception as error:  # zipfile, zlib and lzma fail in many ways on damaged bytes
        raise UnreadableInputError(f"{path} cannot be unpacked: {error}.") from error
