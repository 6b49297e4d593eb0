"""What the network takes: which variables it really reads, and the shapes of its inputs.

T5X passes all variables, also those of a head that nobody asks.

Reading is told by a backward pass over the operations, from what is returned. It may take a dead
variable for a live one (inside loops everything counts as read), never the reverse.
"""

from __future__ import annotations

from dataclasses import dataclass

from inksight_cli.convert.dataflow import NetworkCall
from inksight_cli.convert.mlir import Block, Module, Operation
from inksight_cli.errors import ModelError


@dataclass(frozen=True, slots=True)
class Input:
    """An input of the network: -1 in ``shape`` is free; ``read``: its values reach the result."""

    shape: tuple[int, ...]
    dtype: str
    read: bool

    @property
    def ids(self) -> bool:
        """Whether it can hold ids, a row for each word."""
        return len(self.shape) == 2 and self.dtype.startswith("int")


@dataclass(frozen=True, slots=True)
class Interface:
    """What the network takes.

    Attributes:
        live: names of the variables whose values reach the result.
        inputs: what is no variable (ids, picture), in order.
        module: the network itself.
    """

    live: frozenset[str]
    inputs: tuple[Input, ...]
    module: Module

    def picture(self) -> int:
        """Return which input is the picture.

        Raises:
            ModelError: it cannot be told.
        """
        return self._only([i for i, item in enumerate(self.inputs) if len(item.shape) == 4])

    def prompt(self, longest: int = 0) -> int:
        """Return which input holds the prompt's ids.

        T5X passes a second row of ids, as long as the longest answer: it is never read, or all
        zeros.

        Raises:
            ModelError: it cannot be told.
        """
        rows = [i for i, item in enumerate(self.inputs) if item.ids and item.read]
        others = [i for i in rows if self.inputs[i].shape[1] != longest]
        return self._only(others if len(rows) > 1 else rows)

    def _only(self, found: list[int]) -> int:
        if len(found) != 1:
            shapes = ", ".join(str(list(item.shape)) for item in self.inputs)
            raise ModelError(f"Which input of the network is which cannot be told: {shapes}.")
        return found[0]


def read_interface(network: NetworkCall) -> Interface | None:
    """Return what the network takes; None when its module cannot be read."""
    try:
        module = Module(network.module)
        functions = module.functions()
        body = functions["main"].regions[0][0]
        read = _Liveness(functions).arguments("main")
    except (ModelError, KeyError, IndexError, RecursionError):
        return None
    # A module for several platforms has their index as a first argument of its own.
    extra = len(body.arguments) - len(network.operands)
    if extra < 0:
        return None
    named = [(i + extra, name) for i, name in enumerate(network.operands)]
    return Interface(
        frozenset(name for i, name in named if name is not None and i in read),
        tuple(
            Input(module.shapes[value] or (), module.elements[value], i in read)
            for i, value in ((i, body.arguments[i]) for i, name in named if name is None)
        ),
        module,
    )


class _Liveness:
    """Arguments by function that its results depend on."""

    def __init__(self, functions: dict[str, Operation]) -> None:
        self._functions = functions
        self._known: dict[str, frozenset[int]] = {}

    def arguments(self, name: str) -> frozenset[int]:
        """Return the positions of the arguments that function ``name`` reads."""
        if name not in self._known:
            self._known[name] = frozenset()  # a call of itself adds nothing new
            function = self._functions[name]
            if not function.regions or not function.regions[0]:
                raise ModelError(f"The network's function {name} has no body.")
            body = function.regions[0][0]
            live = self._backwards(body)
            self._known[name] = frozenset(
                i for i, value in enumerate(body.arguments) if value in live
            )
        return self._known[name]

    def _backwards(self, block: Block) -> set[int]:
        live: set[int] = set()
        for operation in reversed(block.operations):
            if not operation.results or not live.isdisjoint(operation.results):
                live.update(self._read(operation))
        return live

    def _read(self, operation: Operation) -> set[int]:
        """Return the values that an operation needs, those inside its regions included."""
        if operation.name.startswith("get_dimension_size"):
            return set()  # a size is no value
        callee = operation.strings.get("callee", "")
        if operation.name.startswith("call") and callee in self._functions:
            positions = self.arguments(callee)
            return {value for i, value in enumerate(operation.operands) if i in positions}
        read = set(operation.operands)
        for region in operation.regions:
            for block in region:
                for inner in block.operations:
                    read |= self._read(inner)
        return read
