"""What the StableHLO's operations say about choices that no shape of a variable tells."""

from __future__ import annotations

from dataclasses import dataclass

from inksight_cli.convert.mlir import Module, Operation
from inksight_cli.convert.sizes import Sizes


@dataclass(frozen=True, slots=True)
class Hints:
    """Choices read off the network's operations; None: they do not say.

    Attributes:
        image_first: patches stand before the prompt where the two are joined.
        exact_gelu: there is an error function and no hyperbolic tangent.
        beams: of the beam search; 0: nothing is sorted, so the search is greedy.
    """

    image_first: bool | None = None
    exact_gelu: bool | None = None
    beams: int | None = None


def read_hints(module: Module, sizes: Sizes) -> Hints:
    """Return what the operations of a network of these sizes say."""
    return Hints(_image_first(module, sizes), _exact_gelu(module), _beams(module, sizes))


def _image_first(module: Module, sizes: Sizes) -> bool | None:
    """Look for the one place where patches and words, both of the network's width, are joined."""
    found: set[bool] = set()
    for operation in module.operations():
        shapes = [module.shapes.get(value) for value in operation.operands]
        if not operation.name.startswith("concatenate") or len(shapes) != 2:
            continue
        if any(s is None or len(s) != 3 or s[2] != sizes.width for s in shapes):
            continue
        lengths = [s[1] for s in shapes if s is not None]
        if lengths.count(sizes.patches) == 1 and 1 not in lengths:
            found.add(lengths[0] == sizes.patches)
    return found.pop() if len(found) == 1 else None


def _exact_gelu(module: Module) -> bool | None:
    names = {operation.name.split("_v")[0] for operation in module.operations()}
    names |= {_target(operation).rsplit(".", 1)[-1] for operation in module.operations()}
    tangent, error = "tanh" in names, "erf" in names
    return error if tangent != error else None


def _beams(module: Module, sizes: Sizes) -> int | None:
    """T5X keeps the best 2 K of K times the vocabulary."""
    sorts = [op for op in module.operations() if op.name.startswith(("sort", "top_k"))]
    tops = [op for op in module.operations() if _target(op).endswith(("topk", "top_k"))]
    if not sorts and not tops:
        return 0
    for operation in tops:
        given = module.shapes.get(operation.operands[0]) if operation.operands else None
        kept = module.shapes.get(operation.results[0]) if operation.results else None
        if not given or not kept or given[-1] % sizes.vocabulary or given[-1] < 1:
            continue
        beams = given[-1] // sizes.vocabulary
        if kept[-1] == 2 * beams:
            return beams
    return None


def _target(operation: Operation) -> str:
    return operation.strings.get("call_target_name", "")
