"""A model bundle: a folder with a manifest, two graphs, and a text vocabulary."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from inksight_cli.bundles.manifest import MANIFEST, Manifest, Variant, describe_file
from inksight_cli.bundles.schema import MOST_TEXT
from inksight_cli.bundles.vocabulary import TextVocabulary, load_vocabulary
from inksight_cli.errors import ModelError
from inksight_cli.files import is_file, read_regular

if TYPE_CHECKING:
    from inksight_cli.pen_order import Hand

EXACT = ("fp32", "fp16")
CACHES = "-kv8"
"""Ends the names of precisions that also round what is kept of a word's picture."""

Origin = Literal["path", "installed", "shipped"]


def halves(precision: str) -> tuple[str, str]:
    """The precisions of encoder and decoder: ``int8+w8`` names two, ``w8`` is both."""
    encoder, _, decoder = precision.partition("+")
    return encoder, decoder or encoder


def fit(encoder: str, decoder: str) -> bool:
    """Whether a decoder of one precision reads what an encoder of another writes."""
    return encoder.endswith(CACHES) == decoder.endswith(CACHES)


@dataclass(frozen=True, eq=False)
class Bundle:
    """An opened bundle; nothing heavy is loaded."""

    folder: Path
    manifest: Manifest
    origin: Origin = "path"

    @cached_property
    def vocabulary(self) -> TextVocabulary:
        """How this model writes text as ids."""
        manifest = self.manifest
        return load_vocabulary(manifest.tokenizer, self.file(manifest.tokenizer_file))

    @cached_property
    def pen_order(self) -> Hand | None:
        """The network that writes traced ink, None for a model whose own path is followed.

        Raises:
            ModelError: the manifest names a file that is not one.
        """
        # Bundles are also opened where nothing is traced (the converter's environments).
        from inksight_cli.pen_order import open_hand

        name = self.manifest.pen_order
        return open_hand(self.file(name)) if name else None

    def file(self, name: str) -> Path:
        """Return the path of a file of the bundle, its content compared with its hash.

        Raises:
            ModelError: the manifest does not list it; it is missing, or another.
        """
        if name not in self.manifest.files:
            model = self.manifest.name
            raise ModelError(f"The model {model!r} opens {name!r}, which it does not list.")
        self._compare(name)
        return self.folder / name

    @property
    def bytes(self) -> int:
        """Size of all files."""
        return sum(file.bytes for file in self.manifest.files.values())

    @property
    def exact(self) -> str:
        """The precision with float32 arithmetic: ``fp32``, or ``fp16`` for halves on disk only.

        Raises:
            ModelError: the bundle has neither.
        """
        for precision in EXACT:
            if precision in self.manifest.variants:
                return precision
        raise ModelError(f"The model {self.manifest.name!r} has no float32 graphs.")

    def variant(self, precision: str | None = None) -> Variant:
        """The graphs of `precision`, or of the bundle's own default.

        Args:
            precision: of both halves, or of either: ``int8+w8`` encodes in one and decodes in
                the other.

        Raises:
            ModelError: the bundle has no such graphs, or the two do not fit together.
        """
        encoder, decoder = halves(precision or self.manifest.precision)
        for wanted in (encoder, decoder):
            if wanted not in self.manifest.variants:
                have = ", ".join(sorted(self.manifest.variants))
                raise ModelError(
                    f"The model {self.manifest.name!r} has no precision {wanted!r}; it has {have}.",
                    f"inksight models quantize {self.manifest.name} --precision {wanted}",
                )
        if not fit(encoder, decoder):
            raise ModelError(
                f"The encoder {encoder!r} and the decoder {decoder!r} do not fit together:"
                " both round what is kept of a word's picture (-kv8), or neither."
            )
        variants = self.manifest.variants
        return Variant(encoder=variants[encoder].encoder, decoder=variants[decoder].decoder)

    def check(self, *, hashes: bool = True) -> None:
        """Compare the files with the manifest.

        Args:
            hashes: compare contents, too, not sizes alone.

        Raises:
            ModelError: a file is missing, of another size, or of other contents.
        """
        for name in self.manifest.files:
            self._compare(name, hashes)

    def _compare(self, name: str, hashes: bool = True) -> None:
        path, expected = self.folder / name, self.manifest.files[name]
        if not is_file(path):
            raise ModelError(f"The model {self.manifest.name!r} lacks its file {path}.")
        if path.stat().st_size != expected.bytes or (
            hashes and describe_file(path).sha256 != expected.sha256
        ):
            raise ModelError(
                f"{path} is damaged: it is not the file its manifest describes.",
                "Install the model again.",
            )


def open_bundle(folder: Path, origin: Origin = "path") -> Bundle:
    """Open the bundle in `folder`.

    Raises:
        ModelError: there is no manifest, or it is not valid.
    """
    path = folder / MANIFEST
    try:
        text = read_regular(path, MOST_TEXT).decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ModelError(f"{folder} is not a model bundle: {MANIFEST} cannot be read.") from error
    manifest = Manifest.from_json(text, str(path))
    if unlisted := sorted(manifest.opened - set(manifest.files)):
        raise ModelError(f"{path} does not list the file {unlisted[0]!r} that the model opens.")
    return Bundle(folder, manifest, origin)
