"""What is done to good inputs, and what a case is."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

QUICK = ("--detector", "whole", "--model", "trace")


@dataclass(frozen=True)
class Case:
    """One call of the program.

    Attributes:
        name: unique, says what is wrong.
        words: the command line after ``inksight``; ``read`` stands for `inksight_cli.read`.
        files: what lies in the folder where it is called.
    """

    name: str
    words: tuple[str, ...]
    files: dict[str, bytes] = field(repr=False)


def damaged(data: bytes, seed: str, count: int) -> Iterator[tuple[str, bytes]]:
    """Yield ``count`` damaged copies: cut, flipped, zeroed, with bytes added or taken away."""
    chance = random.Random(seed)
    ways = (_cut, _flip, _head, _zero, _insert, _remove, _swap)
    for number in range(count):
        way = ways[number % len(ways)]
        yield f"{way.__name__[1:]}{number}", bytes(way(bytearray(data), chance))


def _cut(data: bytearray, chance: random.Random) -> bytearray:
    return data[: chance.randrange(len(data))]


def _flip(data: bytearray, chance: random.Random) -> bytearray:
    for _ in range(chance.choice((1, 3, 20))):
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    return data


def _head(data: bytearray, chance: random.Random) -> bytearray:
    """Headers hold sizes and offsets: there a byte does most."""
    for _ in range(chance.choice((1, 2))):
        data[chance.randrange(min(len(data), 96))] = chance.choice((0, 1, 127, 128, 255))
    return data


def _zero(data: bytearray, chance: random.Random) -> bytearray:
    at = chance.randrange(len(data))
    size = min(chance.choice((4, 64, 512)), len(data) - at)
    data[at : at + size] = bytes(size)
    return data


def _insert(data: bytearray, chance: random.Random) -> bytearray:
    at = chance.randrange(len(data))
    return data[:at] + chance.randbytes(chance.choice((1, 7, 300))) + data[at:]


def _remove(data: bytearray, chance: random.Random) -> bytearray:
    at = chance.randrange(len(data))
    return data[:at] + data[at + chance.choice((1, 7, 300)) :]


def _swap(data: bytearray, chance: random.Random) -> bytearray:
    one, other = sorted(chance.randrange(len(data)) for _ in range(2))
    return data[:one] + data[other:] + data[one:other]


DEEP = "[" * 50_000 + "]" * 50_000
VALUES = (
    "null", '""', '"x"', "-1", "0", "0.5", "1e308", "-1e30", "1" + "0" * 400, "Infinity", "NaN",
    "[]", "{}", "[[]]", "true", '"\\ud800"', '"\\u0000"', f'"{"y" * 5000}"', "[null]", '{"a": 1}',
    '"../../x"', '"/etc/passwd"', "1e-320", "9007199254740993", "-0.0",
)  # fmt: skip
NUMBERS = (
    "", "x", "-1", "0", "1e308", "-1e30", "1" + "0" * 400, "inf", "nan", "1e38", "NaN", "1,5",
    "0x10", "1_000", "٣", "1e-320", "-0", " 7 ", "5e6", "9" * 20,
)  # fmt: skip


def changed(plain: Any, values: tuple[str, ...] = VALUES) -> Iterator[tuple[str, str]]:
    """Yield JSON with one of its values replaced, or left out, everywhere."""
    for path in _paths(plain):
        spot = ".".join(map(str, path))
        for number, value in enumerate(values):
            text = json.dumps(_with(plain, path, "@@"))
            yield f"{spot}={number}", text.replace('"@@"', value)
        if isinstance(path[-1], str):
            yield f"{spot} left out", json.dumps(_with(plain, path, None, leave_out=True))


def _paths(plain: Any, before: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if before:
        yield before
    items = plain.items() if isinstance(plain, dict) else ()
    if isinstance(plain, list):
        items = list(enumerate(plain))[:1]  # the others are alike
    for key, value in items:
        yield from _paths(value, (*before, key))


def _with(plain: Any, path: tuple[Any, ...], value: Any, leave_out: bool = False) -> Any:
    made = copy.deepcopy(plain)
    at = made
    for key in path[:-1]:
        at = at[key]
    if leave_out:
        del at[path[-1]]
    else:
        at[path[-1]] = value
    return made


def some(cases: list[Any], count: int, seed: str) -> list[Any]:
    """Return ``count`` of ``cases``, always the same."""
    return cases if len(cases) <= count else random.Random(seed).sample(cases, count)
