"""From a checkpoint to the bundle: `python -m models.training.export CHECKPOINT ORDER models/nano`.

Writes both graphs, the character table, the pen order network, the manifest, and the weights in
half precision (`nano.safetensors`, those of the reading head, too) from which the next training
can go on. The graphs hold half-precision matrices too; they are widened when loaded and all
arithmetic is float32.
`keep` in the place of CHECKPOINT leaves the graphs as they are: for a new pen order alone.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from inksight_cli.bundles import open_bundle, write_manifest
from inksight_cli.bundles.manifest import MANIFEST
from inksight_cli.convert.graph import build_graphs
from models.training.bundle import PEN_ORDER, VOCABULARY, character_table, manifest_of, spec_of
from models.training.checkpoints import load_model
from models.training.weights import READER, save_half, to_plain

WEIGHTS = "nano.safetensors"
KEEP = "keep"


def export(
    checkpoint: Path,
    pen_order: Path,
    folder: Path,
    revision: str,
    measured: dict[str, Any],
    *,
    half: bool,
) -> None:
    """Build everything aside and put it into `folder`; other files there stay."""
    model = load_model(checkpoint)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        aside = Path(name)
        weights = {k: w for k, w in to_plain(model).items() if not k.startswith(READER)}
        build_graphs(spec_of(model.size), weights, aside, half=half)
        (aside / VOCABULARY).write_text(character_table().to_json(), encoding="utf-8")
        shutil.copyfile(pen_order, aside / PEN_ORDER)
        manifest = manifest_of(model.size, revision, measured, half=half, pen_order=PEN_ORDER)
        write_manifest(aside, manifest)
        for file in aside.iterdir():
            shutil.copyfile(file, folder / file.name)
    save_half(model, folder / WEIGHTS)


def export_order(pen_order: Path, folder: Path, revision: str, measured: dict[str, Any]) -> None:
    """Replace the pen order network of the bundle in `folder`, and its manifest."""
    manifest = open_bundle(folder).manifest
    with tempfile.TemporaryDirectory() as name:
        aside = Path(name)
        for file in manifest.files:
            shutil.copyfile(folder / file, aside / file)
        shutil.copyfile(pen_order, aside / PEN_ORDER)
        write_manifest(aside, replace(manifest, revision=revision, measured=measured))
        for file in (PEN_ORDER, MANIFEST):
            shutil.copyfile(aside / file, folder / file)


def main() -> None:
    """Read the command line and export."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoint", type=Path, help="of models.training.train, or keep")
    parser.add_argument("pen_order", type=Path, help="of models.hand.export")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--revision", default="0.1")
    parser.add_argument("--measured", type=Path, help="JSON of quality figures for the manifest")
    parser.add_argument("--full", action="store_true", help="float32 matrices in the graphs")
    options = parser.parse_args()
    measured = json.loads(options.measured.read_text()) if options.measured else {}
    if str(options.checkpoint) == KEEP:
        export_order(options.pen_order, options.folder, options.revision, measured)
        return
    export(
        options.checkpoint,
        options.pen_order,
        options.folder,
        options.revision,
        measured,
        half=not options.full,
    )


if __name__ == "__main__":
    main()
