"""Results as a table for people: in a terminal and, the same, in Markdown."""

from __future__ import annotations

from typing import Any

_COLUMNS = (
    ("precision", "precision"),
    ("batch", "batch"),
    ("decode_tokens_per_second", "tokens/s, decoding"),
    ("tokens_per_second", "tokens/s, all"),
    ("words_per_second", "words/s"),
    ("pages_per_second", "pages/s"),
    ("encoder_ms", "encoder ms/word"),
    ("load_seconds", "load s"),
    ("first_word_seconds", "first word s"),
    ("slot_efficiency", "slots used"),
    ("peak_memory_mb", "memory MB"),
    ("share_of_bandwidth_limit", "of memory limit"),
)


def _cell(value: Any) -> str:  # noqa: ANN401 (plain data)
    if isinstance(value, dict):
        return f"{value['median']:g}"
    return "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def _markdown(heads: list[str], rows: list[list[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def results_table(report: dict[str, Any]) -> str:
    """Every setting, medians; devices where one is not the CPU. Empty after a race only."""
    if not report["results"]:
        return ""
    apart = any(result.get("device", "cpu") != "cpu" for result in report["results"])
    columns = (("device", "device"), *_COLUMNS) if apart else _COLUMNS
    rows = [[_cell(result.get(key)) for key, _ in columns] for result in report["results"]]
    return _markdown([head for _, head in columns], rows)


def compared_table(report: dict[str, Any]) -> str:
    """The race against PyTorch; empty when there was none."""
    if not report["compared"]:
        return ""
    batches = sorted({result["batch"] for result in report["compared"]})
    speed = {
        (result["engine"], result["batch"]): _cell(result["decode_tokens_per_second"])
        for result in report["compared"]
    }
    engines = list(dict.fromkeys(engine for engine, _ in speed))
    rows = [[engine, *(speed.get((engine, b), "") for b in batches)] for engine in engines]
    return _markdown(["tokens/s, decoding", *(f"batch {b}" for b in batches)], rows)


def _lengths(report: dict[str, Any]) -> str:
    """How long answers were, and what a page is, where the report has such figures."""
    tokens, page = report.get("tokens_per_word"), report.get("words_per_page")
    said = f" Every answer has {tokens} tokens." if tokens else ""
    return f"{said} A page has {page} words." if page and report["results"] else said


def describe(report: dict[str, Any]) -> str:
    """The whole report in Markdown: machine, table, race, and the paper's own figures."""
    machine = report["machine"]
    versions = ", ".join(f"{name} {number}" for name, number in machine["versions"].items())
    shape = f" (random weights of {report['shape']}'s shape)" if report["shape"] else ""
    published = ", ".join(
        f"{name} {value:g}" for name, value in report["published_tokens_per_second"].items()
    )
    parts = [
        f"{report['model']}{shape} on {machine['cpu']}, {report['threads']} threads"
        f"{', ' + machine['gpu'] if machine['gpu'] else ''}; {versions}.{_lengths(report)}\n",
        results_table(report),
        compared_table(report),
        f"Published for InkSight Small-p, not measured here (tokens/s): {published}.\n",
    ]
    return "\n".join(part for part in parts if part)


_OF_PAGES = (
    ("what", "what"),
    ("pages", "pages"),
    ("words", "words"),
    ("seconds", "s"),
    ("pages_per_second", "pages/s"),
    ("words_per_second", "words/s"),
    ("cpu_seconds_a_page", "CPU s/page"),
    ("peak_memory_mb", "memory MB"),
)


def describe_pages(found: dict[str, Any]) -> str:
    """Return what `inksight_cli.speed.pages` measured as tables."""
    machine = found["machine"]
    heads = [head for _, head in _OF_PAGES]
    rows = [[_cell(row[name]) for name, _ in _OF_PAGES] for row in found["rows"]]
    stages = found["cpu_seconds_a_page"]
    steps = _markdown(["CPU s/page", *stages], [["one core", *map(_cell, stages.values())]])
    where = f"{found['inputs']} inputs on {machine['cpu']}, {machine['cores']} cores."
    return "\n\n".join([where, _markdown(heads, rows), steps])
