"""What shapes cannot tell about a network: each switch has a value and a reason for it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

from inksight_cli.bundles import Decoding
from inksight_cli.convert.graph import ModelSpec
from inksight_cli.convert.hints import Hints, read_hints
from inksight_cli.convert.report import Inspection
from inksight_cli.convert.saved_model import Function, SavedModel, tensor_value
from inksight_cli.convert.sizes import Sizes
from inksight_cli.errors import ModelError

_CANVAS, _GRID, _PATCH = 224, 14, 16
_PROMPT, _LENGTH = 128, 1024  # T5X's defaults, where the export leaves them free


@dataclass(frozen=True, slots=True)
class Switches:
    """Undecided choices of a network; the defaults are the likeliest ones.

    Attributes:
        image_first: whether patches stand before the prompt in the encoder.
        exact_gelu: the error function instead of its tanh approximation.
        scaled_logits: tied logits are divided by the root of the width (T5's way).
        beams: of T5X's beam search; 0: greedy.
        prompt_end: an end token closes the prompt.
    """

    image_first: bool = True
    exact_gelu: bool = False
    scaled_logits: bool = True
    beams: int = 0
    prompt_end: bool = True

    def changed(self, **values: bool | int) -> Switches:
        """Return these switches with some of them set otherwise."""
        return replace(self, **values)  # type: ignore[arg-type]

    def as_data(self) -> dict[str, Any]:
        """Return them as JSON-ready data."""
        return asdict(self)

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> Switches:
        """Return the switches in ``data``; names that are not known are dropped."""
        return cls(**{name: data[name] for name in asdict(cls()) if name in data})


def first_switches(inspection: Inspection) -> Switches:
    """Return the switches as the graph answers them, others at their defaults."""
    placement, vocabulary = inspection.require()
    closed = closes_prompts(inspection.model, vocabulary.end)
    known = {"prompt_end": closed, **asdict(hints(inspection, placement.sizes))}
    return Switches().changed(**{k: v for k, v in known.items() if v is not None})


def hints(inspection: Inspection, sizes: Sizes) -> Hints:
    """Return what the network's operations say; nothing where they cannot be read."""
    return read_hints(inspection.interface.module, sizes) if inspection.interface else Hints()


def model_spec(inspection: Inspection, switches: Switches) -> ModelSpec:
    """Return what the graph builder needs to know.

    Raises:
        ModelError: the network is of a shape that our graphs do not have.
    """
    placement, vocabulary = inspection.require()
    sizes = placement.sizes
    _check(sizes)
    prompt, length = prompt_length(inspection), answer_length(inspection)
    return ModelSpec(
        vision="vit",
        width=sizes.width,
        heads=sizes.heads,
        feed_forward=sizes.feed_forward,
        encoder_layers=sizes.encoder_layers,
        decoder_layers=sizes.decoder_layers,
        vocabulary=sizes.vocabulary,
        max_length=length,
        prompt_length=prompt or _PROMPT,
        vit_width=sizes.vit_width,
        vit_heads=sizes.vit_heads,
        vit_layers=sizes.vit_layers,
        image_first=switches.image_first,
        patch_offset=None if switches.image_first else prompt,
        tied_logits=sizes.tied and switches.scaled_logits,
        exact_gelu=switches.exact_gelu,
        ink_first=vocabulary.first_ink(),
    )


def decoding_of(beams: int) -> Decoding:
    """Return the search with that many beams; 0: greedy."""
    return Decoding(search="beam", beams=beams) if beams else Decoding(search="greedy")


def prompt_length(inspection: Inspection) -> int | None:
    """Return the length to which prompts are padded; None: they are not, or it is not known.

    Raises:
        ModelError: the network has several inputs that could be the prompt.
    """
    if inspection.interface is None:
        return None
    chosen = inspection.interface.prompt(answer_length(inspection))
    length = inspection.interface.inputs[chosen].shape[1]
    return length if length > 0 else None


def answer_length(inspection: Inspection) -> int:
    """Return the longest answer in tokens."""
    shape = inspection.outputs[0] if inspection.outputs else ()
    return shape[-1] if shape and shape[-1] > 0 else _LENGTH


def _check(sizes: Sizes) -> None:
    if (sizes.patch, sizes.patches) == (_PATCH, _GRID**2 + 1):
        raise ModelError("The vision part has a class token, which is not supported.")
    if (sizes.patch, sizes.patches) != (_PATCH, _GRID**2):
        raise ModelError(
            f"The vision part has {sizes.patches} patches of {sizes.patch} pixels; "
            f"Small-p has {_GRID**2} of {_PATCH} ({_CANVAS} pixels)."
        )
    if not sizes.projection and sizes.vit_width != sizes.width:
        raise ModelError(
            f"The vision part is {sizes.vit_width} wide, the encoder {sizes.width}, and no "
            "variable joins them."
        )


def closes_prompts(model: SavedModel, end: int) -> bool | None:
    """Whether the graph appends the end token to a prompt; None: it splits no text.

    It does so as a constant that is joined on, or by an input of the tokenizer itself.
    """
    found: bool | None = None
    for function in model.functions.values():
        for node in function.nodes.values():
            if node.op == "SentencepieceTokenizeOp":
                found = bool(found) or _constant(function, node.inputs[5:6]) == [[True]]
    joined = (
        _constant(function, node.inputs)
        for function, node in model.with_op("ConcatV2")
        if any(other.op == "SentencepieceTokenizeOp" for other in function.nodes.values())
    )
    return found if found is None else found or any([end] in values for values in joined)


def _constant(function: Function, references: tuple[str, ...]) -> list[list[object]]:
    """Return the constants among the inputs that are named, each as a flat list."""
    values: list[list[object]] = []
    for reference in references:
        node = function.nodes.get(reference.split(":")[0])
        if node is not None and node.op == "Const" and "value" in node.attributes:
            value = tensor_value(node.attributes["value"].message(8))
            if value is not None and not isinstance(value, list) and value.size == 1:
                values.append(value.reshape(-1).tolist())
    return values
