"""SavedModels of TensorFlow, inspected; 80 and more."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

from tests.broken.evil import Case, damaged

ARCHIVE = Path(__file__).parents[1] / "convert" / "fixtures" / "small_p_replica.zip"
INSPECT = ("models", "inspect", "model", "--json")


def cases() -> Iterator[Case]:
    """Yield them all."""
    with zipfile.ZipFile(ARCHIVE) as archive:
        base = {name: archive.read(name) for name in archive.namelist() if not name.endswith("/")}
    root = next(name for name in base if name.endswith("saved_model.pb")).removesuffix(
        "saved_model.pb"
    )
    model = {name.removeprefix(root): data for name, data in base.items() if name.startswith(root)}
    for name, count in (("saved_model.pb", 35), ("variables/variables.index", 28)):
        for how, broken in damaged(model[name], f"saved {name}", count):
            yield _case(f"{name} {how}", model | {name: broken})
        yield _case(f"{name} left out", {key: data for key, data in model.items() if key != name})
        yield _case(f"{name} empty", model | {name: b""})
    for how, broken in damaged(ARCHIVE.read_bytes(), "saved zip", 14):
        yield Case(f"saved zip {how}", INSPECT, {"model": broken})
    for name in ("../../saved_model.pb", "/tmp/inksight-was-here/saved_model.pb"):
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as out:
            out.writestr(name, model["saved_model.pb"])
        yield Case(f"saved zip {name}", INSPECT, {"model": stream.getvalue()})


def _case(name: str, files: dict[str, bytes]) -> Case:
    return Case(f"saved {name}", INSPECT, {f"model/{key}": data for key, data in files.items()})
