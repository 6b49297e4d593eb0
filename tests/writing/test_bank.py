"""A hand's file: the same again, and any damage told in a sentence."""

import io
import json
import zipfile

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inksight_cli.errors import UnreadableInputError
from inksight_cli.writing.bank import encode_hand, read_hand


@pytest.fixture(scope="module")
def data(hand):
    return encode_hand(hand)


def test_there_and_back(hand, data, tmp_path):
    path = tmp_path / "vera.hand"
    path.write_bytes(data)
    again = read_hand(path)
    assert (again.style, again.name) == (hand.style, hand.name)
    for one, other in zip(hand.words, again.words, strict=True):
        for a, b in zip(one, other, strict=True):
            assert (a.text, a.before, a.after, a.good) == (b.text, b.before, b.after, b.good)
            for path_a, path_b in zip(a.paths, b.paths, strict=True):
                assert np.abs(path_a - path_b).max() <= 0.00051
    assert encode_hand(again) == data
    assert len(data) < 40_000


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
def test_damaged_bytes_are_told(data, tmp_path, drawn):
    broken = bytearray(data)
    for _ in range(drawn.draw(st.integers(1, 4))):
        broken[drawn.draw(st.integers(0, len(broken) - 1))] = drawn.draw(st.integers(0, 255))
    path = tmp_path / "broken.hand"
    path.write_bytes(bytes(broken[: drawn.draw(st.integers(0, len(broken)))]))
    try:
        read_hand(path)
    except UnreadableInputError as error:
        assert "broken.hand" in error.message


def changed(data, name, change):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {each: json.loads(archive.read(each)) for each in archive.namelist()}
    parts[name] = change(parts[name])
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for each, content in parts.items():
            archive.writestr(each, json.dumps(content))
    return stream.getvalue()


@pytest.mark.parametrize(
    "name, change",
    [
        ("hand.json", lambda plain: {**plain, "format": "other"}),
        ("hand.json", lambda plain: {**plain, "version": 2}),
        ("hand.json", lambda plain: {**plain, "style": None}),
        ("hand.json", lambda plain: {**plain, "style": {**plain["style"], "body": 0}}),
        ("hand.json", lambda plain: {**plain, "style": {**plain["style"], "color": "red"}}),
        ("hand.json", lambda plain: []),
        ("words.json", lambda plain: {}),
        ("words.json", lambda plain: [[]]),
        ("words.json", lambda plain: [[["a", 0, 7, 1, [[0, 0]]]]]),
        ("words.json", lambda plain: [[["a", 1, None, 1, []]]]),
        ("words.json", lambda plain: [[["a", 0, None, 1, [[0]]]]]),
        ("words.json", lambda plain: [[["a", 0, None, 1, [[10**400, 0]]]]]),
        ("words.json", lambda plain: [[["a", 0, None, 1, [[400_000, 0, 400_000, 0]]]]]),
        ("words.json", lambda plain: [[["", 0, None, 1, [[0, 0]]]]]),
        ("words.json", lambda plain: [["a"]]),
    ],
)
def test_what_no_hand_holds_is_refused(data, tmp_path, name, change):
    path = tmp_path / "strange.hand"
    path.write_bytes(changed(data, name, change))
    with pytest.raises(UnreadableInputError, match=r"strange\.hand"):
        read_hand(path)


def test_a_bomb_is_not_unpacked(tmp_path):
    path = tmp_path / "bomb.hand"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("hand.json", b"[" * ((1 << 26) + 1))
    with pytest.raises(UnreadableInputError, match="too large"):
        read_hand(path)
