import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inksight_cli.convert.wire import Message, read_varint, signed
from inksight_cli.errors import ModelError


def varint(value):
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def field(number, value):
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    return varint(number << 3 | 2) + varint(len(value)) + value


@given(st.integers(0, 2**64 - 1), st.binary(max_size=4))
def test_varints_are_read_back(value, rest):
    assert read_varint(memoryview(varint(value) + rest), 0) == (value, len(varint(value)))


@given(st.lists(st.tuples(st.integers(1, 2**29 - 1), st.integers(0, 2**64 - 1) | st.binary())))
def test_fields_are_read_back_in_order(fields):
    numbers = {number for number, _ in fields}
    fields = [(n, v) for n, v in fields if type(v) is type(dict(fields)[n])]
    message = Message(b"".join(field(*item) for item in fields))
    for number in numbers:
        values = [v for n, v in fields if n == number]
        if isinstance(values[0], int):
            assert message.integers(number) == values
            assert message.integer(number) == values[-1]
        else:
            assert [bytes(v) for v in message.views(number)] == values


@settings(max_examples=300)
@given(st.binary(max_size=200))
def test_any_bytes_are_a_message_or_a_model_error(data):
    try:
        message = Message(data)
        for number in range(20):
            message.integers(number)
            message.views(number)
    except ModelError as error:
        assert str(error)


def test_packed_integers_and_fixed_widths():
    message = Message(field(3, varint(5) + varint(300)) + b"\x25\x01\x00\x00\x00")
    assert message.integers(3) == [5, 300]
    assert message.fixed32(4) == 1
    assert Message(b"\x25\x00\x00\xc0\x3f").float32(4) == 1.5
    assert Message(b"").integer(1, 7) == 7
    assert signed(2**64 - 1) == -1


@pytest.mark.parametrize(
    "data", [b"\x0a\x05ab", b"\x80", b"\x08" + b"\xff" * 11, b"\x0b", b"\x25\x00"]
)
def test_damaged_messages_are_named(data):
    with pytest.raises(ModelError, match="damaged"):
        Message(data)
