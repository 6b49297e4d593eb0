"""The published model from Hugging Face: resumable, and kept in the hub's own cache."""

from __future__ import annotations

import re
from pathlib import Path

from inksight_cli.errors import MissingBackendError, ModelError

SMALL_P = "Derendering/InkSight-Small-p"
_ID = re.compile(r"[\w.-]+/[\w.-]+")
_FILES = ["saved_model.pb", "fingerprint.pb", "variables/*", "*/saved_model.pb", "*/variables/*"]


def is_model_id(name: str) -> bool:
    """Whether ``name`` looks like ``owner/model`` and is no path that exists."""
    return bool(_ID.fullmatch(name)) and not Path(name).expanduser().exists()


def download_model(name: str = SMALL_P) -> Path:
    """Return the folder of a downloaded model; a broken download is taken up where it ended.

    Raises:
        MissingBackendError: huggingface_hub is not installed.
        ModelError: there is no connection, no such model, or no permission.
    """
    try:
        from huggingface_hub import snapshot_download
        from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError
    except ImportError as error:
        raise MissingBackendError(
            "Downloading a model needs the package huggingface_hub.",
            "pip install 'inksight-cli[download]', or give the path of a downloaded model.",
        ) from error
    try:
        return Path(snapshot_download(name, allow_patterns=_FILES))
    except (HfHubHTTPError, LocalEntryNotFoundError, OSError, ValueError) as error:
        reason = str(error).strip().splitlines()[0] if str(error).strip() else "no connection"
        raise ModelError(
            f"The model {name} cannot be downloaded: {reason}",
            "Download it elsewhere and give its path.",
        ) from error
