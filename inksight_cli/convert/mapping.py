"""From a checkpoint's variables to the weights our graphs are built from, strictly.

Every weight of the network must be found once, with the shape its neighbours imply. A variable
that the network never reads may stay out; one that it reads and that has no place here stops
everything: a model that lacks a part would draw ink that is merely wrong.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from inksight_cli.convert.checkpoint import Checkpoint, Variable
from inksight_cli.convert.naming import Role, role_of
from inksight_cli.convert.sizes import Sizes, expected_shapes, find_sizes
from inksight_cli.errors import ModelError

_PACKED = {"qkv": ("q", "k", "v"), "kv": ("k", "v"), "wi_fused": ("wi_0", "wi_1")}
_SCAN_AXIS = {"vit": 0, "encoder": 1, "decoder": 1}  # big_vision and Flaxformer scan differently


@dataclass(frozen=True, slots=True)
class Slot:
    """Where one weight lies in a checkpoint.

    Attributes:
        variable: the tensor that holds it.
        axis, layer: the axis of the layers and the place on it; axis None: not stacked.
        part, parts: which of how many equal column blocks it is, in a fused tensor.
        shape: of the weight; transposed: the tensor holds it as columns by rows.
    """

    variable: Variable
    axis: int | None
    layer: int
    part: int
    parts: int
    shape: tuple[int, ...]
    transposed: bool = False

    def read(self, checkpoint: Checkpoint) -> NDArray[np.float32]:
        """Return the weight as float32, contiguous; touches only its own bytes."""
        array = checkpoint.raw(self.variable)
        if self.axis is not None:
            array = np.asarray(np.take(array, self.layer, axis=self.axis))
        if self.parts > 1:
            array = np.split(array.reshape(self.shape[0], -1), self.parts, axis=1)[self.part]
        if self.transposed:
            array = array.reshape(self.shape[::-1]).T
        return checkpoint.as_float32(self.variable, array).reshape(self.shape)


@dataclass(slots=True)
class Placement:
    """How the variables of a checkpoint fall into place.

    Attributes:
        sizes: what the shapes say about the network.
        slots: our weight's name -> where it lies.
        dead: variables the network never reads; unknown: read, but without a place here.
        missing: weights that no variable provides; wrong: variables of an unexpected shape.
        liveness: whether it is known which variables the network reads.
    """

    sizes: Sizes
    slots: dict[str, Slot] = field(default_factory=dict)
    dead: list[Variable] = field(default_factory=list)
    unknown: list[Variable] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    liveness: bool = True

    @property
    def complete(self) -> bool:
        """Whether a model can be built from it."""
        return not (self.unknown or self.missing or self.wrong)

    def require(self) -> None:
        """Check that a model can be built.

        Raises:
            ModelError: with the exact list of what is wrong.
        """
        problems = [f"not understood: {v.name} {list(v.shape)}" for v in self.unknown]
        problems += [f"missing: {name}" for name in self.missing]
        problems += self.wrong
        if problems:
            raise ModelError(
                f"This model cannot be converted; {len(problems)} of its variables do not fit: "
                + "; ".join(problems) + ".",
                "Please report the output of: inksight models inspect --json",
            )  # fmt: skip


class CheckpointWeights(Mapping[str, NDArray[np.float32]]):
    """The weights by our names; each is read from the file when it is asked for."""

    def __init__(self, checkpoint: Checkpoint, placement: Placement) -> None:
        self._checkpoint, self._slots = checkpoint, placement.slots

    def __getitem__(self, name: str) -> NDArray[np.float32]:
        return self._slots[name].read(self._checkpoint)

    def __iter__(self) -> Iterator[str]:
        return iter(self._slots)

    def __len__(self) -> int:
        return len(self._slots)

    def __contains__(self, name: object) -> bool:
        return name in self._slots


def place(variables: list[Variable], live: frozenset[str] | None) -> Placement:
    """Find the place of every variable.

    Args:
        variables: of the checkpoint.
        live: names of those the network reads; None: not known, then all count as read.

    Raises:
        ModelError: not even the sizes of the network can be told.
    """
    roles = {v.key: role_of(v.path) for v in variables}
    read = [v for v in variables if live is None or v.name in live]
    known = [(v, role) for v in read if (role := roles[v.key]) is not None]
    result = Placement(find_sizes(known), liveness=live is not None)
    result.dead = [v for v in variables if live is not None and v.name not in live]
    result.unknown = [v for v in read if roles[v.key] is None]
    expected = expected_shapes(result.sizes)
    for variable, role in known:
        _put(result, expected, variable, role)
    result.missing = sorted(set(expected) - set(result.slots))
    return result


def _put(
    result: Placement, expected: dict[str, tuple[int, ...]], variable: Variable, role: Role
) -> None:
    prefix, fused = ("cross_", role.part[6:]) if role.part.startswith("cross_") else ("", role.part)
    parts = [prefix + part for part in _PACKED.get(fused, (fused,))]
    layers = _layers(result.sizes, role)
    for layer in layers if layers else [None]:
        for index, part in enumerate(parts):
            name = weight_name(role.stack, part, layer)
            shape = expected.get(name)
            if shape is None or name in result.slots:
                result.unknown += [variable] if variable not in result.unknown else []
                return
            slot = _slot(variable, role, layer, index, len(parts), shape, len(layers))
            if slot is None:
                result.wrong.append(
                    f"{variable.name} has shape {list(variable.shape)}, which is not "
                    f"{len(layers) or 1} x {len(parts)} x {list(shape)}"
                )
                return
            result.slots[name] = slot


def _layers(sizes: Sizes, role: Role) -> list[int]:
    """Return the layers that a variable of this role holds; none: it stands outside of them."""
    if not role.repeated or (role.part == "bias" and role.stack in sizes.shared_bias):
        return []
    return [role.layer] if role.layer is not None else list(range(sizes.layers(role.stack)))


def _slot(
    variable: Variable, role: Role, layer: int | None, part: int, parts: int,
    shape: tuple[int, ...], layers: int,
) -> Slot | None:  # fmt: skip
    """Return the slot if the variable's shape is the stacked, fused or split form of ``shape``."""
    axis, inner = None, variable.shape
    if role.repeated and role.layer is None and layers:
        axis = _SCAN_AXIS[role.stack]
        if len(inner) <= axis or inner[axis] != layers:
            return None
        inner = inner[:axis] + inner[axis + 1 :]
    table = role.part == "bias" and role.stack in ("encoder", "decoder")
    if not _same_matrix(inner, shape[::-1] if table else shape, parts):
        return None
    return Slot(variable, axis, layer or 0, part, parts, shape, transposed=table)


def _same_matrix(found: tuple[int, ...], wanted: tuple[int, ...], parts: int) -> bool:
    """Whether ``found`` is ``wanted`` (``parts`` side by side) with axes split into factors."""
    rest = [*wanted[:-1], wanted[-1] * parts]
    product = 1
    for size in found:
        product *= size
        if rest and product == rest[0]:
            rest.pop(0)
            product = 1
    return not rest and product == 1


def weight_name(stack: str, part: str, layer: int | None) -> str:
    """Return our name of a weight."""
    return ".".join(str(item) for item in (stack, layer, part) if item not in ("", None))
