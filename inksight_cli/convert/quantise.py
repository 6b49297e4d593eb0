"""Graphs with 8-bit weights: smaller, faster, and a little different.

``w8``: every weight matrix in blocks of 128 with one scale each (onnxruntime's MatMulNBits);
activations are rounded per row, so a word's answer stays independent of its neighbours (a batch
of one uses other kernels and may answer otherwise).
``int8``: dynamic quantisation; one activation scale per tensor, so with it neighbours matter.

The rule for a bundle's default: the fastest precision that leaves 95 % of words within one canvas
pixel of float32's ink (`convert.cost` measures it). Neither of these does for a model of nano's
size, so float32 is what runs unless asked otherwise.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from inksight_cli.bundles import Bundle, Variant, open_bundle, write_manifest
from inksight_cli.convert.graph.writer import MICROSOFT, need_onnx
from inksight_cli.errors import ModelError, OutputError, UsageError

if TYPE_CHECKING:
    from onnx import ModelProto

Precision = Literal["w8", "int8"]

BLOCK = 128
_LARGE = 256 * 2**20
_SMALLEST = 64  # rows below this gain nothing
_INT8_COMPUTE = 4  # MatMulNBits: multiply in int8, activations rounded per row and block


def quantise_bundle(bundle: Bundle, precision: str, folder: Path, *, default: bool) -> Bundle:
    """Write `bundle` with graphs of one more precision.

    Args:
        bundle: has float32 graphs.
        precision: ``w8`` or ``int8``.
        folder: where the new bundle goes; may be the bundle's own folder.
        default: make `precision` the one that is used unless told otherwise.

    Raises:
        UsageError: an unknown precision.
        ModelError: the bundle lacks float32 graphs, or they are damaged.
        OutputError: the folder cannot be written.
        MissingBackendError: the package ``onnx`` is not installed.
    """
    if precision not in get_args(Precision):
        names = ", ".join(get_args(Precision))
        raise UsageError(f"The precision {precision!r} is unknown; there are {names}.")
    bundle.check()
    source = bundle.variant(bundle.exact)
    graphs = {
        "encoder": f"encoder.{precision}.onnx",
        "decoder": f"decoder.{precision}.onnx",
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name in bundle.manifest.files:
            if not (folder / name).exists():
                shutil.copyfile(bundle.folder / name, folder / name)
        for part, name in graphs.items():
            quantise_graph(bundle.folder / getattr(source, part), folder / name, precision)
        manifest = bundle.manifest
        changed = replace(
            manifest,
            variants={**manifest.variants, precision: Variant(**graphs)},
            precision=precision if default else manifest.precision,
        )
        write_manifest(folder, changed)
    except OSError as error:
        raise OutputError(f"{folder} cannot be written: {error.strerror}.") from error
    return open_bundle(folder)


def quantise_graph(source: Path, target: Path, precision: str) -> None:
    """Write one graph with 8-bit weights.

    Raises:
        ModelError: `source` is not a graph.
    """
    onnx = need_onnx()
    try:
        model = onnx.load(source)
    except Exception as error:  # protobuf's and onnx's exceptions share no base
        raise ModelError(f"{source} is not an ONNX graph: {error}.") from error
    _widen(model)
    steps: dict[str, Callable[[ModelProto], ModelProto]] = {"w8": _blocks, "int8": _dynamic}
    _save(steps[precision](model), target)


def _save(model: ModelProto, target: Path) -> None:
    """Write a model, its constants beside it when a protobuf would get too large."""
    onnx = need_onnx()
    data = target.with_name(target.name + ".data")
    data.unlink(missing_ok=True)
    large = sum(len(item.raw_data) for item in model.graph.initializer) > _LARGE
    onnx.save(
        model,
        target,
        save_as_external_data=large,
        location=data.name if large else None,
    )


def _widen(model: ModelProto) -> None:
    """Replace float16 constants that a Cast widens by float32 constants."""
    onnx = need_onnx()
    constants = {item.name: item for item in model.graph.initializer}
    kept = []
    for node in model.graph.node:
        if node.op_type == "Cast" and node.input[0] in constants:
            tensor = constants[node.input[0]]
            wide = onnx.numpy_helper.to_array(tensor).astype(np.float32)
            tensor.CopyFrom(onnx.numpy_helper.from_array(wide, node.output[0]))
        else:
            kept.append(node)
    del model.graph.node[:]
    model.graph.node.extend(kept)


def pack_blocks(weight: NDArray[np.float32]) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """A matrix [K, N] as bytes [N, blocks, 128] and scales [N, blocks].

    Symmetric: 128 stands for zero, and the largest value of a block becomes +-127.
    """
    rows, columns = weight.shape
    blocks = -(-rows // BLOCK)
    padded = np.zeros((columns, blocks * BLOCK), np.float32)
    padded[:, :rows] = weight.T
    apart = padded.reshape(columns, blocks, BLOCK)
    scales = np.abs(apart).max(axis=2) / 127
    rounded = np.rint(apart / np.where(scales > 0, scales, 1)[:, :, None])
    return (rounded + 128).astype(np.uint8), scales.astype(np.float32)


def _blocks(model: ModelProto) -> ModelProto:
    """Every product with a constant matrix becomes MatMulNBits."""
    onnx = need_onnx()
    constants = {item.name: item for item in model.graph.initializer}
    used: set[str] = set()
    for node in model.graph.node:
        tensor = constants.get(node.input[1]) if node.op_type == "MatMul" else None
        if tensor is None or len(tensor.dims) != 2 or tensor.dims[0] < _SMALLEST:
            continue
        weight = onnx.numpy_helper.to_array(tensor)
        packed, scales = pack_blocks(weight)
        names = [f"{tensor.name}_bytes", f"{tensor.name}_scales"]
        if tensor.name not in used:
            for array, name in zip((packed, scales.ravel()), names, strict=True):
                model.graph.initializer.append(onnx.numpy_helper.from_array(array, name))
        used.add(tensor.name)
        attributes = {
            "K": weight.shape[0],
            "N": weight.shape[1],
            "bits": 8,
            "block_size": BLOCK,
            "accuracy_level": _INT8_COMPUTE,
        }
        made = onnx.helper.make_node(
            "MatMulNBits",
            [node.input[0], *names],
            list(node.output),
            name=node.name,
            domain=MICROSOFT,
            **attributes,
        )
        node.CopyFrom(made)
    _drop(model, used)
    return model


def _drop(model: ModelProto, names: set[str]) -> None:
    """Remove constants that nobody reads any more."""
    read = {name for node in model.graph.node for name in node.input}
    kept = [item for item in model.graph.initializer if item.name in read or item.name not in names]
    del model.graph.initializer[:]
    model.graph.initializer.extend(kept)


def _dynamic(model: ModelProto) -> ModelProto:
    """Onnxruntime's dynamic quantisation of every product with a constant matrix."""
    from onnxruntime.quantization import QuantType
    from onnxruntime.quantization.onnx_quantizer import ONNXQuantizer
    from onnxruntime.quantization.quant_utils import QuantizationMode

    onnx = need_onnx()
    options: dict[str, Any] = {
        "DefaultTensorType": onnx.TensorProto.FLOAT,
        "MatMulConstBOnly": True,
    }
    quantizer = ONNXQuantizer(
        model,
        True,  # per channel
        False,
        QuantizationMode.IntegerOps,
        False,
        QuantType.QInt8,
        QuantType.QUInt8,
        None,
        [],
        [],
        ["MatMul"],
        options,
    )
    quantizer.quantize_model()
    changed: ModelProto = quantizer.model.model
    return changed
