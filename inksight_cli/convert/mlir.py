"""MLIR bytecode, as far as it tells which value depends on which: no MLIR needed, nothing run.

Source: mlir.llvm.org, "MLIR Bytecode Format", versions 0 to 6, and the reader it describes. Kept:
operations with their names, operands, results, regions, the strings among their attributes, and
the shapes of values. Locations and numbers are skipped, not decoded.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from inksight_cli.convert.mlir_bytes import Reader, Scope
from inksight_cli.errors import ModelError

_MAGIC = b"ML\xefR"
_STRINGS, _DIALECTS, _ATTRIBUTES, _OFFSETS, _IR, _PROPERTY_SECTION = 0, 1, 2, 3, 4, 8
_KNOWN_VERSIONS = range(7)
_VERSIONED, _LAZY_REGIONS, _USE_LISTS, _ELIDED_LOCATIONS, _PROPERTIES = 1, 2, 3, 4, 5
_HAS_ATTRIBUTES, _HAS_RESULTS, _HAS_OPERANDS, _HAS_SUCCESSORS = 1, 2, 4, 8
_HAS_REGIONS, _HAS_USE_LISTS, _HAS_PROPERTIES = 16, 32, 64
_NAMES = {"func": "sym_name", "call": "callee", "custom_call": "call_target_name"}
_DICTIONARY = 1  # the builtin dialect's code of a dictionary attribute
_RANKED = ("vhlo", 20)  # StableHLO's code of a tensor type
_ELEMENTS = {
    0: "bool",
    2: "bfloat16",
    3: "float16",
    4: "float32",
    5: "float64",
    13: "int32",
    14: "int64",
}  # its codes of numbers
_DYNAMIC = -(1 << 63)
_MAX_DEPTH = 64

_T = TypeVar("_T")
_Span = tuple[str, memoryview]


@dataclass(slots=True)
class Block:
    """A list of operations with arguments; values are numbers, each made once."""

    arguments: list[int] = field(default_factory=list)
    operations: list[Operation] = field(default_factory=list)


@dataclass(slots=True)
class Operation:
    """One operation: ``name`` without its dialect, ``strings``: its string attributes by name."""

    name: str
    operands: list[int]
    results: list[int]
    strings: dict[str, str]
    regions: list[list[Block]] = field(default_factory=list)


class Module:
    """The operations of a serialized module.

    Attributes:
        version: of the bytecode; blocks: the module's own, which holds everything else.
        shapes: of every value, -1 where free, None for what is no tensor.
        elements: of every value that is a tensor, the type of its numbers, as NumPy names it.
    """

    def __init__(self, data: bytes) -> None:
        """Read a module.

        Raises:
            ModelError: it is damaged, or of a version this reader does not know.
        """
        reader = Reader(memoryview(data))
        if bytes(reader.bytes(4)) != _MAGIC:
            raise ModelError("The network's StableHLO is not MLIR bytecode.")
        self.version = reader.number()
        if self.version not in _KNOWN_VERSIONS:
            raise ModelError(f"MLIR bytecode of version {self.version} is not supported.")
        while reader.byte():  # the producer's name
            pass
        sections: dict[int, Reader] = {}
        while reader.left:
            kind, content = reader.section()
            sections[kind] = content
        if missing := {_STRINGS, _DIALECTS, _ATTRIBUTES, _OFFSETS, _IR} - set(sections):
            raise ModelError(f"The network's StableHLO lacks its sections {sorted(missing)}.")
        self._strings = _strings(sections[_STRINGS])
        self._dialects, self._ops = self._names(sections[_DIALECTS])
        spans, count = self._spans(sections[_OFFSETS], sections[_ATTRIBUTES].data)
        self._attributes, self._types = spans[:count], spans[count:]
        self._properties = _properties(sections.get(_PROPERTY_SECTION))
        self._made = itertools.count(1)
        self._known: dict[int, tuple[tuple[int, ...] | None, str]] = {}
        self.shapes: dict[int, tuple[int, ...] | None] = {}
        self.elements: dict[int, str] = {}
        self.blocks = [self._block(sections[_IR], Scope(self._made), 0)]

    def operations(self) -> Iterator[Operation]:
        """Yield all operations, those in regions after the one that holds them."""
        return _walk(self.blocks)

    def functions(self) -> dict[str, Operation]:
        """Return the functions by name."""
        found = (op for op in self.operations() if op.name.startswith("func"))
        return {op.strings.get("sym_name", ""): op for op in found}

    def _names(self, reader: Reader) -> tuple[list[str], list[str]]:
        dialects = []
        for _ in range(reader.count()):
            versions = self.version >= _VERSIONED
            index, versioned = reader.flagged() if versions else (reader.number(), False)
            dialects.append(_at(self._strings, index))
            if versioned:
                reader.section()
        if self.version >= _ELIDED_LOCATIONS:
            reader.number()  # how many names there are in all
        names: list[str] = []
        while reader.left:
            _at(dialects, reader.number())
            for _ in range(reader.count()):
                index = reader.flagged()[0] if self.version >= _PROPERTIES else reader.number()
                names.append(_at(self._strings, index))
        return dialects, names

    def _spans(self, reader: Reader, data: memoryview) -> tuple[list[_Span], int]:
        """Return (dialect, bytes) of attributes, then types; and how many attributes."""
        attributes, _ = reader.number(), reader.number()
        spans: list[_Span] = []
        start = 0
        while reader.left:
            dialect = _at(self._dialects, reader.number())
            for _ in range(reader.count()):
                size, _ = reader.flagged()
                spans.append((dialect, data[start : start + size]))
                start += size
        return spans, attributes

    def _block(self, reader: Reader, scope: Scope, depth: int) -> Block:
        count, has_arguments = reader.flagged()
        block = Block()
        if has_arguments:
            for _ in range(reader.count()):
                kind, located = reader.flagged() if self._elided else (reader.number(), True)
                if located:
                    reader.number()
                block.arguments.append(self._typed(scope.make(), kind))
            if self.version >= _USE_LISTS and reader.byte():
                _skip_use_lists(reader, len(block.arguments))
        block.operations = [self._operation(reader, scope, depth) for _ in range(count)]
        return block

    @property
    def _elided(self) -> bool:
        return self.version >= _ELIDED_LOCATIONS

    def _operation(self, reader: Reader, scope: Scope, depth: int) -> Operation:
        if depth > _MAX_DEPTH:
            raise ModelError("The network's StableHLO is nested too deeply: it is damaged.")
        name = _at(self._ops, reader.number())
        mask = reader.byte()
        reader.number()  # location
        strings = self._dictionary(reader.number()) if mask & _HAS_ATTRIBUTES else {}
        if mask & _HAS_PROPERTIES:
            strings |= self._property_strings(name, reader.number())
        types = reader.numbers() if mask & _HAS_RESULTS else []
        operands = reader.numbers() if mask & _HAS_OPERANDS else []
        if mask & _HAS_SUCCESSORS:
            reader.numbers()
        if mask & _HAS_USE_LISTS:
            _skip_use_lists(reader, len(types))
        operation = Operation(name, [_at(scope.values, i) for i in operands], [], strings)
        operation.results = [self._typed(scope.make(), kind) for kind in types]
        if mask & _HAS_REGIONS:
            operation.regions = self._regions(reader, scope, depth + 1)
        return operation

    def _regions(self, reader: Reader, scope: Scope, depth: int) -> list[list[Block]]:
        count, isolated = reader.flagged()
        if isolated:
            scope = Scope(self._made)
            if self.version >= _LAZY_REGIONS:
                reader = reader.section()[1]
        return [self._region(reader, scope, depth) for _ in range(count)]

    def _region(self, reader: Reader, scope: Scope, depth: int) -> list[Block]:
        blocks = reader.count()
        if not blocks:
            return []
        made = reader.count()
        with scope.region(made):
            return [self._block(reader, scope, depth) for _ in range(blocks)]

    def _typed(self, value: int, kind: int) -> int:
        if kind not in self._known:
            self._known[kind] = self._tensor(kind)
        self.shapes[value], self.elements[value] = self._known[kind]
        return value

    def _tensor(self, index: int) -> tuple[tuple[int, ...] | None, str]:
        """Return shape and element type of a tensor type."""
        dialect, data = _at(self._types, index)
        reader = Reader(data)
        if not reader.left or (dialect, reader.number()) != _RANKED:
            return None, ""
        dims = [reader.signed() for _ in range(reader.count())]
        dialect, data = _at(self._types, reader.number())
        element = _ELEMENTS.get(Reader(data).number(), "") if dialect == "vhlo" and data else ""
        return tuple(-1 if dim == _DYNAMIC else dim for dim in dims), element

    def _dictionary(self, index: int) -> dict[str, str]:
        """Return the string values of a dictionary attribute."""
        dialect, data = _at(self._attributes, index)
        reader = Reader(data)
        if dialect != "builtin" or reader.number() != _DICTIONARY:
            return {}
        items = ((reader.number(), reader.number()) for _ in range(reader.count()))
        found = ((self._string(key), self._string(value)) for key, value in items)
        return {key: value for key, value in found if key is not None and value is not None}

    def _property_strings(self, name: str, index: int) -> dict[str, str]:
        """Return the one string that matters among an operation's properties.

        Properties are attributes without names, in an order of their own; of all the operations
        looked at here the first string that is not empty is the name they have or call.
        """
        key = next((key for prefix, key in _NAMES.items() if name.startswith(prefix)), "")
        reader = Reader(_at(self._properties, index))
        while key and reader.left:
            if text := self._string(reader.number()):
                return {key: text}
        return {}

    def _string(self, index: int) -> str | None:
        dialect, data = _at(self._attributes, index)
        reader = Reader(data)
        if not reader.left or (dialect, reader.number()) not in _STRING_CODES:
            return None
        return _at(self._strings, reader.number())


# (dialect, code) of attributes that are one string: a string, a symbol, VHLO's string
_STRING_CODES = {("builtin", 2), ("builtin", 4), ("vhlo", 14)}


def _properties(reader: Reader | None) -> list[memoryview]:
    if reader is None:
        return []
    return [reader.bytes(reader.number()) for _ in range(reader.count())]


def _strings(reader: Reader) -> list[str]:
    lengths = [reader.number() for _ in range(reader.count())]
    texts = [str(reader.bytes(length), "utf-8", "replace") for length in reversed(lengths)]
    return [text.rstrip("\0") for text in texts]


def _skip_use_lists(reader: Reader, values: int) -> None:
    """Skip the order of uses of ``values`` values; a single one needs no count and no index."""
    for _ in range(reader.count() if values != 1 else 1):
        if values != 1:
            reader.number()
        count, _ = reader.flagged()
        for _ in range(min(count, reader.left + 1)):
            reader.number()


def _walk(blocks: list[Block]) -> Iterator[Operation]:
    for block in blocks:
        for operation in block.operations:
            yield operation
            for region in operation.regions:
                yield from _walk(region)


def _at(items: list[_T], index: int) -> _T:
    if not 0 <= index < len(items):
        raise ModelError("The network's StableHLO refers to something it does not hold.")
    return items[index]
