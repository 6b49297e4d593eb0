"""StableHLO as text and back, and the same program in float32; by the pinned jaxlib."""

from __future__ import annotations

import importlib
import re
from typing import Any

from inksight_cli.errors import MissingBackendError

JAX = "0.4.30"
_SCALAR = re.compile(r"dense<0x([0-9A-Fa-f]{4})> : tensor<(?=[0-9x?]*bf16)")
_TABLE = re.compile(r'dense<"0x([0-9A-Fa-f]+)"> : tensor<(?=[0-9x?]*bf16)')


def as_text(module: bytes) -> str:
    """Return a serialized module as MLIR text."""
    need_jax()
    client: Any = importlib.import_module("jaxlib.xla_client")
    text = client._xla.mlir.deserialize_portable_artifact(module)
    return text if isinstance(text, str) else str(text, "utf-8")


def as_module(text: str) -> bytes:
    """Return MLIR text as a serialized module.

    Raises:
        ValueError, RuntimeError: jaxlib's, where the text is no valid program.
    """
    need_jax()
    client: Any = importlib.import_module("jaxlib.xla_client")
    return bytes(client._xla.mlir.serialize_portable_artifact(text, "1.1.0"))


def retype(module: bytes) -> bytes:
    """Return the module with every bfloat16 value and constant as float32; other types stay."""
    return as_module(widened(as_text(module)))


def widened(text: str) -> str:
    """Return MLIR text with bf16 as f32; hexadecimal constants keep their values."""
    text = _SCALAR.sub(lambda m: f"dense<0x{m[1]}0000> : tensor<", text)
    text = _TABLE.sub(lambda m: f'dense<"0x{_wide_table(m[1])}"> : tensor<', text)
    return text.replace("bf16", "f32")


def _wide_table(digits: str) -> str:
    """Each value is two little-endian bytes; a float32 has two zero bytes before them."""
    return "".join("0000" + digits[i : i + 4] for i in range(0, len(digits), 4))


def need_jax() -> Any:  # noqa: ANN401 (a module)
    """Return jax in the pinned version.

    Raises:
        MissingBackendError: it is not installed, or in another version.
    """
    try:
        import jax
        import jax._src.export._export
        import jax.export
    except ImportError as error:
        raise MissingBackendError(
            f"Comparing with the original needs jax and jaxlib {JAX} ({error}).",
            "pip install 'inksight-cli[oracle]'",
        ) from error
    if jax.__version__ != JAX:
        raise MissingBackendError(
            f"Comparing with the original needs jax {JAX}, not {jax.__version__}.",
            "pip install 'inksight-cli[oracle]'",
        )
    return jax
