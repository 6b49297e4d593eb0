"""The original's encoder by itself: its output is made a result of the network's program.

The decoding loop takes the encoder's output as one of its operands, which the program's text
shows by its shape, [words, patches + prompt, width]. Returned beside the answer it can be
compared with ours before any token is chosen.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_LOOP = re.compile(r"^    %\S+ = stablehlo\.while\((?P<pairs>.*)\) : (?P<types>.*)$", re.MULTILINE)
_FUNCTION = re.compile(r"^  func\.func (?:public|private) @(?P<name>[\w.]+)\(", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Exposed:
    """A program whose last result is the encoder's output."""

    text: str
    type: str


def expose_encoder(text: str, length: int | None, width: int) -> Exposed | None:
    """Return MLIR ``text`` with the encoder's output as one more result.

    Args:
        text: the program, with a function ``main`` that may call another one.
        length: patches and prompt together; None: not fixed.
        width: of the encoder.

    Returns:
        None when there is no such operand, or the text is not as expected.
    """
    size = "?" if length is None else str(length)
    wanted = f"tensor<?x{size}x{width}xf32>"
    for loop in reversed(list(_LOOP.finditer(text))):
        types = [part.split(" loc(")[0].strip() for part in loop["types"].split(", ")]
        values = [pair.split(" = ")[-1] for pair in loop["pairs"].split(", ")]
        if wanted in types and len(types) == len(values):
            value = values[types.index(wanted)]
            changed = _returned(text, loop.start(), value, wanted)
            return Exposed(changed, wanted) if changed else None
    return None


def _returned(text: str, at: int, value: str, kind: str) -> str | None:
    """Add a result to the function around ``at``, and to ``main`` if that only calls it."""
    holders = [match for match in _FUNCTION.finditer(text) if match.start() < at]
    if not holders:
        return None
    name = holders[-1]["name"]
    changed = _with_result(text, name, value, kind)
    if changed is None or name == "main":
        return changed
    call = re.search(
        rf"^    (%\w+)(?::(\d+))? = call @{re.escape(name)}\(.*$", changed, re.MULTILINE
    )
    if call is None:
        return None
    count = int(call[2] or 1)
    line = call[0].replace(call[1] + (f":{count}" if call[2] else ""), f"{call[1]}:{count + 1}", 1)
    longer = _longer(line, kind)
    if longer is None:
        return None
    changed = changed.replace(call[0], longer, 1)
    if count == 1:  # a single result is named without a number
        changed = re.sub(rf"(?<=return ){call[1]}(?= )", f"{call[1]}#0", changed, count=1)
    return _with_result(changed, "main", f"{call[1]}#{count}", kind)


def _with_result(text: str, name: str, value: str, kind: str) -> str | None:
    """Return ``text`` with ``value`` as one more result of function ``name``."""
    head = re.search(rf"^  func\.func \w+ @{re.escape(name)}\(.*$", text, re.MULTILINE)
    if head is None:
        return None
    longer = _longer(head[0], kind)
    end = re.compile(
        r"^    return (?P<values>.*?) : (?P<types>.*?)(?P<rest> loc\(.*)?$", re.MULTILINE
    )
    back = end.search(text, head.end())
    if longer is None or back is None:
        return None
    line = f"    return {back['values']}, {value} : {back['types']}, {kind}{back['rest'] or ''}"
    return (
        text[: head.start()] + longer + text[head.end() : back.start()] + line + text[back.end() :]
    )


def _longer(line: str, kind: str) -> str | None:
    """Return a line with one more type in its list of results, which is its last parenthesis."""
    before, arrow, results = line.rpartition(" -> ")
    if not arrow:
        return None
    if not results.startswith("("):
        single = re.match(r"tensor<[^>]*>", results)
        return f"{before} -> ({single[0]}, {kind}){results[single.end() :]}" if single else None
    depth = 0
    for index, character in enumerate(results):
        depth += (character == "(") - (character == ")")
        if depth == 0:
            return f"{before} -> {results[:index]}, {kind}{results[index:]}"
    return None
