"""What the export does to a prompt and a picture before the network, read off its graph."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import numpy as np

from inksight_cli.convert.saved_model import Function, Node, SavedModel, tensor_value

_ROOTS = ("DecodeJpeg", "DecodePng", "DecodeImage", "SentencepieceTokenizeOp")
_SHOWN = 8  # constants with more numbers than this are tables, not settings
_RESIZE = {
    "ResizeBilinear": "bilinear", "ResizeBicubic": "bicubic", "ResizeArea": "area",
    "ResizeNearestNeighbor": "nearest", "ScaleAndTranslate": "antialiased",
}  # fmt: skip


@dataclass(slots=True)
class Preprocessing:
    """Operations and constants of one function that prepares an input.

    Attributes:
        function: its name in the graph; ops: how often each operation occurs.
        constants: node name -> value, small ones only.
        resize: how pictures are resized, with antialiasing if so; empty: not at all.
        scaling: arithmetic with constants on the way, e.g. ``RealDiv 127.5``.
    """

    function: str
    ops: dict[str, int]
    constants: dict[str, list[float | int | str]] = field(default_factory=dict)
    resize: str = ""
    scaling: list[str] = field(default_factory=list)


def find_preprocessing(model: SavedModel) -> list[Preprocessing]:
    """Return the functions that decode pictures or split text, each kind once."""
    found: dict[tuple[tuple[str, int], ...], Preprocessing] = {}
    for function in model.functions.values():
        ops = Counter(node.op for node in function.nodes.values())
        if any(root in ops for root in _ROOTS):
            key = tuple(sorted(ops.items()))
            found.setdefault(key, _describe(function, dict(key)))
    return list(found.values())


def _describe(function: Function, ops: dict[str, int]) -> Preprocessing:
    out = Preprocessing(function.name, ops)
    for node in function.nodes.values():
        if node.op == "Const" and (setting := _constant(node)) is not None:
            out.constants[node.name] = setting
        if node.op in _RESIZE:
            out.resize = _RESIZE[node.op] + (_flags(node))
    out.scaling = [
        f"{node.op} {value[0]:g}"
        for node in function.nodes.values()
        if node.op in ("RealDiv", "Mul", "Sub", "AddV2", "Div")
        and (value := _operand(function, node)) is not None
    ]
    return out


def _constant(node: Node) -> list[float | int | str] | None:
    if "value" not in node.attributes:
        return None
    value = tensor_value(node.attributes["value"].message(8))
    if isinstance(value, list):
        return [str(item[:80], "utf-8", "replace") for item in value[:_SHOWN]]
    return None if value is None or value.size > _SHOWN else value.reshape(-1).tolist()


def _operand(function: Function, node: Node) -> list[float] | None:
    """Return the floating-point constant among the node's inputs, if there is one."""
    for reference in node.inputs:
        source = function.nodes.get(reference.split(":")[0])
        if source is None or source.op != "Const" or "value" not in source.attributes:
            continue
        value = tensor_value(source.attributes["value"].message(8))
        if isinstance(value, np.ndarray) and value.dtype.kind == "f" and value.size == 1:
            return [float(value.reshape(-1)[0])]
    return None


def _flags(node: Node) -> str:
    names = ("half_pixel_centers", "align_corners", "antialias")
    return "".join(
        f", {name}"
        for name in names
        if name in node.attributes and node.attributes[name].integer(5)
    )
