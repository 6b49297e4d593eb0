"""What shapes cannot tell about a network: each switch has a value and a reason for it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

from inksight_cli.convert.graph import ModelSpec
from inksight_cli.convert.report import Inspection
from inksight_cli.convert.saved_model import SavedModel, tensor_value
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

    def changed(self, **values: Any) -> Switches:
        """Return these switches with some of them set otherwise."""
        return replace(self, **values)

    def as_data(self) -> dict[str, Any]:
        """Return them as JSON-ready data."""
        return asdict(self)

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> Switches:
        """Return the switches in ``data``; names that are not known are dropped."""
        return cls(**{name: data[name] for name in asdict(cls()) if name in data})


def first_switches(inspection: Inspection, end: int) -> Switches:
    """Return the switches that the graph around the network answers, others at their defaults."""
    return Switches(prompt_end=_closes_prompts(inspection.model, end))


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


def prompt_length(inspection: Inspection) -> int | None:
    """Return the length to which prompts are padded; None: they are not."""
    inputs = inspection.interface.inputs if inspection.interface else ()
    ids = next((shape for shape in inputs if shape is not None and len(shape) == 2), None)
    return ids[1] if ids and ids[1] > 0 else None


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


def _closes_prompts(model: SavedModel, end: int) -> bool:
    """Whether the graph appends the end token: as a constant joined on, or by the tokenizer."""
    for function in model.functions.values():
        if not any(node.op == "SentencepieceTokenizeOp" for node in function.nodes.values()):
            continue
        for node in function.nodes.values():
            wanted = {"ConcatV2": [end], "SentencepieceTokenizeOp": [True]}.get(node.op)
            inputs = node.inputs[5:6] if node.op == "SentencepieceTokenizeOp" else node.inputs
            for reference in inputs if wanted else ():
                source = function.nodes.get(reference.split(":")[0])
                if source is None or source.op != "Const" or "value" not in source.attributes:
                    continue
                value = tensor_value(source.attributes["value"].message(8))
                if value is not None and not isinstance(value, list):
                    if value.reshape(-1).tolist() == wanted and value.ndim == (len(wanted) > 0):
                        return True
                    if node.op == "SentencepieceTokenizeOp" and bool(value.reshape(-1)[0]):
                        return True
    return False
