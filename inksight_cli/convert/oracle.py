"""The original network as an oracle: the SavedModel's own StableHLO, run by JAX in float32.

Two XLA builds disagree on one bfloat16 program by whole tokens, so the canonical answer is that
of the same program retyped to float32. The module needs pinned jax and jaxlib (extra ``oracle``).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from inksight_cli.convert.encoder_stage import expose_encoder
from inksight_cli.convert.liveness import Interface
from inksight_cli.convert.report import Inspection
from inksight_cli.convert.retype import as_module, as_text, need_jax, widened
from inksight_cli.convert.switches import answer_length, hints, prompt_length
from inksight_cli.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True, eq=False)
class OracleAnswer:
    """What the original says about one word: its ids, padding cut off, and its own score.

    ``ended``: the last id is the end token; ``encoded``: the encoder's output [rows, width],
    padding included, where the program lets it be seen.
    """

    tokens: tuple[int, ...]
    score: float | None
    ended: bool
    encoded: NDArray[np.float32] | None = None


class StableHloOracle:
    """The original network of an inspected SavedModel.

    Args:
        inspection: as `inspect_model` returns it.
        retyped: run in float32; False: as exported.

    Raises:
        ModelError: the model has no vocabulary.
    """

    def __init__(self, inspection: Inspection, retyped: bool = True) -> None:
        self._inspection, self._retyped = inspection, retyped
        self._exposed = False
        if inspection.vocabulary is None:
            raise ModelError("The SavedModel does not hold exactly one SentencePiece vocabulary.")
        self._end = inspection.vocabulary.end

    def answer(self, prompt: tuple[int, ...], pixels: NDArray[np.uint8]) -> OracleAnswer:
        """Return the original's answer.

        Args:
            prompt: ids, without padding.
            pixels: (224, 224, 3) RGB.

        Raises:
            MissingBackendError: the pinned jax is not installed.
            ModelError: the module cannot be run.
        """
        image = pixels.astype(np.float32)[None] / np.float32(127.5) - np.float32(1.0)
        try:
            results = self._network(self._inputs(prompt, image))
        except (ValueError, TypeError, RuntimeError, NotImplementedError) as error:
            first = str(error).splitlines()[0] if str(error) else type(error).__name__
            raise ModelError(f"The original network cannot be run: {first}") from error
        ids = np.asarray(results[0]).reshape(-1, np.shape(results[0])[-1])[-1]
        encoded = np.asarray(results.pop())[0] if self._exposed else None
        score = float(np.asarray(results[1]).reshape(-1)[-1]) if len(results) > 1 else None
        tokens = self._trimmed(ids)
        return OracleAnswer(tokens, score, tokens[-1:] == (self._end,), encoded)

    def _trimmed(self, ids: NDArray[Any]) -> tuple[int, ...]:
        tokens = ids.tolist()
        if self._end in tokens:
            return tuple(tokens[: tokens.index(self._end) + 1])
        return tuple(tokens)

    def _inputs(self, prompt: tuple[int, ...], image: NDArray[np.float32]) -> list[NDArray[Any]]:
        """Return the inputs in order; one that is neither prompt nor picture is all zeros."""
        interface = self._interface
        ids = interface.prompt(answer_length(self._inspection))
        arrays: list[NDArray[Any]] = [
            np.zeros([1, *(max(size, 1) for size in item.shape[1:])], item.dtype)
            for item in interface.inputs
        ]
        arrays[ids] = _padded(prompt, interface.inputs[ids].shape[1], interface.inputs[ids].dtype)
        arrays[interface.picture()] = image
        return arrays

    @property
    def _interface(self) -> Interface:
        if self._inspection.interface is None:
            raise ModelError("The network's StableHLO cannot be read.")
        return self._inspection.interface

    @cached_property
    def _network(self) -> Callable[[list[NDArray[Any]]], list[Any]]:
        jax = need_jax()
        parameters = self._parameters(jax)
        call = jax.jit(self._exported(jax).call)

        def run(inputs: list[NDArray[Any]]) -> list[Any]:
            given = iter(inputs)
            values = [next(given) if p is None else p for p in parameters]
            return list(call(*values))

        return run

    def _parameters(self, jax: Any) -> list[Any]:  # noqa: ANN401 (jax is optional)
        """Variables in the order of the operands; None stands for an input."""
        checkpoint = self._inspection.checkpoint
        by_name = {variable.name: variable for variable in checkpoint.variables}
        found: list[Any] = []
        for name in self._inspection.network.operands:
            if name is None:
                found.append(None)
                continue
            if name not in by_name:
                raise ModelError(f"The network reads {name}, which the checkpoint does not hold.")
            variable = by_name[name]
            narrow = variable.dtype == "bfloat16" and not self._retyped
            array = checkpoint.tensor(variable, check=False)
            found.append(jax.numpy.asarray(array, jax.numpy.bfloat16 if narrow else None))
        return found

    def _exported(self, jax: Any) -> Any:  # noqa: ANN401
        """Wrap the module as jax's own export does, which refines its free dimensions."""
        from jax._src.export import _export

        network = self._inspection.network
        module = self._module()
        batch, length = jax.export.symbolic_shape("b, n")
        arguments = [
            self._argument(jax, index, (batch, length)) for index in range(len(network.operands))
        ]
        results = [
            jax.core.ShapedArray(
                tuple(batch if size < 0 else size for size in shape),
                jax.numpy.int32 if index == 0 else jax.numpy.float32,
            )
            for index, shape in enumerate(network.output_shapes)
        ]
        if self._exposed:
            results.append(self._encoded_type(jax, batch, length))
        count, out = len(arguments), len(results)
        tree = jax.tree_util.tree_structure
        return _export.Exported(
            fun_name="network",
            in_tree=tree((tuple(range(count)), {})),
            in_avals=tuple(arguments),
            out_tree=tree(tuple(range(out))),
            out_avals=tuple(results),
            in_shardings_hlo=(None,) * count,
            out_shardings_hlo=(None,) * out,
            nr_devices=1,
            platforms=network.platforms or ("cpu",),
            ordered_effects=(),
            unordered_effects=(),
            disabled_safety_checks=(),
            mlir_module_serialized=module,
            calling_convention_version=network.version or 9,
            module_kept_var_idx=tuple(range(count)),
            uses_global_constants=True,
            _get_vjp=None,
        )

    def _module(self) -> bytes:
        """Return the program to run: in float32, its encoder's output a result if it can be."""
        if not self._retyped:
            return self._inspection.network.module
        text = widened(as_text(self._inspection.network.module))
        placement = self._inspection.placement
        if placement is not None:
            exposed = expose_encoder(text, self._rows(), placement.sizes.width)
            if exposed is not None:
                try:
                    module = as_module(exposed.text)
                except (ValueError, RuntimeError):
                    return as_module(text)
                self._exposed = True
                return module
        return as_module(text)

    def _rows(self) -> int | None:
        """Return patches and prompt together; None: prompts are not padded."""
        placement, _ = self._inspection.require()
        length = prompt_length(self._inspection)
        return None if length is None else placement.sizes.patches + length

    def _encoded_type(self, jax: Any, batch: Any, length: Any) -> Any:  # noqa: ANN401
        placement, _ = self._inspection.require()
        sizes = placement.sizes
        beams = hints(self._inspection, sizes).beams or 1
        rows = self._rows() or length + sizes.patches
        return jax.core.ShapedArray((batch * beams, rows, sizes.width), jax.numpy.float32)

    def _argument(self, jax: Any, index: int, free: tuple[Any, Any]) -> Any:  # noqa: ANN401
        network = self._inspection.network
        name = network.operands[index]
        if name is None:
            item = self._interface.inputs[sum(n is None for n in network.operands[:index])]
            sizes = (free[min(i, 1)] if size < 0 else size for i, size in enumerate(item.shape))
            return jax.core.ShapedArray(tuple(sizes), item.dtype)
        variable = next(v for v in self._inspection.checkpoint.variables if v.name == name)
        narrow = variable.dtype == "bfloat16" and not self._retyped
        dtype = jax.numpy.bfloat16 if narrow else jax.numpy.float32
        return jax.core.ShapedArray(variable.shape, dtype)


def _padded(prompt: tuple[int, ...], length: int, dtype: str) -> NDArray[Any]:
    if 0 <= length < len(prompt):
        raise ModelError(f"The prompt has {len(prompt)} ids; the network takes {length}.")
    return np.array([[*prompt, *[0] * (length - len(prompt))]], dtype)
