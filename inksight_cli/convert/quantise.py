"""Graphs with 8-bit numbers: smaller, faster, and a little different.

``w8``: every weight matrix in blocks of 128 with one scale each (onnxruntime's MatMulNBits);
activations are rounded per row and block. The least drift, and the fastest for a word or two at a
time; a batch of one uses other kernels than a larger one and may answer otherwise.
``int8``: a scale for every column of the weights and every row of activations, products of
integers. Two to three times as fast in large batches and in the encoder, rounds more coarsely;
a word's numbers are the same in every batch.
``-kv8`` added to either: what the decoder keeps of the encoded word is rounded to 8 bits too
(`convert.caches`), a quarter of the memory traffic of large batches.

The rule for a bundle's default: the fastest precision that leaves 95 % of words within one canvas
pixel of float32's ink (`convert.cost` measures it). None of these does for a model of nano's
size, so float32 is what runs unless asked otherwise.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from inksight_cli.bundles import Bundle, Variant, open_bundle, write_manifest
from inksight_cli.bundles.bundle import CACHES
from inksight_cli.convert.caches import round_caches
from inksight_cli.convert.graph.writer import need_onnx
from inksight_cli.convert.matrices import by_rows, in_blocks
from inksight_cli.errors import ModelError, OutputError, UsageError

if TYPE_CHECKING:
    from onnx import ModelProto

Precision = Literal["w8", "int8", "w8-kv8", "int8-kv8"]

_LARGE = 256 * 2**20


def quantise_bundle(bundle: Bundle, precision: str, folder: Path, *, default: bool) -> Bundle:
    """Write `bundle` with graphs of one more precision.

    Args:
        bundle: has float32 graphs.
        precision: as `Precision` lists them.
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
    forms: dict[str, Callable[[ModelProto], ModelProto]] = {"w8": in_blocks, "int8": by_rows}
    changed = forms[precision.removesuffix(CACHES)](model)
    if precision.endswith(CACHES):
        round_caches(changed)
    _save(changed, target)


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
