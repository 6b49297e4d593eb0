"""Opening a model's two graphs where they really run, each tried once where it is CUDA."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from inksight_cli.bundles import Bundle, find_tuned
from inksight_cli.engine.device_caches import DeviceMemory, Memory
from inksight_cli.engine.encode import Encoder
from inksight_cli.engine.plain import INSTEAD, UnsuitableError, plain_graph
from inksight_cli.engine.protocol import Job
from inksight_cli.engine.request import make_request
from inksight_cli.engine.session import Device, offers_cuda, open_session, runs_on
from inksight_cli.engine.slots import Slots
from inksight_cli.errors import InksightError, ModelError

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

_Note = Callable[[str], None]

_SIDE = 224


@dataclass(frozen=True, slots=True)
class Decoder:
    """An opened decoder and where its rows lie."""

    session: InferenceSession
    memory: Memory


def choose_precision(bundle: Bundle, wanted: str | None, device: Device) -> str:
    """The graphs to run: those asked for, those tuned for this processor, the bundle's default."""
    if wanted:
        return wanted
    on_cpu = device == "cpu" or not offers_cuda()
    tuned = find_tuned(bundle) if on_cpu else None
    return tuned.precision if tuned else bundle.manifest.precision


def open_encoder(
    bundle: Bundle, precision: str, device: Device, threads: int | None, note: _Note
) -> InferenceSession:
    """Open an encoder, on the CPU where CUDA is not there or cannot run it.

    Args:
        bundle: the model.
        precision: of its graphs.
        device: as asked for.
        threads: of one operator; None = as many as there are cores.
        note: is told why an encoder that was meant for CUDA runs on the CPU.

    Raises:
        ModelError: the file is missing or not a graph this onnxruntime can run.
    """
    path = bundle.folder / bundle.variant(precision).encoder
    session = open_session(path, device, threads)
    if runs_on(session) == "cuda":
        try:
            _try_encoder(session, bundle, precision)
        except Exception as error:  # onnxruntime's exceptions share no public base
            note(f"CUDA fails to run the model: running on the CPU. {_first_line(error)}")
            return open_session(path, "cpu", threads)
    elif device == "cuda":
        lacks = "does not start here" if offers_cuda() else "onnxruntime does not offer it"
        note(f"CUDA was asked for but {lacks}: running on the CPU.")
    return session


def _try_encoder(session: InferenceSession, bundle: Bundle, precision: str) -> None:
    """Encode a black canvas; products of bytes, which CUDA leaves to the CPU, are refused."""
    if precision.startswith("int8"):
        raise UnsuitableError(f"It has no kernels for {precision}.", INSTEAD)
    blank = Job(None, np.zeros((_SIDE, _SIDE, 3), np.uint8), (0, 0, _SIDE, _SIDE))
    Encoder(session, 1).encode([make_request(bundle, blank)])


def open_decoder(
    path: Path, device: Device, threads: int | None, *, plain: bool, note: _Note
) -> Decoder:
    """Open a decoder, on the CPU where CUDA cannot run it.

    Args:
        path: the ``decoder.onnx``.
        device: ``cuda`` where the encoder runs there, else ``cpu``.
        threads: of one operator; None = as many as there are cores.
        plain: rewrite it, and keep its rows as on CUDA, on the CPU too.
        note: is told why a decoder that was meant for CUDA runs on the CPU.

    Raises:
        ModelError: the file is missing or not a graph this onnxruntime can run.
    """
    if device == "cuda":
        try:
            return _open_plain(path, device, threads)
        except InksightError as error:
            note(f"The decoder runs on the CPU: {error}")
    elif plain:
        return _open_plain(path, "cpu", threads)
    return Decoder(open_session(path, "cpu", threads), Memory())


def _open_plain(path: Path, device: Device, threads: int | None) -> Decoder:
    """Open a decoder rewritten into plain operators, its rows kept by onnxruntime.

    Raises:
        UnsuitableError: it cannot run on CUDA as a whole.
        ModelError: onnxruntime does not open it there, or fails to run it.
        MissingBackendError: the package ``onnx`` is not installed.
    """
    session = open_session(plain_graph(path), device, threads, folder=path.parent)
    memory = DeviceMemory(device)
    try:
        Slots(session, 2, capacity=2, encoded=1, memory=memory).try_out()
    except Exception as error:  # onnxruntime's exceptions share no public base
        raise UnsuitableError(f"a first step fails on CUDA. {_first_line(error)}") from error
    if runs_on(session) != device:
        raise ModelError("onnxruntime does not start CUDA for it.")
    memory.moved = 0
    return Decoder(session, memory)


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0]
