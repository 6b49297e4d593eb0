"""Bundles at their bounds: the last value that is fine, and the first that is not."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from inksight_cli.bundles import Bundle, Manifest
from inksight_cli.errors import ModelError
from tests.engine.tiny import tiny_manifest


def parsed(**changes: object) -> Manifest:
    return Manifest.from_json(json.dumps({**json.loads(tiny_manifest().to_json()), **changes}))


@pytest.mark.parametrize(
    ("name", "most"),
    [("vocabulary", 10**6), ("max_length", 10**5), ("prompt_length", 10**5), ("widest", 1000.0)],
)
def test_sizes_have_a_bound(name: str, most: float) -> None:
    assert getattr(parsed(**{name: most}), name) == most
    with pytest.raises(ModelError, match=name):
        parsed(**{name: most + 1})


@pytest.mark.parametrize("name", ["ink_first", "start", "end"])
@pytest.mark.parametrize("bad", [-1, "3", True, 1.0])
def test_ids_are_whole_numbers_from_0(name: str, bad: object) -> None:
    with pytest.raises(ModelError, match=name):
        parsed(**{name: bad})


@pytest.mark.parametrize("name", ["files", "variants"])
@pytest.mark.parametrize("bad", [[], 3, {"a": 3}, {"a": []}])
def test_files_and_variants_are_objects_of_objects(name: str, bad: object) -> None:
    with pytest.raises(ModelError, match=f"{name} must be an object of objects"):
        parsed(**{name: bad})


def test_a_text_with_half_a_letter_is_refused() -> None:
    with pytest.raises(ModelError, match="half a letter"):
        Manifest.from_json('{"schema": 1, "name": "\\ud800"}')


def test_letters_of_all_alphabets_come_through() -> None:
    assert parsed(licence="Лицензия 許諾").licence == "Лицензия 許諾"


def test_a_converted_model_that_nobody_verified_says_so() -> None:
    manifest = tiny_manifest()
    assert (manifest.family, manifest.caution) == ("nano", "")
    foreign = replace(manifest, family="small-p")
    assert "not verified" in foreign.caution
    assert replace(foreign, measured={"verified": True}).caution == ""


def test_the_exact_graphs_are_those_in_float32_or_their_halves() -> None:
    manifest = tiny_manifest()
    (variant,) = {*manifest.variants.values()}

    def exact(*precisions: str) -> str:
        variants = dict.fromkeys(precisions, variant)
        only = replace(manifest, variants=variants, precision=precisions[0])
        return Bundle(Path(), only).exact

    assert exact("int8", "fp16", "fp32") == "fp32"
    assert exact("int8", "fp16") == "fp16"
    with pytest.raises(ModelError, match="no float32 graphs"):
        exact("int8")


@pytest.mark.parametrize(("widest", "fine"), [(0, True), (0.5, False), (1, False), (1.5, True)])
def test_a_crop_may_be_wider_than_high_or_of_any_shape(widest: float, fine: bool) -> None:
    if fine:
        assert parsed(widest=widest).widest == widest
        return
    with pytest.raises(ModelError, match="as wide as high"):
        parsed(widest=widest)


def test_texts_and_beams_have_a_bound() -> None:
    assert parsed(revision="x" * 300).revision == "x" * 300
    with pytest.raises(ModelError, match="revision has more than 300 letters"):
        parsed(revision="x" * 301)
    assert parsed(decoding={"search": "beam", "beams": 64}).decoding.beams == 64
    with pytest.raises(ModelError, match="beams"):
        parsed(decoding={"search": "beam", "beams": 65})
