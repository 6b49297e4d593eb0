"""What a training run leaves on disk: its checkpoint, whole or not at all, and its log."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch

from models.training.model import Nano
from models.training.size import Size
from models.training.weights import load_half


@dataclass
class Progress:
    """Where a run is: all that a checkpoint needs besides tensors."""

    step: int = 0
    words: int = 0
    tokens: int = 0
    pool: int = 0
    batch: int = 0
    decay_from: int = -1
    decay_words: int = 0
    seconds: float = 0.0


def save(path: Path, model: Nano, optims: list[torch.optim.Optimizer], progress: Progress) -> None:
    """Write a checkpoint under another name, then put it in place in one move."""
    state = {
        "size": model.size.plain(),
        "model": model.state_dict(),
        "optimisers": [optimiser.state_dict() for optimiser in optims],
        "progress": asdict(progress),
    }
    temporary = path.with_suffix(".tmp")
    torch.save(state, temporary)
    temporary.replace(path)


def load(path: Path) -> dict[str, Any]:
    """Read a checkpoint: tensors and plain data only."""
    state: dict[str, Any] = torch.load(path, weights_only=True)
    return state


def load_model(path: Path) -> Nano:
    """The model of a checkpoint (.pt) or of published weights (.safetensors), for decoding."""
    if path.suffix == ".safetensors":
        return load_half(path).eval()
    state = load(path)
    size = {key: tuple(x) if isinstance(x, list) else x for key, x in state["size"].items()}
    model = Nano(Size(**size))
    model.load_state_dict(state["model"])
    return model.eval()


class Log:
    """One JSON object per line, on disk and nowhere else."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def write(self, **values: object) -> None:
        """Append `values`; the time of day is left out, runs are compared by words."""
        with self.path.open("a") as file:
            file.write(json.dumps(values) + "\n")
