"""What ``inksight models tune`` found: a model's fastest graphs on this processor, remembered.

In the user's cache, by the model's revision and the processor's key: another model, another
processor or another onnxruntime is asked anew. Who finds the file broken measures again; nobody
fails for it.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from platformdirs import user_cache_path

from inksight_cli.bundles.bundle import Bundle
from inksight_cli.errors import ModelError, OutputError
from inksight_cli.files import read_regular
from inksight_cli.processor import processor_key, processor_name

_MOST = 1 << 16
_SHORT = 100


@dataclass(frozen=True, slots=True)
class Tuned:
    """The graphs to use from now on, and what was measured to find them.

    Attributes:
        precision: as `Bundle.variant` takes it, ``int8+w8``.
        encoder_ms: per word; tokens_per_second: of the decoder, both of many words side by side.
        words: how many were compared with float32's; close: how many lay within 1 canvas pixel.
    """

    precision: str
    encoder_ms: float = 0.0
    tokens_per_second: float = 0.0
    words: int = 0
    close: int = 0


def tuned_file(bundle: Bundle) -> Path | None:
    """Where it is remembered; None for a user without a home."""
    try:
        folder = user_cache_path("inksight", appauthor=False)
    except RuntimeError:
        return None
    return folder / "tuned" / f"{bundle.manifest.revision_hash}-{processor_key()}.json"


def find_tuned(bundle: Bundle) -> Tuned | None:
    """What was found for this model on this processor, None before it was asked."""
    path = tuned_file(bundle)
    try:
        plain: Any = path and json.loads(read_regular(path, _MOST))
        found = Tuned(
            str(plain["precision"])[:_SHORT],
            float(plain["encoder_ms"]),
            float(plain["tokens_per_second"]),
            int(plain["words"]),
            int(plain["close"]),
        )
        bundle.variant(found.precision)
    except (OSError, ValueError, TypeError, LookupError, OverflowError, RecursionError, ModelError):
        return None
    return found


def remember(bundle: Bundle, tuned: Tuned) -> Path:
    """Use ``tuned`` from now on, on this processor.

    Raises:
        OutputError: the user's cache cannot be written.
    """
    path = tuned_file(bundle)
    if path is None:
        raise OutputError("There is no folder for what was found: this user has no home.")
    plain = {**asdict(tuned), "model": bundle.manifest.name, "processor": processor_name()}
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.write_text(json.dumps(plain, indent=1) + "\n", encoding="utf-8")
        partial.replace(path)
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error.strerror}.") from error
    return path


def forget(bundle: Bundle) -> bool:
    """Use the model's own default again; returns whether anything was remembered.

    Raises:
        OutputError: it cannot be removed.
    """
    path = tuned_file(bundle)
    try:
        if path is not None:
            path.unlink()
    except FileNotFoundError:
        return False
    except OSError as error:
        raise OutputError(f"{path} cannot be removed: {error.strerror}.") from error
    return path is not None
