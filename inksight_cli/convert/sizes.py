"""What the shapes of a checkpoint say about the network, and which weights it must then have."""

from __future__ import annotations

import math
from dataclasses import dataclass

from inksight_cli.convert.checkpoint import Variable
from inksight_cli.convert.naming import Role
from inksight_cli.errors import ModelError

HEAD = 64  # width of an attention head in every model of this family
BUCKETS = 32

_Known = list[tuple[Variable, Role]]


@dataclass(frozen=True, slots=True)
class Sizes:
    """Sizes of a model of this family (all counts; widths in numbers).

    Attributes:
        vocabulary, width, heads, feed_forward: of the T5 part.
        encoder_layers, decoder_layers, vit_layers: how many layers.
        vit_width, vit_heads, vit_feed_forward, patch, patches: of the vision part.
        tied: the output matrix is the embedding.
        projection, projection_bias: a dense layer between the vision part and T5.
        patch_bias: whether patches have a bias.
        shared_bias: stacks whose layers share one table of position biases.
    """

    vocabulary: int
    width: int
    heads: int
    feed_forward: int
    encoder_layers: int
    decoder_layers: int
    vit_layers: int
    vit_width: int
    vit_heads: int
    vit_feed_forward: int
    patch: int
    patches: int
    tied: bool
    projection: bool
    projection_bias: bool
    patch_bias: bool
    shared_bias: frozenset[str]

    def layers(self, stack: str) -> int:
        """Return the number of layers of a stack."""
        return {"vit": self.vit_layers, "encoder": self.encoder_layers}.get(
            stack, self.decoder_layers
        )


def find_sizes(known: _Known) -> Sizes:
    """Infer the sizes.

    Raises:
        ModelError: a variable that they are read from is missing or makes no sense.
    """
    vocabulary, width = _shape(known, "", "embedding", 2)
    vit_width = _shape(known, "vit", "position", 3)[2]
    patch = _shape(known, "vit", "patch.weight", 4)
    parts = {(role.stack, role.part) for _, role in known}
    return Sizes(
        vocabulary=vocabulary,
        width=width,
        heads=_whole(_each(known, "encoder", "o"), width * HEAD, "encoder attention"),
        feed_forward=_whole(_each(known, "encoder", "wo"), width, "encoder mlp"),
        encoder_layers=_count(known, "encoder", "ff_norm", width),
        decoder_layers=_count(known, "decoder", "ff_norm", width),
        vit_layers=_count(known, "vit", "norm1.scale", vit_width),
        vit_width=vit_width,
        vit_heads=_whole(_each(known, "vit", "o.weight"), vit_width * HEAD, "vision attention"),
        vit_feed_forward=_whole(_each(known, "vit", "mlp2.weight"), vit_width, "vision mlp"),
        patch=patch[0],
        patches=_shape(known, "vit", "position", 3)[1],
        tied=("", "logits") not in parts,
        projection=("vit", "projection.weight") in parts,
        projection_bias=("vit", "projection.bias") in parts,
        patch_bias=("vit", "patch.bias") in parts,
        shared_bias=_shared(known),
    )


def expected_shapes(sizes: Sizes) -> dict[str, tuple[int, ...]]:
    """Return the name and shape of every weight that a network of these sizes has."""
    width, inner, wide = sizes.width, sizes.heads * HEAD, sizes.feed_forward
    shapes: dict[str, tuple[int, ...]] = {"embedding": (sizes.vocabulary, width)}
    if not sizes.tied:
        shapes["logits"] = (width, sizes.vocabulary)
    feed = {"ff_norm": (width,), "wi_0": (width, wide), "wi_1": (width, wide), "wo": (wide, width)}
    into, out = (width, inner), (inner, width)
    attention = {"q": into, "k": into, "v": into, "o": out}
    encoder = {**feed, **attention, "attention_norm": (width,)}
    cross = {f"cross_{part}": shape for part, shape in attention.items()}
    decoder = {**feed, **attention, **cross, "self_norm": (width,), "cross_norm": (width,)}
    for stack, layer in (("encoder", encoder), ("decoder", decoder)):
        table = (BUCKETS, sizes.heads)
        if stack in sizes.shared_bias:
            shapes[f"{stack}.bias"] = table
        else:
            layer["bias"] = table
        for index in range(sizes.layers(stack)):
            shapes |= {f"{stack}.{index}.{part}": shape for part, shape in layer.items()}
        shapes[f"{stack}.norm"] = (width,)
    return shapes | _vit_shapes(sizes)


def _vit_shapes(sizes: Sizes) -> dict[str, tuple[int, ...]]:
    width, inner, wide = sizes.vit_width, sizes.vit_heads * HEAD, sizes.vit_feed_forward
    matrices = {"q": (width, inner), "k": (width, inner), "v": (width, inner), "o": (inner, width)}
    matrices |= {"mlp1": (width, wide), "mlp2": (wide, width)}
    layer: dict[str, tuple[int, ...]] = {}
    for part, shape in matrices.items():
        layer |= {f"{part}.weight": shape, f"{part}.bias": shape[1:]}
    layer |= {f"norm{i}.{part}": (width,) for i in (1, 2) for part in ("scale", "bias")}
    shapes = {
        f"vit.{index}.{part}": shape
        for index in range(sizes.vit_layers)
        for part, shape in layer.items()
    }
    shapes |= {f"vit.norm.{part}": (width,) for part in ("scale", "bias")}
    shapes["vit.patch.weight"] = (sizes.patch * sizes.patch * 3, width)
    shapes["vit.position"] = (sizes.patches, width)
    if sizes.patch_bias:
        shapes["vit.patch.bias"] = (width,)
    if sizes.projection:
        shapes["vit.projection.weight"] = (width, sizes.width)
    if sizes.projection_bias:
        shapes["vit.projection.bias"] = (sizes.width,)
    return shapes


def _find(known: _Known, stack: str, part: str) -> list[tuple[Variable, Role]]:
    found = [(v, role) for v, role in known if (role.stack, role.part) == (stack, part)]
    if not found:
        where = f"{stack or 'T5'} {part}"
        raise ModelError(f"The checkpoint has no variable for {where}: this is no Small-p.")
    return found


def _shape(known: _Known, stack: str, part: str, rank: int) -> tuple[int, ...]:
    shape = _find(known, stack, part)[0][0].shape
    if len(shape) != rank or 0 in shape:
        raise ModelError(f"The {stack or 'T5'} {part} has the odd shape {list(shape)}.")
    return shape


def _count(known: _Known, stack: str, part: str, width: int) -> int:
    """Return the number of layers: of stacked vectors, or of variables with a number."""
    found = _find(known, stack, part)
    if found[0][1].layer is None:
        return _whole(found[0][0].parameters, width, f"{stack} {part}")
    return 1 + max(role.layer or 0 for _, role in found)


def _each(known: _Known, stack: str, part: str) -> int:
    """Return how many numbers such a weight has in one layer."""
    variable, role = _find(known, stack, part)[0]
    if role.layer is not None:
        return variable.parameters
    axis = 0 if stack == "vit" else 1
    layers = variable.shape[axis] if len(variable.shape) > axis else 0
    return _whole(variable.parameters, layers, f"{stack} {part}")


def _whole(count: int, unit: int, what: str) -> int:
    if unit < 1 or count % unit or count == 0:
        raise ModelError(f"The sizes of the {what} do not fit together: this is no Small-p.")
    return count // unit


def _shared(known: _Known) -> frozenset[str]:
    """Return the stacks with one bias table for all layers: two axes, and on no layer."""
    return frozenset(
        role.stack
        for variable, role in known
        if role.part == "bias" and role.stack != "vit"
        and role.layer is None and len(variable.shape) == 2
    )  # fmt: skip


def parameters(shapes: dict[str, tuple[int, ...]]) -> int:
    """Return how many numbers the weights of these shapes have together."""
    return sum(math.prod(shape) for shape in shapes.values())
