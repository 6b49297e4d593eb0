"""Model bundles: a folder with a manifest, two ONNX graphs and a text vocabulary.

Only ONNX, JSON and SentencePiece are ever loaded from a bundle: nothing that executes code.
"""

from __future__ import annotations

from inksight_cli.bundles.bundle import Bundle, fit, halves, open_bundle
from inksight_cli.bundles.manifest import (
    BundleFile,
    Decoding,
    Manifest,
    Variant,
    describe_file,
    write_manifest,
)
from inksight_cli.bundles.places import find_bundle, find_squares, installed_bundles, user_folder
from inksight_cli.bundles.tuned import Tuned, find_tuned
from inksight_cli.bundles.vocabulary import CharacterVocabulary, TextVocabulary

__all__ = [
    "Bundle",
    "BundleFile",
    "CharacterVocabulary",
    "Decoding",
    "Manifest",
    "TextVocabulary",
    "Tuned",
    "Variant",
    "describe_file",
    "find_bundle",
    "find_squares",
    "find_tuned",
    "fit",
    "halves",
    "installed_bundles",
    "open_bundle",
    "user_folder",
    "write_manifest",
]
