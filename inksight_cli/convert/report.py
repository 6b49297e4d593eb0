"""Everything a SavedModel says about itself, as plain data: what a user pastes into a report."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from inksight_cli.convert.checkpoint import Checkpoint, Variable
from inksight_cli.convert.dataflow import NetworkCall, find_network
from inksight_cli.convert.hints import read_hints
from inksight_cli.convert.liveness import Interface, read_interface
from inksight_cli.convert.mapping import Placement, place
from inksight_cli.convert.preprocessing import Preprocessing, find_preprocessing
from inksight_cli.convert.saved_model import SavedModel, Signature, read_saved_model
from inksight_cli.convert.source import file_hash, model_files
from inksight_cli.convert.vocabulary import TextVocabulary, find_vocabularies
from inksight_cli.errors import ModelError

LICENCE_NOTE = (
    "Two statements about the licence of InkSight Small-p disagree: its model card says "
    "Apache-2.0, the authors' notebook says results and model are for research, non-commercial "
    "use only. Decide for yourself which you must follow."
)


@dataclass(slots=True)
class Inspection:
    """A SavedModel, read.

    Attributes:
        folder: where it is; files: name, size and SHA-256 of each.
        model, checkpoint: its two halves; network: the XLA module it calls;
            interface: what that takes, None where it cannot be read.
        placement: where each variable goes, or ``problem``: why that cannot be told.
        vocabulary: its SentencePiece model, if it has exactly one.
        preprocessing: what is done to prompt and picture.
    """

    folder: Path
    files: list[dict[str, Any]]
    model: SavedModel
    checkpoint: Checkpoint
    network: NetworkCall
    interface: Interface | None
    placement: Placement | None
    problem: str
    vocabulary: TextVocabulary | None
    preprocessing: list[Preprocessing]

    @property
    def signature(self) -> Signature | None:
        """The serving signature."""
        return self.model.signatures.get("serving_default")

    @property
    def outputs(self) -> list[tuple[int, ...]]:
        """Shapes of what the network returns: ids [words, beams, length], then scores."""
        return self.network.output_shapes

    def require(self) -> tuple[Placement, TextVocabulary]:
        """Return what a conversion needs.

        Raises:
            ModelError: something is missing, not understood or ambiguous.
        """
        if self.placement is None:
            raise ModelError(self.problem)
        self.placement.require()
        if self.vocabulary is None:
            raise ModelError("The SavedModel does not hold exactly one SentencePiece vocabulary.")
        return self.placement, self.vocabulary


def inspect_model(folder: Path, hashes: bool = True) -> Inspection:
    """Read the SavedModel in ``folder`` with NumPy alone.

    Args:
        folder: as `open_source` yields it.
        hashes: whether the files are hashed (1 s for 700 MB).

    Raises:
        ModelError: the files are damaged, or are no such export at all.
    """
    model = read_saved_model(folder / "saved_model.pb")
    checkpoint = Checkpoint(folder / "variables")
    network = find_network(model)
    vocabularies = find_vocabularies(model)
    interface = read_interface(network)
    placement, problem = None, ""
    try:
        placement = place(checkpoint.variables, interface.live if interface else None)
    except ModelError as error:
        problem = error.message
    files = [
        {
            "name": path.relative_to(folder).as_posix(),
            "bytes": path.stat().st_size,
            "sha256": file_hash(path) if hashes else "",
        }
        for path in model_files(folder)
    ]
    return Inspection(
        folder, files, model, checkpoint, network, interface, placement, problem,
        vocabularies[0] if len(vocabularies) == 1 else None, find_preprocessing(model),
    )  # fmt: skip


def as_data(inspection: Inspection) -> dict[str, Any]:
    """Return the inspection as JSON-ready data."""
    placement, network = inspection.placement, inspection.network
    return {
        "files": inspection.files,
        "tensorflow": inspection.model.tensorflow,
        "signature": asdict(inspection.signature) if inspection.signature else None,
        "network": {
            "stablehlo_bytes": len(network.module),
            "calling_convention": network.version,
            "platforms": list(network.platforms),
            "operands": len(network.operands),
            "readable": inspection.interface is not None,
            "inputs": [asdict(item) for item in inspection.interface.inputs]
            if inspection.interface
            else None,
            "output_shapes": [list(shape) for shape in network.output_shapes],
        },
        "hints": _hints(inspection),
        "sizes": _sizes(placement) if placement else None,
        "problem": inspection.problem,
        "complete": bool(placement and placement.complete),
        "variables": [
            {
                "name": variable.name,
                "shape": list(variable.shape),
                "dtype": variable.dtype,
                "status": _status(placement, variable),
            }
            for variable in inspection.checkpoint.variables
        ],
        "missing": placement.missing if placement else [],
        "wrong": placement.wrong if placement else [],
        "vocabulary": _vocabulary(inspection.vocabulary),
        "preprocessing": [asdict(item) for item in inspection.preprocessing],
        "licence": LICENCE_NOTE,
    }


def _hints(inspection: Inspection) -> dict[str, Any] | None:
    if inspection.interface is None or inspection.placement is None:
        return None
    return asdict(read_hints(inspection.interface.module, inspection.placement.sizes))


def _sizes(placement: Placement) -> dict[str, Any]:
    return asdict(placement.sizes) | {"shared_bias": sorted(placement.sizes.shared_bias)}


def _status(placement: Placement | None, variable: Variable) -> str:
    if placement is None:
        return "unknown"
    if any(variable is dead for dead in placement.dead):
        return "dead"
    used = any(slot.variable is variable for slot in placement.slots.values())
    return "mapped" if used else "unknown"


def _vocabulary(vocabulary: TextVocabulary | None) -> dict[str, Any] | None:
    if vocabulary is None:
        return None
    ink = vocabulary.ink
    return {
        "pieces": len(vocabulary.ids),
        "bytes": len(vocabulary.model),
        "algorithm": vocabulary.algorithm,
        "kinds": vocabulary.kinds,
        "pad": vocabulary.pad,
        "start": vocabulary.start,
        "end": vocabulary.end,
        "unknown": vocabulary.unknown,
        "extra_id_0": vocabulary.ids.get("<extra_id_0>"),
        "ink_tokens": len(ink),
        "ink_token_0": ink[0] if ink else None,
        "ink_token_450": vocabulary.ids.get("<ink_token_450>"),
    }
