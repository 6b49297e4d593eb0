"""Which variable feeds which operand of the network: names follow the graph, nothing is guessed.

T5X calls one XLA module whose operands are the variables it really reads, in its own order. From
each operand this walks back, through identities and calls, to the variable's handle in the main
graph. A variable that no operand comes from is dead: the network never looks at it.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from inksight_cli.convert.saved_model import MAIN, Function, Node, SavedModel
from inksight_cli.convert.wire import signed
from inksight_cli.errors import ModelError

_THROUGH = frozenset({"Identity", "IdentityN", "ReadVariableOp", "DisableCopyOnRead", "Cast"})
_MAX_STEPS = 10_000
_MAX_NODES = 2_000_000  # visited; a graph of functions that call each other twice doubles each time
_MAX_CALLS = 100  # inside one another


@dataclass(frozen=True, slots=True)
class NetworkCall:
    """One use of the XLA module.

    Attributes:
        node: the ``XlaCallModule`` operation.
        operands: for each operand the variable's name, or None for an input (ids, image).
    """

    node: Node
    operands: tuple[str | None, ...]

    @property
    def module(self) -> bytes:
        """The serialized StableHLO."""
        return bytes(self.node.attributes["module"].view(2))

    @property
    def version(self) -> int:
        """The calling convention's version."""
        return (
            self.node.attributes["version"].integer(3) if "version" in self.node.attributes else 0
        )

    @property
    def output_shapes(self) -> list[tuple[int, ...]]:
        """Shapes of its results as the graph declares them; -1 is free."""
        declared = self.node.attributes.get("Sout")
        shapes = declared.message(1).messages(7) if declared else ()
        return [tuple(signed(dim.integer(1)) for dim in shape.messages(2)) for shape in shapes]

    @property
    def platforms(self) -> tuple[str, ...]:
        """What it was lowered for, lower case."""
        listed = self.node.attributes.get("platforms")
        return tuple(str(v, "utf-8").lower() for v in listed.message(1).views(2)) if listed else ()


def find_network(model: SavedModel) -> NetworkCall:
    """Return the XLA module that the model's serving signature calls.

    Raises:
        ModelError: there is none, or its operands cannot be followed to variables.
    """
    calls = list(_walk(model, model.functions[MAIN], {}, (), itertools.count(1)))
    if not calls:
        raise ModelError(
            "The SavedModel calls no XLA module: it was not exported the way Small-p was.",
        )
    best = max(calls, key=lambda call: sum(name is not None for name in call.operands))
    if all(name is None for name in best.operands):
        raise ModelError("The variables of the network cannot be told from its graph.")
    return best


def _walk(
    model: SavedModel,
    function: Function,
    bound: dict[str, str | None],
    stack: tuple[str, ...],
    visited: Iterator[int],
) -> Iterator[NetworkCall]:
    """Yield the module calls in ``function``; ``bound``: argument -> variable."""
    if len(stack) > _MAX_CALLS:
        raise ModelError("The model's functions call each other too deeply: it is damaged.")
    for node in function.nodes.values():
        if next(visited) > _MAX_NODES:
            raise ModelError("The model's graph is too large to follow: it is damaged.")
        if node.op == "XlaCallModule" and "module" in node.attributes:
            data = [ref for ref in node.inputs if not ref.startswith("^")]
            yield NetworkCall(node, tuple(_source(function, ref, bound) for ref in data))
            continue
        callee = model.functions.get(node.calls) if node.calls else None
        if callee is None or callee.name in stack:
            continue
        data = [ref for ref in node.inputs if not ref.startswith("^")]
        given = {
            a: _source(function, r, bound) for a, r in zip(callee.arguments, data, strict=False)
        }
        yield from _walk(model, callee, given, (*stack, callee.name), visited)


def _source(function: Function, reference: str, bound: dict[str, str | None]) -> str | None:
    """Return the variable that ``reference`` (``node:output:index``) comes from, or None."""
    for _ in range(_MAX_STEPS):
        name = reference.split(":")[0]
        if name in bound:
            return bound[name]
        node = function.nodes.get(name)
        if node is None:
            return None
        if node.op == "VarHandleOp":
            shared = node.attributes.get("shared_name")
            return str(shared.view(2), "utf-8", "replace") if shared else node.name
        if node.op not in _THROUGH or not node.inputs:
            return None
        reference = node.inputs[_output(reference) if node.op == "IdentityN" else 0]
    raise ModelError("The model's graph runs in a circle: it is damaged.")


def _output(reference: str) -> int:
    last = reference.rsplit(":", 1)[-1]
    return int(last) if last.isdecimal() and len(last) < 6 else 0
