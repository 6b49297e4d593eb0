"""A bundle's manifest: what a model is, how to ask it, and what its files must hash to."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, get_args

from inksight_cli.bundles.schema import check_manifest, read_json
from inksight_cli.document import Mode
from inksight_cli.errors import ModelError

MANIFEST = "manifest.json"
SCHEMA = 1

Family = Literal["nano", "small-p"]
Tokenizer = Literal["characters", "sentencepiece"]
Search = Literal["greedy", "beam"]

_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleFile:
    """One file of a bundle: its SHA-256 in hexadecimal and its size in bytes."""

    sha256: str
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """The graphs of one precision, as file names in the bundle."""

    encoder: str
    decoder: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoding:
    """How the model was meant to be decoded.

    Attributes:
        search: ``greedy``, or ``beam`` by T5X's rules (a beam of 1 is not greedy: an end token
            that is only second best is kept and can win).
        beams: K; alpha: exponent of the length penalty.
    """

    search: Search = "greedy"
    beams: int = 1
    alpha: float = 0.6


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """Everything the engine must know about a model, and everything a user may ask.

    Attributes:
        name, revision, family: who it is.
        vocabulary: number of token ids; ink_first: id of ink token 0; start, end: ids.
        max_length: longest answer, end token included; prompt_length: longest prompt in tokens.
        crop_rows: the encoder takes only the patch rows that the crop touches.
        prompts: how to ask, by mode; ``{text}`` stands for the word.
        prompt_end: the end token closes a prompt.
        tokenizer, tokenizer_file: how text becomes ids, and the file that says so.
        decoding: the search its makers used; constrain: whether ink rules are on by default.
        pen_order: file of the network that writes traced ink in pen order; empty for a model
            whose own path is followed.
        reads: whether its reading is to be believed over a detector's.
        widest: how many times as wide as high a crop may be; 0 for any. Wider words are given in
            tiles.
        variants: graphs by precision; precision: the one to use unless told otherwise.
        licence, training_data, source: for people; measured: quality figures with their names.
        files: hash and size of every other file of the bundle.
    """

    name: str
    revision: str
    family: Family
    vocabulary: int
    ink_first: int
    max_length: int
    prompt_length: int
    tokenizer: Tokenizer
    tokenizer_file: str
    start: int = 0
    end: int = 1
    crop_rows: bool = False
    prompts: Mapping[Mode, str] = field(default_factory=dict)
    prompt_end: bool = False
    decoding: Decoding = Decoding()
    constrain: bool = False
    pen_order: str = ""
    reads: bool = True
    widest: float = 0.0
    variants: Mapping[str, Variant] = field(default_factory=dict)
    precision: str = "fp32"
    licence: str = ""
    training_data: str = ""
    source: str = ""
    measured: Mapping[str, Any] = field(default_factory=dict)
    files: Mapping[str, BundleFile] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, value in (("family", Family), ("tokenizer", Tokenizer)):
            if getattr(self, name) not in get_args(value):
                raise ModelError(f"The manifest's {name} {getattr(self, name)!r} is unknown.")
        if self.decoding.search not in get_args(Search) or self.decoding.beams < 1:
            raise ModelError(f"The manifest's decoding {self.decoding!r} is unknown.")
        if missing := set(get_args(Mode)) - set(self.prompts):
            raise ModelError(f"The manifest of {self.name!r} lacks prompts: {sorted(missing)}.")
        if self.precision not in self.variants:
            raise ModelError(f"The model {self.name!r} has no graphs for {self.precision!r}.")
        if 0 < self.widest <= 1:
            raise ModelError(f"The manifest of {self.name!r} allows no crop as wide as high.")
        if min(self.vocabulary, self.max_length, self.prompt_length) < 1:
            raise ModelError(f"The manifest of {self.name!r} has sizes below 1.")
        if max(self.ink_first, self.start, self.end) >= self.vocabulary:
            raise ModelError(f"The manifest of {self.name!r} has ids beyond its vocabulary.")
        for name in self.files:
            if Path(name).name != name:
                raise ModelError(f"The manifest of {self.name!r} names a file outside: {name!r}.")

    @property
    def opened(self) -> set[str]:
        """The names of all files that are opened when the model runs, in any precision."""
        graphs = {name for v in self.variants.values() for name in (v.encoder, v.decoder)}
        return (graphs | {self.tokenizer_file, self.pen_order}) - {""}

    @property
    def revision_hash(self) -> str:
        """Twelve hexadecimal digits that tell one set of files and settings from another."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()[:12]

    @property
    def caution(self) -> str:
        """What a user must be told whenever the model is used; empty for a sound one."""
        if self.family == "nano" or self.measured.get("verified"):
            return ""
        return f"The model {self.name!r} was converted but not verified against the original."

    def to_json(self) -> str:
        """The manifest as the text of ``manifest.json``."""
        data = {"schema": SCHEMA, **asdict(self)}
        if not self.widest:  # older than this field: a model keeps its revision
            del data["widest"]
        return json.dumps(data, ensure_ascii=False, indent=2) + "\n"

    @classmethod
    def from_json(cls, text: str, where: str = MANIFEST) -> Manifest:
        """Read `text`.

        Raises:
            ModelError: it is not JSON, not this schema, or a field is missing or of a wrong kind.
        """
        try:
            data = read_json(text)
        except ValueError as error:
            raise ModelError(f"{where} is not JSON: {error}.") from error
        if not isinstance(data, dict) or data.pop("schema", None) != SCHEMA:
            raise ModelError(f"{where} is not a model manifest of schema {SCHEMA}.")
        try:
            return cls(**_typed(data))
        except (TypeError, ValueError, KeyError, AttributeError) as error:
            raise ModelError(f"{where} is not a valid model manifest: {error}.") from error


def _typed(data: dict[str, Any]) -> dict[str, Any]:
    """Nested plain data as their dataclasses, every field checked."""
    check_manifest(data)
    nested = {
        "decoding": Decoding(**data.get("decoding", {})),
        "variants": {k: Variant(**v) for k, v in data.get("variants", {}).items()},
        "files": {k: BundleFile(**v) for k, v in data.get("files", {}).items()},
    }
    return {**data, **nested}


def describe_file(path: Path) -> BundleFile:
    """Hash and size of a file.

    Raises:
        ModelError: it cannot be read.
    """
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
            return BundleFile(sha256=digest.hexdigest(), bytes=file.tell())
    except OSError as error:
        raise ModelError(f"{path} cannot be read: {error.strerror}.") from error


def write_manifest(folder: Path, manifest: Manifest) -> Manifest:
    """Hash every file in `folder`, write ``manifest.json`` there, and return the full manifest."""
    names = sorted(p.name for p in folder.iterdir() if p.is_file() and p.name != MANIFEST)
    full = replace(manifest, files={name: describe_file(folder / name) for name in names})
    (folder / MANIFEST).write_text(full.to_json(), encoding="utf-8")
    return full
