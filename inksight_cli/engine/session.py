"""Opening a graph: which device really runs it, and on how many threads."""

from __future__ import annotations

from contextlib import nullcontext, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from inksight_cli.cores import cores
from inksight_cli.errors import MissingBackendError, ModelError

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

Device = Literal["auto", "cpu", "cuda"]

CPU = "CPUExecutionProvider"
CUDA = "CUDAExecutionProvider"

OLDEST = (1, 27)  # the first whose attention kernel takes a full cache and no new key

# float32 is float32, as on the CPU; and no trying out of convolutions for every new shape of crops.
_CUDA_OPTIONS = {"use_tf32": "0", "cudnn_conv_algo_search": "HEURISTIC"}
_DATA_FOLDER = "session.model_external_initializers_file_folder_path"
_SHARES = "4"
_SILENT = 4
_QUIET = 3  # errors only: onnxruntime's own warnings are not for users


def open_session(
    graph: Path | bytes, device: Device, threads: int | None, *, folder: Path | None = None
) -> InferenceSession:
    """Open a graph on the device asked for, or on the CPU where that is not there.

    Args:
        graph: the ``.onnx`` file, or what it would hold.
        device: ``auto`` takes CUDA when onnxruntime offers it.
        threads: of one operator; None = the cores this process works on.
        folder: of the data files that a graph in bytes names.

    Raises:
        ModelError: the file is missing or not a graph this onnxruntime can run.
        MissingBackendError: onnxruntime is too old.
    """
    import onnxruntime as ort

    need_version(ort.__version__)
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads or cores()
    options.inter_op_num_threads = 1
    options.log_severity_level = _QUIET
    # Encoder and decoder take turns: without this the one's idle threads spin on the cores that
    # the other needs (measured on two cores: encoding 1.5 to 2 times slower).
    options.add_session_config_entry("session.force_spinning_stop", "1")
    # Threads take small shares of an operator as they come: one that is held up (by other work, or
    # because its core is a slow one) holds up less. A decoder step takes 5 to 10 % less (measured).
    options.add_session_config_entry("session.dynamic_block_base", _SHARES)
    if folder:
        options.add_session_config_entry(_DATA_FOLDER, str(folder))
    what = graph if isinstance(graph, bytes) else str(graph)
    providers = _providers(device)
    # It prints what keeps CUDA from starting, where a document may be written.
    hushed = redirect_stdout(StringIO()) if len(providers) > 1 else nullcontext()
    try:
        with hushed:
            return ort.InferenceSession(what, options, providers=providers)
    except Exception as error:  # onnxruntime's exceptions share no public base
        reason = str(error).splitlines()[0]
        named = "" if isinstance(graph, bytes) else f" {graph}"
        raise ModelError(f"The model's graph{named} cannot be opened: {reason}") from error


def _providers(device: Device) -> list[Any]:
    """What to run on, the first that can; CUDA's libraries may come from NVIDIA's packages."""
    import onnxruntime as ort

    if device == "cpu" or not offers_cuda():
        return [CPU]
    ort.set_default_logger_severity(_QUIET if device == "cuda" else _SILENT)
    ort.preload_dlls()
    return [(CUDA, _CUDA_OPTIONS), CPU]


def offers_cuda() -> bool:
    """Whether this onnxruntime was built with CUDA, running or not."""
    import onnxruntime as ort

    return CUDA in ort.get_available_providers()


def need_version(version: str) -> None:
    """Refuse an onnxruntime that would fail later with a riddle.

    Raises:
        MissingBackendError: `version` is older than `OLDEST`.
    """
    parts = version.split(".")[:2]
    if all(part.isdigit() for part in parts) and tuple(map(int, parts)) < OLDEST:
        oldest = ".".join(map(str, OLDEST))
        raise MissingBackendError(
            f"Models need onnxruntime {oldest} or newer; this is {version}.",
            f"pip install 'onnxruntime>={oldest}'",
        )


def runs_on(session: InferenceSession) -> Literal["cuda", "cpu"]:
    """The device that really runs a session: ``cuda`` or ``cpu``."""
    return "cuda" if CUDA in session.get_providers() else "cpu"
