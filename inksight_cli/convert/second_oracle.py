"""The original a second time: the whole SavedModel in TensorFlow, text and picture included.

Besides the network, which runs as exported (often in bfloat16), this checks what the first
oracle cannot see: how a prompt becomes ids, and how a picture becomes numbers.
"""

from __future__ import annotations

import io
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inksight_cli.bundles import Bundle, open_bundle
from inksight_cli.convert.build import Progress
from inksight_cli.convert.report import Inspection
from inksight_cli.convert.runner import Runner
from inksight_cli.convert.switches import Switches, prompt_length
from inksight_cli.convert.verdict import Comparison, Verdict, compare
from inksight_cli.convert.verify import check_source, record
from inksight_cli.engine.protocol import Job
from inksight_cli.engine.request import Request, make_request
from inksight_cli.errors import MissingBackendError, ModelError

_PIXEL = 1e-6  # of a range of 2: rounding of x / 127.5 - 1


PINNED = (2, 17)
"""From 2.18 on passes of XLA change InkSight's ink silently, unless TensorFlow was loaded with
``XLA_FLAGS=--xla_disable_hlo_passes=custom-kernel-fusion-rewriter,custom_kernel-fusion-autotuner``."""


def doubt(version: str) -> str:
    """Return what to add to the name of a TensorFlow that the original was not made for."""
    numbers = tuple(int(part) for part in version.split(".")[:2] if part.isdigit())
    if numbers == PINNED:
        return ""
    return " (not 2.17: from 2.18 on XLA may change the ink; see docs/small-p.md)"


class TensorFlowOracle:
    """The original model in TensorFlow.

    Raises:
        MissingBackendError: tensorflow or tensorflow-text is not installed.
        ModelError: TensorFlow cannot load the model.
    """

    def __init__(self, folder: Path) -> None:
        self._tf = _need_tensorflow()
        try:
            self._model = self._tf.saved_model.load(str(folder))
            self._serve = self._model.signatures["serving_default"]
        except Exception as error:  # TensorFlow's errors share no public base
            reason = (str(error).splitlines() or [type(error).__name__])[0]
            raise ModelError(f"TensorFlow cannot load {folder}: {reason}") from error

    @property
    def version(self) -> str:
        """TensorFlow's version."""
        return str(self._tf.__version__)

    def answer(self, prompt: str, pixels: NDArray[np.uint8]) -> str:
        """Return the model's answer as text with ``<ink_token_N>`` in it.

        Args:
            prompt: as text.
            pixels: (224, 224, 3) RGB, passed on without loss.

        Raises:
            ModelError: TensorFlow cannot run the model on this machine.
        """
        names = self._serve.structured_input_signature[1]
        given = {
            name: self._tf.constant([prompt] if "text" in name else [[_png(pixels)]])
            for name in names
        }
        try:
            (output,) = self._serve(**given).values()
        except Exception as error:  # TensorFlow's errors share no public base
            reason = (str(error).splitlines() or [type(error).__name__])[-1].strip()
            raise ModelError(f"TensorFlow {self.version} cannot run the model: {reason}") from error
        return str(output.numpy().reshape(-1)[0], "utf-8", "replace")

    def prepared(self, prompt: str, pixels: NDArray[np.uint8]) -> dict[int, NDArray[Any]] | None:
        """Return ids (rank 2) and picture (rank 4) as the network gets them, by rank.

        None when the export keeps no function of its own for this.
        """
        prepare = getattr(self._model, "preproc_func", None)
        if prepare is None:
            return None
        out = prepare(self._tf.constant([prompt]), self._tf.constant([[_png(pixels)]]))
        values = out.values() if isinstance(out, dict) else out
        arrays = [np.asarray(value.numpy()) for value in values]
        return {array.ndim: array for array in arrays}


def check_with_tensorflow(
    folder: Path,
    inspection: Inspection,
    jobs: Sequence[Job],
    *,
    progress: Progress | None = None,
) -> Verdict:
    """Compare a bundle with the original in TensorFlow and write the verdict down.

    Raises:
        ModelError: prompts, pictures or answers differ.
        MissingBackendError: TensorFlow is not installed.
    """
    tell = progress or (lambda _what, _done: None)
    bundle = open_bundle(folder)
    check_source(bundle, inspection)
    oracle = TensorFlowOracle(inspection.folder)
    runner = Runner(bundle)
    verdict = Verdict(
        f"the whole SavedModel as exported, TensorFlow {oracle.version}{doubt(oracle.version)}"
    )
    verdict.switches = Switches.from_data(dict(bundle.manifest.measured["switches"])).as_data()
    verdict.switches["beams"] = _beams(bundle)
    for index, job in enumerate(jobs):
        tell(f"asking TensorFlow ({index + 1} of {len(jobs)})", index / len(jobs))
        request, prompt = make_request(bundle, job), _prompt(bundle, job)
        _check_preparation(verdict, oracle, inspection, request, prompt)
        verdict.comparisons.append(_compare(runner, request, oracle.answer(prompt, job.pixels)))
    record(bundle, verdict, "tensorflow")
    if not verdict.passed:
        raise ModelError(f"The converted model is not the original: {verdict.sentence}.")
    return verdict


def _prompt(bundle: Bundle, job: Job) -> str:
    return bundle.manifest.prompts[job.mode].replace("{text}", job.text)


def _check_preparation(
    verdict: Verdict,
    oracle: TensorFlowOracle,
    inspection: Inspection,
    request: Request,
    prompt: str,
) -> None:
    """Compare ids and picture before the network.

    Raises:
        ModelError: they differ, so no answer could be right.
    """
    prepared = oracle.prepared(prompt, request.pixels)
    if prepared is None:
        verdict.stages["prompt and picture"] = "the export keeps no function to compare with"
        return
    length = prompt_length(inspection)
    ours = [*request.prompt, *[0] * ((length or 0) - len(request.prompt))]
    theirs = prepared[2][0].tolist() if 2 in prepared else []
    if theirs != ours:
        raise ModelError(f"The prompt {prompt!r} becomes {theirs} in the original, not {ours}.")
    verdict.stages["prompt"] = "the same ids"
    picture = request.pixels.astype(np.float32) / np.float32(127.5) - np.float32(1.0)
    apart = float(np.abs(prepared[4][0] - picture).max()) if 4 in prepared else 2.0
    if apart > _PIXEL:
        raise ModelError(f"The original prepares pictures otherwise (by up to {apart:.2g} of 2).")
    verdict.stages["picture"] = f"the same numbers (to {apart:.1g})"


def _compare(runner: Runner, request: Request, text: str) -> Comparison:
    """Compare answers as text: that is all the original gives."""
    manifest, vocabulary = runner.bundle.manifest, runner.bundle.vocabulary
    ours = runner.answer(request, manifest.decoding).tokens
    theirs = vocabulary.encode(text)
    if len(theirs) < manifest.max_length:
        theirs.append(manifest.end)
    plain = [token for token in ours if token != manifest.end]
    if _pieces(runner.bundle, plain) == text:
        theirs = ours  # split into other pieces, perhaps, but the same text and ink
    judgement = runner.judge(request, tuple(theirs))
    return compare(request.job.mode, tuple(theirs), ours, judgement, None, manifest.ink_first)


def _pieces(bundle: Bundle, tokens: list[int]) -> str:
    """Return the text of an answer with everything in it, as the original writes it."""
    from sentencepiece import SentencePieceProcessor

    pieces = SentencePieceProcessor(model_file=str(bundle.folder / bundle.manifest.tokenizer_file))
    return str(pieces.decode([t for t in tokens if t < pieces.get_piece_size()]))


def _beams(bundle: Bundle) -> int:
    decoding = bundle.manifest.decoding
    return decoding.beams if decoding.search == "beam" else 0


def _png(pixels: NDArray[np.uint8]) -> bytes:
    """Return a picture without loss; TensorFlow's JPEG decoder reads PNG as well."""
    from PIL import Image

    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "PNG")
    return stream.getvalue()


def _need_tensorflow() -> Any:  # noqa: ANN401 (tensorflow is optional)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    try:
        import tensorflow
        import tensorflow_text  # noqa: F401 (registers the operations of SentencePiece)
    except ImportError as error:
        raise MissingBackendError(
            "This comparison needs tensorflow and tensorflow-text.",
            "pip install 'inksight-cli[tf]' && pip install --no-deps tensorflow-text==2.17.0",
        ) from error
    return tensorflow
